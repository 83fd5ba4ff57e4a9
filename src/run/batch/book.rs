//! What is known of a batch while it runs: its state, its rate, what is still to be written, and who waits for a change.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::BatchEnd;
use super::silence::Silence;
use super::turns::Turns;
use crate::batch::output::OutputLine;
use crate::batch::{BatchState, LineState, Record, Throughput};
use crate::redact::Redactor;
use crate::store::{Store, StoreError};
use crate::time::Instant;

/// The book of a batch. Clones are the same book.
#[derive(Debug, Clone, Default)]
pub struct BatchBook(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    state: BatchState,
    throughput: Option<Throughput>,
    revision: u64,
    /// How often a look at the job was called for.
    calls: u64,
    stop: Option<Stop>,
    silence: Silence,
    turns: Turns,
    /// Noted, and to be written with the next record: losing them loses no answer.
    outbox: Vec<Record>,
    /// Outputs that the store could not take, by line.
    unsaved: BTreeMap<u32, OutputLine>,
    /// Who waits for something to be noted.
    writer: Option<Waker>,
    /// Who waits for a change, and who for the stop, by line.
    on_change: BTreeMap<u32, Waker>,
    on_stop: BTreeMap<u32, Waker>,
}

#[derive(Debug, Clone)]
enum Stop {
    Pause(String),
    Cancel,
}

/// The number of a record that the store does not have.
const UNSAVED: u64 = u64::MAX;

