//! A run as the lanes of a timeline: one a call, in seconds of the run's own time.

use std::time::Duration;

use super::log::{Attempt, CallLog, CallState, Phase, RunLog, WaitRecord};
use crate::chart::{Lanes, Level, Place, Segment, SegmentKind};
use crate::client::CallEnd;
use crate::format::{format_countdown, format_duration};
use crate::rate_limit::{LimitScope, LimitTrio};
use crate::retry::{Class, StopReason, WaitSource};
use crate::time::Instant;

/// The lanes of a run and the level of the limit that binds, kept up to date by what has changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunLanes {
    lanes: Lanes,
    requests: Gauge,
    tokens: Gauge,
    // The limit that refused last, and when.
    refused: Option<(Instant, LimitScope)>,
    // How many changes of the log are drawn, and how many attempts of each call are read for the levels.
    drawn: usize,
    read: Vec<usize>,
}

impl RunLanes {
    /// Takes in what has changed in `log` since the last time; it must be the same log each time.
    pub fn update(&mut self, log: &RunLog) {
        let mut changed: Vec<usize> = log.changes.get(self.drawn..).unwrap_or_default().to_vec();
        self.drawn = log.changes.len();
        changed.sort_unstable();
        changed.dedup();
        for index in changed {
            if let Some(call) = log.calls.get(index) {
                let mut segments = Vec::new();
                walk(log, call, |segment, _| segments.push(segment));
                self.lanes.set(index, segments);
                self.read_level(log, index, call);
            }
        }
    }

    /// One lane a call.
    pub const fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// The level of the limit that refused last, else of the one that was emptier, where headers tell it.
    pub fn level(&self) -> &Level {
        let (requests, tokens) = (self.requests.level(), self.tokens.level());
        let is_tokens = match self.refused {
            Some((_, scope)) => scope != LimitScope::Requests,
            None => self.tokens.lowest() < self.requests.lowest(),
        };
        if requests.is_empty() || (is_tokens && !tokens.is_empty()) { tokens } else { requests }
    }

    // As of when a request went out: it is decided on and charged on arrival, however long its answer takes.
    fn read_level(&mut self, log: &RunLog, index: usize, call: &CallLog) {
        if index >= self.read.len() {
            self.read.resize(index + 1, 0);
        }
        let Some(read) = self.read.get_mut(index) else { return };
        let fresh = call.attempts.iter().skip(*read).take_while(|attempt| attempt.ended.is_some());
        for attempt in fresh {
            *read += 1;
            let at = attempt.started;
            if let Some(scope) = refusing_limit(attempt)
                && self.refused.is_none_or(|(before, _)| before <= at)
            {
                self.refused = Some((at, scope));
            }
            let Some(Ok(reply)) = &attempt.result else { continue };
            let limits = &reply.headers.limits;
            self.requests.read(seconds(log, at), &limits.requests, "requests left");
            self.tokens.read(seconds(log, at), &limits.tokens, "tokens left");
        }
    }
}

/// The level of one limit.
#[derive(Debug, Clone, PartialEq, Default)]
struct Gauge {
    level: Level,
    // Readings before the window is known: when, and the time until the limit is full.
    early: Vec<(f64, Duration)>,
    window: Option<Duration>,
    emptiest: Option<f64>,
}

impl Gauge {
    const fn level(&self) -> &Level {
        &self.level
    }

    /// The lowest share that was read.
    fn lowest(&self) -> f64 {
        self.emptiest.unwrap_or(1.0)
    }

    /// Takes in what the headers of the request sent at `at` tell.
    fn read(&mut self, at: f64, trio: &LimitTrio, unit: &'static str) {
        if self.window.is_none()
            && let (Some(limit), Some(window)) = (trio.limit.exposed().filter(|limit| **limit > 0), trio.known_window())
        {
            self.window = Some(window);
            self.level = Level::full(*limit, unit, 1.0 / window.as_secs_f64());
        }
        // The reset is finer than the rounded remaining: it is the time until the limit is full.
        if let Some(reset) = trio.reset.exposed() {
            self.early.push((at, *reset));
        }
        if let Some(window) = self.window {
            for (at, reset) in std::mem::take(&mut self.early) {
                let share = 1.0 - reset.as_secs_f64() / window.as_secs_f64();
                self.level.read(at, share);
                self.emptiest = Some(self.lowest().min(share));
            }
        }
    }
}

/// The limit that an answer says has refused it.
fn refusing_limit(attempt: &Attempt) -> Option<LimitScope> {
    let outcome = attempt.outcome.as_ref().filter(|outcome| outcome.class == Class::RateLimit)?;
    outcome.limit.as_ref()?.scope
}

fn seconds(log: &RunLog, at: Instant) -> f64 {
    log.elapsed(at).as_secs_f64()
}

