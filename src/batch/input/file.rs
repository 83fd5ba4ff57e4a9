//! A file that was read: the index of its lines, and the way back to their text.

use std::sync::Arc;

use super::fault::{FaultKind, LineFault};
use super::layout::{BatchLine, BatchRequest, Layout};
use crate::batch::{LineSource, RequestDefaults, SourceError};
use crate::simulator::estimate_input_tokens;

/// What is kept of a line: where it is, and what planning needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineEntry {
    /// Its number in the file, from 1; of a CSV record, that of its first line.
    pub line: u32,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u32,
    /// Its `custom_id`, or `line-000123` by its number.
    pub custom_id: Arc<str>,
    /// The model it names, if it names one.
    pub model: Option<Arc<str>>,
    /// Its input in tokens, an estimate.
    pub input_tokens: u64,
    /// Its `max_output_tokens`.
    pub max_output_tokens: OutputBound,
}

/// What a line says of `max_output_tokens`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputBound {
    /// Nothing: the batch's default holds.
    Unsaid,
    /// `null`: without a bound, whatever the batch's default.
    Unbounded,
    /// At most so many tokens.
    AtMost(u64),
}

impl OutputBound {
    /// The bound of the request that is sent, where the batch puts `default` in.
    pub const fn or(self, default: Option<u64>) -> Option<u64> {
        match self {
            Self::Unsaid => default,
            Self::Unbounded => None,
            Self::AtMost(tokens) => Some(tokens),
        }
    }
}

/// What a file is known by when it is chosen again: its size and the XXH64 hash of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fingerprint {
    /// Size in bytes.
    pub bytes: u64,
    /// XXH64 with seed 0, which guards against mistakes, not against malice.
    pub xxh64: u64,
}

/// A file that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFile {
    /// How its records are read.
    pub layout: Layout,
    /// The lines that hold a request, in order.
    pub entries: Vec<LineEntry>,
    /// The lines that hold none, in order.
    pub faults: Vec<LineFault>,
    /// What it is known by.
    pub fingerprint: Fingerprint,
}

/// Why a line's request cannot be had again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It is another line than when the file was opened.
    #[error("Line {line} has changed since the file was opened. Choose the file again.")]
    Changed {
        /// The line.
        line: u32,
    },
    /// It lacks what the batch does not put in either.
    #[error(transparent)]
    Fault(#[from] LineFault),
}

impl BatchFile {
    /// The request of `entry`, its text read again from `source`.
    ///
    /// # Errors
    /// [`LineError`], which says what to do.
    pub async fn request(
        &self,
        entry: &LineEntry,
        source: &impl LineSource,
        defaults: &RequestDefaults,
    ) -> Result<BatchRequest, LineError> {
        let bytes = source.read(entry.offset..entry.offset + u64::from(entry.length)).await?;
        let changed = || LineError::Changed { line: entry.line };
        let BatchLine { custom_id, body, metadata } = self.layout.read(&bytes, entry.line).map_err(|_| changed())?;
        let is_same = custom_id.is_none_or(|id| *id == *entry.custom_id)
            && estimate_input_tokens(&body.request) == entry.input_tokens;
        if !is_same {
            return Err(changed());
        }
        let fault = |kind: FaultKind| LineFault { line: entry.line, column: 1, kind };
        Ok(BatchRequest { request: body.into_request(defaults).map_err(fault)?, metadata })
    }

    /// The entry of the line with that number.
    pub fn entry(&self, line: u32) -> Option<&LineEntry> {
        self.entries.binary_search_by_key(&line, |entry| entry.line).ok().and_then(|place| self.entries.get(place))
    }
}
