//! A session file, read as it comes.

use serde::Deserialize;
use serde_json::Value;

use super::cut::{Cutter, Part};
use super::fault::{Place, SessionFault};
use super::{Session, SessionWriter};
use crate::export::json::JsonWriter;
use crate::rate_limit::dates::parse_rfc3339;
use crate::usage::CallRecord;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 512 * 1024 * 1024;
/// The longest call that is read, in bytes: bodies are at most 8 MB, and escaped in JSON.
pub const MOST_CALL_BYTES: usize = 32 * 1024 * 1024;
/// The most calls that are read.
pub const MOST_CALLS: usize = 100_000;
/// How much may stand around the calls, in bytes.
const MOST_AROUND: usize = 1024 * 1024;

/// Reads a session file by pieces: a call is read as soon as it is whole.
#[derive(Debug, Default)]
pub struct SessionReader {
    cutter: Cutter,
    bytes: usize,
    // How much of a byte-order mark there is, and whether the document itself has begun.
    marked: usize,
    has_begun: bool,
    // The document without its calls, but with their line ends, so that lines keep their numbers.
    around: Vec<u8>,
    call: Vec<u8>,
    call_begins: Option<Place>,
    calls: Vec<CallRecord>,
}

impl SessionReader {
    /// Takes in the next piece of the file.
    ///
    /// # Errors
    /// What is wrong with it, where, and what to do; nothing more should be pushed then.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), SessionFault> {
        self.bytes = self.bytes.saturating_add(piece.len());
        if self.bytes > MOST_BYTES {
            return Err(SessionFault::TooLarge { most: megabytes(MOST_BYTES) });
        }
        for byte in piece {
            self.take(*byte)?;
        }
        Ok(())
    }

    /// How many calls have been read.
    pub const fn calls_so_far(&self) -> usize {
        self.calls.len()
    }

    /// The session, once all of the file has been pushed.
    ///
    /// # Errors
    /// What is wrong with it, where, and what to do.
    pub fn finish(self) -> Result<Session, SessionFault> {
        if !self.has_begun {
            return Err(SessionFault::Empty);
        }
        let members: Value = match serde_json::from_slice(&self.around) {
            Ok(members) => members,
            // Cut off within the calls: what stands around them ends there too.
            Err(error) if error.is_eof() => {
                let why = "the file ends before its last bracket".to_owned();
                return Err(SessionFault::NotJson { at: self.cutter.at(), why });
            }
            Err(error) if said(&error) == "trailing characters" => {
                let found = "more than one JSON document stands in it, as in JSON lines";
                return Err(SessionFault::OtherFile { found });
            }
            Err(error) => return Err(not_json(&error)),
        };
        check_format(&members)?;
        let head = Head::deserialize(&members).map_err(|why| member("made_at", &why))?;
        let made_at = parse_rfc3339(&head.made_at).ok_or_else(|| member("made_at", &"it is no date and time"))?;
        if !members.get("calls").is_some_and(Value::is_array) {
            return Err(member("calls", &"it is no list"));
        }
        Ok(Session { made_at, with_content: head.with_content, calls: self.calls })
    }

    fn take(&mut self, byte: u8) -> Result<(), SessionFault> {
        if !self.has_begun && !self.begin(byte)? {
            return Ok(());
        }
        let at = self.cutter.at();
        match self.cutter.next(byte) {
            Part::Around => self.around.push(byte),
            Part::StartOfCalls => {
                self.around.push(byte);
                self.check_head()?;
            }
            Part::Call => {
                if byte == b'\n' {
                    self.around.push(byte);
                }
                if self.call_begins.is_none() && byte.is_ascii_whitespace() {
                    return Ok(());
                }
                let begins = *self.call_begins.get_or_insert(at);
                self.call.push(byte);
                if self.call.len() > MOST_CALL_BYTES {
                    let (number, most) = (self.calls.len() + 1, megabytes(MOST_CALL_BYTES));
                    return Err(SessionFault::CallTooLong { number, at: begins, most });
                }
            }
            Part::EndOfCall { is_last } => {
                // A list may be empty, but no place in it.
                if self.call_begins.is_some() || !is_last || !self.calls.is_empty() {
                    self.end_call(at)?;
                }
                if is_last {
                    self.around.push(byte);
                }
            }
        }
        if self.around.len() > MOST_AROUND {
            return Err(SessionFault::OtherFile { found: "it holds too much beside calls" });
        }
        Ok(())
    }

    /// Passes over what may stand before the document, and refuses what is none.
    fn begin(&mut self, byte: u8) -> Result<bool, SessionFault> {
        let is_mark = BYTE_ORDER_MARK.get(self.marked) == Some(&byte);
        if is_mark {
            self.marked += 1;
        } else if byte == b'{' {
            self.has_begun = true;
        } else if !byte.is_ascii_whitespace() {
            return Err(SessionFault::OtherFile { found: "it does not begin as JSON in UTF-8 does" });
        }
        Ok(!is_mark)
    }

    /// Refuses a newer file before its calls are read, which may be of another shape.
    fn check_head(&self) -> Result<(), SessionFault> {
        let closed = [self.around.as_slice(), b"]}"].concat();
        match serde_json::from_slice::<Value>(&closed) {
            Ok(members) if members.get("format").is_some() && members.get("version").is_some() => {
                check_format(&members)
            }
            // Told after the calls, or not at all: that is seen at the end.
            _ => Ok(()),
        }
    }

    fn end_call(&mut self, at: Place) -> Result<(), SessionFault> {
        let Some(begins) = self.call_begins.take() else {
            return Err(SessionFault::NotJson { at, why: "a call is missing before this".to_owned() });
        };
        let number = self.calls.len() + 1;
        if number > MOST_CALLS {
            return Err(SessionFault::TooManyCalls { most: MOST_CALLS });
        }
        let call = serde_json::from_slice(&self.call).map_err(|error| {
            let (line, column) = (error.line().max(1), error.column().max(1));
            // Columns count on from where the call begins, on its first line alone.
            let column = if line == 1 { begins.column + column - 1 } else { column };
            SessionFault::Call { number, at: Place { line: begins.line + line - 1, column }, why: said(&error) }
        })?;
        self.call.clear();
        self.calls.push(call);
        Ok(())
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[derive(Deserialize)]
struct Head {
    made_at: String,
    #[serde(default)]
    with_content: bool,
}

/// Refuses what is no session, and what a newer Sluice wrote.
fn check_format(members: &Value) -> Result<(), SessionFault> {
    let has = |name: &str| members.get(name).is_some();
    match members.get("format").and_then(Value::as_str) {
        Some(SessionWriter::FORMAT | JsonWriter::FORMAT) => {}
        _ if has("log") => return Err(SessionFault::OtherFile { found: "it is a HAR file, which Explain reads" }),
        _ if has("resourceSpans") => return Err(SessionFault::OtherFile { found: "it holds OpenTelemetry traces" }),
        Some(_) => return Err(SessionFault::OtherFile { found: "its format is another program's" }),
        None => return Err(SessionFault::OtherFile { found: "it is JSON that names no format" }),
    }
    let version = members.get("version").and_then(Value::as_u64).filter(|version| *version > 0);
    let version = version.ok_or_else(|| member("version", &"it is no whole number above zero"))?;
    if version > u64::from(JsonWriter::VERSION) {
        return Err(SessionFault::Newer { version, known: JsonWriter::VERSION });
    }
    Ok(())
}

fn member(member: &'static str, why: &dyn std::fmt::Display) -> SessionFault {
    SessionFault::Member { member, why: why.to_string() }
}

fn not_json(error: &serde_json::Error) -> SessionFault {
    SessionFault::NotJson { at: Place { line: error.line().max(1), column: error.column().max(1) }, why: said(error) }
}

/// The error without the place, which is told apart.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").and_then(|at| text.get(..at)).unwrap_or(&text).to_owned()
}

const fn megabytes(bytes: usize) -> usize {
    bytes / (1024 * 1024)
}
