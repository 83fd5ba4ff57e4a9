//! What a batch brings: lines in OpenAI's Batch output format, as they are kept, and files made of them.
//!
//! Each line is whole the moment it is written, so what has come so far can be taken away at any time, in the order of
//! the file or as completed: that is the order in which lines are given to a [`Writer`].

mod compact;
mod line;
mod table;

pub use line::{OutputError, OutputLine};

use crate::redact::Redactor;
use crate::usage::Prices;
use table::{COLUMNS, push_line};

/// The format of a file of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// A line of JSON each, as OpenAI's Batch writes results and errors.
    Jsonl,
    /// A table: ids, texts of request and response, status, tokens, cost and errors.
    Csv,
}

/// How long a chunk is before it is given out, in bytes.
const CHUNK_BYTES: usize = 256 * 1024;

/// Writes a file of output by chunks of whole lines.
#[derive(Debug)]
pub struct Writer<'a> {
    format: OutputFormat,
    redactor: &'a Redactor,
    prices: &'a Prices,
    chunk: String,
}

impl<'a> Writer<'a> {
    /// A writer of a new file. The key that `redactor` knows stands nowhere in it; results are not changed otherwise.
    /// A table's costs are by `prices`.
    pub fn new(format: OutputFormat, redactor: &'a Redactor, prices: &'a Prices) -> Self {
        let chunk = if format == OutputFormat::Csv { COLUMNS.to_owned() } else { String::new() };
        Self { format, redactor, prices, chunk }
    }

    /// Takes in a line, and gives a chunk once there is enough for one. `input` is the text of its request, for a table.
    pub fn write(&mut self, line: &OutputLine, input: &str) -> Option<String> {
        match self.format {
            OutputFormat::Jsonl => {
                self.chunk.push_str(line.text());
                self.chunk.push('\n');
            }
            OutputFormat::Csv => push_line(&mut self.chunk, line, input, self.prices),
        }
        (self.chunk.len() >= CHUNK_BYTES).then(|| self.take())
    }

    /// The rest.
    pub fn finish(mut self) -> String {
        self.take()
    }

    fn take(&mut self) -> String {
        self.redactor.received(&std::mem::take(&mut self.chunk))
    }
}

/// A file of output by chunks, of lines with the texts of their requests.
pub fn chunks<'a>(
    lines: impl IntoIterator<Item = (&'a OutputLine, &'a str)>,
    format: OutputFormat,
    redactor: &'a Redactor,
    prices: &'a Prices,
) -> impl Iterator<Item = String> {
    let mut writer = Some(Writer::new(format, redactor, prices));
    let mut lines = lines.into_iter();
    std::iter::from_fn(move || {
        while let Some(open) = &mut writer {
            match lines.next() {
                Some((line, input)) => {
                    if let Some(chunk) = open.write(line, input) {
                        return Some(chunk);
                    }
                }
                None => return writer.take().map(Writer::finish).filter(|rest| !rest.is_empty()),
            }
        }
        None
    })
}
