//! A session file: calls as they are kept, to be looked at and replayed elsewhere.
//!
//! It is written as JSON, a call a line, and read in any layout and in pieces of any size. What stands in it is data and
//! nothing else: it is never run, shown as markup or sent anywhere. A file that Sluice wrote is written again byte for byte;
//! only a fraction of more than 15 digits in a request's body can change in its last one.

mod cut;
mod fault;
mod reader;

pub use fault::{Place, SessionFault};
pub use reader::{MOST_BYTES, MOST_CALL_BYTES, MOST_CALLS, SessionReader};

use super::json::{JsonWriter, Making};
use crate::time::UnixTime;
use crate::usage::CallRecord;

/// What a session file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// When it was written.
    pub made_at: UnixTime,
    /// Whether prompts and answers are in it, as far as they were kept.
    pub with_content: bool,
    /// The calls, in the order of the file.
    pub calls: Vec<CallRecord>,
}

/// Writes a session file.
#[derive(Debug)]
pub struct SessionWriter<'a>(JsonWriter<'a>);

impl<'a> SessionWriter<'a> {
    /// The name of the format.
    pub const FORMAT: &'static str = "sluice-session";

    /// A writer of a new file.
    pub const fn new(making: Making<'a>) -> Self {
        Self(JsonWriter::of_format(making, Self::FORMAT))
    }

    /// The beginning of the file.
    pub fn head(&self) -> String {
        self.0.head()
    }

    /// A call.
    pub fn call(&mut self, call: &CallRecord) -> String {
        self.0.call(call)
    }

    /// The end of the file.
    pub fn tail(&self) -> String {
        self.0.tail()
    }
}

impl Session {
    /// Reads a whole file at once; [`SessionReader`] reads it by pieces.
    ///
    /// # Errors
    /// What is wrong with it, where, and what to do.
    pub fn read(text: &str) -> Result<Self, SessionFault> {
        let mut reader = SessionReader::default();
        reader.push(text.as_bytes())?;
        reader.finish()
    }
}
