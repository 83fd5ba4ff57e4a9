//! The Guide's course: pictures to touch, questions to answer by trying, and how far a reader has come.
//!
//! All pictures are driven by the engine itself: the limiter's buckets, the simulated API, the retry loop.

mod buckets;
mod checklist;
pub mod experiments;
mod headers;
mod herd;
mod question;
mod sections;
mod steps;
mod strip;

pub use buckets::{Bucket, Buckets, Sent, gauge_scale};
pub use checklist::{CHECKLIST, CheckItem};
pub use headers::{Exposes, HeaderRow, Looked, Way, look};
pub use herd::{Arrival, Herd, HerdSettings, MOMENT, MOST_CLIENTS, Spread, best};
pub use question::{Finding, Stage, stage};
pub use sections::Section;
pub use steps::Steps;
pub use strip::{Strip, strip};
