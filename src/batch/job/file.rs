//! The file of a job, and what OpenAI takes.

use std::collections::BTreeSet;

use super::record::JobRecord;
use crate::batch::estimate::CostRange;
use crate::batch::input::{BatchRequest, LineEntry};
use crate::batch::{BatchState, RequestDefaults};
use crate::usage::Money;

/// The most requests of a job (OpenAI's Batch guide, read 2026-11).
pub const MOST_REQUESTS: u32 = 50_000;
/// The largest file of a job, in bytes (the same: 200 MB).
pub const MOST_BYTES: u64 = 200_000_000;
/// How many models a message names.
const NAMED: usize = 3;

/// Why a batch cannot go out as one job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFault {
    /// No line waits.
    #[error("No line waits to be sent, so there is nothing to make a job of.")]
    Empty,
    /// Too many requests.
    #[error("{requests} requests wait, and an OpenAI Batch job takes 50,000 at most. Split the file, or run it here.")]
    TooManyRequests {
        /// How many wait.
        requests: u64,
    },
    /// Too many bytes.
    #[error(
        "The job's file would be larger than the 200 MB that OpenAI takes (from line {line} on). Split the file, or run it here."
    )]
    TooLarge {
        /// The first line that has no place in it.
        line: u32,
    },
    /// More than the spend cap leaves.
    #[error(
        "The job could cost up to {most} (input estimated), and the spend cap leaves {left}. Raise the cap, or run it here, which stops at it."
    )]
    OverCap {
        /// The most it can cost.
        most: Money,
        /// What the cap leaves.
        left: Money,
    },
    /// There is a spend cap, and nobody knows what the job can cost.
    #[error(
        "Nobody can say what the job costs at most, so a spend cap cannot be kept: some lines have no bound on their output, or a model without a price. Set “Max output tokens”, or take the cap away."
    )]
    CostUnknown,
    /// Several models.
    #[error("An OpenAI Batch job takes one model, and these lines name {count}: {}. Split the file by model, or run it here.", named.join(", "))]
    SeveralModels {
        /// How many.
        count: usize,
        /// Some of them.
        named: Vec<String>,
    },
    /// A line without a model.
    #[error("Line {line} names no model, and the batch has none either. Choose one.")]
    NoModel {
        /// The line.
        line: u32,
    },
}

/// What stands against sending `waiting` as one job, as far as their index tells. Streams and background requests are
/// refused when the file is read, as are foreign endpoints and `custom_id`s that come twice.
pub fn check<'a>(waiting: impl IntoIterator<Item = &'a LineEntry>, defaults: &RequestDefaults) -> Vec<JobFault> {
    let (mut requests, mut models, mut without) = (0u64, BTreeSet::new(), None);
    for entry in waiting {
        requests += 1;
        let model = entry.model.as_deref().unwrap_or_else(|| defaults.model.trim());
        if model.is_empty() {
            without.get_or_insert(entry.line);
        }
        models.insert(model);
    }
    let mut faults = Vec::new();
    if requests == 0 {
        faults.push(JobFault::Empty);
    }
    if requests > u64::from(MOST_REQUESTS) {
        faults.push(JobFault::TooManyRequests { requests });
    }
    faults.extend(without.map(|line| JobFault::NoModel { line }));
    models.remove("");
    if models.len() > 1 {
        let named = models.iter().take(NAMED).map(|model| (*model).to_owned()).collect();
        faults.push(JobFault::SeveralModels { count: models.len(), named });
    }
    faults
}

/// What a spend cap says to a job that costs `cost`, of a batch in `state`: a job cannot be stopped at a cap, so all of it
/// must fit.
pub fn over_cap(cap: Option<Money>, state: Option<&BatchState>, cost: &CostRange) -> Option<JobFault> {
    let cap = cap?;
    if !cost.is_bounded() {
        return Some(JobFault::CostUnknown);
    }
    let bound = state.map_or(Money::ZERO, |state| state.spent() + state.at_stake());
    let left = cap + Money::from_picodollars(-bound.picodollars());
    (cost.most > left).then(|| JobFault::OverCap { most: cost.most, left: left.max(Money::ZERO) })
}

/// The file of a job as it is written, line by line: only its counts are kept here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFile {
    requests: u32,
    bytes: u64,
    model: Option<String>,
}

impl JobFile {
    /// The text of a line, with its line feed.
    ///
    /// # Errors
    /// [`JobFault`] where it makes the file one that OpenAI does not take.
    pub fn line(&mut self, entry: &LineEntry, request: &BatchRequest) -> Result<String, JobFault> {
        let model = request.request.model.as_str();
        let first = self.model.get_or_insert_with(|| model.to_owned());
        if first != model {
            return Err(JobFault::SeveralModels { count: 2, named: vec![first.clone(), model.to_owned()] });
        }
        let mut text = request.to_batch_line(&entry.custom_id);
        text.push('\n');
        let bytes = self.bytes.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        if bytes > MOST_BYTES {
            return Err(JobFault::TooLarge { line: entry.line });
        }
        if self.requests >= MOST_REQUESTS {
            return Err(JobFault::TooManyRequests { requests: u64::from(self.requests) + 1 });
        }
        self.bytes = bytes;
        self.requests += 1;
        Ok(text)
    }

    /// The record that begins the job.
    pub fn prepared(&self) -> JobRecord {
        let model = self.model.clone().unwrap_or_default();
        JobRecord::Prepared { requests: self.requests, bytes: self.bytes, model }
    }
}
