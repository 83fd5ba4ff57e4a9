//! The transport as a port: sends one request once.

pub mod connection;
#[cfg(target_arch = "wasm32")]
pub mod fetch;
pub mod kept;
pub mod simulated;

use std::future::Future;

use crate::reply::Reply;
pub use crate::reply::TransportError;
pub use crate::responses::ApiRequest;

/// Sends requests, each exactly once; dropping the future aborts the request.
pub trait Transport {
    /// Sends `request` and waits for the whole answer.
    ///
    /// # Errors
    /// Where no answer could be read: see [`TransportError`].
    fn send(&self, request: &ApiRequest) -> impl Future<Output = Result<Reply, TransportError>>;
}
