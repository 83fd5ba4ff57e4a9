//! The retry loop: one call, as many attempts as its policy allows. There is no other.

use std::cell::RefCell;

use crate::clock::Clock;
use crate::random::RandomSource;
use crate::reply::Reply;
use crate::retry::{Class, Decision, Outcome, RetryPolicy, RetryState, ServerWait, StopReason, Wait, classify};
use crate::time::Instant;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

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
pub enum CallEvent<'a> {
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
        result: &'a Result<Reply, TransportError>,
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
pub struct CallResult {
    /// How it ended.
    pub end: CallEnd,
    /// How many HTTP requests it took.
    pub attempts: u32,
    /// The last attempt, named.
    pub outcome: Outcome,
    /// The last attempt's answer or error.
    pub result: Result<Reply, TransportError>,
}

/// Makes one call: sends `request`, and again as `policy` says, telling `observe` of each step.
///
/// Dropping the future stops it at once: a request in flight is aborted, a wait ends.
pub async fn execute<T: Transport, C: Clock, R: RandomSource>(
    client: &Client<'_, T, C, R>,
    policy: &RetryPolicy,
    request: &ApiRequest,
    mut observe: impl FnMut(CallEvent<'_>),
) -> CallResult {
    let mut retries = RetryState::new(policy, client.clock.now());
    let mut attempt = 0u32;
    loop {
        attempt = attempt.saturating_add(1);
        let outer_attempt = retries.outer_attempt();
        observe(CallEvent::AttemptStarted { attempt, at: client.clock.now() });
        let mut tell = |progress: Progress<'_>| observe(CallEvent::AttemptProgress { attempt, progress });
        let result = client.transport.send_observed(request, &mut tell).await;
        let at = client.clock.now();
        let outcome = classify(&result, client.clock.wall());
        observe(CallEvent::AttemptEnded { attempt, at, outcome: &outcome, result: &result, outer_attempt });

        let decision = if outcome.class == Class::Success {
            None
        } else {
            Some(retries.after(&outcome, at, &mut *client.random.borrow_mut()))
        };
        let end = match decision {
            None => CallEnd::Succeeded,
            Some(Decision::Stop(reason)) => CallEnd::Stopped(reason),
            Some(Decision::Ask(wait)) => CallEnd::Ask(wait),
            Some(Decision::Retry(wait)) => {
                observe(CallEvent::WaitStarted { attempt, at, wait, outer_attempt });
                // An absolute deadline: a late timer shortens nothing and lengthens nothing further.
                client.clock.sleep_until(at + wait.duration).await;
                observe(CallEvent::WaitEnded { at: client.clock.now() });
                continue;
            }
        };
        observe(CallEvent::Ended { at: client.clock.now(), end: &end });
        return CallResult { end, attempts: attempt, outcome, result };
    }
}
