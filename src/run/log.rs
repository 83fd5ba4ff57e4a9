//! The log of a run: each call's attempts and waits, from the events of the retry loop.

use std::time::Duration;

use super::counts::RunCounts;
use super::stream::StreamRecord;
use crate::client::{CallEnd, CallEvent};
use crate::reply::Reply;
use crate::retry::{Class, Outcome, ServerWait, StopReason, Wait, WaitSource};
use crate::time::Instant;
use crate::transport::{Progress, TransportError};

/// Everything that happened in a run, in order.
#[derive(Debug, Clone, Default)]
pub struct RunLog {
    /// The calls, in the order they were asked for.
    pub calls: Vec<CallLog>,
    /// What the notebook would have printed.
    pub lines: Vec<LogLine>,
    /// Grows with every change, so that a view knows when to draw.
    pub revision: u64,
    /// The index of the call that changed, a change an entry: who has drawn a run draws on from where it left off.
    pub changes: Vec<usize>,
    /// Stretches in which nothing ran, between an end and a resumption: no part of the run's own time.
    pub pauses: Vec<(Instant, Instant)>,
    counts: RunCounts,
}

/// One call.
#[derive(Debug, Clone)]
pub struct CallLog {
    /// What it asks, for people.
    pub label: String,
    /// When it was asked for.
    pub queued_at: Instant,
    /// Its HTTP requests, in order.
    pub attempts: Vec<Attempt>,
    /// Where it stands.
    pub state: CallState,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// When it was taken up again after an end.
    pub resumed_at: Vec<Instant>,
    /// The revision of the log at which it last changed.
    pub revision: u64,
}

/// One HTTP request of a call.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its number within the call, from 1.
    pub number: u32,
    /// When it went out.
    pub started: Instant,
    /// When it ended; `None` while it is in flight.
    pub ended: Option<Instant>,
    /// What happened.
    pub outcome: Option<Outcome>,
    /// What came of it as an event stream, while it came.
    pub stream: Option<StreamRecord>,
    /// The answer, or the error.
    pub result: Option<Result<Reply, TransportError>>,
    /// The wait that followed.
    pub wait: Option<WaitRecord>,
}

/// A wait as planned and as it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaitRecord {
    /// The plan.
    pub planned: Wait,
    /// When it began.
    pub started: Instant,
    /// When it ended; `None` while it lasts.
    pub ended: Option<Instant>,
}

impl WaitRecord {
    /// When it is due to end.
    pub fn until(&self) -> Instant {
        self.started + self.planned.duration
    }

    /// How long it really took.
    pub fn actual(&self) -> Option<Duration> {
        self.ended.map(|ended| ended.saturating_since(self.started))
    }
}

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum CallState {
    /// Not begun.
    #[default]
    Queued,
    /// A request is out.
    InFlight,
    /// Waiting before the next attempt.
    Waiting,
    /// Ended by itself.
    Ended(CallEnd),
    /// Stopped by the user; a request that was out may still be billed.
    Cancelled {
        /// Whether a request was out.
        was_in_flight: bool,
    },
}

/// A stretch of a call's life, for drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before its first attempt.
    Queued,
    /// A request is or was out, with what came of it.
    Request(Option<Class>),
    /// A wait before the next attempt.
    Waiting,
}

/// A line of the attempts log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Instant,
    /// Which call, from 0.
    pub call: usize,
    /// The line, in the notebook's words.
    pub text: String,
}

impl RunLog {
    /// Adds a call that waits for its turn, and gives its index.
    pub fn queue(&mut self, label: String, at: Instant) -> usize {
        self.calls.push(CallLog {
            label,
            queued_at: at,
            attempts: Vec::new(),
            state: CallState::Queued,
            ended_at: None,
            resumed_at: Vec::new(),
            revision: 0,
        });
        let index = self.calls.len() - 1;
        self.change(index, |_| ());
        index
    }

    /// The counts of the run, kept up to date call by call.
    pub const fn counts(&self) -> RunCounts {
        self.counts
    }

    /// Changes a call, and everything that is told of its changes.
    fn change<O>(&mut self, index: usize, change: impl FnOnce(&mut CallLog) -> O) -> Option<O> {
        let call = self.calls.get_mut(index)?;
        self.revision += 1;
        self.changes.push(index);
        // A call that has not changed yet is not counted yet.
        if call.revision > 0 {
            self.counts.leave_out(call);
        }
        call.revision = self.revision;
        let output = change(call);
        self.counts.count_in(call);
        Some(output)
    }

