//! The log of a batch: what has to be on disk so that nothing is lost and nothing sent twice.
//!
//! [`Record::AboutToSend`] must be durable before the request goes out, [`Record::Answered`] and [`Record::Failed`] bring
//! the answer itself. Records of several lines may share a transaction. A record is one JSON text.

use serde::{Deserialize, Serialize};

use super::input::{Fingerprint, Format};
use super::job::JobRecord;
use super::line_state::FailureKind;
use super::output::OutputLine;
use super::settings::BatchSettings;
use super::state::BatchState;
use crate::redact::Redactor;
use crate::responses::Usage;

/// Something that happened to a batch. Lines are numbered as in the file, from 1; attempts count a line's HTTP requests,
/// from 1, over all runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// It was made of a file.
    Created(Created),
    /// From now on it runs with other settings.
    Settings(BatchSettings),
    /// An HTTP request is about to go out.
    AboutToSend {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
        /// The most it can cost, in picodollars; none where that is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u64>,
    },
    /// It did not go out after all: the browser was offline, or the person stopped it first.
    NotSent {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
    },
    /// It was refused or failed with an answer, and the line waits for its next attempt.
    WillRetry {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
        /// What was answered.
        kind: FailureKind,
    },
    /// The line has its response.
    Answered {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
        /// Tokens, where the response tells them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tokens: Option<Tokens>,
        /// What it cost, in picodollars, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<u64>,
        /// Its line of output.
        output: OutputLine,
    },
    /// The line has failed for good.
    Failed {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
        /// How.
        kind: FailureKind,
        /// Its line of output, in the errors file.
        output: OutputLine,
    },
    /// Nobody knows whether the request was processed: no answer came, or none that shows.
    Unknown {
        /// The line.
        line: u32,
        /// The attempt.
        attempt: u32,
    },
    /// Lines that had failed, or whose outcome is unknown, wait again because a person said so.
    Requeued {
        /// The lines, each with the number of its last attempt.
        lines: Vec<(u32, u32)>,
    },
    /// Nothing more is sent until it is resumed.
    Paused {
        /// Why, for people.
        reason: String,
    },
    /// It goes on.
    Resumed,
    /// What has not been sent never will be.
    Cancelled,
    /// Something happened to the job that OpenAI makes of it.
    Job(JobRecord),
}

/// How a batch begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// What the file is known by.
    pub file: Fingerprint,
    /// The file's format.
    pub format: Format,
    /// How many lines hold a request.
    pub requests: u32,
    /// How many lines hold none, and are left out.
    pub skipped: u32,
    /// How it is run.
    pub settings: BatchSettings,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
}

/// The tokens of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// Input, cached included.
    pub input: u64,
    /// Of it, cached.
    pub cached: u64,
    /// Output, reasoning included.
    pub output: u64,
    /// Of it, reasoning.
    pub reasoning: u64,
}

impl From<&Usage> for Tokens {
    fn from(usage: &Usage) -> Self {
        Self {
            input: usage.input_tokens,
            cached: usage.cached_tokens,
            output: usage.output_tokens,
            reasoning: usage.reasoning_tokens,
        }
    }
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self {
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            total_tokens: tokens.input.saturating_add(tokens.output),
            cached_tokens: tokens.cached,
            reasoning_tokens: tokens.reasoning,
            ..Self::default()
        }
    }
}

/// Why a text is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a record of the journal cannot be read ({0}): it is of a newer version, or damaged. Download the results first."
)]
pub struct UnreadableRecord(String);

impl Record {
    /// The record as JSON on one line, without the key that `redactor` knows.
    pub fn to_json(&self, redactor: &Redactor) -> String {
        // Maps of text and numbers: writing them cannot fail.
        redactor.received(&serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`UnreadableRecord`] where it is none of this version's.
    pub fn from_json(text: &str) -> Result<Self, UnreadableRecord> {
        serde_json::from_str(text).map_err(|error| UnreadableRecord(error.to_string()))
    }

    /// The line it is about, where it is about one.
    pub const fn line(&self) -> Option<u32> {
        match self {
            Self::AboutToSend { line, .. }
            | Self::NotSent { line, .. }
            | Self::WillRetry { line, .. }
            | Self::Answered { line, .. }
            | Self::Failed { line, .. }
            | Self::Unknown { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Whether it must be durable before anything else is done.
    pub const fn is_urgent(&self) -> bool {
        match self {
            Self::Job(record) => record.is_urgent(),
            _ => matches!(self, Self::Created(_) | Self::AboutToSend { .. }),
        }
    }

    /// The line of output it brings.
    pub const fn output(&self) -> Option<&OutputLine> {
        match self {
            Self::Answered { output, .. } | Self::Failed { output, .. } => Some(output),
            _ => None,
        }
    }
}

/// The state that a journal amounts to, after whatever ended its last run: what was about to be sent and has no answer is
/// unknown. Records are numbered from 0 in their order.
pub fn replay<'a>(records: impl IntoIterator<Item = &'a Record>) -> BatchState {
    let mut state = BatchState::default();
    for (sequence, record) in (0..).zip(records) {
        state.apply(record, sequence);
    }
    state.settle_in_flight();
    state
}
