//! The retry loop: one call, as many attempts as its policy allows. There is no other.

use std::cell::RefCell;

use crate::admission::{Admission, Permit, Place, Settlement, Unpaced, WaitsFor};
use crate::clock::Clock;
use crate::random::RandomSource;
use crate::reply::Reply;
use crate::retry::{Class, Decision, Outcome, RetryPolicy, RetryState, ServerWait, StopReason, Wait, classify};
use crate::time::Instant;
use crate::transport::{Exchange, Progress, TransportError};

/// What a call needs of the world.
#[derive(Debug)]
pub struct Client<'a, T, C, R> {
    /// Sends the requests.
    pub transport: &'a T,
    /// Tells the time and waits.
    pub clock: &'a C,
    /// Draws the jitter.
    pub random: &'a RefCell<R>,
}

/// A moment in the life of a call, told as it happens.
#[derive(Debug)]
pub enum CallEvent<'a, A = Reply> {
    /// The call waits to be let out.
    AdmissionAwaited {
        /// The HTTP request's number within the call, from 1.
        attempt: u32,
        /// When.
        at: Instant,
        /// What the queue waits for.
        waits_for: WaitsFor,
    },
    /// An HTTP request goes out.
    AttemptStarted {
        /// The HTTP request's number within the call, from 1.
        attempt: u32,
        /// When.
        at: Instant,
    },
    /// Its answer comes along as an event stream.
    AttemptProgress {
        /// The HTTP request's number within the call.
        attempt: u32,
        /// What has come of it now.
        progress: Progress<'a>,
    },
    /// Its answer, or its failure, is here.
    AttemptEnded {
        /// The HTTP request's number within the call.
        attempt: u32,
        /// When.
        at: Instant,
        /// What happened.
        outcome: &'a Outcome,
        /// The answer or the error itself.
        result: &'a Result<A, TransportError>,
        /// The attempt of the outermost policy, which is what its own log counts.
        outer_attempt: u32,
    },
    /// The call waits before its next attempt.
    WaitStarted {
        /// The attempt that failed.
        attempt: u32,
        /// When.
        at: Instant,
        /// The wait.
        wait: Wait,
        /// The attempt of the outermost policy that failed.
        outer_attempt: u32,
    },
    /// The wait is over.
    WaitEnded {
        /// When.
        at: Instant,
    },
    /// Nothing more will happen.
    Ended {
        /// When.
        at: Instant,
        /// How.
        end: &'a CallEnd,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq)]
pub enum CallEnd {
    /// With a response, completed or incomplete.
    Succeeded,
    /// Without one.
    Stopped(StopReason),
    /// The server asks for a wait that a person must decide on; no attempt is under way.
    Ask(ServerWait),
}

/// The end of a call, and what its last attempt brought.
#[derive(Debug)]
pub struct CallResult<A = Reply> {
    /// How it ended.
    pub end: CallEnd,
    /// How many HTTP requests it took.
    pub attempts: u32,
    /// The last attempt, named.
    pub outcome: Outcome,
    /// The last attempt's answer or error.
    pub result: Result<A, TransportError>,
}

/// Makes one call: sends `request`, and again as `policy` says, telling `observe` of each step. Nothing paces it.
///
/// Dropping the future stops it at once: a request in flight is aborted, a wait ends.
pub async fn execute<T: Exchange, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    policy: &RetryPolicy,
    request: &T::Request,
    observe: impl FnMut(CallEvent<'_, T::Answer>),
) -> CallResult<T::Answer> {
    execute_admitted(client, &Unpaced, policy, request, observe).await
}

/// The same, with each HTTP request let out by `admission`, which hears of what comes of it.
///
/// A refusal that the admission understands costs a place in its queue: no attempt, and no backoff.
pub async fn execute_admitted<T: Exchange, C: Clock, R: RandomSource, A: Admission<T::Request, T::Answer>>(
    client: &Client<'_, T, C, R>,
    admission: &A,
    policy: &RetryPolicy,
    request: &T::Request,
    mut observe: impl FnMut(CallEvent<'_, T::Answer>),
) -> CallResult<T::Answer> {
    let mut place = Place::default();
    let mut retries: Option<RetryState> = None;
    let mut attempt = 0u32;
    loop {
        attempt = attempt.saturating_add(1);
        let comes_back = place.not_before.is_some();
        let mut tell = |waits_for| observe(CallEvent::AdmissionAwaited { attempt, at: client.clock.now(), waits_for });
        let permit = admission.admit(request, place, &mut tell).await;
        let prepared = client.transport.prepare(request).await;
        if prepared.is_ok() {
            permit.depart().await;
        }
        if comes_back {
            observe(CallEvent::WaitEnded { at: client.clock.now() });
        }
        let retries = retries.get_or_insert_with(|| RetryState::new(policy, client.clock.now()));
        let outer_attempt = retries.outer_attempt();
        observe(CallEvent::AttemptStarted { attempt, at: client.clock.now() });
        let mut tell = |progress: Progress<'_>| observe(CallEvent::AttemptProgress { attempt, progress });
        let result = match prepared {
            Ok(()) => client.transport.exchange(request, &mut tell).await,
            Err(error) => Err(error),
        };
        let at = client.clock.now();
        let outcome = classify(&result, client.clock.wall());
        observe(CallEvent::AttemptEnded { attempt, at, outcome: &outcome, result: &result, outer_attempt });

        place = Place { order: permit.order(), not_before: None };
        let settlement = permit.settle(&outcome, &result);
        let decision = match settlement {
            _ if outcome.class == Class::Success => None,
            Settlement::Requeue { not_before } => {
                let wait = retries.requeue(&outcome, at, not_before);
                place.not_before = wait.as_ref().map(|_| not_before);
                Some(
                    wait.map_or_else(|| retries.after(&outcome, at, &mut *client.random.borrow_mut()), Decision::Retry),
                )
            }
            Settlement::Counted => Some(retries.after(&outcome, at, &mut *client.random.borrow_mut())),
        };
        let wait = match decision {
            // Coming back to the queue is no retry.
            Some(Decision::Retry(wait)) if place.not_before.is_some() || admission.may_retry(&outcome, at) => wait,
            ended => {
                let end = match ended {
                    None => CallEnd::Succeeded,
                    Some(Decision::Stop(reason)) => CallEnd::Stopped(reason),
                    Some(Decision::Ask(wait)) => CallEnd::Ask(wait),
                    Some(Decision::Retry(_)) => CallEnd::Stopped(StopReason::BudgetSpent),
                };
                observe(CallEvent::Ended { at: client.clock.now(), end: &end });
                return CallResult { end, attempts: attempt, outcome, result };
            }
        };
        // Thousands of calls may wait: none keeps what it has done with.
        drop((outcome, result));
        observe(CallEvent::WaitStarted { attempt, at, wait, outer_attempt });
        if place.not_before.is_none() {
            // An absolute deadline: a late timer shortens nothing and lengthens nothing further.
            client.clock.sleep_until(at + wait.duration).await;
            observe(CallEvent::WaitEnded { at: client.clock.now() });
        }
    }
}
