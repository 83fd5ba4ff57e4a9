//! Where each line of a batch stands. It changes by records alone, so that a replayed journal gives the same state.

use std::collections::BTreeMap;

use super::job::JobState;
use super::journal::{Created, Record, Tokens};
use super::line_state::{Counts, FailureKind, LineState, SendRefusal};
use super::settings::BatchSettings;
use crate::usage::Money;

#[derive(Debug, Clone, PartialEq)]
struct Tracked {
    state: LineState,
    attempts: u32,
    /// The most its last attempt can cost, as long as nobody knows what it did.
    most: Money,
    /// The number of the record that brought its output.
    output: Option<u64>,
}

/// A batch: where its lines stand, what it has cost, whether it runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BatchState {
    created: Option<Created>,
    settings: BatchSettings,
    /// The lines that ever were about to be sent; the others wait, or are cancelled.
    touched: BTreeMap<u32, Tracked>,
    counts: Counts,
    tokens: Tokens,
    spent: Money,
    unpriced: u32,
    at_stake: Money,
    paused: Option<String>,
    cancelled: bool,
    /// Cancelled, and nothing put back since: what waits for a retry is dropped.
    stopping: bool,
    job: JobState,
}

impl BatchState {
    /// Takes in a record, which is number `sequence` of its journal. A record that says nothing new changes nothing.
    pub fn apply(&mut self, record: &Record, sequence: u64) {
        match record {
            Record::Created(created) => self.create(created),
            Record::Settings(settings) => self.settings = settings.clone(),
            Record::AboutToSend { line, attempt, most } => {
                let most = Money::from_picodollars(most.unwrap_or(0).into());
                self.about_to_send(*line, *attempt, most);
            }
            Record::NotSent { line, attempt } | Record::WillRetry { line, attempt, .. } => {
                if self.is_in_flight(*line, *attempt) {
                    self.set(*line, if self.stopping { LineState::Cancelled } else { LineState::Waiting });
                }
            }
            Record::Answered { line, attempt, tokens, cost, .. } => {
                if self.line(*line) != LineState::Done && self.knows(*line, *attempt) {
                    self.set(*line, LineState::Done);
                    self.account(*tokens, *cost);
                    self.keep_output(*line, sequence);
                }
            }
            Record::Failed { line, attempt, kind, .. } => {
                let is_last = self.touched.get(line).is_some_and(|tracked| tracked.attempts == *attempt);
                if is_last && self.line(*line) != LineState::Done {
                    self.set(*line, LineState::Failed(*kind));
                    self.keep_output(*line, sequence);
                }
            }
            Record::Unknown { line, attempt } => {
                if self.is_in_flight(*line, *attempt) {
                    self.set(*line, LineState::Unknown);
                }
            }
            Record::Requeued { lines } => self.requeue(lines),
            Record::Paused { reason } => self.paused = Some(reason.clone()),
            Record::Resumed => self.paused = None,
            Record::Cancelled => self.cancel(),
            Record::Job(record) => self.job.apply(record),
        }
    }

    /// What is in flight becomes unknown: whoever waited for the answer is gone.
    pub fn settle_in_flight(&mut self) {
        let in_flight =
            |(line, tracked): (&u32, &Tracked)| matches!(tracked.state, LineState::Sending { .. }).then_some(*line);
        let lines: Vec<u32> = self.touched.iter().filter_map(in_flight).collect();
        for line in lines {
            self.set(line, LineState::Unknown);
        }
    }

