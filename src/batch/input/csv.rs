//! CSV: records by `csv-core`, which takes them in pieces, and prompts made of them.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::body::{Body, Misread};
use super::fault::{FaultKind, FileFault};
use super::layout::BatchLine;
use super::lines::{Record, Trouble};
use super::template::Template;
use crate::batch::cells::unguarded;

/// How a CSV file's records become prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvLayout {
    delimiter: u8,
    columns: Vec<String>,
    template: Template,
    custom_id: Option<usize>,
}

impl CsvLayout {
    /// Reads the header, and the template over its columns; without one, [`Template::suggested`].
    pub(super) fn of_header(header: &[u8], delimiter: u8, template: Option<&str>) -> Result<Self, FileFault> {
        let text = std::str::from_utf8(header).map_err(|_| FileFault::NoHeader { why: "it is not UTF-8" })?;
        let columns: Vec<String> = fields(text, delimiter).iter().map(|name| name.trim().to_owned()).collect();
        if columns.iter().all(String::is_empty) {
            return Err(FileFault::NoHeader { why: "it has no names" });
        }
        let template = match template.filter(|template| !template.trim().is_empty()) {
            Some(template) => Template::parse(template, &columns)?,
            None => Template::parse(&Template::suggested(&columns), &columns)?,
        };
        let custom_id = columns.iter().position(|column| column.eq_ignore_ascii_case("custom_id"));
        Ok(Self { delimiter, columns, template, custom_id })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn read_record<'a>(&self, record: &str) -> Result<BatchLine<'a>, Misread> {
        let fields = fields(record, self.delimiter);
        if fields.len() != self.columns.len() {
            return Err((0, FaultKind::FieldCount { expected: self.columns.len(), found: fields.len() }));
        }
        let plain: Vec<&str> = fields.iter().map(|field| unguarded(field)).collect();
        let prompt = self.template.fill(&plain);
        if prompt.trim().is_empty() {
            return Err((0, FaultKind::EmptyPrompt));
        }
        let id = self.custom_id.and_then(|place| plain.get(place)).map(|id| id.trim()).filter(|id| !id.is_empty());
        let custom_id = id.map(|id| Cow::Owned(id.to_owned()));
        Ok(BatchLine { custom_id, body: Body::of_prompt(prompt), metadata: None })
    }
}

/// The fields of one record.
pub(super) fn fields(record: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut text, mut ends) = (vec![0; record.len() + 1], vec![0; record.len() + 2]);
    let (mut input, mut written, mut count) = (record.as_bytes(), 0, 0);
    while let (Some(room), Some(places)) = (text.get_mut(written..), ends.get_mut(count..)) {
        let (result, read, out, found) = reader.read_record(input, room, places);
        written += out;
        count += found;
        if matches!(result, ReadRecordResult::Record | ReadRecordResult::End) {
            break;
        }
        input = input.get(read..).unwrap_or_default();
    }
    let mut start = 0;
    let ends = ends.into_iter().take(count);
    ends.map(|end| {
        let field = String::from_utf8_lossy(text.get(start..end).unwrap_or_default()).into_owned();
        start = end;
        field
    })
    .collect()
}

/// Cuts CSV into records, which may hold line feeds between quotes.
#[derive(Debug)]
pub(super) struct CsvRecords {
    reader: csv_core::Reader,
    /// Where what is not needed here goes: only the ends of records are.
    scratch: (Vec<u8>, Vec<usize>),
    pending: Vec<u8>,
    /// Bytes of the record so far, kept or not.
    length: usize,
    begins: (u32, u64),
    line: u32,
    limit: usize,
}

impl CsvRecords {
    pub fn new(delimiter: u8, (line, limit): (u32, usize)) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            scratch: (vec![0; 4_096], vec![0; 512]),
            pending: Vec::new(),
            length: 0,
            begins: (line, 0),
            line,
            limit,
        }
    }

    /// Takes in the bytes that stand at `offset` of the file, and gives each record that ends in them.
    pub fn push(&mut self, chunk: &[u8], offset: u64, take: &mut impl FnMut(Record<'_>)) {
        let mut rest = chunk;
        while let Some(first) = rest.first() {
            let consumed = chunk.len() - rest.len();
            if self.length == 0 {
                // csv-core would count blank lines to the record behind them.
                if matches!(first, b'\n' | b'\r') {
                    self.line += u32::from(*first == b'\n');
                    rest = rest.get(1..).unwrap_or_default();
                    continue;
                }
                self.begins = (self.line, offset + u64::try_from(consumed).unwrap_or(u64::MAX));
            }
            let (ended, read) = self.read(rest);
            let (bytes, behind) = rest.split_at_checked(read).unwrap_or((rest, &[]));
            self.keep(bytes);
            rest = behind;
            if ended {
                self.end(None, take);
            }
        }
    }

    /// The last record, which may have no line feed.
    pub fn finish(&mut self, take: &mut impl FnMut(Record<'_>)) {
        let quotes = memchr::memchr_iter(b'"', &self.pending).count();
        let spans = memchr::memchr(b'\n', self.pending.trim_ascii_end()).is_some();
        let trouble = (quotes % 2 == 1 && spans).then_some(Trouble::UnclosedQuote);
        if self.length > 0 {
            self.end(trouble, take);
        }
    }

    fn read(&mut self, input: &[u8]) -> (bool, usize) {
        let (text, ends) = &mut self.scratch;
        let (result, read, _, _) = self.reader.read_record(input, text, ends);
        // What fills the scratch is dropped: the next call starts at its front.
        (matches!(result, ReadRecordResult::Record), read)
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        let feeds = memchr::memchr_iter(b'\n', bytes).count();
        self.line = self.line.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
        if self.length <= self.limit {
            self.pending.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, trouble: Option<Trouble>, take: &mut impl FnMut(Record<'_>)) {
        let (line, offset) = self.begins;
        let trouble = if self.length > self.limit { Some(Trouble::TooLong) } else { trouble };
        let bytes = self.pending.as_slice();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        take(Record { line, offset, bytes: bytes.strip_suffix(b"\r").unwrap_or(bytes), trouble });
        self.pending.clear();
        self.length = 0;
    }
}
