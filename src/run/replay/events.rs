//! What happened to one call, in order, out of its record.

use std::time::Duration;

use super::answer;
use crate::client::{CallEnd, CallEvent};
use crate::retry::Wait;
use crate::run::log::RunLog;
use crate::time::Instant;
use crate::usage::{AttemptRecord, CallRecord, EndRecord, PlannedWait};

/// Something that happened to a call.
#[derive(Debug)]
pub(super) struct Event<'a> {
    /// When, microseconds since the call was queued.
    pub at: u64,
    /// What.
    pub kind: EventKind<'a>,
}

/// What happened.
#[derive(Debug)]
pub(super) enum EventKind<'a> {
    Queued,
    Sent,
    FirstWords,
    Answered(&'a AttemptRecord),
    Waits(&'a PlannedWait),
    WaitIsOver,
    Ends(&'a EndRecord),
    /// It ended, and was taken up again later: how it had ended is not kept.
    Left,
    Resumed,
}

impl EventKind<'_> {
    /// Its place among events of several calls at one time: a place is free before the next call takes it.
    pub const fn order(&self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::FirstWords | Self::Answered(_) | Self::Waits(_) | Self::WaitIsOver | Self::Ends(_) | Self::Left => 1,
            Self::Resumed => 2,
            Self::Sent => 3,
        }
    }
}

/// All that happened to a call after it was queued, in order. Times never go back, whatever the record says.
pub(super) fn events(call: &CallRecord) -> Vec<Event<'_>> {
    let mut story = Story { events: Vec::new(), now: 0, resumed: call.resumed_micros.iter().copied().peekable() };
    for attempt in &call.attempts {
        story.resume_before(attempt.started_micros);
        story.tell(attempt.started_micros, EventKind::Sent);
        if let Some(at) = attempt.first_token_micros {
            story.tell(at, EventKind::FirstWords);
        }
        if let Some(at) = attempt.ended_micros {
            if attempt.outcome.is_some() {
                story.tell(at, EventKind::Answered(attempt));
            }
            // It was in flight until then, even if nothing came of it.
            story.now = story.now.max(at);
        }
        if let Some(wait) = &attempt.wait {
            story.resume_before(wait.started_micros);
            story.tell(wait.started_micros, EventKind::Waits(wait));
            if let Some(at) = wait.ended_micros {
                story.tell(at, EventKind::WaitIsOver);
            }
        }
    }
    story.resume_before(u64::MAX);
    if let Some(end) = &call.end {
        story.tell(call.ended_micros.unwrap_or_default(), EventKind::Ends(end));
    }
    story.events
}

struct Story<'a, I: Iterator<Item = u64>> {
    events: Vec<Event<'a>>,
    now: u64,
    resumed: std::iter::Peekable<I>,
}

impl<'a, I: Iterator<Item = u64>> Story<'a, I> {
    fn tell(&mut self, at: u64, kind: EventKind<'a>) {
        self.now = self.now.max(at);
        self.events.push(Event { at: self.now, kind });
    }

    /// Takes the call up again where that was before `next`.
    fn resume_before(&mut self, next: u64) {
        while let Some(at) = self.resumed.next_if(|at| *at <= next) {
            self.tell(0, EventKind::Left);
            self.tell(at, EventKind::Resumed);
        }
    }
}

impl Event<'_> {
    /// Tells it of call `index` of `log`.
    pub fn happens(&self, call: &CallRecord, index: usize, at: Instant, log: &mut RunLog) {
        // Attempts are numbered by the log itself.
        let attempt = 1;
        match &self.kind {
            EventKind::Queued => {
                log.queue(call.label.clone(), at);
            }
            EventKind::Sent => log.record(index, &CallEvent::AttemptStarted { attempt, at }),
            EventKind::FirstWords => log.note_first_words(index, at),
            EventKind::Answered(record) => {
                let Some((outcome, result)) = answer::rebuilt(call, record) else { return };
                let outer_attempt = record.outer_attempt;
                let (outcome, result) = (&outcome, &result);
                log.record(index, &CallEvent::AttemptEnded { attempt, at, outcome, result, outer_attempt });
            }
            EventKind::Waits(record) => {
                let wait = Wait {
                    duration: Duration::from_micros(record.planned_micros),
                    source: record.source,
                    hint: record.asked_micros.map(Duration::from_micros),
                    layer: record.layer,
                };
                let outer_attempt = record.outer_attempt;
                log.record(index, &CallEvent::WaitStarted { attempt, at, wait, outer_attempt });
            }
            EventKind::WaitIsOver => log.record(index, &CallEvent::WaitEnded { at }),
            EventKind::Left | EventKind::Ends(EndRecord::Cancelled { .. }) => log.cancel(index, at),
            EventKind::Ends(end) => {
                let end = match end {
                    EndRecord::Stopped(reason) => CallEnd::Stopped(*reason),
                    EndRecord::Asked(wait) => CallEnd::Ask(*wait),
                    EndRecord::Succeeded | EndRecord::Cancelled { .. } => CallEnd::Succeeded,
                };
                log.record(index, &CallEvent::Ended { at, end: &end });
            }
            EventKind::Resumed => log.resume(&[index], at),
        }
    }
}