    /// Takes in an event of call `index`.
    pub fn record(&mut self, index: usize, event: &CallEvent<'_>) {
        if let CallEvent::AttemptProgress { progress, .. } = event {
            // Not with every word: what is drawn of a run changes with its turning points.
            if self.calls.get_mut(index).is_some_and(|call| call.note(progress)) {
                self.change(index, |_| ());
            }
            return;
        }
        if let Some(line) = self.change(index, |call| call.apply(event)).flatten() {
            self.lines.push(LogLine { at: event.at(), call: index, text: line });
        }
    }

    /// Marks all that has not ended as stopped by the user.
    pub fn cancel_all(&mut self, at: Instant) {
        self.revision += 1;
        for index in 0..self.calls.len() {
            if self.calls.get(index).is_some_and(CallLog::is_open) {
                self.change(index, |call| call.cancel(at));
            }
        }
    }

    /// Marks a call as stopped by the user.
    pub(super) fn cancel(&mut self, index: usize, at: Instant) {
        self.change(index, |call| call.cancel(at));
    }

    /// Takes in when the first words of the answer under way came, where nothing else of its stream is known.
    pub(super) fn note_first_words(&mut self, index: usize, at: Instant) {
        self.change(index, |call| {
            if let Some(attempt) = call.attempts.last_mut() {
                let asked = attempt.started;
                attempt.stream.get_or_insert_with(|| StreamRecord::since(asked)).pace.note_text(at);
            }
        });
    }

    /// Takes up calls that have ended: they are queued again at `at`, each in its own lane.
    pub fn resume(&mut self, which: &[usize], at: Instant) {
        self.revision += 1;
        if !self.is_running()
            && let Some(ended) = self.ended_at()
        {
            self.pauses.push((ended, at));
        }
        for index in which {
            let taken_up = self.change(*index, |call| {
                call.state = CallState::Queued;
                call.ended_at = None;
                call.resumed_at.push(at);
            });
            if taken_up.is_some() {
                self.lines.push(LogLine { at, call: *index, text: "Taken up again.".into() });
            }
        }
    }

    /// When the first call was asked for.
    pub fn started_at(&self) -> Option<Instant> {
        self.calls.first().map(|call| call.queued_at)
    }

    /// When the last call ended, as far as they have.
    pub fn ended_at(&self) -> Option<Instant> {
        self.calls.iter().filter_map(|call| call.ended_at).max()
    }

    /// The run's own time at `at`: since its start, pauses left out.
    pub fn elapsed(&self, at: Instant) -> Duration {
        let Some(started) = self.started_at() else { return Duration::ZERO };
        let paused: Duration = self.pauses.iter().map(|(from, to)| (*to).min(at).saturating_since(*from)).sum();
        at.saturating_since(started).saturating_sub(paused)
    }

    /// Whether anything is queued, in flight or waiting.
    pub fn is_running(&self) -> bool {
        self.calls.iter().any(CallLog::is_open)
    }
}

impl CallLog {
    /// Whether it is queued, in flight or waiting.
    const fn is_open(&self) -> bool {
        matches!(self.state, CallState::Queued | CallState::InFlight | CallState::Waiting)
    }

    fn cancel(&mut self, at: Instant) {
        let was_in_flight = self.state == CallState::InFlight;
        if let Some(attempt) = self.attempts.last_mut() {
            if was_in_flight {
                attempt.ended = Some(at);
            }
            if let Some(wait) = attempt.wait.as_mut().filter(|wait| wait.ended.is_none()) {
                wait.ended = Some(at);
            }
        }
        self.state = CallState::Cancelled { was_in_flight };
        self.ended_at = Some(at);
    }

