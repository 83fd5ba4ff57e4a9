//! The response object.

use super::usage::ReportedUsage;

/// A response object, as far as Sluice reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// `resp_…`.
    pub id: Option<String>,
    /// Seconds since the epoch.
    pub created_at: Option<u64>,
    /// Where the response stands.
    pub status: ResponseStatus,
    /// Why it failed.
    pub error: Option<ResponseError>,
    /// Why it is incomplete: `max_output_tokens`, `content_filter`, …
    pub incomplete_reason: Option<String>,
    /// The model that answered, usually a dated snapshot.
    pub model: Option<String>,
    /// What came back, in order.
    pub output: Vec<OutputItem>,
    /// The tokens.
    pub usage: ReportedUsage,
    /// The tier that served it.
    pub service_tier: Option<String>,
}

/// `status` of a response.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ResponseStatus {
    /// All is there.
    #[default]
    Completed,
    /// Cut off; see `incomplete_reason`.
    Incomplete,
    /// Failed; see `error`.
    Failed,
    /// Still running.
    InProgress,
    /// Not begun.
    Queued,
    /// Cancelled on request.
    Cancelled,
    /// A status this version does not know.
    Other(String),
}

/// `error` of a failed response: it can come inside an HTTP 200.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseError {
    /// `server_error`, `rate_limit_exceeded`, …
    pub code: Option<String>,
    /// The sentence for people.
    pub message: String,
}

/// One item of `output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputItem {
    /// What the model says.
    Message {
        /// `msg_…`.
        id: Option<String>,
        /// `completed`, `incomplete`, `in_progress`.
        status: Option<String>,
        /// The parts, in order.
        content: Vec<ContentPart>,
    },
    /// What the model thought; only summaries are ever shown.
    Reasoning {
        /// `rs_…`.
        id: Option<String>,
        /// Summary texts, in order.
        summary: Vec<String>,
    },
    /// A call of one of the caller's functions.
    FunctionCall {
        /// `fc_…`.
        id: Option<String>,
        /// The function's name.
        name: String,
        /// A JSON string.
        arguments: String,
    },
    /// An item type this version does not know, by its name.
    Other(String),
}

/// One part of a message's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPart {
    /// Text.
    OutputText(String),
    /// The model declines.
    Refusal(String),
    /// A part type this version does not know, by its name.
    Other(String),
}
