//! Before each HTTP request of a line: may it be sent, is there a network, and is it durably noted that it will be?

use std::cell::Cell;
use std::pin::pin;

use futures_util::future::select;

use super::silence::Gate;
use super::{BatchBook, BatchWorld, Network};
use crate::batch::{Record, SendRefusal};
use crate::clock::Clock;
use crate::reply::Reply;
use crate::store::Store;
use crate::time::Instant;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};
use crate::usage::Money;

/// How far a line's request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// There is none.
    Idle,
    /// It is being written down that it will go.
    Announcing,
    /// That is durable, and it has not gone.
    Announced,
    /// It may be on its way.
    InFlight,
}

/// A line's way out: each request is in the journal, durably, before it goes.
pub(super) struct JournaledTransport<'a, T, C, R, S, N> {
    pub world: &'a BatchWorld<'a, T, C, R, S, N>,
    pub id: &'a str,
    pub book: &'a BatchBook,
    pub line: u32,
    pub most: Option<Money>,
    /// The attempt that is under way or was the last, by the journal's count; 0 before the first.
    pub attempt: Cell<u32>,
    pub stage: Cell<Stage>,
    /// When the last one went.
    pub sent: Cell<Instant>,
}

impl<T: Transport, C: Clock, R, S: Store, N: Network> Transport for JournaledTransport<'_, T, C, R, S, N> {
    async fn prepare(&self, _: &ApiRequest) -> Result<(), TransportError> {
        self.world.network.until_online().await;
        self.until_heard().await;
        self.until_allowed().await.map_err(|refusal| TransportError::NotSent(refusal.to_string()))?;
        if let Some(why) = self.world.gate.refusal() {
            return Err(self.held_back(why));
        }
        let attempt = self.book.state().next_attempt(self.line);
        let most = self.most.and_then(|most| u64::try_from(most.picodollars()).ok());
        let record = Record::AboutToSend { line: self.line, attempt, most };
        // Counted from here on: what is being written counts against the cap.
        self.book.apply(&record, 0);
        self.attempt.set(attempt);
        self.stage.set(Stage::Announcing);
        let store = (self.world.store, self.id, self.world.redactor);
        let written = self.book.write(record, store).await;
        self.stage.set(Stage::Announced);
        if let Err(error) = written {
            self.take_back();
            self.book.pause(&error.to_string());
            return Err(TransportError::NotSent(error.to_string()));
        }
        let clock = self.world.client.clock;
        let mut place = None;
        while let Some(next) = self.book.take_turn(place, clock.now()) {
            place = Some(next);
            clock.sleep_until(next).await;
        }
        Ok(())
    }

    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        // It may have been reached while this was written down.
        if let Some(why) = self.world.gate.refusal() {
            self.take_back();
            return Err(self.held_back(why));
        }
        self.stage.set(Stage::InFlight);
        let now = self.world.client.clock.now();
        self.sent.set(now);
        self.book.count(|throughput| throughput.sent(now));
        let _out = self.world.gate.goes_out();
        self.world.client.transport.send_observed(request, observe).await
    }
}

impl<T, C, R, S, N> JournaledTransport<'_, T, C, R, S, N> {
    /// Whether the line can be let go of.
    pub fn is_idle(&self) -> bool {
        matches!(self.stage.get(), Stage::Idle | Stage::Announced)
    }

    /// Writes down that what was announced, if anything was, has not gone and will not.
    pub fn take_back(&self) {
        if self.stage.replace(Stage::Idle) == Stage::Announced {
            self.book.note(Record::NotSent { line: self.line, attempt: self.attempt.get() });
        }
    }
}

impl<T, C: Clock, R, S, N> JournaledTransport<'_, T, C, R, S, N> {
    /// A budget is reached: the batch pauses.
    fn held_back(&self, why: String) -> TransportError {
        self.book.pause(&why);
        TransportError::NotSent(why)
    }

    /// Waits while nothing answers, but for a probe now and then.
    async fn until_heard(&self) {
        let clock = self.world.client.clock;
        loop {
            let gate = self.book.hear(|silence| silence.enter(clock.now()));
            let seen = self.book.silence();
            let changed = self.book.until(self.line, |book| (book.silence() != seen).then_some(()));
            match gate {
                Gate::Open => return,
                Gate::AfterProbe => changed.await,
                Gate::From(when) => _ = select(pin!(clock.sleep_until(when)), pin!(changed)).await,
            }
        }
    }

    /// Waits until the line may be sent. What pauses the batch is said to it.
    async fn until_allowed(&self) -> Result<(), SendRefusal> {
        let allowed = |book: &BatchBook| match book.state().may_send(self.line, self.most) {
            Err(SendRefusal::CapMayBeReached) if !book.is_stopping() => None,
            other => Some(other),
        };
        let allowed = self.book.until(self.line, allowed).await;
        if let Err(refusal @ (SendRefusal::CapReached | SendRefusal::CostUnknown)) = allowed {
            self.book.pause(&refusal.to_string());
        }
        allowed
    }
}
