//! A trial again in real time: its attempts and waits as events of a run, for the timeline that shows runs.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::experiment::Workload;
use super::figures::{Detail, StartedAttempt, TracedEnd, TrialFigures};
use crate::client::{CallEnd, CallEvent};
use crate::clock::Clock;
use crate::rate_limit::ReplyHeaders;
use crate::reply::{Content, Reply, TransportError, WireText};
use crate::responses::{ApiError, Response};
use crate::retry::{Class, Outcome, StopReason, Wait, WaitSource};
use crate::run::RunLog;
use crate::time::Instant;
use crate::time::micros;

/// A trial, attempt by attempt. Times are in microseconds from its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Which policy, by its place in the experiment.
    pub policy: usize,
    /// Which draws.
    pub seed: u64,
    /// When each request came up.
    pub arrivals_micros: Vec<u64>,
    /// Each attempt in the order in which they were answered.
    pub attempts: Vec<StartedAttempt>,
    /// Whether all attempts are in it.
    pub is_whole: bool,
    /// When the last request ended.
    pub end_micros: u64,
}

impl Trace {
    pub(super) fn of(workload: &Workload, figures: &TrialFigures, detail: Detail) -> Self {
        Self {
            policy: detail.policy,
            seed: detail.seed,
            arrivals_micros: workload.draw(detail.seed).into_iter().map(|(arrival, _)| micros(arrival)).collect(),
            attempts: detail.trace,
            is_whole: detail.trace_is_whole,
            end_micros: figures.end_micros,
        }
    }

    /// Plays it on `clock` into `log`, which is empty; dropping the future stops it.
    pub async fn play<C: Clock>(&self, clock: &C, log: &RefCell<RunLog>) {
        let began = clock.now();
        for step in self.steps() {
            let at = began + Duration::from_micros(step.at);
            if clock.now() < at {
                clock.sleep_until(at).await;
            }
            step.happens(at, &mut log.borrow_mut());
        }
    }

    /// All that happens, in order.
    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> =
            (0u32..).zip(&self.arrivals_micros).map(|(call, at)| Step { at: *at, call, kind: Kind::Arrives }).collect();
        for attempt in &self.attempts {
            let step = |at, kind| Step { at, call: attempt.call, kind };
            steps.push(step(attempt.sent_micros, Kind::Sent(attempt)));
            steps.push(step(attempt.answered_micros, Kind::Answered(attempt)));
            if let Some(wait) = attempt.wait_micros {
                steps.push(step(attempt.answered_micros, Kind::Waits(attempt)));
                steps.push(step(attempt.answered_micros.saturating_add(wait), Kind::WaitIsOver));
            }
            if let Some(end) = attempt.end {
                steps.push(step(attempt.answered_micros, Kind::Ends(end)));
            }
        }
        // Stable: what happens to one call at one moment keeps its order, the end of a wait before the next attempt.
        steps.sort_by_key(|step| (step.at, matches!(step.kind, Kind::Sent(_))));
        steps
    }
}

#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    at: u64,
    call: u32,
    kind: Kind<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    Arrives,
    Sent(&'a StartedAttempt),
    Answered(&'a StartedAttempt),
    Waits(&'a StartedAttempt),
    WaitIsOver,
    Ends(TracedEnd),
}

impl Step<'_> {
    fn happens(self, at: Instant, log: &mut RunLog) {
        let Ok(call) = usize::try_from(self.call) else { return };
        match self.kind {
            Kind::Arrives => {
                log.queue(format!("#{}", self.call.saturating_add(1)), at);
            }
            Kind::Sent(attempt) => log.record(call, &CallEvent::AttemptStarted { attempt: attempt.attempt, at }),
            Kind::Answered(traced) => {
                let (outcome, result) = (outcome_of(traced.status), result_of(traced.status));
                let attempt = traced.attempt;
                let ended =
                    CallEvent::AttemptEnded { attempt, at, outcome: &outcome, result: &result, outer_attempt: attempt };
                log.record(call, &ended);
            }
            Kind::Waits(traced) => {
                let attempt = traced.attempt;
                let wait = Wait {
                    duration: Duration::from_micros(traced.wait_micros.unwrap_or_default()),
                    source: WaitSource::Backoff,
                    hint: None,
                    layer: traced.layer.unwrap_or_default(),
                };
                log.record(call, &CallEvent::WaitStarted { attempt, at, wait, outer_attempt: attempt });
            }
            Kind::WaitIsOver => log.record(call, &CallEvent::WaitEnded { at }),
            Kind::Ends(end) => log.record(call, &CallEvent::Ended { at, end: &end.into() }),
        }
    }
}

/// What a status of the Lab's limiter stands for: it refuses with 429 and fails with nothing else.
fn outcome_of(status: Option<u16>) -> Outcome {
    let class = match status {
        None => Class::NotSent,
        Some(200..=299) => Class::Success,
        Some(429) => Class::RateLimit,
        Some(_) => Class::Server,
    };
    Outcome { status, ..Outcome::of(class) }
}

fn result_of(status: Option<u16>) -> Result<Reply, TransportError> {
    let Some(status) = status else {
        return Err(TransportError::NotSent("held back by the client's own guard".to_owned()));
    };
    let content = match status {
        200..=299 => Content::Response(Box::<Response>::default()),
        _ => Content::Error(ApiError::default()),
    };
    Ok(Reply { status, headers: ReplyHeaders::default(), content, wire: Arc::new(NotOnTheWire) })
}

/// The Lab's answers are decisions: they have no text.
#[derive(Debug)]
struct NotOnTheWire;

impl WireText for NotOnTheWire {
    fn headers(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn body(&self) -> String {
        String::new()
    }
}

impl From<TracedEnd> for CallEnd {
    fn from(end: TracedEnd) -> Self {
        match end {
            TracedEnd::Succeeded => Self::Succeeded,
            TracedEnd::Stopped(reason) => Self::Stopped(reason),
            // How long was asked is in the wait that did not come.
            TracedEnd::Asked => Self::Stopped(StopReason::HintTooLong),
        }
    }
}
