//! Cuts bytes into lines, however they are cut into pieces.

/// A record of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Its first line, from 1.
    pub line: u32,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its bytes, without the line feed.
    pub bytes: &'a [u8],
    /// Why it cannot be read, where that shows in the cutting.
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    TooLong,
    UnclosedQuote,
}

/// Cuts at line feeds; a carriage return before one is no part of the line, blank lines are none.
#[derive(Debug)]
pub(super) struct Lines {
    pending: Vec<u8>,
    /// Bytes of the line so far, kept or not.
    length: usize,
    begins: u64,
    line: u32,
    limit: usize,
}

impl Lines {
    pub fn new(line: u32, limit: usize) -> Self {
        Self { pending: Vec::new(), length: 0, begins: 0, line, limit }
    }

    /// Takes in the bytes that stand at `offset` of the file, and gives each line that ends in them.
    pub fn push(&mut self, chunk: &[u8], offset: u64, take: &mut impl FnMut(Record<'_>)) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let piece = chunk.get(start..end).unwrap_or_default();
            if self.length == 0 {
                self.begins = offset.saturating_add(as_u64(start));
                // Nothing is copied of a line that lies whole in its piece.
                give(piece, piece.len(), (self.line, self.begins, self.limit), take);
            } else {
                self.keep(piece);
                self.give_pending(take);
            }
            self.line = self.line.saturating_add(1);
            start = end + 1;
        }
        let rest = chunk.get(start..).unwrap_or_default();
        if self.length == 0 {
            self.begins = offset.saturating_add(as_u64(start));
        }
        self.keep(rest);
    }

    /// The last line, which may have no line feed.
    pub fn finish(&mut self, take: &mut impl FnMut(Record<'_>)) {
        if self.length > 0 {
            self.give_pending(take);
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        self.length += piece.len();
        if self.length <= self.limit {
            self.pending.extend_from_slice(piece);
        } else {
            self.pending = Vec::new();
        }
    }

    fn give_pending(&mut self, take: &mut impl FnMut(Record<'_>)) {
        give(&self.pending, self.length, (self.line, self.begins, self.limit), take);
        self.pending.clear();
        self.length = 0;
    }
}

fn give(bytes: &[u8], length: usize, (line, offset, limit): (u32, u64, usize), take: &mut impl FnMut(Record<'_>)) {
    let trouble = (length > limit).then_some(Trouble::TooLong);
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if trouble.is_some() || !bytes.trim_ascii().is_empty() {
        take(Record { line, offset, bytes, trouble });
    }
}

pub(super) fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
