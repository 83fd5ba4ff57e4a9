//! One batch job: planned when it is made, looked at whenever somebody asks.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use xxhash_rust::xxh64::xxh64;

use super::validate::{self, Found, Read, Reading};
use super::{FILE_LIFE_SECONDS, Refused, World, invalid};
use crate::models::family;
use crate::random::{RandomSource, Rng};
use crate::responses::{
    BATCH_ENDPOINT, BatchFault, BatchObject, BatchStatus, BatchTimes, CreateBatch, FileObject, RequestCounts,
};
use crate::simulator::compose::hex_id;
use crate::simulator::refusals;
use crate::simulator::scenario::Faults;
use crate::time::{Instant, UnixTime};

/// The completion window.
const WINDOW: Duration = Duration::from_secs(86_400);
/// Validation: at least, and for each line besides. Chosen.
const VALIDATION: (Duration, Duration) = (Duration::from_secs(3), Duration::from_micros(200));
/// Putting the results together. Chosen.
const FINALIZING: Duration = Duration::from_secs(4);
/// Cancelling; OpenAI says up to 10 minutes.
const CANCELLING: Duration = Duration::from_secs(5);
/// Of how many requests one fails while the server is overloaded. Chosen.
const ONE_FAILS_OF: u64 = 10;

/// Which of a job's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputKind {
    Output,
    Error,
}

/// A request of a job.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) custom_id: String,
    pub(super) place: Range<usize>,
    /// When it is run, from the job's creation.
    pub(super) run_after: Duration,
    /// What it is answered with, if not with a response.
    pub(super) refused: Option<Refused>,
}

/// A job.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Its random numbers follow from it.
    pub(super) id: String,
    pub(super) created_wall: UnixTime,
    pub(super) bytes: Arc<[u8]>,
    /// In the order of the file.
    pub(super) lines: Vec<Line>,
    created: Instant,
    /// How old it was then: not new where it was taken over.
    age_at_first: Duration,
    input_file_id: String,
    model: String,
    metadata: Map<String, Value>,
    faults: Vec<BatchFault>,
    input_tokens: u64,
    validated: Duration,
    /// All requests run, or the window over.
    run: Duration,
    over: Duration,
    /// Asked to stop, and stopped.
    cancelled: Option<(Duration, Duration)>,
    files: [(OutputKind, Option<String>); 2],
}

impl Job {
    /// Plans the job `id` of a file's `bytes`, which are read so far; `queued` tells the input tokens of a model family's unfinished jobs.
    pub(super) fn plan(
        id: String,
        create: &CreateBatch,
        (bytes, reading): (Arc<[u8]>, Reading),
        queued: impl Fn(&str) -> u64,
        world: &World<'_>,
    ) -> Self {
        let Read { model, found, mut faults } = reading.finish(&bytes);
        let mut draws = Rng::from_seed(seed_of(&id));
        let per_line = VALIDATION.1.saturating_mul(u32::try_from(found.len()).unwrap_or(u32::MAX));
        let validated = world.scaled(VALIDATION.0.saturating_add(per_line));
        let turnaround = world.scaled(world.scenario.batches.turnaround);
        let mut input_tokens = 0u64;
        let lines: Vec<Line> = found
            .into_iter()
            .map(|Found { custom_id, place, input_tokens: tokens, refused }| {
                let is_faulty = matches!(world.scenario.faults, Faults::Overloaded { .. });
                let overloaded = is_faulty && draws.below(ONE_FAILS_OF) == 0;
                let refused = refused.or_else(|| overloaded.then(|| refusals::overloaded().into()));
                input_tokens = input_tokens.saturating_add(tokens);
                let run_after = validated.saturating_add(share(turnaround, draws.unit()));
                Line { custom_id, place, run_after, refused }
            })
            .collect();
        if let Some(limit) = world.scenario.batches.enqueued_tokens
            && queued(family(&model)).saturating_add(input_tokens) > limit
        {
            faults.push(validate::queue_is_full(&model, limit));
        }
        if world.scenario.faults == Faults::QuotaExhausted {
            faults.push(validate::no_credit());
        }
        let run = validated.saturating_add(turnaround).min(WINDOW);
        let mut file = |kind| (kind, Some(hex_id("file-", 22, &mut draws)));
        Self {
            files: [file(OutputKind::Output), file(OutputKind::Error)],
            id,
            created_wall: world.wall,
            bytes,
            lines,
            created: world.now,
            age_at_first: Duration::ZERO,
            input_file_id: create.input_file_id.clone(),
            model,
            metadata: create.metadata.clone(),
            faults,
            input_tokens,
            validated,
            run,
            over: if run < WINDOW { run.saturating_add(world.scaled(FINALIZING)) } else { WINDOW },
            cancelled: None,
        }
    }

