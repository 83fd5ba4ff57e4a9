//! The outcome of a run in numbers.

use super::log::{CallLog, CallState, RunLog};
use crate::client::CallEnd;
use crate::reply::Content;
use crate::responses::ResponseStatus;
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
    /// Calls that ended with a response that was cut off, at `max_output_tokens` for one.
    pub incomplete: usize,
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

/// What of a run is worth telling to those who cannot see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Milestone {
    /// No call yet.
    None,
    /// Under way.
    Begun {
        /// The quarters that are done, 0 to 4.
        quarters: usize,
        /// Whether a rate limit was met.
        was_refused: bool,
        /// Whether all that is open waits.
        only_waits: bool,
    },
    /// Nothing is open any more.
    Ended,
}

impl RunCounts {
    /// How far the run has come, in steps that are worth telling: begun, the first refusal, each quarter, a time in which
    /// all wait, the end.
    pub const fn milestone(&self) -> Milestone {
        if self.calls == 0 {
            Milestone::None
        } else if self.queued + self.in_flight + self.waiting == 0 {
            Milestone::Ended
        } else {
            Milestone::Begun {
                quarters: self.succeeded * 4 / self.calls,
                was_refused: self.rate_limited > 0,
                only_waits: self.in_flight == 0 && self.waiting > 0,
            }
        }
    }

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
        counts.incomplete = usize::from(counts.succeeded == 1 && is_cut_off(call));
        counts.http_requests = sent;
        counts.wasted_requests = outcomes().filter(|outcome| outcome.class != Class::Success).count() - unsent;
        counts
    }

    fn each(&mut self, other: &mut Self, change: impl Fn(&mut usize, usize)) {
        for (count, one) in self.fields().into_iter().zip(other.fields()) {
            change(count, *one);
        }
    }

    const fn fields(&mut self) -> [&mut usize; 14] {
        [
            &mut self.calls,
            &mut self.queued,
            &mut self.in_flight,
            &mut self.waiting,
            &mut self.succeeded,
            &mut self.incomplete,
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

fn is_cut_off(call: &CallLog) -> bool {
    let reply = call.attempts.last().and_then(|attempt| attempt.result.as_ref()?.as_ref().ok());
    matches!(reply.map(|reply| &reply.content), Some(Content::Response(response)) if response.status == ResponseStatus::Incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milestones_are_the_start_the_first_refusal_the_quarters_the_waits_and_the_end() {
        let at = |succeeded, in_flight, waiting, rate_limited| {
            RunCounts { calls: 100, succeeded, in_flight, waiting, rate_limited, ..RunCounts::default() }.milestone()
        };
        let begun = |quarters, was_refused, only_waits| Milestone::Begun { quarters, was_refused, only_waits };
        assert_eq!(RunCounts::default().milestone(), Milestone::None);
        assert_eq!(at(0, 100, 0, 0), begun(0, false, false));
        assert_eq!(at(0, 99, 1, 1), begun(0, true, false));
        assert_eq!(at(24, 1, 75, 80), begun(0, true, false));
        assert_eq!(at(25, 0, 75, 80), begun(1, true, true));
        assert_eq!(at(99, 1, 0, 80), begun(3, true, false));
        assert_eq!(at(100, 0, 0, 80), Milestone::Ended);
    }
}