    /// Takes in an event; gives the line the notebook would print.
    fn apply(&mut self, event: &CallEvent<'_>) -> Option<String> {
        match event {
            CallEvent::AttemptStarted { at, .. } => {
                self.state = CallState::InFlight;
                self.attempts.push(Attempt {
                    // Counted here: a call taken up again starts a new count of its own.
                    number: u32::try_from(self.attempts.len()).unwrap_or(u32::MAX).saturating_add(1),
                    started: *at,
                    ended: None,
                    outcome: None,
                    stream: None,
                    result: None,
                    wait: None,
                });
                None
            }
            CallEvent::AttemptProgress { .. } | CallEvent::AdmissionAwaited { .. } => None,
            CallEvent::AttemptEnded { at, outcome, result, outer_attempt, .. } => {
                if let Some(attempt) = self.attempts.last_mut() {
                    attempt.ended = Some(*at);
                    attempt.outcome = Some((*outcome).clone());
                    attempt.result = Some((*result).clone());
                }
                (outcome.class == Class::Success).then(|| format!("Success on attempt {outer_attempt}"))
            }
            CallEvent::WaitStarted { at, wait, outer_attempt, .. } => {
                let taken_up = self.state == CallState::Queued;
                self.state = CallState::Waiting;
                let limited = self.last_was_rate_limit();
                if let Some(attempt) = self.attempts.last_mut() {
                    attempt.wait = Some(WaitRecord { planned: *wait, started: *at, ended: None });
                }
                let what = if limited { "Rate limit hit" } else { "Failed, to be retried" };
                let who = if wait.layer > 0 { "SDK retry inside attempt" } else { "attempt" };
                let seconds = wait.duration.as_secs_f64();
                if taken_up {
                    return Some(format!("Sleeping for {seconds:.2} seconds, as the server asked..."));
                }
                Some(format!("{what} ({who} {outer_attempt}). Sleeping for {seconds:.2} seconds..."))
            }
            CallEvent::WaitEnded { at } => {
                if let Some(wait) = self.attempts.last_mut().and_then(|attempt| attempt.wait.as_mut()) {
                    wait.ended = Some(*at);
                }
                None
            }
            CallEvent::Ended { at, end } => {
                self.ended_at = Some(*at);
                self.state = CallState::Ended((*end).clone());
                self.last_line(end)
            }
        }
    }

    /// Takes in how the last attempt comes along; says whether that is a turning point.
    fn note(&mut self, progress: &Progress<'_>) -> bool {
        let Some(attempt) = self.attempts.last_mut() else { return false };
        let asked = attempt.started;
        attempt.stream.get_or_insert_with(|| StreamRecord::since(asked)).note(progress)
    }

    /// What has come of the answer under way, or of one that was stopped, as an event stream.
    pub fn unfinished_stream(&self) -> Option<&StreamRecord> {
        self.attempts.last().filter(|attempt| attempt.result.is_none())?.stream.as_ref()
    }

    fn last_was_rate_limit(&self) -> bool {
        let last = self.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
        last.is_some_and(Outcome::is_rate_limit_error)
    }

    fn last_line(&self, end: &CallEnd) -> Option<String> {
        match end {
            CallEnd::Succeeded => None,
            CallEnd::Stopped(StopReason::AttemptsUsed { max_attempts }) => {
                let cause = if self.last_was_rate_limit() { "rate limits" } else { "failures" };
                Some(format!("Gave up after {max_attempts} attempts due to {cause}."))
            }
            CallEnd::Stopped(StopReason::DeadlineWouldPass { deadline }) => {
                Some(format!("Gave up: the next wait would end after the deadline of {} s.", deadline.as_secs()))
            }
            CallEnd::Stopped(StopReason::HintTooLong) => {
                Some("Gave up: the server asks for a longer wait than this policy follows.".into())
            }
            CallEnd::Stopped(StopReason::BudgetSpent) => {
                Some("Gave up: no retry is left in the budget that calls share.".into())
            }
            CallEnd::Stopped(StopReason::NotRetried) => {
                let outcome = self.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
                let message = outcome.map_or("", |outcome| outcome.message.as_str());
                let was_sent = outcome.is_none_or(|outcome| outcome.class != Class::NotSent);
                Some(format!("{}: {message}", if was_sent { "Unexpected error" } else { "Not sent" }))
            }
            CallEnd::Ask(_) => Some("The server asks for a long wait: yours to decide.".into()),
        }
    }

    /// The wait that the last answer asked for, if it named one that a clock can hold.
    pub fn last_hint(&self) -> Option<(Duration, WaitSource)> {
        match self.attempts.last()?.outcome.as_ref()?.wait? {
            ServerWait::For { wait, source } => Some((wait, source)),
            ServerWait::Astronomic { .. } => None,
        }
    }

    /// When the server lets this call go again, by its last answer.
    pub fn allowed_from(&self) -> Option<Instant> {
        let answered = self.attempts.last()?.ended?;
        self.last_hint().map(|(wait, _)| answered + wait)
    }

