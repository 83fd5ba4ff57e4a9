//! Runs: several calls at once, logged as they happen.

mod burst;
mod counts;
mod log;

pub use burst::{BurstPlan, resume_burst, run_burst};
pub use counts::RunCounts;
pub use log::{Attempt, CallLog, CallState, LogLine, Phase, RunLog, WaitRecord};