    pub(super) fn family(&self) -> &str {
        family(&self.model)
    }

    pub(super) const fn input_tokens(&self) -> u64 {
        self.input_tokens
    }

    /// Goes on where `seen` last showed the same job.
    pub(super) fn go_on_from(&mut self, seen: &BatchObject) {
        let times = &seen.times;
        self.created_wall = UnixTime::from_secs(times.created_at);
        let since = |at: Option<u64>| Duration::from_secs(at.unwrap_or(0).saturating_sub(times.created_at));
        if times.cancelling_at.is_some() {
            let asked = since(times.cancelling_at);
            self.cancelled = Some((asked, asked.saturating_add(CANCELLING).min(WINDOW)));
        }
        let run = seen.request_counts.completed.saturating_add(seen.request_counts.failed);
        self.age_at_first = match seen.status {
            BatchStatus::Validating => Duration::ZERO,
            BatchStatus::Failed => self.validated,
            BatchStatus::InProgress => self.age_when_run(run),
            BatchStatus::Finalizing => self.run,
            BatchStatus::Completed | BatchStatus::Expired => self.over,
            BatchStatus::Cancelling => self.cancelled.unwrap_or_default().0,
            BatchStatus::Cancelled => self.cancelled.unwrap_or_default().1,
        };
    }

    /// Its age once so many of its requests are run.
    fn age_when_run(&self, count: u64) -> Duration {
        let mut ages: Vec<Duration> = self.lines.iter().map(|line| line.run_after).collect();
        ages.sort_unstable();
        let last = usize::try_from(count).ok().and_then(|count| ages.get(count.checked_sub(1)?));
        last.copied().unwrap_or(self.validated)
    }

    fn age(&self, now: Instant) -> Duration {
        now.saturating_since(self.created).saturating_add(self.age_at_first)
    }

    pub(super) fn status(&self, now: Instant) -> BatchStatus {
        let age = self.age(now);
        match self.cancelled {
            _ if age >= self.validated && !self.faults.is_empty() => BatchStatus::Failed,
            Some((_, stopped)) if age >= stopped => BatchStatus::Cancelled,
            Some(_) => BatchStatus::Cancelling,
            None if age < self.validated => BatchStatus::Validating,
            None if age < self.run => BatchStatus::InProgress,
            None if self.run >= WINDOW => BatchStatus::Expired,
            None if age < self.over => BatchStatus::Finalizing,
            None => BatchStatus::Completed,
        }
    }

    /// Whether `line` is run before the job stops, or will be.
    pub(super) fn is_run(&self, line: &Line) -> bool {
        line.run_after < WINDOW && self.cancelled.is_none_or(|(asked, _)| line.run_after <= asked)
    }

    /// Which of its files has that id, once there are files.
    pub(super) fn result_kind(&self, id: &str, now: Instant) -> Option<OutputKind> {
        let (kind, _) = self.files.iter().find(|(_, file)| file.as_deref() == Some(id))?;
        self.file_id(*kind, now).map(|_| *kind)
    }

    pub(super) fn forget(&mut self, id: &str) {
        for (_, file) in self.files.iter_mut().filter(|(_, file)| file.as_deref() == Some(id)) {
            *file = None;
        }
    }

    /// Stops it.
    pub(super) fn cancel(&mut self, world: &World<'_>) -> Result<(), Refused> {
        let status = self.status(world.now);
        if !matches!(status, BatchStatus::Validating | BatchStatus::InProgress) {
            // From memory; not recorded.
            return Err(invalid(409, &format!("Cannot cancel a batch with status '{}'.", status.name()), None));
        }
        let asked = self.age(world.now);
        self.cancelled = Some((asked, asked.saturating_add(world.scaled(CANCELLING))));
        Ok(())
    }