    /// Whether `line`, which costs `most` at most, may be sent now. With a cap, what is spent, what is in flight and what is
    /// unknown never exceeds it, as far as the estimates hold.
    ///
    /// # Errors
    /// [`SendRefusal`], which says why not.
    pub fn may_send(&self, line: u32, most: Option<Money>) -> Result<(), SendRefusal> {
        if self.paused.is_some() {
            return Err(SendRefusal::Paused);
        }
        if self.line(line) != LineState::Waiting {
            return Err(SendRefusal::NotWaiting);
        }
        if self.job.is_open() {
            return Err(SendRefusal::InJob);
        }
        let Some(cap) = self.settings.spend_cap() else { return Ok(()) };
        let most = most.ok_or(SendRefusal::CostUnknown)?;
        if self.spent + self.at_stake + most <= cap {
            Ok(())
        } else if self.counts.sending > 0 {
            Err(SendRefusal::CapMayBeReached)
        } else {
            Err(SendRefusal::CapReached)
        }
    }

    /// Where a line of the file stands. The state knows no file: a number that is no line's waits for ever.
    pub fn line(&self, line: u32) -> LineState {
        let untouched = if self.cancelled { LineState::Cancelled } else { LineState::Waiting };
        self.touched.get(&line).map_or(untouched, |tracked| tracked.state)
    }

    /// The number that a line's next attempt has.
    pub fn next_attempt(&self, line: u32) -> u32 {
        self.touched.get(&line).map_or(1, |tracked| tracked.attempts.saturating_add(1))
    }

    /// The lines that were ever about to be sent, in the order of the file, with the number of the record that holds their
    /// line of output.
    pub fn touched(&self) -> impl Iterator<Item = (u32, LineState, Option<u64>)> {
        self.touched.iter().map(|(line, tracked)| (*line, tracked.state, tracked.output))
    }

    /// The record that puts all failed lines back, to be retried alone; `None` where none has failed.
    pub fn retry_failed(&self) -> Option<Record> {
        self.put_back(|state| matches!(state, LineState::Failed(_)))
    }

    /// The record that puts all lines of unknown outcome back, which may send and bill them twice.
    pub fn resend_unknown(&self) -> Option<Record> {
        self.put_back(|state| state == LineState::Unknown)
    }

    fn put_back(&self, wanted: impl Fn(LineState) -> bool) -> Option<Record> {
        let chosen = self.touched.iter().filter(|(_, tracked)| wanted(tracked.state));
        let lines: Vec<(u32, u32)> = chosen.map(|(line, tracked)| (*line, tracked.attempts)).collect();
        (!lines.is_empty()).then_some(Record::Requeued { lines })
    }

    /// How many lines stand where.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// How it began.
    pub const fn created(&self) -> Option<&Created> {
        self.created.as_ref()
    }

    /// How it is run.
    pub const fn settings(&self) -> &BatchSettings {
        &self.settings
    }

    /// The tokens of all responses that tell them.
    pub const fn tokens(&self) -> Tokens {
        self.tokens
    }

    /// What the responses have cost, as far as that is known.
    pub const fn spent(&self) -> Money {
        self.spent
    }

    /// Responses whose cost is not known.
    pub const fn unpriced(&self) -> u32 {
        self.unpriced
    }

    /// The most that what is in flight can cost besides, and what may have been billed unseen: lines of unknown outcome,
    /// sent again or not, and answers that could not be read.
    pub const fn at_stake(&self) -> Money {
        self.at_stake
    }

    /// Why it is paused, if it is.
    pub fn paused(&self) -> Option<&str> {
        self.paused.as_deref()
    }

    /// The job that OpenAI makes of what waits.
    pub const fn job(&self) -> &JobState {
        &self.job
    }

    /// Whether it was cancelled.
    pub const fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether nothing waits and nothing is in flight.
    pub const fn is_settled(&self) -> bool {
        self.counts.waiting == 0 && self.counts.sending == 0
    }

    fn create(&mut self, created: &Created) {
        if self.created.is_none() {
            self.settings = created.settings.clone();
            self.counts.waiting = created.requests;
            self.counts.skipped = created.skipped;
            self.created = Some(created.clone());
        }
    }

