//! The calls of a run in the ledger.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{CallSource, LedgerState};
use crate::client::CallEvent;
use crate::state::run::{CallListener, QueuedCall};
use crate::time::Instant;
use crate::transport::ApiRequest;
use crate::usage::CallId;

/// Tells the ledger of a run's calls, each from its first event on; dropped, none of them can be taken up any more.
#[derive(Debug)]
pub struct RecordedRun {
    ledger: LedgerState,
    of: CallSource,
    // By lane.
    calls: RefCell<HashMap<usize, CallId>>,
}

impl RecordedRun {
    /// Of the calls `of`.
    pub fn new(ledger: LedgerState, of: CallSource) -> Self {
        Self { ledger, of, calls: RefCell::default() }
    }
}

impl CallListener for RecordedRun {
    fn hear(&self, call: &QueuedCall<'_>, event: &CallEvent<'_>) {
        // What asks no model, as a list of models does, is no call.
        if !matches!(call.request, ApiRequest::CreateResponse(_)) {
            return;
        }
        let known = self.calls.borrow().get(&call.lane).copied();
        let id = known.unwrap_or_else(|| {
            let id = self.ledger.queue(&self.of, (call.lane, call.label), call.request, call.queued);
            self.calls.borrow_mut().insert(call.lane, id);
            id
        });
        self.ledger.record(id, event);
    }

    fn stopped(&self, at: Instant) {
        self.ledger.cancel(self.calls.borrow().values(), at);
    }

    fn taken_up(&self, lanes: &[usize], at: Instant) {
        let calls = self.calls.borrow();
        self.ledger.resume(lanes.iter().filter_map(|lane| calls.get(lane)), at);
    }
}

impl Drop for RecordedRun {
    fn drop(&mut self) {
        self.ledger.let_go(self.calls.borrow().values());
    }
}
