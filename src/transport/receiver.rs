//! An answer as its bytes arrive: what both transports push their chunks into.

use super::arriving::{ArrivingText, boundary};
use super::connection::Connection;
use super::{Progress, TextChange};
use crate::rate_limit::Visibility;
use crate::redact::KEY_MARK;
use crate::reply::{Content, Endpoint, Reply, TransportError};
use crate::responses::Unreadable;
use crate::responses::stream::{BodyKind, Cut, NumberedEvent, StreamEvent, StreamReader};
use crate::time::{Instant, UnixTime};

/// What is kept of a body that was cut off for its size, in bytes.
const KEPT_OF_TOO_LARGE: usize = 64 * 1024;
/// The longest name of an event that is told, in characters.
const LONGEST_KIND: usize = 100;

/// Whether more of an answer is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// More is wanted.
    Some,
    /// The stream's last event is here: nothing more counts, though the connection may stay open.
    All,
    /// It must not go on.
    Cut(Cut),
}

/// An answer's status and headers, and when and for what they came.
#[derive(Debug, Clone)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// All readable headers.
    pub headers: Vec<(String, String)>,
    /// Whether those are all there were.
    pub visibility: Visibility,
    /// When they came, against which dates are read.
    pub wall: UnixTime,
    /// What was called.
    pub endpoint: Endpoint,
}

/// Takes in the body of one answer, chunk by chunk.
#[derive(Debug)]
pub struct Receiver<'a> {
    /// Whose key must not be in what is told or kept.
    connection: Option<&'a Connection>,
    content_type: Option<String>,
    /// Known once there is something to tell it by.
    kind: Option<BodyKind>,
    limit: usize,
    bytes: Vec<u8>,
    reader: StreamReader,
    text: ArrivingText,
    /// How many bytes of text have come, told or held back.
    text_length: usize,
}

impl<'a> Receiver<'a> {
    /// Of an answer labelled `content_type`, at most `limit` bytes long. `streams` is whether a stream was asked for;
    /// the answer may be none all the same.
    pub fn new(connection: Option<&'a Connection>, content_type: Option<&str>, streams: bool, limit: usize) -> Self {
        Self {
            connection,
            content_type: content_type.map(str::to_owned),
            kind: (!streams).then_some(BodyKind::Whole),
            limit,
            bytes: Vec::new(),
            reader: StreamReader::default(),
            text: ArrivingText::default(),
            text_length: 0,
        }
    }

