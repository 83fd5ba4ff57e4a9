//! The transport as a port: sends one request once.

mod arriving;
pub mod connection;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod fetch;
pub mod kept;
mod receiver;
pub mod simulated;

use std::future::Future;

use crate::reply::Reply;
pub use crate::reply::TransportError;
pub use crate::responses::ApiRequest;
use crate::retry::Answer;
use crate::time::Instant;
pub use arriving::boundary;
pub use receiver::{Head, Received, Receiver};

/// Sends requests, each exactly once; dropping the future aborts the request.
pub trait Transport {
    /// Does what must be done before `request` may go, such as to write down that it will. It has not gone by then, and
    /// may be held back still.
    ///
    /// # Errors
    /// Where it must not go.
    fn prepare(&self, _request: &ApiRequest) -> impl Future<Output = Result<(), TransportError>> {
        std::future::ready(Ok(()))
    }

    /// Sends `request` and waits for the whole answer. Of one that is asked for as an event stream, `observe` is told
    /// as it comes.
    ///
    /// # Errors
    /// Where no answer could be read: see [`TransportError`].
    fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> impl Future<Output = Result<Reply, TransportError>>;

    /// The same, unobserved.
    ///
    /// # Errors
    /// Where no answer could be read: see [`TransportError`].
    fn send(&self, request: &ApiRequest) -> impl Future<Output = Result<Reply, TransportError>> {
        async { self.send_observed(request, &mut |_| {}).await }
    }
}

/// What the retry loop needs of the other end: a request goes, an answer comes.
///
/// Every [`Transport`] is one. A server of an experiment is another, whose requests and answers are a few numbers.
pub trait Exchange {
    /// What goes.
    type Request;
    /// What comes.
    type Answer: Answer;

    /// Does what must be done before `request` may go. It has not gone by then, and may be held back still.
    ///
    /// # Errors
    /// Where it must not go.
    fn prepare(&self, _request: &Self::Request) -> impl Future<Output = Result<(), TransportError>> {
        std::future::ready(Ok(()))
    }

    /// Sends `request`, exactly once; dropping the future aborts it. Of an answer that comes in pieces, `observe` is
    /// told as it comes.
    ///
    /// # Errors
    /// Where no answer could be read: see [`TransportError`].
    fn exchange(
        &self,
        request: &Self::Request,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> impl Future<Output = Result<Self::Answer, TransportError>>;
}

impl<T: Transport> Exchange for T {
    type Request = ApiRequest;
    type Answer = Reply;

    fn prepare(&self, request: &ApiRequest) -> impl Future<Output = Result<(), TransportError>> {
        Transport::prepare(self, request)
    }

    fn exchange(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> impl Future<Output = Result<Reply, TransportError>> {
        self.send_observed(request, observe)
    }
}

/// How a streamed answer comes along, told before it is whole. No secret is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Status and headers are here.
    Head {
        /// When.
        at: Instant,
        /// The HTTP status.
        status: u16,
    },
    /// An event of the stream is here.
    Event {
        /// When.
        at: Instant,
        /// Its type, known or not.
        kind: &'a str,
        /// Its `sequence_number`.
        sequence: Option<u64>,
        /// Whether it brings words: the first that does is the first token.
        brings_text: bool,
        /// What becomes of the text told so far. It may lag behind by a word: half a secret is not told.
        text: TextChange<'a>,
    },
}

/// What an event makes of the text told so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextChange<'a> {
    /// Nothing.
    None,
    /// It goes on with this.
    More(&'a str),
    /// It is this, and what was told before was not right.
    Whole(&'a str),
}

impl Progress<'_> {
    /// When it happened.
    pub const fn at(&self) -> Instant {
        match self {
            Self::Head { at, .. } | Self::Event { at, .. } => *at,
        }
    }
}
