//! Calls as a HAR 1.2 file, which browsers' developer tools open and Playwright replays: an entry each HTTP request.
//!
//! <http://www.softwareishard.com/blog/har-12-spec/>. A call of a Batch job has no entry: nothing was sent for it alone.

mod entry;

use serde_json::json;

use super::json::{Making, written};
use crate::usage::{CallRecord, MadeIn};

/// Writes a HAR file, an entry a line.
#[derive(Debug)]
pub struct HarWriter<'a> {
    making: Making<'a>,
    is_first: bool,
}

impl<'a> HarWriter<'a> {
    /// A writer of a new file.
    pub const fn new(making: Making<'a>) -> Self {
        Self { making, is_first: true }
    }

    /// The beginning of the file.
    pub fn head(&self) -> String {
        let creator = json!({ "name": "Sluice", "version": env!("CARGO_PKG_VERSION") });
        let left_out = if self.making.with_content { "" } else { " Prompts and answers were left out." };
        let comment = json!(format!("Made at {}. Keys are never recorded.{left_out}", self.making.at.iso8601()));
        format!(r#"{{"log":{{"version":"1.2","creator":{creator},"comment":{comment},"entries":["#)
    }

    /// The HTTP requests of a call; nothing where it made none.
    pub fn call(&mut self, call: &CallRecord) -> String {
        let mut text = String::new();
        if call.made_in == MadeIn::BatchJob {
            return text;
        }
        for entry in entry::entries(call, self.making.with_content) {
            text.push_str(if std::mem::replace(&mut self.is_first, false) { "\n" } else { ",\n" });
            text.push_str(&written(self.making.redactor, &entry));
        }
        text
    }

    /// The end of the file.
    pub fn tail(&self) -> String {
        "\n]}}\n".to_owned()
    }
}
