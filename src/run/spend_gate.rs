//! A reached budget stops what would cost more: what is in flight goes on, and nothing new starts.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::reply::Reply;
use crate::responses::BatchCall;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

/// Asked before each HTTP request, retries included: may it be sent? It answers with why not.
#[derive(Clone, Copy, Default)]
pub struct SpendGate<'a> {
    refusal: Option<&'a dyn Fn() -> Option<String>>,
    in_flight: Option<&'a InFlight>,
}

/// How many requests that can be billed are out. Copies count the same.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<AtomicU64>);

impl InFlight {
    /// How many are out now.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One request that is out: it no longer counts once this is dropped, answered or not.
#[derive(Debug)]
pub struct Out<'a>(&'a InFlight);

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<'a> SpendGate<'a> {
    /// Where there is no budget.
    pub const OPEN: Self = Self { refusal: None, in_flight: None };

    /// A gate that asks `refusal`, which says what is reached, what is kept and what to do, or nothing.
    pub const fn new(refusal: &'a dyn Fn() -> Option<String>) -> Self {
        Self { refusal: Some(refusal), in_flight: None }
    }

    /// The same, counting in `in_flight` what it lets through.
    #[must_use]
    pub const fn counting(self, in_flight: &'a InFlight) -> Self {
        Self { in_flight: Some(in_flight), ..self }
    }

    /// Why nothing more may be sent now; `None` where it may.
    pub fn refusal(self) -> Option<String> {
        self.refusal.and_then(|refusal| refusal())
    }

    /// Counts a request that goes out now, until what it gives is dropped.
    pub fn goes_out(self) -> Option<Out<'a>> {
        let in_flight = self.in_flight?;
        in_flight.0.fetch_add(1, Ordering::Relaxed);
        Some(Out(in_flight))
    }
}

impl fmt::Debug for SpendGate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.refusal.is_some() { "SpendGate" } else { "SpendGate::OPEN" })
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
    fn prepare(&self, request: &ApiRequest) -> impl Future<Output = Result<(), TransportError>> {
        self.transport.prepare(request)
    }

    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        if !costs(request) {
            return self.transport.send_observed(request, observe).await;
        }
        if let Some(why) = self.gate.refusal() {
            return Err(TransportError::NotSent(why));
        }
        let _out = self.gate.goes_out();
        self.transport.send_observed(request, observe).await
    }
}

/// Whether a request makes responses, now or in a job. A look at a job or at its results must always be possible.
const fn costs(request: &ApiRequest) -> bool {
    matches!(request, ApiRequest::CreateResponse(_) | ApiRequest::Batches(BatchCall::Create(_)))
}
