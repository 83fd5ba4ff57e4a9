//! From bytes to the response, in one piece: what a transport pushes its chunks into.

use super::event::{NumberedEvent, StreamEvent};
use super::fold::{StreamFold, StreamedResponse};
use super::frames::{EventTooLong, Frame, FrameReader};

/// How the body of an answer to a streamed request is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// As an event stream.
    EventStream,
    /// Whole: a refusal in JSON, a response from a server that does not stream, a web page.
    Whole,
}

impl BodyKind {
    /// Tells from the body's beginning, and from `content-type` only where that does not: servers label streams as
    /// JSON and JSON as streams. `None` while all of `start` is blank.
    pub fn of(content_type: Option<&str>, start: &[u8]) -> Option<Self> {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        let labelled = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("text/event-stream"));
        let stream = match start.first()? {
            b'{' | b'[' | b'<' | b'"' => false,
            _ if labelled => true,
            b':' => true,
            _ => [&b"data"[..], b"event", b"id", b"retry"].iter().any(|field| {
                start.strip_prefix(*field).is_some_and(|after| after.is_empty() || after.starts_with(b":"))
            }),
        };
        Some(if stream { Self::EventStream } else { Self::Whole })
    }
}

/// Reads a streamed response as its bytes arrive.
#[derive(Debug, Clone, Default)]
pub struct StreamReader {
    frames: FrameReader,
    fold: StreamFold,
}

impl StreamReader {
    /// Reads a whole stream at once.
    pub fn read(stream: &[u8]) -> StreamedResponse {
        let mut reader = Self::default();
        reader.push(stream);
        reader.finish()
    }

    /// Takes in a chunk; gives the events that it completes and that still count.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<NumberedEvent> {
        let frames = if self.is_over() { Vec::new() } else { self.frames.push(chunk) };
        frames.into_iter().map_while(|frame| self.take(frame)).collect()
    }

    /// True once nothing more can count: the transport may hang up.
    pub const fn is_over(&self) -> bool {
        self.fold.is_over()
    }

    /// What is known so far.
    pub const fn so_far(&self) -> &StreamFold {
        &self.fold
    }

    /// The end of the bytes.
    pub fn finish(mut self) -> StreamedResponse {
        if let Some(frame) = std::mem::take(&mut self.frames).finish() {
            self.take(frame);
        }
        self.fold.finish()
    }

    fn take(&mut self, frame: Result<Frame, EventTooLong>) -> Option<NumberedEvent> {
        if self.is_over() {
            return None;
        }
        let numbered = match frame {
            Ok(frame) => NumberedEvent::read(&frame),
            Err(EventTooLong) => {
                NumberedEvent { kind: "too long".to_owned(), sequence: None, event: StreamEvent::TooLong }
            }
        };
        self.fold.push(&numbered);
        Some(numbered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_tells_a_stream_from_json() {
        let stream = Some("text/event-stream; charset=utf-8");
        for (label, start, kind) in [
            (stream, "event: response.created\n", Some(BodyKind::EventStream)),
            (stream, "odd: line\n", Some(BodyKind::EventStream)),
            (stream, "\u{feff}{\"error\":{}}", Some(BodyKind::Whole)),
            (stream, "", None),
            (Some("application/json"), "data: {}", Some(BodyKind::EventStream)),
            (Some("text/html"), " \n: ping", Some(BodyKind::EventStream)),
            (None, "<html>", Some(BodyKind::Whole)),
            (None, "data is late", Some(BodyKind::Whole)),
            (None, " \r\n", None),
        ] {
            assert_eq!(BodyKind::of(label, start.as_bytes()), kind, "{start:?}");
        }
    }

    #[test]
    fn nothing_after_the_end_is_told() {
        let mut reader = StreamReader::default();
        let end = "data: {\"type\":\"response.completed\"}\n\ndata: {\"type\":\"error\",\"message\":\"late\"}\n\n";
        assert_eq!(reader.push(end.as_bytes()).len(), 1);
        assert!(reader.is_over());
        assert!(reader.push(end.as_bytes()).is_empty());
        assert_eq!(reader.finish().response.error, None);
    }
}