impl BatchBook {
    /// The state.
    pub fn state(&self) -> Ref<'_, BatchState> {
        Ref::map(self.0.borrow(), |inner| &inner.state)
    }

    /// What went out and came in, second by second, of the run under way or the last one.
    pub fn throughput(&self) -> Option<Throughput> {
        self.0.borrow().throughput.clone()
    }

    /// Reads the rates without a copy.
    pub fn with_throughput<O>(&self, read: impl FnOnce(&Throughput) -> O) -> Option<O> {
        self.0.borrow().throughput.as_ref().map(read)
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.0.borrow().revision
    }

    /// Where a line stands.
    pub fn line(&self, line: u32) -> LineState {
        self.0.borrow().state.line(line)
    }

    /// Outputs that came and could not be written, by line: they are in memory alone.
    pub fn unsaved(&self) -> Ref<'_, BTreeMap<u32, OutputLine>> {
        Ref::map(self.0.borrow(), |inner| &inner.unsaved)
    }

    /// Sends nothing more: what is in flight is settled, then the run ends.
    pub fn pause(&self, reason: &str) {
        self.stop(Stop::Pause(reason.to_owned()), &Record::Paused { reason: reason.to_owned() });
    }

    /// The same, and what waits is cancelled.
    pub fn cancel(&self) {
        self.stop(Stop::Cancel, &Record::Cancelled);
    }

    /// Notes a decision that is written with the next record, or by [`flush`](Self::flush).
    pub fn note(&self, record: Record) {
        let mut inner = self.0.borrow_mut();
        inner.state.apply(&record, UNSAVED);
        inner.outbox.push(record);
        if let Some(writer) = inner.writer.take() {
            writer.wake();
        }
        inner.changed();
    }

    /// Ends the wait for the next look at the batch's job.
    pub fn call_job(&self) {
        let mut inner = self.0.borrow_mut();
        inner.calls = inner.calls.wrapping_add(1);
        inner.changed();
    }

    /// Waits until [`call_job`](Self::call_job) is called.
    pub(super) async fn job_called(&self) {
        let before = self.0.borrow().calls;
        // No line has that number.
        self.until(0, |book| (book.0.borrow().calls != before).then_some(())).await;
    }

    /// Writes what is noted as soon as it is, for ever; a store that takes nothing pauses the run.
    pub(super) async fn keep_written<S: Store>(&self, store: &S, id: &str, redactor: &Redactor) {
        loop {
            poll_fn(|context| {
                let mut inner = self.0.borrow_mut();
                if inner.outbox.is_empty() || inner.stop.is_some() {
                    inner.writer = Some(context.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(())
            })
            .await;
            if let Err(error) = self.flush(store, id, redactor).await {
                self.pause(&error.to_string());
            }
        }
    }

    /// Writes what is noted.
    ///
    /// # Errors
    /// Where the store cannot take it; it stays noted.
    pub async fn flush<S: Store>(&self, store: &S, id: &str, redactor: &Redactor) -> Result<(), StoreError> {
        let records = std::mem::take(&mut self.0.borrow_mut().outbox);
        if records.is_empty() {
            return Ok(());
        }
        let texts = records.iter().map(|record| record.to_json(redactor)).collect();
        let written = store.append(id, texts).await;
        if written.is_err() {
            self.put_back(records);
        }
        written.map(|_| ())
    }

    /// Writes `record` after what is noted, and applies it once it is durable.
    pub(super) async fn write<S: Store>(
        &self,
        record: Record,
        (store, id, redactor): (&S, &str, &Redactor),
    ) -> Result<(), StoreError> {
        self.write_all(&[record], (store, id, redactor)).await
    }

    /// The same of several records, all or none.
    pub(super) async fn write_all<S: Store>(
        &self,
        records: &[Record],
        (store, id, redactor): (&S, &str, &Redactor),
    ) -> Result<(), StoreError> {
        let before = std::mem::take(&mut self.0.borrow_mut().outbox);
        let place = u64::try_from(before.len()).unwrap_or(0);
        let texts = before.iter().chain(records).map(|record| record.to_json(redactor)).collect();
        match store.append(id, texts).await {
            Ok(first) => {
                let mut inner = self.0.borrow_mut();
                for (sequence, record) in (first + place..).zip(records) {
                    inner.state.apply(record, sequence);
                }
                inner.changed();
                Ok(())
            }
            Err(error) => {
                self.put_back(before);
                Err(error)
            }
        }
    }

    /// Keeps an output that the store could not take.
    pub(super) fn keep_unsaved(&self, record: &Record) {
        if let (Some(line), Some(output)) = (record.line(), record.output()) {
            self.0.borrow_mut().unsaved.insert(line, output.clone());
        }
        // Not in the outbox: with a full store the small records after it can still be written.
        self.apply(record, UNSAVED);
    }

    pub(super) fn apply(&self, record: &Record, sequence: u64) {
        let mut inner = self.0.borrow_mut();
        inner.state.apply(record, sequence);
        inner.changed();
    }

    pub(super) fn settle_in_flight(&self) {
        let mut inner = self.0.borrow_mut();
        inner.state.settle_in_flight();
        inner.changed();
    }

    /// Begins a run, or goes on: what stopped the last one stops this one no more.
    pub fn begin_run(&self, now: Instant) {
        self.0.borrow_mut().throughput.get_or_insert_with(|| Throughput::new(now));
        self.0.borrow_mut().stop = None;
        self.0.borrow_mut().silence = Silence::default();
        if self.state().paused().is_some() {
            self.note(Record::Resumed);
        }
    }

    /// Ends a run, and says how.
    pub fn end_run(&self) -> BatchEnd {
        let mut inner = self.0.borrow_mut();
        inner.changed();
        match inner.stop.clone() {
            Some(Stop::Pause(reason)) => BatchEnd::Paused(reason),
            Some(Stop::Cancel) => BatchEnd::Cancelled,
            None => BatchEnd::Settled,
        }
    }

    /// Whether no more is to be sent.
    pub fn is_stopping(&self) -> bool {
        self.0.borrow().stop.is_some()
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut Throughput)) {
        if let Some(throughput) = &mut self.0.borrow_mut().throughput {
            count(throughput);
        }
    }

    /// What is known of requests without an answer.
    pub(super) fn silence(&self) -> Silence {
        self.0.borrow().silence
    }

    /// Changes that, and wakes who waits for it.
    pub(super) fn hear<O>(&self, change: impl FnOnce(&mut Silence) -> O) -> O {
        let mut inner = self.0.borrow_mut();
        let before = inner.silence;
        let told = change(&mut inner.silence);
        if inner.silence != before {
            inner.changed();
        }
        told
    }

    /// Takes the turn to send at `now`, with the `place` that was given before; else gives when to ask again.
    pub(super) fn take_turn(&self, place: Option<Instant>, now: Instant) -> Option<Instant> {
        self.0.borrow_mut().turns.take(place, now)
    }

    /// Waits, for a line, until `ready` holds; it is asked again after each change.
    pub(super) async fn until<O>(&self, line: u32, mut ready: impl FnMut(&Self) -> Option<O>) -> O {
        poll_fn(|context: &mut Context<'_>| {
            if let Some(value) = ready(self) {
                return Poll::Ready(value);
            }
            self.0.borrow_mut().on_change.insert(line, context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Waits, for a line, until nothing more is to be sent and `is_idle` holds. It is asked when the line's future is
    /// polled, too, so that what it had in flight may end first.
    pub(super) async fn until_stopped(&self, line: u32, is_idle: impl Fn() -> bool) {
        poll_fn(|context: &mut Context<'_>| {
            if self.is_stopping() && is_idle() {
                return Poll::Ready(());
            }
            self.0.borrow_mut().on_stop.insert(line, context.waker().clone());
            Poll::Pending
        })
        .await;
        self.0.borrow_mut().on_stop.remove(&line);
    }

    fn stop(&self, stop: Stop, record: &Record) {
        // The first reason is the one to be told; cancelling outweighs it.
        if matches!(stop, Stop::Cancel) || !self.is_stopping() {
            self.0.borrow_mut().stop = Some(stop);
            self.note(record.clone());
            let waiting = std::mem::take(&mut self.0.borrow_mut().on_stop);
            waiting.into_values().for_each(Waker::wake);
        }
    }

    fn put_back(&self, mut records: Vec<Record>) {
        let mut inner = self.0.borrow_mut();
        records.append(&mut inner.outbox);
        inner.outbox = records;
    }
}

impl Inner {
    fn changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
        for waker in std::mem::take(&mut self.on_change).into_values() {
            waker.wake();
        }
    }
}
