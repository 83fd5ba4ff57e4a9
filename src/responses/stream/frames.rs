//! An event stream cut into its frames, whatever the chunks it comes in.
//!
//! The grammar is that of the HTML standard, section 9.2 "Server-sent events", with two liberties for servers that
//! are on record: a last event without its blank line counts, and bytes that are not UTF-8 are replaced.

use std::fmt;

/// The most that one event may hold, in bytes.
pub const MAX_EVENT_BYTES: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// `event:`, where there is one.
    pub event: Option<String>,
    /// All `data:` lines, joined by line feeds.
    pub data: String,
}

/// An event that is larger than [`MAX_EVENT_BYTES`]. It is passed over; those after it are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {MAX_EVENT_BYTES} bytes")]
pub struct EventTooLong;

impl fmt::Display for Frame {
    /// The frame on the wire, with its blank line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(event) = &self.event {
            writeln!(f, "event: {event}")?;
        }
        for line in self.data.split('\n') {
            writeln!(f, "data: {line}")?;
        }
        writeln!(f)
    }
}

/// Reads an event stream as its bytes arrive. Holds one unfinished event and nothing else.
#[derive(Debug, Clone, Default)]
pub struct FrameReader {
    /// The unfinished line.
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it belongs to it.
    after_return: bool,
    /// A line has been read, so a byte order mark can no longer come.
    begun: bool,
    event: Option<String>,
    data: Option<String>,
    /// The event is too long: what is left of it is passed over.
    skipping: bool,
}

