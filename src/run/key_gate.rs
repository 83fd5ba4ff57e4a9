//! A refused key stops a run: whatever is queued or waits would be refused as well.

use std::cell::Cell;

use crate::client::CallEvent;
use crate::reply::Reply;
use crate::retry::Class;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

/// Why the rest of a run was not sent.
pub const KEY_REFUSED: &str = "The key was refused in another call of this run, so this one was not sent. Give a key that \
                               the server accepts in Connection, then run it again.";

/// A transport that sends nothing more once an answer has refused the key.
#[derive(Debug)]
pub(super) struct KeyGate<'a, T> {
    transport: &'a T,
    is_closed: Cell<bool>,
}

impl<'a, T> KeyGate<'a, T> {
    pub(super) const fn new(transport: &'a T) -> Self {
        Self { transport, is_closed: Cell::new(false) }
    }

    /// Takes note of what came of an attempt.
    pub(super) fn observe(&self, event: &CallEvent<'_>) {
        if matches!(event, CallEvent::AttemptEnded { outcome, .. } if outcome.class == Class::Auth) {
            self.is_closed.set(true);
        }
    }
}

impl<T: Transport> Transport for KeyGate<'_, T> {
    fn prepare(&self, request: &ApiRequest) -> impl Future<Output = Result<(), TransportError>> {
        self.transport.prepare(request)
    }

    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        if self.is_closed.get() {
            return Err(TransportError::NotSent(KEY_REFUSED.to_owned()));
        }
        self.transport.send_observed(request, observe).await
    }
}