/// What a segment tells of: the numbers are those of attempts, from 1.
#[derive(Clone, Copy)]
enum Told {
    Queued,
    Sent(usize),
    Came(usize),
    Waited(usize),
    End,
}

/// A time that never comes: what lasts until then lasts still.
const NEVER: Instant = Instant::from_origin(Duration::MAX);

/// Tells each segment of a call's lane, in order.
fn walk(log: &RunLog, call: &CallLog, mut tell: impl FnMut(Segment, Told)) {
    let place = |at: Instant| seconds(log, at);
    let mut attempt = 0;
    for (phase, from, to) in call.phases(NEVER) {
        let (kind, told) = match phase {
            // A turn that comes at once is no queue.
            Phase::Queued if to.saturating_since(from) < Duration::from_millis(50) => continue,
            Phase::Queued => (SegmentKind::Queued, Told::Queued),
            Phase::Request(_) => {
                attempt += 1;
                (SegmentKind::InFlight, Told::Sent(attempt))
            }
            Phase::Waiting => (SegmentKind::Waiting, Told::Waited(attempt)),
        };
        // Where a wait is over, its plan lies behind it, and a pause may since have moved the axis.
        let is_open = to == NEVER;
        let due = call.wait(attempt).filter(|_| is_open && phase == Phase::Waiting).map(|wait| place(wait.until()));
        let end = if is_open { f64::INFINITY } else { place(to) };
        tell(Segment { from: place(from), to: end, due, kind }, told);
        // What came of a request is a mark at its end: the time before it was spent waiting for the answer.
        if let Phase::Request(Some(class)) = phase {
            tell(Segment { from: end, to: end, due: None, kind: mark_of(class) }, Told::Came(attempt));
        }
    }
    if let (Some(at), Some((kind, _))) = (call.ended_at.map(place), end_mark(call)) {
        tell(Segment { from: at, to: at, due: None, kind }, Told::End);
    }
}

/// What is to be said at `now` of the segment at `place` in the lanes of `log`.
pub fn segment_text(log: &RunLog, place: Place, now: Instant) -> Option<String> {
    let call = log.calls.get(place.lane)?;
    let (mut index, mut text) = (0, None);
    walk(log, call, |segment, told| {
        if index == place.segment {
            let end = segment.end(seconds(log, now));
            let length = Duration::try_from_secs_f64(end - segment.from).unwrap_or_default();
            text = Some(told_text(call, told, now, &format_duration(length)));
        }
        index += 1;
    });
    text
}

fn told_text(call: &CallLog, told: Told, now: Instant, span: &str) -> String {
    match told {
        Told::Queued => format!("Queued {span}"),
        Told::Sent(attempt) if call.is_in_flight(attempt) => format!("Attempt {attempt}: in flight for {span}"),
        Told::Sent(attempt) => format!("Attempt {attempt}: {} after {span}", call.what_came(attempt)),
        Told::Came(attempt) => format!("Attempt {attempt}: {}", call.what_came(attempt)),
        Told::Waited(attempt) => {
            let Some(record) = call.wait(attempt) else { return format!("Waiting {span}") };
            let planned = format_duration(record.planned.duration);
            let why = source_words(record.planned.source);
            if record.ended.is_some() {
                return format!("Waited {span} of {planned} planned ({why})");
            }
            let left = format_countdown(record.until().saturating_since(now));
            format!("Waits {planned} ({why}), {left} left")
        }
        Told::End => end_mark(call).map(|(_, text)| text).unwrap_or_default(),
    }
}

const fn mark_of(class: Class) -> SegmentKind {
    match class {
        Class::Success => SegmentKind::Done,
        Class::RateLimit | Class::RequestTooLarge | Class::Quota | Class::Overload => SegmentKind::Refused,
        _ => SegmentKind::Failed,
    }
}

/// How a call ended, where its last answer does not tell.
fn end_mark(call: &CallLog) -> Option<(SegmentKind, String)> {
    Some(match &call.state {
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
        CallState::Ended(CallEnd::Stopped(StopReason::BudgetSpent)) => {
            (SegmentKind::Failed, "Gave up: no retry is left in the budget".to_owned())
        }
        CallState::Ended(CallEnd::Ask(_)) => (SegmentKind::Queued, "Asks you: the server wants a long wait".to_owned()),
        _ => return None,
    })
}

impl CallLog {
    fn is_in_flight(&self, attempt: usize) -> bool {
        attempt.checked_sub(1).and_then(|index| self.attempts.get(index)).is_some_and(|attempt| attempt.ended.is_none())
    }

    fn wait(&self, attempt: usize) -> Option<WaitRecord> {
        self.attempts.get(attempt.checked_sub(1)?)?.wait
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
