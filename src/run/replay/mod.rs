//! A saved run again: its records told to a run's log as it was told of them, in the order of their times.
//!
//! At once ([`Replay::whole`]) or as time passes ([`Replay::play`], [`Replay::step`]). What the records do not hold is not
//! made up: a stream has the time of its first words and no events, a call that was taken up again does not say why it had
//! ended, and what was under way when the records were written is shown as stopped there.

mod answer;
mod events;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use super::log::RunLog;
use crate::clock::Clock;
use crate::time::{Instant, UnixTime};
use crate::usage::{CallRecord, MadeIn};
use events::{Event, EventKind, events};

/// A run of which there are records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRun {
    /// Its id.
    pub id: String,
    /// Where it was made.
    pub made_in: MadeIn,
    /// When its first call was queued.
    pub began: UnixTime,
    /// How many calls there are of it.
    pub calls: usize,
}

/// The runs that `calls` belong to, the oldest first.
pub fn runs_of(calls: &[CallRecord]) -> Vec<SavedRun> {
    let mut runs: BTreeMap<&str, SavedRun> = BTreeMap::new();
    for call in calls {
        let queued = UnixTime::from_epoch(Duration::from_micros(call.queued_at_micros));
        let new = || SavedRun { id: call.run.clone(), made_in: call.made_in, began: queued, calls: 0 };
        let run = runs.entry(&call.run).or_insert_with(new);
        run.began = run.began.min(queued);
        run.calls += 1;
    }
    let mut runs: Vec<SavedRun> = runs.into_values().collect();
    runs.sort_by_key(|run| run.began);
    runs
}

/// What is still to be told of a run.
#[derive(Debug)]
pub struct Replay<'a> {
    lanes: Vec<Lane<'a>>,
    // The next event of each lane: its time, what comes first of several at one time, the lane.
    heads: BinaryHeap<Reverse<(u64, u8, usize)>>,
    // The time of the last event that was told, and whether what is open then has been stopped.
    told_until: u64,
    is_closed: bool,
}

#[derive(Debug)]
struct Lane<'a> {
    call: &'a CallRecord,
    /// When it was queued, microseconds since the run began.
    queued: u64,
    events: std::vec::IntoIter<Event<'a>>,
    next: Option<Event<'a>>,
}

impl<'a> Replay<'a> {
    /// Of the run `id` among `calls`.
    pub fn of_run(calls: &'a [CallRecord], id: &str) -> Self {
        Self::of(calls.iter().filter(|call| call.run == id))
    }

    /// Of the calls of one run, in any order.
    pub fn of(calls: impl IntoIterator<Item = &'a CallRecord>) -> Self {
        let mut calls: Vec<&CallRecord> = calls.into_iter().collect();
        calls.sort_by_key(|call| call.lane);
        let began = calls.first().map_or(0, |call| call.queued_at_micros);
        let mut queued = 0;
        let lanes = calls.into_iter().map(|call| {
            // Lanes are in the order in which their calls were queued, even where a wall clock was set back meanwhile.
            queued = call.queued_at_micros.saturating_sub(began).max(queued);
            // What follows is made out when it is due, so that a run of many calls has no long beginning.
            Lane { call, queued, next: Some(Event { at: 0, kind: EventKind::Queued }), events: Vec::new().into_iter() }
        });
        let mut replay = Self { lanes: lanes.collect(), heads: BinaryHeap::new(), told_until: 0, is_closed: false };
        for lane in 0..replay.lanes.len() {
            replay.push_head(lane);
        }
        replay
    }

    /// When the next event is, since the run began; `None` once all is told.
    pub fn next_at(&self) -> Option<Duration> {
        let head = self.heads.peek().map(|Reverse((at, ..))| *at);
        head.or_else(|| (!self.is_closed).then_some(self.told_until)).map(Duration::from_micros)
    }

    /// Tells `log` the next event of a run that began at `began`; `log` is empty before the first. Says whether there
    /// was one.
    pub fn step(&mut self, began: Instant, log: &mut RunLog) -> bool {
        let Some(Reverse((at, _, index))) = self.heads.pop() else {
            if !std::mem::replace(&mut self.is_closed, true) && log.is_running() {
                log.cancel_all(began + Duration::from_micros(self.told_until));
                return true;
            }
            return false;
        };
        self.told_until = at;
        if let Some(lane) = self.lanes.get_mut(index) {
            if let Some(event) = lane.next.take() {
                event.happens(lane.call, index, began + Duration::from_micros(at), log);
                if matches!(event.kind, EventKind::Queued) {
                    lane.events = events(lane.call).into_iter();
                }
            }
            lane.next = lane.events.next();
        }
        self.push_head(index);
        true
    }

    /// All of it at once, as of a run that began at the clock's origin.
    pub fn whole(mut self) -> RunLog {
        let mut log = RunLog::default();
        while self.step(Instant::ORIGIN, &mut log) {}
        log
    }

    /// Plays it on `clock` into `log`, which is empty; stretches in which nothing ran are passed over. Dropping the
    /// future stops it.
    pub async fn play<C: Clock>(mut self, clock: &C, log: &RefCell<RunLog>) {
        let mut began = clock.now();
        while let Some(at) = self.next_at() {
            let due = began + at;
            if self.ends_a_pause(&log.borrow()) {
                began = began - due.saturating_since(clock.now());
            } else if clock.now() < due {
                clock.sleep_until(due).await;
            }
            self.step(began, &mut log.borrow_mut());
        }
    }

    /// Whether the next event takes a run up again of which nothing was under way.
    fn ends_a_pause(&self, log: &RunLog) -> bool {
        let head = self.heads.peek().and_then(|Reverse((.., lane))| self.lanes.get(*lane)?.next.as_ref());
        head.is_some_and(|event| matches!(event.kind, EventKind::Resumed)) && !log.is_running()
    }

    fn push_head(&mut self, index: usize) {
        let Some(lane) = self.lanes.get(index) else { return };
        if let Some(event) = &lane.next {
            self.heads.push(Reverse((lane.queued.saturating_add(event.at), event.kind.order(), index)));
        }
    }
}
