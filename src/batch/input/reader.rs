//! Reads a file by pieces, and keeps an index of its lines.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use xxhash_rust::xxh64::Xxh64;

use super::csv::{CsvLayout, CsvRecords};
use super::detect::{Format, HEAD_BYTES, delimiter};
use super::fault::{FaultKind, FileFault, LineFault};
use super::file::{BatchFile, Fingerprint, LineEntry, OutputBound};
use super::layout::Layout;
use super::lines::{Lines, Record, Trouble, as_u64};
use crate::simulator::estimate_input_tokens;

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputLimits {
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// The most lines that are not blank.
    pub requests: usize,
    /// The longest line, in bytes.
    pub line_bytes: usize,
}

impl Default for InputLimits {
    /// 200 MiB, 100,000 requests, 1 MiB a line. OpenAI's own Batch takes 200 MB and 50,000 requests (Batch guide, 2026-11).
    fn default() -> Self {
        Self { file_bytes: 200 << 20, requests: 100_000, line_bytes: 1 << 20 }
    }
}

/// What is said of a file beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReaderOptions {
    /// The format; detected where none is given.
    pub format: Option<Format>,
    /// The file's name, a hint at its format; empty for a pasted text.
    pub file_name: String,
    /// The prompt template of a CSV file; one is suggested where none is given.
    pub template: Option<String>,
    /// How much is read.
    pub limits: InputLimits,
}

/// Reads a file that comes in pieces of any size. Its work is proportional to the piece, and it can be dropped anywhere.
pub struct Reader {
    stage: Stage,
    index: Index,
    options: ReaderOptions,
    bytes: u64,
    hash: Xxh64,
}

enum Stage {
    /// Too little is known to tell the format.
    Head(Vec<u8>),
    Lines(Lines),
    Csv(Box<CsvRecords>),
}

/// What is known of the file so far.
#[derive(Default)]
struct Index {
    /// None before the format is known, and of CSV before the header is.
    layout: Option<Layout>,
    delimiter: u8,
    template: Option<String>,
    entries: Vec<LineEntry>,
    faults: Vec<LineFault>,
    ids: HashMap<Arc<str>, u32>,
    models: Vec<Arc<str>>,
    limit: InputLimits,
    fault: Option<FileFault>,
}

impl Reader {
    /// A reader of a file of which nothing has come yet.
    pub fn new(options: ReaderOptions) -> Self {
        let index = Index { limit: options.limits, template: options.template.clone(), ..Index::default() };
        Self { stage: Stage::Head(Vec::new()), index, options, bytes: 0, hash: Xxh64::new(0) }
    }

    /// Takes in the next bytes of the file.
    ///
    /// # Errors
    /// [`FileFault`] where nothing of the file can be run; every later call says the same.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), FileFault> {
        self.state()?;
        let offset = self.bytes;
        self.bytes = offset.saturating_add(as_u64(chunk.len()));
        let limit_bytes = self.options.limits.file_bytes;
        if self.bytes > limit_bytes {
            self.index.fault = Some(FileFault::TooLarge { limit_bytes });
            return self.state();
        }
        self.hash.update(chunk);
        match &mut self.stage {
            Stage::Head(head) => {
                head.extend_from_slice(chunk);
                let enough = head.len() >= HEAD_BYTES || memchr::memchr_iter(b'\n', head).nth(1).is_some();
                if enough {
                    self.begin();
                }
            }
            Stage::Lines(lines) => lines.push(chunk, offset, &mut |record| self.index.take(record)),
            Stage::Csv(records) => records.push(chunk, offset, &mut |record| self.index.take(record)),
        }
        self.state()
    }

    /// The file, now that it is over.
    ///
    /// # Errors
    /// [`FileFault`] where nothing of it can be run.
    pub fn finish(mut self) -> Result<BatchFile, FileFault> {
        self.state()?;
        if matches!(self.stage, Stage::Head(_)) {
            self.begin();
        }
        match &mut self.stage {
            Stage::Head(_) => {}
            Stage::Lines(lines) => lines.finish(&mut |record| self.index.take(record)),
            Stage::Csv(records) => records.finish(&mut |record| self.index.take(record)),
        }
        self.state()?;
        let Index { layout, entries, faults, .. } = self.index;
        let Some(layout) = layout.filter(|_| !entries.is_empty() || !faults.is_empty()) else {
            return Err(FileFault::Empty);
        };
        Ok(BatchFile {
            layout,
            entries,
            faults,
            fingerprint: Fingerprint { bytes: self.bytes, xxh64: self.hash.digest() },
        })
    }

    /// How many bytes have come.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How the records are read, once that is known.
    pub const fn layout(&self) -> Option<&Layout> {
        self.index.layout.as_ref()
    }

    /// The lines found so far that hold a request.
    pub fn entries(&self) -> &[LineEntry] {
        &self.index.entries
    }

    /// The lines found so far that hold none.
    pub fn faults(&self) -> &[LineFault] {
        &self.index.faults
    }

    fn state(&self) -> Result<(), FileFault> {
        self.index.fault.clone().map_or(Ok(()), Err)
    }

    /// Decides on the format and reads what was held back for that.
    fn begin(&mut self) {
        let Stage::Head(head) = &mut self.stage else { return };
        let head = std::mem::take(head);
        if let Some(fault) = no_text(&head) {
            self.index.fault = Some(fault);
            return;
        }
        let mark: usize = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let body = head.get(mark..).unwrap_or_default();
        let beginning = String::from_utf8_lossy(body.get(..HEAD_BYTES.min(body.len())).unwrap_or_default());
        let format = self.options.format.unwrap_or_else(|| Format::detect(&beginning, &self.options.file_name));
        self.index.layout = match format {
            Format::Batch => Some(Layout::Batch),
            Format::Cookbook => Some(Layout::Cookbook),
            Format::Text => Some(Layout::Text),
            Format::Csv => None,
        };
        let limit = self.options.limits.line_bytes;
        let mut take = |record: Record<'_>| self.index.take(record);
        self.stage = if format == Format::Csv {
            let header = beginning.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let delimiter = delimiter(header);
            let mut records = CsvRecords::new(delimiter, (1, limit));
            self.index.delimiter = delimiter;
            let mut take = |record: Record<'_>| self.index.take(record);
            records.push(body, as_u64(mark), &mut take);
            Stage::Csv(Box::new(records))
        } else {
            let mut lines = Lines::new(1, limit);
            lines.push(body, as_u64(mark), &mut take);
            Stage::Lines(lines)
        };
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("bytes", &self.bytes)
            .field("entries", &self.index.entries.len())
            .finish_non_exhaustive()
    }
}

