//! The lines of a file of results, read a window at a time: the file is never in memory as a whole.

use crate::batch::{LineSource, SourceError};

/// How much is read at a time, in bytes: as many lines are parsed in one turn of the page.
const WINDOW: u64 = 64 * 1024;
/// The longest line that is read whole, in bytes; no model's answer comes near it.
const LONGEST_LINE: usize = 8 * 1024 * 1024;

/// Reads the lines of a file that is `size` bytes long.
#[derive(Debug)]
pub struct ResultLines<L> {
    source: L,
    size: u64,
    at: u64,
    /// What has come of a line whose end is still to come.
    rest: Vec<u8>,
}

impl<L: LineSource> ResultLines<L> {
    /// The lines of `source`.
    pub const fn new(source: L, size: u64) -> Self {
        Self { source, size, at: 0, rest: Vec::new() }
    }

    /// The lines that end in the next window, without their line feeds; `None` after the last one. Of a line longer than
    /// any result there is only the beginning.
    ///
    /// # Errors
    /// [`SourceError`] where the file cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<String>>, SourceError> {
        if self.at >= self.size {
            let last = std::mem::take(&mut self.rest);
            return Ok((!last.is_empty()).then(|| vec![text_of(&last)]));
        }
        let end = self.at.saturating_add(WINDOW).min(self.size);
        let window = self.source.read(self.at..end).await?;
        self.at = end;
        let mut pieces = window.split(|byte| *byte == b'\n');
        let mut lines = Vec::new();
        // The first piece goes on with the line before; the last one has no end yet.
        self.take(pieces.next().unwrap_or_default());
        for piece in pieces {
            lines.push(text_of(&std::mem::take(&mut self.rest)));
            self.take(piece);
        }
        Ok(Some(lines))
    }

    fn take(&mut self, piece: &[u8]) {
        let room = LONGEST_LINE.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }
}

fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::Arc;

    fn lines(text: &str) -> Vec<String> {
        let bytes: Arc<[u8]> = Arc::from(text.as_bytes());
        let mut reader = ResultLines::new(Arc::clone(&bytes), u64::try_from(bytes.len()).unwrap());
        let mut lines = Vec::new();
        while let Some(more) = reader.next().now_or_never().unwrap().unwrap() {
            lines.extend(more);
        }
        lines
    }

    #[test]
    fn lines_are_whole_however_the_windows_cut_them() {
        // "ä" is two bytes, so some windows end within one.
        let long = |count: usize| "ä".repeat(count);
        let wanted = vec!["a".to_owned(), long(40_000), "b".to_owned(), long(70_001), String::new(), "c".to_owned()];
        assert_eq!(lines(&wanted.join("\n")), wanted);
        assert_eq!(lines(&(wanted.join("\r\n") + "\r\n")), wanted);
        assert_eq!(lines(""), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_is_shorter_than_said_is_no_file() {
        let bytes: Arc<[u8]> = Arc::from(&b"a\nb"[..]);
        let mut reader = ResultLines::new(bytes, 100);
        assert_eq!(reader.next().now_or_never().unwrap(), Err(SourceError::Short));
    }

    #[test]
    fn a_line_without_an_end_is_cut_off() {
        let found = lines(&"x".repeat(LONGEST_LINE + 10));
        assert_eq!(found.iter().map(String::len).collect::<Vec<_>>(), [LONGEST_LINE]);
    }
}
