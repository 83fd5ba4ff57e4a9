//! The outcome of a run in numbers.

use super::log::{CallLog, CallState, RunLog};
use crate::client::CallEnd;
use crate::retry::{Class, Outcome, StopReason};

/// Counts of calls and of the HTTP requests they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunCounts {
    /// Calls asked for.
    pub calls: usize,
    /// Calls not begun.
    pub queued: usize,
    /// Calls with a request out.
    pub in_flight: usize,
    /// Calls that wait before their next attempt.
    pub waiting: usize,
    /// Calls that ended with a response.
    pub succeeded: usize,
    /// Calls that met a 429 at least once, billing ones and requests too large included, as in the SDKs' `RateLimitError`.
    pub rate_limited: usize,
    /// Calls that took more than one HTTP request.
    pub retried: usize,
    /// Calls whose policy gave up on something it retries.
    pub gave_up: usize,
    /// Calls that failed with something their policy does not retry.
    pub failed: usize,
    /// Calls that wait for a person's decision.
    pub asking: usize,
    /// Calls stopped by the user.
    pub cancelled: usize,
    /// HTTP requests sent.
    pub http_requests: usize,
    /// HTTP requests that brought no response.
    pub wasted_requests: usize,
}

impl RunCounts {
    /// Counts a run anew; [`RunLog::counts`] has the same without looking at every call.
    pub fn of(log: &RunLog) -> Self {
        let mut counts = Self::default();
        for call in &log.calls {
            counts.count_in(call);
        }
        counts
    }

    /// Adds a call.
    pub(super) fn count_in(&mut self, call: &CallLog) {
        let mut one = Self::of_call(call);
        self.each(&mut one, |count, one| *count += one);
    }

    /// Takes a call out again, as it stood when it was added.
    pub(super) fn leave_out(&mut self, call: &CallLog) {
        let mut one = Self::of_call(call);
        self.each(&mut one, |count, one| *count = count.saturating_sub(one));
    }

    fn of_call(call: &CallLog) -> Self {
        let mut counts = Self { calls: 1, ..Self::default() };
        let slot = match &call.state {
            CallState::Queued => &mut counts.queued,
            CallState::InFlight => &mut counts.in_flight,
            CallState::Waiting => &mut counts.waiting,
            CallState::Ended(CallEnd::Succeeded) => &mut counts.succeeded,
            CallState::Ended(CallEnd::Ask(_)) => &mut counts.asking,
            CallState::Ended(CallEnd::Stopped(StopReason::NotRetried)) => &mut counts.failed,
            CallState::Ended(CallEnd::Stopped(_)) => &mut counts.gave_up,
            CallState::Cancelled { .. } => &mut counts.cancelled,
        };
        *slot = 1;
        let outcomes = || call.attempts.iter().filter_map(|attempt| attempt.outcome.as_ref());
        counts.rate_limited = usize::from(outcomes().any(Outcome::is_rate_limit_error));
        let unsent = outcomes().filter(|outcome| outcome.class == Class::NotSent).count();
        let sent = call.attempts.len() - unsent;
        counts.retried = usize::from(sent > 1);
        counts.http_requests = sent;
        counts.wasted_requests = outcomes().filter(|outcome| outcome.class != Class::Success).count() - unsent;
        counts
    }

    fn each(&mut self, other: &mut Self, change: impl Fn(&mut usize, usize)) {
        for (count, one) in self.fields().into_iter().zip(other.fields()) {
            change(count, *one);
        }
    }

    const fn fields(&mut self) -> [&mut usize; 13] {
        [
            &mut self.calls,
            &mut self.queued,
            &mut self.in_flight,
            &mut self.waiting,
            &mut self.succeeded,
            &mut self.rate_limited,
            &mut self.retried,
            &mut self.gave_up,
            &mut self.failed,
            &mut self.asking,
            &mut self.cancelled,
            &mut self.http_requests,
            &mut self.wasted_requests,
        ]
    }
}
