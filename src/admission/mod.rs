//! Admission as a port: whether a request may go out now. The retry loop asks before each HTTP request.

mod paced;

use std::future::Future;

pub use crate::pacing::{Settlement, WaitsFor};
use crate::reply::{Reply, TransportError};
use crate::responses::ApiRequest;
use crate::retry::Outcome;
use crate::time::Instant;
pub use paced::{PacedAdmission, PacedPermit};

/// The place of a request that comes back after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Its place in the order of arrival, where it has one.
    pub order: Option<u64>,
    /// When it may come again.
    pub not_before: Option<Instant>,
}

/// Lets requests of the kind `Q` out, whose answers are `A`.
pub trait Admission<Q = ApiRequest, A = Reply> {
    /// Lets one request out, and takes in what comes of it.
    type Permit: Permit<A>;

    /// Waits until `request` may go; `tell` hears why, where it has to wait. Dropping the future gives up the place.
    fn admit(&self, request: &Q, place: Place, tell: &mut dyn FnMut(WaitsFor)) -> impl Future<Output = Self::Permit>;

    /// Whether a retry that the policy wants is allowed: asked once for each, after its permit was settled.
    fn may_retry(&self, _outcome: &Outcome, _now: Instant) -> bool {
        true
    }
}

/// The permission to send one request. Dropping it says that nobody waits for the answer any more.
pub trait Permit<A = Reply> {
    /// The place to come back with, should it be refused.
    fn order(&self) -> Option<u64>;

    /// Waits until the request may go by what is known now: some time may have passed since it was let out. It goes at the
    /// moment this completes.
    fn depart(&self) -> impl Future<Output = ()> {
        std::future::ready(())
    }

    /// Takes in what came of the request.
    fn settle(self, outcome: &Outcome, result: &Result<A, TransportError>) -> Settlement;
}

/// Lets everything out at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unpaced;

impl<Q, A> Admission<Q, A> for Unpaced {
    type Permit = Self;

    async fn admit(&self, _: &Q, _: Place, _: &mut dyn FnMut(WaitsFor)) -> Self {
        Self
    }
}

impl<A> Permit<A> for Unpaced {
    fn order(&self) -> Option<u64> {
        None
    }

    fn settle(self, _: &Outcome, _: &Result<A, TransportError>) -> Settlement {
        Settlement::Counted
    }
}