    /// How many more bytes it takes before it is too large, that one included.
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes.len()).saturating_add(1)
    }

    /// Takes in a chunk that came at `at`, and tells of the events that it completes.
    pub fn push(&mut self, chunk: &[u8], at: Instant, observe: &mut dyn FnMut(Progress<'_>)) -> Received {
        self.bytes.extend_from_slice(chunk);
        if self.bytes.len() > self.limit {
            return Received::Cut(Cut::TooLarge(self.limit));
        }
        let events = match self.kind {
            Some(BodyKind::EventStream) => self.reader.push(chunk),
            Some(BodyKind::Whole) => Vec::new(),
            None => {
                self.kind = BodyKind::of(self.content_type.as_deref(), &self.bytes);
                if self.kind == Some(BodyKind::EventStream) { self.reader.push(&self.bytes) } else { Vec::new() }
            }
        };
        for event in &events {
            self.tell(event, at, observe);
            if event.event == StreamEvent::TooLong {
                return Received::Cut(Cut::EventTooLong);
            }
        }
        if self.reader.is_over() { Received::All } else { Received::Some }
    }

    fn tell(&mut self, numbered: &NumberedEvent, at: Instant, observe: &mut dyn FnMut(Progress<'_>)) {
        let told;
        let text = match &numbered.event {
            StreamEvent::TextDelta(_, words) | StreamEvent::RefusalDelta(_, words) => {
                self.text_length += words.len();
                told = self.text.push(words, self.connection);
                more(&told)
            }
            StreamEvent::TextDone(..)
            | StreamEvent::RefusalDone(..)
            | StreamEvent::PartDone(..)
            | StreamEvent::ItemDone(..)
            | StreamEvent::Ended(..) => {
                // Servers send text without deltas, and correct what they sent.
                let ended = match &numbered.event {
                    StreamEvent::Ended(_, response) => Some(response.words()).filter(|words| !words.is_empty()),
                    _ => None,
                };
                let length = ended.as_ref().map_or_else(|| self.reader.so_far().words_length(), String::len);
                let is_same = length == self.text_length;
                let mut text = String::new();
                if !is_same {
                    self.text_length = length;
                    self.text = ArrivingText::default();
                    let whole = ended.unwrap_or_else(|| self.reader.so_far().words());
                    text = self.text.push(&whole, self.connection);
                }
                // Only at the end does nothing follow: a part's last word may be the beginning of a key.
                if matches!(numbered.event, StreamEvent::Ended(..)) {
                    text.push_str(&self.text.finish(self.connection));
                }
                told = text;
                if is_same { more(&told) } else { TextChange::Whole(&told) }
            }
            _ => TextChange::None,
        };
        let kind: String = self.redacted(&numbered.kind).chars().take(LONGEST_KIND).collect();
        let brings_text = numbered.event.brings_text();
        observe(Progress::Event { at, kind: &kind, sequence: numbered.sequence, brings_text, text });
    }

    /// The answer, once it is over or `cut` says why it is not.
    ///
    /// # Errors
    /// [`TransportError::CutOff`], with what had arrived, where half of it cannot be read. Half a stream can:
    /// [`Unreadable::EndedEarly`].
    pub fn finish(self, head: Head, cut: Option<Cut>) -> Result<Reply, TransportError> {
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        let safe = self.redacted(&text);
        let Head { status, headers, visibility, wall, endpoint } = head;
        let is_too_large = matches!(cut, Some(Cut::TooLarge(_)));
        if self.kind == Some(BodyKind::EventStream) {
            // The response is what the redacted events make, so a key in the pieces of several is in neither.
            let mut streamed = if safe == text { self.reader.finish() } else { StreamReader::read(safe.as_bytes()) };
            text = safe;
            if self.connection.is_some_and(|connection| connection.clean(&mut streamed.response)) {
                text = spelled_out();
            }
            if is_too_large {
                shorten(&mut text);
            }
            let mut reply = Reply::from_stream(status, headers, text, streamed, visibility, wall);
            if let (Content::Unreadable(Unreadable::EndedEarly { cut: why, .. }), Some(cut)) = (&mut reply.content, cut)
            {
                *why = cut;
            }
            return Ok(reply);
        }
        let mut text = safe;
        match cut {
            Some(Cut::TooLarge(limit_bytes)) => {
                shorten(&mut text);
                let mut reply = Reply::from_http(status, headers, text, visibility, wall, endpoint);
                if !matches!(reply.content, Content::Error(_)) {
                    reply.content = Content::Unreadable(Unreadable::TooLarge { limit_bytes });
                }
                Ok(reply)
            }
            Some(cut) => Err(TransportError::CutOff { message: cut.to_string(), received: text }),
            None => {
                let mut reply = Reply::from_http(status, headers, text, visibility, wall, endpoint);
                if let (Content::Response(response), Some(connection)) = (&mut reply.content, self.connection)
                    && connection.clean(response)
                {
                    reply.forget_body(spelled_out());
                }
                Ok(reply)
            }
        }
    }

    fn redacted(&self, text: &str) -> String {
        self.connection.map_or_else(|| text.to_owned(), |connection| connection.redacted(text))
    }
}

/// What is kept of a body in place of pieces of the key that make it up together.
fn spelled_out() -> String {
    format!("The body is not kept as it was sent: its parts spelled out {KEY_MARK}.")
}

const fn more(text: &str) -> TextChange<'_> {
    if text.is_empty() { TextChange::None } else { TextChange::More(text) }
}

fn shorten(text: &mut String) {
    text.truncate(boundary(text, KEPT_OF_TOO_LARGE));
    text.shrink_to_fit();
}

#[cfg(test)]
#[path = "receiver_tests.rs"]
mod tests;
