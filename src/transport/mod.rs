//! The transport as a port: sends one request once.

pub mod simulated;

use std::future::Future;

use crate::reply::Reply;
pub use crate::reply::TransportError;
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
