//! Runs: several calls at once, logged as they happen, and what they teach.

pub mod batch;
pub mod batch_form;
mod burst;
mod counts;
pub mod draft;
pub mod explain;
pub mod history;
mod job;
mod key_gate;
pub mod lanes;
mod limit;
mod log;
mod recorder;
mod replay;
mod settings;
mod spend_gate;
mod stream;

pub use burst::{BurstPlan, resume_burst, run_burst};
pub use counts::{Milestone, RunCounts};
pub use explain::Undone;
pub use job::{JobEvent, JobRun, JobStop, run_job};
pub use key_gate::KEY_REFUSED;
pub use lanes::RunLanes;
pub use limit::LimitMet;
pub use log::{Attempt, CallLog, CallState, LogLine, Phase, RunLog, WaitRecord};
pub use recorder::{CallAbout, CallRecorder, KeptContent, Recorded, job_call};
pub use replay::{Replay, SavedRun, runs_of};
pub use settings::{BurstSettings, CostBound};
pub use spend_gate::{GatedTransport, InFlight, SpendGate};
pub use stream::{EventRecord, MOST_EVENTS, StreamRecord, TokenRate};

#[cfg(test)]
mod explain_tests;
#[cfg(test)]
mod lanes_tests;
