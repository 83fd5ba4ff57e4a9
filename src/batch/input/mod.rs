//! Files of requests, read by pieces: work is proportional to the piece, and no line's text is kept.

mod body;
mod csv;
mod detect;
mod fault;
mod file;
mod json_lines;
mod layout;
mod lines;
mod members;
mod reader;
mod template;

pub use csv::CsvLayout;
pub use detect::Format;
pub use fault::{FaultKind, FileFault, LineFault};
pub use file::{BatchFile, Fingerprint, LineEntry, LineError, OutputBound};
pub use layout::{BatchRequest, Layout};
pub use reader::{InputLimits, Reader, ReaderOptions};
pub use template::Template;