    /// The stretches of its life as (phase, from, to), the last one up to `now` while it runs.
    ///
    /// A call taken up again stands in the queue once more; between its end and that there is nothing.
    pub fn phases(&self, now: Instant) -> Vec<(Phase, Instant, Instant)> {
        let end = self.ended_at.unwrap_or(now);
        let first = self.attempts.first().map_or(end, |attempt| attempt.started);
        let mut phases = vec![(Phase::Queued, self.queued_at, first)];
        for attempt in &self.attempts {
            self.queue_again(&mut phases, attempt.started);
            let class = attempt.outcome.as_ref().map(|outcome| outcome.class);
            phases.push((Phase::Request(class), attempt.started, attempt.ended.unwrap_or(end).max(attempt.started)));
            if let Some(wait) = attempt.wait {
                self.queue_again(&mut phases, wait.started);
                phases.push((Phase::Waiting, wait.started, wait.ended.unwrap_or(end).max(wait.started)));
            }
        }
        self.queue_again(&mut phases, end);
        phases
    }

    fn queue_again(&self, phases: &mut Vec<(Phase, Instant, Instant)>, next: Instant) {
        let Some((_, _, before)) = phases.last() else { return };
        let resumed = self.resumed_at.iter().rev().find(|resumed| (*before..=next).contains(resumed));
        if let Some(resumed) = resumed
            && *resumed < next
        {
            phases.push((Phase::Queued, *resumed, next));
        }
    }
}

impl CallEvent<'_> {
    /// When it happened.
    pub const fn at(&self) -> Instant {
        match self {
            Self::AttemptProgress { progress, .. } => progress.at(),
            Self::AdmissionAwaited { at, .. }
            | Self::AttemptStarted { at, .. }
            | Self::AttemptEnded { at, .. }
            | Self::WaitStarted { at, .. }
            | Self::WaitEnded { at }
            | Self::Ended { at, .. } => *at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::StopReason;

    fn at(seconds: u64) -> Instant {
        Instant::from_origin(Duration::from_secs(seconds))
    }

    fn limited(hint: u64) -> Outcome {
        Outcome {
            status: Some(429),
            code: Some("rate_limit_exceeded".into()),
            wait: Some(ServerWait::For { wait: Duration::from_secs(hint), source: WaitSource::RetryAfter }),
            ..Outcome::of(Class::RateLimit)
        }
    }

    /// One call that is refused at 11 s, given up, taken up at 61 s and begun at 66 s.
    fn taken_up() -> RunLog {
        let mut log = RunLog::default();
        let refused = Err(TransportError::Opaque(String::new()));
        log.queue("1".into(), at(10));
        log.record(0, &CallEvent::AttemptStarted { attempt: 1, at: at(10) });
        let outcome = limited(20);
        log.record(
            0,
            &CallEvent::AttemptEnded { attempt: 1, at: at(11), outcome: &outcome, result: &refused, outer_attempt: 1 },
        );
        let end = CallEnd::Stopped(StopReason::AttemptsUsed { max_attempts: 1 });
        log.record(0, &CallEvent::Ended { at: at(11), end: &end });
        log.resume(&[0], at(61));
        log.record(0, &CallEvent::AttemptStarted { attempt: 1, at: at(66) });
        log
    }

    #[test]
    fn a_call_taken_up_again_goes_on_in_its_lane() {
        let log = taken_up();
        let call = &log.calls[0];
        assert_eq!(call.attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(call.state, CallState::InFlight);
        assert_eq!(
            call.phases(at(70)),
            [
                (Phase::Queued, at(10), at(10)),
                (Phase::Request(Some(Class::RateLimit)), at(10), at(11)),
                (Phase::Queued, at(61), at(66)),
                (Phase::Request(None), at(66), at(70)),
            ]
        );
    }

    #[test]
    fn pauses_are_no_part_of_the_runs_time() {
        let log = taken_up();
        let seconds = |instant| log.elapsed(instant).as_secs();
        assert_eq!(log.pauses, [(at(11), at(61))]);
        assert_eq!([at(10), at(11), at(40), at(61), at(70)].map(seconds), [0, 1, 1, 1, 10]);
    }

    #[test]
    fn a_stopped_call_knows_when_the_server_lets_it_go() {
        let mut log = taken_up();
        log.cancel_all(at(67));
        assert_eq!(log.calls[0].state, CallState::Cancelled { was_in_flight: true });
        assert_eq!(log.calls[0].allowed_from(), None, "the last attempt brought no answer");
        log.calls[0].attempts.pop();
        assert_eq!(log.calls[0].allowed_from(), Some(at(31)));
    }
}
