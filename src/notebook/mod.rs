//! The notebook that the guide retells: its code with your parameters, and what it prints.

mod code;
mod env;
mod herd;
mod print;
mod reading;
mod report;
pub mod seen;
mod take_away;

pub use code::{BackoffCode, LoopStyle, Setup, backoff, basic, headers, herd, provoke, setup, tracking};
pub use env::{EnvError, EnvKeys, read_env};
pub use herd::{Surge, surge};
pub use print::{python_list, python_string, summary_dict, usage_repr};
pub use reading::{Reading429, read_429};
pub use report::{CallReport, CallStage, Failure};
pub use take_away::take_away;

/// The notebook's prompts.
pub mod prompts {
    /// Section 3.
    pub const BASIC: &str = "Explain what API rate limits are in 2 short bullet points.";
    /// Section 4, one call after the other.
    pub const TRACKING: [&str; 3] = [
        "Give me 3 synonyms for 'fast'.",
        "Give me 3 synonyms for 'slow'.",
        "Explain what tokens are in one short paragraph.",
    ];
    /// Section 4, headers.
    pub const HEADERS: &str = "Say 'hello' in 3 different languages.";
    /// Section 5.
    pub const TURTLES: &str = "Give me a funny fact about turtles.";
}
