//! A run as the lanes of a timeline: one a call, in seconds of the run's own time.

use std::time::Duration;

use super::log::{CallLog, CallState, Phase, RunLog};
use crate::chart::{Lane, Segment, SegmentKind};
use crate::client::CallEnd;
use crate::format::{format_countdown, format_duration};
use crate::retry::{Class, StopReason, WaitSource};
use crate::time::Instant;

/// The lanes of `log` at `now`.
pub fn lanes(log: &RunLog, now: Instant) -> Vec<Lane> {
    log.calls.iter().map(|call| lane(log, call, now)).collect()
}

fn lane(log: &RunLog, call: &CallLog, now: Instant) -> Lane {
    let place = |at: Instant| log.elapsed(at).as_secs_f64();
    let mut attempt = 0;
    let mut segments = Vec::new();
    for (phase, from, to) in call.phases(now) {
        let span = format_duration(log.elapsed(to).saturating_sub(log.elapsed(from)));
        let (kind, text, countdown) = match phase {
            // A turn that comes at once is no queue.
            Phase::Queued if to.saturating_since(from) < Duration::from_millis(50) => continue,
            Phase::Queued => (SegmentKind::Queued, format!("Queued {span}"), None),
            Phase::Request(class) => {
                attempt += 1;
                let text = match class {
                    _ if call.is_open(attempt) => format!("Attempt {attempt}: in flight for {span}"),
                    _ => format!("Attempt {attempt}: {} after {span}", call.what_came(attempt)),
                };
                (SegmentKind::InFlight, text, None)
            }
            Phase::Waiting => waiting(call, attempt, now, &span),
        };
        segments.push(Segment { from: place(from), to: place(to), kind, text, countdown });
        // What came of a request is a mark at its end: the time before it was spent waiting for the answer.
        if let Phase::Request(class) = phase
            && let Some(mark) = class.map(mark_of)
        {
            let text = format!("Attempt {attempt}: {}", call.what_came(attempt));
            segments.push(Segment { from: place(to), to: place(to), kind: mark, text, countdown: None });
        }
    }
    segments.extend(end_mark(call, place));
    Lane { label: call.label.clone(), segments }
}

fn waiting(call: &CallLog, attempt: usize, now: Instant, span: &str) -> (SegmentKind, String, Option<String>) {
    let record = attempt.checked_sub(1).and_then(|index| call.attempts.get(index)).and_then(|attempt| attempt.wait);
    let Some(record) = record else { return (SegmentKind::Waiting, format!("Waiting {span}"), None) };
    let planned = format_duration(record.planned.duration);
    let why = source_words(record.planned.source);
    if record.ended.is_some() {
        return (SegmentKind::Waiting, format!("Waited {span} of {planned} planned ({why})"), None);
    }
    let left = format_countdown(record.until().saturating_since(now));
    (SegmentKind::Waiting, format!("Waits {planned} ({why}), {left} left"), Some(left))
}

const fn mark_of(class: Class) -> SegmentKind {
    match class {
        Class::Success => SegmentKind::Done,
        Class::RateLimit | Class::RequestTooLarge | Class::Quota | Class::Overload => SegmentKind::Refused,
        _ => SegmentKind::Failed,
    }
}

fn end_mark(call: &CallLog, place: impl Fn(Instant) -> f64) -> Option<Segment> {
    let at = place(call.ended_at?);
    let (kind, text) = match &call.state {
        CallState::Cancelled { was_in_flight: true } => {
            (SegmentKind::Cancelled, "Stopped with a request out: it may still be billed".to_owned())
        }
        CallState::Cancelled { .. } => (SegmentKind::Cancelled, "Stopped".to_owned()),
        CallState::Ended(CallEnd::Stopped(StopReason::AttemptsUsed { max_attempts })) => {
            (SegmentKind::Failed, format!("Gave up after {max_attempts} attempts"))
        }
        CallState::Ended(CallEnd::Stopped(StopReason::DeadlineWouldPass { .. })) => {
            (SegmentKind::Failed, "Gave up: the next wait would end after the deadline".to_owned())
        }
        CallState::Ended(CallEnd::Stopped(StopReason::HintTooLong)) => {
            (SegmentKind::Failed, "Gave up: the server asks for too long a wait".to_owned())
        }
        CallState::Ended(CallEnd::Ask(_)) => (SegmentKind::Queued, "Asks you: the server wants a long wait".to_owned()),
        _ => return None,
    };
    Some(Segment { from: at, to: at, kind, text, countdown: None })
}

impl CallLog {
    fn is_open(&self, attempt: usize) -> bool {
        attempt.checked_sub(1).and_then(|index| self.attempts.get(index)).is_some_and(|attempt| attempt.ended.is_none())
    }

    /// What came of attempt number `attempt`, from 1, in a few words: `200`, `429, rate limit`, `unknown outcome`.
    pub fn what_came(&self, attempt: usize) -> String {
        let outcome = attempt.checked_sub(1).and_then(|index| self.attempts.get(index)?.outcome.as_ref());
        let Some(outcome) = outcome else { return "no answer".to_owned() };
        let words = class_words(outcome.class);
        outcome.status.map_or_else(|| words.to_owned(), |status| format!("{status}, {words}"))
    }
}

/// A kind of outcome in words.
pub const fn class_words(class: Class) -> &'static str {
    match class {
        Class::Success => "answered",
        Class::RateLimit => "rate limit",
        Class::RequestTooLarge => "request too large",
        Class::Quota => "billing limit",
        Class::Overload => "overloaded",
        Class::Server => "server error",
        Class::Timeout => "timed out",
        Class::Conflict => "conflict",
        Class::Auth => "key not accepted",
        Class::Forbidden => "not allowed",
        Class::NotFound => "not found",
        Class::BadRequest => "bad request",
        Class::Unreadable => "unreadable answer",
        Class::Opaque => "network failure of unknown cause",
        Class::Unknown => "unknown outcome",
        Class::NotSent => "not sent",
    }
}

/// Where a wait comes from, in words.
pub const fn source_words(source: WaitSource) -> &'static str {
    match source {
        WaitSource::RetryAfterMs => "retry-after-ms",
        WaitSource::RetryAfter => "retry-after",
        WaitSource::UpstreamRetryAfter => "llm_provider-retry-after",
        WaitSource::BodyRetryAfter => "the body's Retry-After",
        WaitSource::Message => "the error's text",
        WaitSource::EarliestFit => "earliest fit, computed",
        WaitSource::BodyReset => "the body's reset",
        WaitSource::Backoff => "the policy's backoff",
    }
}

/// The shape of a run in one sentence, for those who do not see its lanes.
pub fn drain_time(log: &RunLog) -> Option<Duration> {
    (!log.is_running()).then(|| log.ended_at().map(|at| log.elapsed(at))).flatten()
}
