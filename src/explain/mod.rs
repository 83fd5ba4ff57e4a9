//! Explain: a pasted failure (an error, headers, a `curl -i` dump, a stream) read back, and all that follows from it.
//!
//! [`read`] recognises what was pasted and hands it to the parsers every answer goes through; [`Verdict::of`] says
//! which limit it was, where its bucket stands, when the request fits, what contradicts what, and what known clients
//! would do.

mod answer;
mod assumed;
mod bucket;
mod clients;
mod conflict;
mod evidence;
mod facts;
mod http_text;
mod json_shapes;
mod literal;
mod log_text;
mod paste;
mod picture;
mod report;
pub mod samples;
mod shown;
mod steps;
mod told;
mod verdict;
mod waits;
mod words;

pub use answer::Answer;
pub use bucket::{Bucket, Holder, Known, Source};
pub use clients::{CLIENTS, Client, Ending, Forecast, Send, Timing};
pub use conflict::Conflict;
pub use paste::{NotUnderstood, Paste, PasteKind, as_pasted, read};
pub use picture::BucketPicture;
pub use shown::{is_long, shown, shown_words};
pub use verdict::{Fact, Verdict};
pub use words::exact;
