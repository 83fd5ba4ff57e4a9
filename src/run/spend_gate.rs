//! A reached budget stops what would cost more: what is in flight goes on, and nothing new starts.

use std::fmt;

use crate::reply::Reply;
use crate::responses::BatchCall;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

/// Asked before each HTTP request, retries included: may it be sent? It answers with why not.
#[derive(Clone, Copy, Default)]
pub struct SpendGate<'a>(Option<&'a dyn Fn() -> Option<String>>);

impl<'a> SpendGate<'a> {
    /// Where there is no budget.
    pub const OPEN: Self = Self(None);

    /// A gate that asks `refusal`, which says what is reached, what is kept and what to do, or nothing.
    pub const fn new(refusal: &'a dyn Fn() -> Option<String>) -> Self {
        Self(Some(refusal))
    }

    /// Why nothing more may be sent now; `None` where it may.
    pub fn refusal(self) -> Option<String> {
        self.0.and_then(|refusal| refusal())
    }
}

impl fmt::Debug for SpendGate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "SpendGate" } else { "SpendGate::OPEN" })
    }
}

/// A transport that sends what can be billed through a [`SpendGate`]; the rest goes as it is.
#[derive(Debug)]
pub struct GatedTransport<'a, T> {
    transport: &'a T,
    gate: SpendGate<'a>,
}

impl<'a, T> GatedTransport<'a, T> {
    /// `transport` behind `gate`.
    pub const fn new(transport: &'a T, gate: SpendGate<'a>) -> Self {
        Self { transport, gate }
    }
}

impl<T: Transport> Transport for GatedTransport<'_, T> {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        if costs(request)
            && let Some(why) = self.gate.refusal()
        {
            return Err(TransportError::NotSent(why));
        }
        self.transport.send_observed(request, observe).await
    }
}

/// Whether a request makes responses, now or in a job. A look at a job or at its results must always be possible.
const fn costs(request: &ApiRequest) -> bool {
    matches!(request, ApiRequest::CreateResponse(_) | ApiRequest::Batches(BatchCall::Create(_)))
}
