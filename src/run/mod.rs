//! Runs: several calls at once, logged as they happen.

mod burst;
mod counts;
pub mod draft;
mod log;

pub use burst::{BurstPlan, run_burst};
pub use counts::RunCounts;
pub use log::{Attempt, CallLog, CallState, LogLine, Phase, RunLog, WaitRecord};
