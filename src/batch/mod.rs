//! A file of requests: read by pieces, estimated, accounted for line by line, and written out again.
//!
//! [`input`] reads a file as it comes and keeps an index of its lines, not their text: a body is read again through a
//! [`LineSource`] when it is due, and sent as it was written but for [`RequestDefaults`]. What becomes of the lines is a
//! log of [`Record`]s, the one way a [`BatchState`] changes: so a batch that was cut short is what its journal says.

//!
//! ```
//! use sluice::batch::RequestDefaults;
//! use sluice::batch::estimate::Estimate;
//! use sluice::batch::input::{Reader, ReaderOptions};
//! use sluice::simulator::ChargeRule;
//! use sluice::usage::Prices;
//!
//! let defaults = RequestDefaults { model: "gpt-5-nano".into(), max_output_tokens: Some(64), store: false };
//! let mut estimate = Estimate::new(defaults, ChargeRule::Larger, Prices::default());
//! let mut reader = Reader::new(ReaderOptions::default());
//! for piece in ["Explain rate li", "mits.\nAnd tokens.\nNow bur", "sts."] {
//!     let known = reader.entries().len();
//!     reader.push(piece.as_bytes())?;
//!     estimate.extend(&reader.entries()[known..]);
//! }
//! let file = reader.finish()?;
//! estimate.extend(&file.entries[estimate.totals().requests as usize..]);
//! assert_eq!((estimate.totals().requests, estimate.totals().max_output_tokens), (3, 192));
//! # Ok::<(), sluice::batch::input::FileFault>(())
//! ```

pub(crate) mod cells;
pub mod estimate;
pub mod input;
pub mod job;
pub mod journal;
mod line_state;
pub mod output;
mod progress;
mod settings;
mod source;
mod state;

pub use journal::Record;
pub use line_state::{Counts, FailureKind, LineState, SendRefusal};
pub use progress::{Second, Throughput};
pub use settings::{BatchSettings, FaultPolicy, RequestDefaults};
pub use source::{LineSource, SourceError};
pub use state::BatchState;
