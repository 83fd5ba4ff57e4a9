//! The course's pictures and questions: each driven by the engine, each answered by trying.

mod answer;
mod bucket_lab;
mod bucket_questions;
mod checklist;
mod header_lab;
mod herd_lab;
mod herd_questions;
mod motion;
mod question;
mod state;
mod strips;
mod take_away;
mod tank;

pub use bucket_lab::BucketLab;
pub use bucket_questions::BucketQuestions;
pub use checklist::Checklist;
pub use header_lab::{HeaderLab, HeaderQuestion};
pub use herd_lab::HerdLab;
pub use herd_questions::{DrainQuestion, HerdQuestions};
pub use question::Question;
pub use state::Course;
pub use take_away::TakeAway;
