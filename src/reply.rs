//! One answer of the API, typed; its text on the wire is rendered only where a person reads it.

use std::fmt::Debug;
use std::sync::Arc;

use crate::rate_limit::ReplyHeaders;
use crate::responses::{ApiError, ModelEntry, ReportedUsage, Response, Unreadable};

/// An HTTP answer, read.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers Sluice acts on.
    pub headers: ReplyHeaders,
    /// What the body holds.
    pub content: Content,
    /// The answer as text.
    pub wire: Arc<dyn WireText>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A response object, failed and incomplete ones included.
    Response(Box<Response>),
    /// An error body; an empty message where the body was empty or of no known shape.
    Error(ApiError),
    /// The model list.
    Models(Vec<ModelEntry>),
    /// The answer of `/responses/input_tokens`.
    InputTokens(u64),
    /// A success that could not be read.
    Unreadable(Unreadable),
}

/// The text of an answer as it went over the wire.
pub trait WireText: Debug + Send + Sync {
    /// All readable headers, in order, names in lower case.
    fn headers(&self) -> Vec<(String, String)>;
    /// The body.
    fn body(&self) -> String;
}

impl Reply {
    /// The response object, if the body holds one.
    pub fn response(&self) -> Option<&Response> {
        match &self.content {
            Content::Response(response) => Some(response),
            _ => None,
        }
    }

    /// The usage the body reports.
    pub fn usage(&self) -> ReportedUsage {
        self.response().map_or(ReportedUsage::Missing, |response| response.usage.clone())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The browser tells nothing but "Failed to fetch": the request may have arrived, and may be billed.
    #[error("the browser hid why: {0}")]
    Opaque(String),
    /// No answer in time; the request may have arrived, and may be billed.
    #[error("no answer within {0:?}")]
    TimedOut(std::time::Duration),
    /// The connection broke in mid-answer; what had arrived is kept.
    #[error("the answer broke off: {message}")]
    CutOff {
        /// What the browser said.
        message: String,
        /// The text that had arrived.
        received: String,
    },
    /// It was never sent: it could not have been, as it stands.
    #[error("{0}")]
    NotSent(String),
}
