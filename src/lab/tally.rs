//! What the clients of a trial see: ends, waits, attempts.

use std::time::Duration;

use super::figures::{Detail, Ends, StartedAttempt, TracedEnd, TrialFigures, WAIT_BINS, WaitBin};
use super::series::Series;
use super::server_log::ServerLog;
use super::statistics::nearest_rank;
use crate::client::CallEnd;
use crate::retry::{Class, Outcome, StopReason, Wait};
use crate::simulator::{Decision, Verdict};
use crate::time::{Instant, micros};

/// The most attempts of a trace.
const LONGEST_TRACE: usize = 20_000;

/// Counts what comes of calls.
#[derive(Debug, Default)]
pub(super) struct Tally {
    requests: u32,
    ends: Ends,
    // From coming up to the start of the attempt that succeeded.
    waits: Vec<u64>,
    last_end: Instant,
    last_success: Option<Instant>,
    held_back: u64,
    neighbours_refused: u64,
    neighbours_admitted: u64,
    trace: Option<Vec<StartedAttempt>>,
    // Whether the attempt that was told last is in the trace.
    is_traced: bool,
}

impl Tally {
    pub(super) fn new(requests: u32, detailed: bool) -> Self {
        Self { requests, trace: detailed.then(Vec::new), ..Self::default() }
    }

    pub(super) fn attempted(&mut self, (call, attempt): (u32, u32), (sent, at): (Instant, Instant), outcome: &Outcome) {
        if outcome.class == Class::NotSent {
            self.held_back += 1;
        }
        let fits = self.trace.as_ref().is_some_and(|trace| trace.len() < LONGEST_TRACE);
        self.is_traced = fits;
        if let Some(trace) = self.trace.as_mut().filter(|_| fits) {
            trace.push(StartedAttempt {
                call,
                attempt,
                sent_micros: micros(sent.since_origin()),
                answered_micros: micros(at.since_origin()),
                status: outcome.status,
                wait_micros: None,
                layer: None,
                end: None,
            });
        }
    }

    /// The attempt that was told last is waited after.
    pub(super) fn waits(&mut self, wait: &Wait) {
        if let Some(last) = self.last_traced() {
            last.wait_micros = Some(micros(wait.duration));
            last.layer = Some(wait.layer);
        }
    }

    /// The attempt that was told last, where the trace had room for it.
    fn last_traced(&mut self) -> Option<&mut StartedAttempt> {
        let is_traced = self.is_traced;
        self.trace.as_mut().filter(|_| is_traced)?.last_mut()
    }

    pub(super) fn ended(&mut self, end: &CallEnd, (arrival, sent): (Instant, Instant), now: Instant) {
        self.last_end = self.last_end.max(now);
        if let Some(last) = self.last_traced() {
            last.end = Some(match end {
                CallEnd::Succeeded => TracedEnd::Succeeded,
                CallEnd::Stopped(reason) => TracedEnd::Stopped(*reason),
                CallEnd::Ask(_) => TracedEnd::Asked,
            });
        }
        match end {
            CallEnd::Succeeded => {
                self.ends.succeeded += 1;
                self.last_success = self.last_success.max(Some(now));
                self.waits.push(micros(sent.saturating_since(arrival)));
            }
            CallEnd::Stopped(StopReason::AttemptsUsed { .. }) => self.ends.gave_up += 1,
            CallEnd::Stopped(StopReason::DeadlineWouldPass { .. }) => self.ends.past_deadline += 1,
            CallEnd::Stopped(StopReason::HintTooLong) => self.ends.hint_too_long += 1,
            CallEnd::Stopped(StopReason::BudgetSpent) => self.ends.budget_spent += 1,
            CallEnd::Stopped(StopReason::NotRetried) => self.ends.not_retried += 1,
            CallEnd::Ask(_) => self.ends.asked += 1,
        }
    }

    pub(super) fn neighbour(&mut self, decision: &Decision) {
        if decision.verdict == Verdict::Admitted {
            self.neighbours_admitted += 1;
        } else {
            self.neighbours_refused += 1;
        }
    }

    pub(super) fn finish(
        mut self,
        (policy, seed): (usize, u64),
        log: &ServerLog,
        ideal: Duration,
        is_cut_short: bool,
        series: Option<Series>,
    ) -> (TrialFigures, Option<Detail>) {
        self.waits.sort_unstable();
        let figures = TrialFigures {
            policy,
            seed,
            requests: self.requests,
            ends: self.ends,
            calls: log.calls,
            refused: log.refused,
            wasted_calls: log.calls.saturating_sub(u64::from(self.ends.succeeded)),
            held_back: self.held_back,
            tokens_charged: log.tokens_charged,
            tokens_used: log.tokens_used,
            tokens_refused: log.tokens_refused,
            ideal_micros: micros(ideal),
            end_micros: micros(self.last_end.since_origin()),
            drain_micros: self.last_success.map(|at| micros(at.since_origin())),
            wait_p50_micros: nearest_rank(&self.waits, 50),
            wait_p95_micros: nearest_rank(&self.waits, 95),
            wait_p99_micros: nearest_rank(&self.waits, 99),
            peak_second: log.peak_second.most,
            peak_tenth: log.peak_tenth.most,
            neighbours_admitted: self.neighbours_admitted,
            neighbours_refused: self.neighbours_refused,
            is_cut_short,
        };
        let detail = series.zip(self.trace).map(|(series, trace)| Detail {
            policy,
            seed,
            series,
            waits: wait_bins(&self.waits),
            trace_is_whole: trace.len() < LONGEST_TRACE,
            trace,
        });
        (figures, detail)
    }
}

/// The distribution of waits in equal bins up to the longest.
fn wait_bins(sorted: &[u64]) -> Vec<WaitBin> {
    let Some(longest) = sorted.last().copied() else { return Vec::new() };
    let width = (longest / u64::from(WAIT_BINS) + 1).max(1);
    let mut bins: Vec<WaitBin> =
        (1..=u64::from(WAIT_BINS)).map(|bin| WaitBin { up_to_micros: bin * width, requests: 0 }).collect();
    for wait in sorted {
        let index = usize::try_from(wait / width).unwrap_or(usize::MAX);
        if let Some(bin) = bins.get_mut(index) {
            bin.requests += 1;
        }
    }
    bins
}
