//! Retrying: what happened (`classify`), whether to try again (`policy`), and how long to wait (`backoff`).

mod advice;
mod backoff;
mod budget;
mod classify;
mod guard;
mod hint;
mod layers;
mod policy;
mod presets;
mod recent;
mod wait_headers;

pub use advice::{Advice, Path, advise, status_meaning};
pub use backoff::{Backoff, Jitter};
pub use budget::{BudgetRule, RetryBudget};
pub use classify::{Answer, Class, Outcome, classify, classify_error};
pub use guard::{Guard, GuardRule, throttle_probability};
pub use hint::{ServerWait, WaitSource};
pub use layers::{Decision, RetryState, StopReason, Wait};
pub use policy::{BeyondCeiling, HintRule, RetryOn, RetryPolicy};
pub use presets::Preset;
pub use wait_headers::{HeaderReader, WaitHeaders};