impl FrameReader {
    /// Takes in a chunk; gives the events that it completes, in order.
    ///
    /// A line is over at its carriage return already, so that no event waits for a byte that may never come.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<Result<Frame, EventTooLong>> {
        let mut found = Vec::new();
        let mut rest = chunk;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_return)
                && let Some(after) = rest.strip_prefix(b"\n")
            {
                rest = after;
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (part, tail) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
            found.extend(self.extend_line(part));
            rest = match tail.split_first() {
                Some((ending, after)) => {
                    self.after_return = *ending == b'\r';
                    found.extend(self.end_line());
                    after
                }
                None => &[],
            };
        }
        found
    }

    /// The end of the stream: the last event, where its blank line is missing.
    pub fn finish(mut self) -> Option<Result<Frame, EventTooLong>> {
        let last = self.end_line();
        last.or_else(|| self.dispatch())
    }

    fn extend_line(&mut self, part: &[u8]) -> Option<Result<Frame, EventTooLong>> {
        // Of a line that is passed over, only whether it is blank matters.
        if self.skipping {
            self.line.extend(part.iter().take(1));
            self.line.truncate(1);
            return None;
        }
        let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if held.saturating_add(part.len()) > MAX_EVENT_BYTES {
            *self = Self { line: vec![b':'], begun: true, skipping: true, ..Self::default() };
            return Some(Err(EventTooLong));
        }
        self.line.extend_from_slice(part);
        None
    }

    fn end_line(&mut self) -> Option<Result<Frame, EventTooLong>> {
        let line = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.begun, true);
        let line = if first { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if line.is_empty() {
            return self.dispatch();
        }
        if self.skipping {
            return None;
        }
        // A whole line: a character is never cut in two here.
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.event = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // Comments have an empty name. `id` and `retry` are about reconnecting, which a POST cannot.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Result<Frame, EventTooLong>> {
        self.skipping = false;
        let event = self.event.take();
        self.data.take().map(|data| Ok(Frame { event, data }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(chunks: &[&[u8]]) -> Vec<Result<Frame, EventTooLong>> {
        let mut reader = FrameReader::default();
        let mut frames: Vec<_> = chunks.iter().flat_map(|chunk| reader.push(chunk)).collect();
        frames.extend(reader.finish());
        frames
    }

    fn told(text: &str) -> Vec<(Option<String>, String)> {
        read(&[text.as_bytes()])
            .into_iter()
            .map(|frame| frame.map(|frame| (frame.event, frame.data)).unwrap())
            .collect()
    }

    fn data(text: &str) -> Vec<String> {
        told(text).into_iter().map(|(_, data)| data).collect()
    }

    #[test]
    fn every_line_end_ends_a_line() {
        let text = "event: a\ndata: 1\n\ndata: 2\n\n";
        for text in [
            text.to_owned(),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\r"),
            text.replace("1\n\n", "1\r\r\n"),
            text.replace("1\n\n", "1\n\r"),
        ] {
            assert_eq!(told(&text), [(Some("a".into()), "1".into()), (None, "2".into())], "{text:?}");
        }
    }

    #[test]
    fn an_event_does_not_wait_for_what_may_follow_its_carriage_return() {
        let mut reader = FrameReader::default();
        assert_eq!(reader.push(b"data: 1\r\r").len(), 1);
        assert_eq!(reader.push(b"\ndata: 2\r\n\r").len(), 1);
        assert_eq!(reader.push(b"\n").len(), 0);
        assert_eq!(reader.finish(), None);
    }

    #[test]
    fn what_is_no_data_makes_no_event() {
        assert_eq!(data(": ping\n\nretry: 3000\n\nid: 1\n\nevent: a\n\n:\nunknown: x\n\ndata: 1\n\n"), ["1"]);
        assert_eq!(told("event: a\n\ndata: 1\n\n"), [(None, "1".into())]);
    }

    #[test]
    fn values_lose_one_blank_and_no_more() {
        assert_eq!(data("data:1\n\ndata:  1\n\ndata\n\ndata: a: b\n\n"), ["1", " 1", "", "a: b"]);
        assert_eq!(data("data: {\ndata: \"foo\":\ndata: \ndata:\ndata: true}\n\n"), ["{\n\"foo\":\n\n\ntrue}"]);
        assert_eq!(data("data: a\u{2028}b\u{85}c\u{b}\n\n"), ["a\u{2028}b\u{85}c\u{b}"]);
    }

    #[test]
    fn the_last_event_counts_without_its_blank_line() {
        for text in ["data: 1", "data: 1\n", "data: 1\r", "data: 1\r\n"] {
            assert_eq!(data(text), ["1"], "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_taken_off_once() {
        assert_eq!(data("\u{feff}data: 1\n\n\u{feff}data: 2\n\n"), ["1"]);
        assert_eq!(read(&[b"\xef", b"\xbb", b"\xbfdata: 1\n\n"]).len(), 1);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let frames = read(&[b"data: a\xffb\xd0\n\ndata: 2\n\n"]);
        let data: Vec<_> = frames.into_iter().map(|frame| frame.unwrap().data).collect();
        assert_eq!(data, ["a\u{fffd}b\u{fffd}", "2"]);
    }

    #[test]
    fn an_event_without_end_is_an_error_and_not_a_heap() {
        let mut reader = FrameReader::default();
        let flood = vec![b'x'; 300_000];
        let mut errors = reader.push(b"data: ");
        for _ in 0..20 {
            errors.extend(reader.push(&flood));
            assert!(reader.line.len() <= MAX_EVENT_BYTES);
        }
        assert_eq!(errors, [Err(EventTooLong)]);
        // Many short lines are one event too.
        assert_eq!(reader.push(b"\n\n"), []);
        let lines = "data: 0123456789\n".repeat(100_000);
        assert_eq!(reader.push(lines.as_bytes()), [Err(EventTooLong)]);
        assert_eq!(reader.push(b"\ndata: 2\n\n"), [Ok(Frame { event: None, data: "2".into() })]);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(
            text in "((event|data|id|retry|)(:|: |)[a-zé👍\u{2028}]{0,4}(\r|\n|\r\n){0,3}){0,12}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut chunks, mut from) = (vec![], 0);
            for cut in cuts.into_iter().chain([bytes.len()]) {
                chunks.push(&bytes[from..cut]);
                from = cut;
            }
            let whole = read(&[bytes]);
            prop_assert_eq!(&read(&chunks), &whole);
            prop_assert_eq!(&read(&bytes.chunks(1).collect::<Vec<_>>()), &whole);
        }

        #[test]
        fn reading_undoes_writing(event in prop::option::of("[a-z.]{1,10}"), data in "[a-zé\n {}:]{0,30}") {
            let frame = Frame { event, data };
            prop_assert_eq!(read(&[frame.to_string().as_bytes()]), [Ok(frame)]);
        }
    }
}
