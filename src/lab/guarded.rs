//! The way to the server, past a client's own guard.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::server::{Decided, LabRequest, LimitedServer};
use crate::clock::{Clock, VirtualClock};
use crate::random::Rng;
use crate::reply::TransportError;
use crate::retry::{Answer, Guard};
use crate::transport::{Exchange, Progress};

/// The most calls of one trial: a policy that never rests must not run for ever.
pub const MOST_CALLS: u64 = 5_000_000;
/// The longest trial, in virtual time.
pub const LONGEST_TRIAL: Duration = Duration::from_secs(30 * 86_400);

/// One client's way to the server.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) server: Rc<LimitedServer>,
    pub(super) clock: VirtualClock,
    pub(super) guard: Option<RefCell<(Guard, Rng)>>,
}

impl Exchange for Guarded {
    type Request = LabRequest;
    type Answer = Decided;

    async fn exchange(
        &self,
        request: &LabRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Decided, TransportError> {
        if self.server.log.borrow().calls >= MOST_CALLS || self.clock.now().since_origin() > LONGEST_TRIAL {
            self.server.log.borrow_mut().cut_short = true;
            return Err(TransportError::NotSent("the experiment has run long enough".to_owned()));
        }
        if let Some(guarded) = &self.guard {
            let (guard, random) = &mut *guarded.borrow_mut();
            if !guard.lets_through(self.clock.now(), random) {
                return Err(TransportError::NotSent("held back by the client's own guard".to_owned()));
            }
        }
        let result = self.server.exchange(request, observe).await;
        if let (Some(guarded), Ok(answer)) = (&self.guard, &result) {
            guarded.borrow_mut().0.answered(answer.outcome(self.clock.wall()).class, self.clock.now());
        }
        result
    }
}