impl Index {
    fn take(&mut self, record: Record<'_>) {
        if self.fault.is_some() {
            return;
        }
        let Some(layout) = &self.layout else {
            match CsvLayout::of_header(record.bytes, self.delimiter, self.template.as_deref()) {
                Ok(layout) => self.layout = Some(Layout::Csv(layout)),
                Err(fault) => self.fault = Some(fault),
            }
            return;
        };
        // Bad lines count too, or a file of nothing else would fill the memory.
        if self.entries.len() + self.faults.len() >= self.limit.requests {
            self.fault = Some(FileFault::TooManyRequests { limit: self.limit.requests });
            return;
        }
        match Self::entry(layout, record, self.limit.line_bytes, &mut self.models) {
            Ok(entry) => self.add(entry),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn entry(
        layout: &Layout,
        record: Record<'_>,
        line_bytes: usize,
        models: &mut Vec<Arc<str>>,
    ) -> Result<LineEntry, LineFault> {
        let whole = |kind| LineFault { line: record.line, column: 1, kind };
        match record.trouble {
            Some(Trouble::TooLong) => {
                return Err(whole(FaultKind::TooLong { limit_bytes: line_bytes }));
            }
            Some(Trouble::UnclosedQuote) => return Err(whole(FaultKind::UnclosedQuote)),
            None => {}
        }
        let read = layout.read(record.bytes, record.line)?;
        let custom_id =
            read.custom_id.map_or_else(|| Arc::from(format!("line-{:06}", record.line)), |id| Arc::from(&*id));
        let request = read.body.request;
        let model = read.body.has.model.then(|| interned(models, &request.model));
        let max_output_tokens = match request.max_output_tokens {
            Some(tokens) => OutputBound::AtMost(tokens),
            None if read.body.has.max_output_tokens => OutputBound::Unbounded,
            None => OutputBound::Unsaid,
        };
        Ok(LineEntry {
            line: record.line,
            offset: record.offset,
            length: u32::try_from(record.bytes.len()).unwrap_or(u32::MAX),
            custom_id,
            model,
            input_tokens: estimate_input_tokens(&request),
            max_output_tokens,
        })
    }

    fn add(&mut self, entry: LineEntry) {
        match self.ids.entry(Arc::clone(&entry.custom_id)) {
            Entry::Vacant(place) => {
                place.insert(entry.line);
                self.entries.push(entry);
            }
            Entry::Occupied(first) => {
                let custom_id = entry.custom_id.to_string();
                let kind = FaultKind::DuplicateCustomId { custom_id, first_line: *first.get() };
                self.faults.push(LineFault { line: entry.line, column: 1, kind });
            }
        }
    }
}

/// Of a file with few models each name is kept once.
fn interned(models: &mut Vec<Arc<str>>, name: &str) -> Arc<str> {
    if let Some(known) = models.iter().find(|known| known.as_ref() == name) {
        return Arc::clone(known);
    }
    let name: Arc<str> = Arc::from(name);
    if models.len() < 64 {
        models.push(Arc::clone(&name));
    }
    name
}

fn no_text(head: &[u8]) -> Option<FileFault> {
    if head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || matches!(head, [0, first, ..] | [first, 0, ..] if *first != 0)
    {
        return Some(FileFault::Utf16);
    }
    // The first bytes of a zip archive (xlsx is one) and of gzip.
    (head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1f\x8b")).then_some(FileFault::Packed)
}