    fn about_to_send(&mut self, line: u32, attempt: u32, most: Money) {
        let attempts = self.touched.get(&line).map_or(0, |tracked| tracked.attempts);
        // A job goes on when its batch is cancelled, and what it brings counts.
        let may = match self.line(line) {
            LineState::Waiting => true,
            LineState::Cancelled => self.job.is_open(),
            _ => false,
        };
        if attempt > attempts && may {
            self.set(line, LineState::Sending { attempt });
            if let Some(tracked) = self.touched.get_mut(&line) {
                tracked.attempts = attempt;
                tracked.most = most;
                self.at_stake += most;
            }
        }
    }

    fn cancel(&mut self) {
        for line in self.lines_where(|state| state == LineState::Waiting) {
            self.set(line, LineState::Cancelled);
        }
        // All that wait still are untouched.
        if !self.cancelled {
            self.counts.cancelled += std::mem::take(&mut self.counts.waiting);
            self.cancelled = true;
        }
        self.stopping = true;
    }

    fn requeue(&mut self, lines: &[(u32, u32)]) {
        for (line, attempts) in lines {
            // What has been sent since then was put back before: the record says nothing new.
            let is_last = self.touched.get(line).is_some_and(|tracked| tracked.attempts == *attempts);
            if is_last && self.line(*line) != LineState::Done {
                if let Some(tracked) = self.touched.get_mut(line) {
                    // What may have been billed stays at stake: it may be billed again.
                    tracked.most = Money::ZERO;
                }
                self.set(*line, LineState::Waiting);
                self.stopping = false;
            }
        }
    }

    fn set(&mut self, line: u32, state: LineState) {
        let before = self.line(line);
        let tracked =
            self.touched.entry(line).or_insert(Tracked { state: before, attempts: 0, most: Money::ZERO, output: None });
        tracked.state = state;
        // An answer that nobody can read was billed all the same.
        if !matches!(state, LineState::Sending { .. } | LineState::Unknown | LineState::Failed(FailureKind::Unreadable))
        {
            let settled = std::mem::replace(&mut tracked.most, Money::ZERO);
            self.at_stake += Money::from_picodollars(-settled.picodollars());
        }
        let count = self.count(before);
        *count = count.saturating_sub(1);
        let count = self.count(state);
        *count = count.saturating_add(1);
    }

    fn count(&mut self, state: LineState) -> &mut u32 {
        let counts = &mut self.counts;
        match state {
            LineState::Waiting => &mut counts.waiting,
            LineState::Sending { .. } => &mut counts.sending,
            LineState::Done => &mut counts.done,
            LineState::Failed(_) => &mut counts.failed,
            LineState::Unknown => &mut counts.unknown,
            LineState::Cancelled => &mut counts.cancelled,
        }
    }

    fn account(&mut self, tokens: Option<Tokens>, cost: Option<u64>) {
        if let Some(tokens) = tokens {
            for (total, more) in [
                (&mut self.tokens.input, tokens.input),
                (&mut self.tokens.cached, tokens.cached),
                (&mut self.tokens.output, tokens.output),
                (&mut self.tokens.reasoning, tokens.reasoning),
            ] {
                *total = total.saturating_add(more);
            }
        }
        match cost {
            Some(pico) => self.spent += Money::from_picodollars(pico.into()),
            None => self.unpriced = self.unpriced.saturating_add(1),
        }
    }

    fn keep_output(&mut self, line: u32, sequence: u64) {
        if let Some(tracked) = self.touched.get_mut(&line) {
            tracked.output = Some(sequence);
        }
    }

    fn is_in_flight(&self, line: u32, attempt: u32) -> bool {
        self.line(line) == LineState::Sending { attempt }
    }

    fn knows(&self, line: u32, attempt: u32) -> bool {
        self.touched.get(&line).is_some_and(|tracked| tracked.attempts >= attempt)
    }

    fn lines_where(&self, wanted: impl Fn(LineState) -> bool) -> Vec<u32> {
        self.touched.iter().filter(|(_, tracked)| wanted(tracked.state)).map(|(line, _)| *line).collect()
    }
}
