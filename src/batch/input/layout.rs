//! How the records of a file are read: once for the index, and again when a request is due.

use std::borrow::Cow;

use super::body::{Body, Misread};
use super::csv::CsvLayout;
use super::detect::Format;
use super::fault::{FaultKind, LineFault};
use super::json_lines;
use crate::batch::RequestDefaults;
use crate::responses::CreateResponse;

/// How the records of a file are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// OpenAI's Batch lines.
    Batch,
    /// The cookbook processor's lines: a bare body each.
    Cookbook,
    /// A prompt a line.
    Text,
    /// CSV with a header, and a template that makes prompts of its records.
    Csv(CsvLayout),
}

/// A request of the file, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchRequest {
    /// The request. Its body goes out as it was written, but for the batch's defaults.
    pub request: CreateResponse,
    /// A cookbook line's `metadata`, JSON as it was written, for the output.
    pub metadata: Option<String>,
}

impl BatchRequest {
    /// The request as a line of OpenAI's Batch format, without a line feed.
    pub fn to_batch_line(&self, custom_id: &str) -> String {
        let custom_id = serde_json::Value::from(custom_id);
        let body = self.request.body();
        format!(r#"{{"custom_id":{custom_id},"method":"POST","url":"/v1/responses","body":{body}}}"#)
    }
}

/// A record, read.
#[derive(Debug)]
pub(super) struct BatchLine<'a> {
    pub custom_id: Option<Cow<'a, str>>,
    pub body: Body<'a>,
    pub metadata: Option<String>,
}

impl Layout {
    /// The format.
    pub const fn format(&self) -> Format {
        match self {
            Self::Batch => Format::Batch,
            Self::Cookbook => Format::Cookbook,
            Self::Text => Format::Text,
            Self::Csv(_) => Format::Csv,
        }
    }

    /// Reads the record whose bytes these are, which begins at line `number` of the file.
    pub(super) fn read<'a>(&self, record: &'a [u8], number: u32) -> Result<BatchLine<'a>, LineFault> {
        let text = text_of(record, number)?;
        let read = match self {
            Self::Batch => json_lines::batch_line(text),
            Self::Cookbook => json_lines::cookbook_line(text),
            Self::Text => Ok(BatchLine { custom_id: None, body: Body::of_prompt(text.to_owned()), metadata: None }),
            Self::Csv(layout) => layout.read_record(text),
        };
        read.map_err(|misread| fault(number, text, misread))
    }

    /// The request of the record whose bytes these are, which begins at line `number` of the file.
    ///
    /// # Errors
    /// [`LineFault`] where there is none in it, or no model for it.
    pub fn request(&self, record: &[u8], number: u32, defaults: &RequestDefaults) -> Result<BatchRequest, LineFault> {
        let BatchLine { body, metadata, .. } = self.read(record, number)?;
        let request = body.into_request(defaults).map_err(|kind| LineFault { line: number, column: 1, kind })?;
        Ok(BatchRequest { request, metadata })
    }
}

/// A record's bytes as text without NUL bytes.
pub(super) fn text_of(record: &[u8], number: u32) -> Result<&str, LineFault> {
    let at = |before: &[u8], kind| {
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        LineFault { line: number, column: u32::try_from(column).unwrap_or(u32::MAX), kind }
    };
    let text = std::str::from_utf8(record).map_err(|error| {
        let (before, rest) = record.split_at_checked(error.valid_up_to()).unwrap_or_default();
        at(before, FaultKind::NotUtf8 { byte: rest.first().copied().unwrap_or_default() })
    })?;
    match memchr::memchr(0, record) {
        None => Ok(text),
        Some(place) => Err(at(record.get(..place).unwrap_or_default(), FaultKind::Nul)),
    }
}

/// The fault at a place in bytes, as a line and a column in characters.
pub(super) fn fault(number: u32, record: &str, (place, kind): Misread) -> LineFault {
    let before = record.get(..place.min(record.len())).unwrap_or(record);
    // A CSV record may run over several lines.
    let (breaks, line_start) = (before.matches('\n').count(), before.rfind('\n').map_or(0, |at| at + 1));
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    LineFault {
        line: number.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX)),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        kind,
    }
}