    /// The job at `now`.
    pub(super) fn object(&self, now: Instant) -> BatchObject {
        let status = self.status(now);
        let at = |after: Duration| self.created_wall.as_secs().saturating_add(after.as_secs());
        let reached = |is: bool, after: Duration| is.then(|| at(after));
        let age = self.age(now);
        let (asked, stopped) = self.cancelled.unwrap_or_default();
        let begun = age >= self.validated
            && status != BatchStatus::Failed
            && self.cancelled.is_none_or(|_| asked >= self.validated);
        BatchObject {
            id: self.id.clone(),
            status,
            input_file_id: self.input_file_id.clone(),
            endpoint: BATCH_ENDPOINT.to_owned(),
            model: Some(self.model.clone()).filter(|model| !model.is_empty()),
            output_file_id: self.file_id(OutputKind::Output, now),
            error_file_id: self.file_id(OutputKind::Error, now),
            errors: if status == BatchStatus::Failed { self.faults.clone() } else { Vec::new() },
            request_counts: self.counts(status, age),
            times: BatchTimes {
                created_at: at(Duration::ZERO),
                in_progress_at: reached(begun, self.validated),
                expires_at: Some(at(WINDOW)),
                finalizing_at: reached(matches!(status, BatchStatus::Finalizing | BatchStatus::Completed), self.run),
                completed_at: reached(status == BatchStatus::Completed, self.over),
                failed_at: reached(status == BatchStatus::Failed, self.validated),
                expired_at: reached(status == BatchStatus::Expired, WINDOW),
                cancelling_at: reached(self.cancelled.is_some(), asked),
                cancelled_at: reached(status == BatchStatus::Cancelled, stopped),
            },
            metadata: self.metadata.clone(),
        }
    }

    /// The object of one of its files, of so many bytes.
    pub(super) fn file_object(&self, kind: OutputKind, bytes: usize) -> FileObject {
        let created_at = self.created_wall.as_secs().saturating_add(self.over.as_secs());
        let suffix = match kind {
            OutputKind::Output => "output",
            OutputKind::Error => "error",
        };
        let id = self.files.iter().find(|(of, _)| *of == kind).and_then(|(_, id)| id.clone());
        FileObject {
            id: id.unwrap_or_default(),
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
            created_at,
            expires_at: Some(created_at.saturating_add(FILE_LIFE_SECONDS)),
            filename: format!("{}_{suffix}.jsonl", self.id),
            purpose: "batch_output".to_owned(),
        }
    }

    /// The id of one of its files, where it has such lines and is over: a file without a line does not exist
    /// (recorded in 2026-03: all 9 requests failed, and `output_file_id` was null).
    fn file_id(&self, kind: OutputKind, now: Instant) -> Option<String> {
        let status = self.status(now);
        if !status.is_over() || status == BatchStatus::Failed {
            return None;
        }
        let has_lines = self.lines.iter().any(|line| self.kind_of(line) == kind);
        let (_, id) = self.files.iter().find(|(of, _)| *of == kind)?;
        id.clone().filter(|_| has_lines)
    }

    /// Which file a line's result goes to.
    pub(super) fn kind_of(&self, line: &Line) -> OutputKind {
        if self.is_run(line) && line.refused.is_none() { OutputKind::Output } else { OutputKind::Error }
    }

    fn counts(&self, status: BatchStatus, age: Duration) -> RequestCounts {
        if status == BatchStatus::Failed || age < self.validated {
            return RequestCounts::default();
        }
        let mut counts =
            RequestCounts { total: u64::try_from(self.lines.len()).unwrap_or(u64::MAX), ..RequestCounts::default() };
        for line in &self.lines {
            match (self.is_run(line), &line.refused) {
                (true, None) if line.run_after <= age => counts.completed += 1,
                (true, Some(_)) if line.run_after <= age => counts.failed += 1,
                // Whether OpenAI counts what was never run as failed is not known.
                (false, _) if status.is_over() => counts.failed += 1,
                _ => {}
            }
        }
        counts
    }
}

/// What a job's random numbers begin with: of one that is taken over, the same as before.
pub(super) fn seed_of(id: &str) -> u64 {
    xxh64(id.as_bytes(), 0)
}

/// A part of `time`, in whole microseconds.
fn share(time: Duration, part: f64) -> Duration {
    let micros = Duration::try_from_secs_f64(time.as_secs_f64() * part).unwrap_or(Duration::MAX).as_micros();
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}
