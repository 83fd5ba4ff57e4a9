//! The transport as a port: sends one request once.

pub mod simulated;

use std::future::Future;

use crate::reply::Reply;
use crate::responses::CreateResponse;

/// A call of one endpoint of the API.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiRequest {
    /// `GET /v1/models`.
    ListModels,
    /// `POST /v1/responses`.
    CreateResponse(CreateResponse),
    /// `POST /v1/responses/input_tokens`.
    CountInputTokens(CreateResponse),
}

/// Sends requests, each exactly once; dropping the future aborts the request.
pub trait Transport {
    /// Sends `request` and waits for the whole answer.
    ///
    /// # Errors
    /// Where no answer could be read: see [`TransportError`].
    fn send(&self, request: &ApiRequest) -> impl Future<Output = Result<Reply, TransportError>>;
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
