//! The verdict on a pasted answer.

use std::time::Duration;

use super::answer::{Answer, answer};
use super::bucket::Bucket;
use super::clients::{CLIENTS, Fit, Forecast, forecast};
use super::conflict::{self, Conflict};
use super::evidence::Evidence;
use super::facts;
use super::paste::{Paste, PasteKind};
use super::steps::advice;
use super::told::{other_limit, tightest, told_by_headers};
use super::waits;
use crate::retry::{Class, Outcome};
use crate::time::UnixTime;

/// Something that is known of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value, fit to be shown.
    pub value: String,
    /// How it is known.
    pub source: String,
}

/// All that follows from an answer. Every text in it is without secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What to do, in short.
    pub answer: Answer,
    /// What was pasted.
    pub kind: PasteKind,
    /// The HTTP status; `None` of headers that nothing failed with.
    pub status: Option<u16>,
    /// Whether the status was not pasted, and follows from the error.
    pub status_is_assumed: bool,
    /// What happened; `None` of headers alone.
    pub outcome: Option<Outcome>,
    /// The limit that refused the request, else the tightest that the headers tell.
    pub bucket: Option<Bucket>,
    /// The limits that the headers tell.
    pub told: Vec<Bucket>,
    /// From the answer's moment to the earliest one at which the request fits, to the nanosecond.
    pub earliest_fit: Option<Duration>,
    /// From the answer's moment to the one that clients are held against: the latest that anything in it names or
    /// implies; `None` where no waiting helps, or nothing names a wait.
    pub due: Option<Duration>,
    /// What is known, with how it is known.
    pub facts: Vec<Fact>,
    /// Where the answer contradicts itself.
    pub conflicts: Vec<Conflict>,
    /// What happened, in a sentence.
    pub happened: String,
    /// What a person should do.
    pub steps: Vec<String>,
    /// What known clients would do; empty where nothing failed.
    pub forecasts: Vec<Forecast>,
    /// Whether what looks like a key was pasted.
    pub holds_key: bool,
    /// The statuses of earlier answers that are left out.
    pub earlier: Vec<u16>,
}

impl Verdict {
    /// Judges a pasted answer. `now` stands in for the answer's moment where no `date` header tells it.
    pub fn of(paste: &Paste, now: UnixTime) -> Self {
        let evidence = Evidence::of(paste, now);
        let (limits, outcome) = (&evidence.headers.limits, evidence.outcome.as_ref());
        let (told, mut conflicts) = told_by_headers(limits);
        let from_text = evidence.text.as_ref().filter(|_| outcome.is_some_and(|outcome| outcome.limit.is_some()));
        let of_text = from_text.and_then(|text| Bucket::of_text(text, evidence.holder));
        conflicts.splice(0..0, conflict::of_waits(&evidence.headers, from_text, of_text.as_ref()));
        conflicts.extend(of_text.as_ref().and_then(|bucket| other_limit(bucket, &told)));
        let is_limited = outcome.is_none_or(|outcome| outcome.class == Class::RateLimit);
        let bucket = of_text.or_else(|| tightest(&told, evidence.text.as_ref()).filter(|_| is_limited).cloned());

        let due = waits::due(&evidence, bucket.as_ref());
        let answer = answer(&evidence, bucket.as_ref(), due);
        let fit = match &answer {
            Answer::Never(_) => Fit::Never,
            _ => due.map_or(Fit::Unknown, Fit::At),
        };
        let due = due.filter(|_| fit != Fit::Never);
        let failed = outcome.filter(|outcome| outcome.class != Class::Success);
        let forecasts = failed.map(|outcome| CLIENTS.map(|client| forecast(client, outcome, fit)).to_vec());
        let (happened, steps) = advice(&evidence, &answer, bucket.as_ref());
        Self {
            kind: paste.kind,
            status: evidence.status,
            status_is_assumed: !paste.names_status() && evidence.status.is_some(),
            earliest_fit: bucket.as_ref().filter(|bucket| !bucket.never_fits()).and_then(Bucket::earliest_fit),
            facts: facts::of(&evidence, bucket.as_ref(), &told),
            due,
            forecasts: forecasts.unwrap_or_default(),
            holds_key: paste.holds_key,
            earlier: paste.earlier.clone(),
            answer,
            outcome: evidence.outcome,
            bucket,
            told,
            conflicts,
            happened,
            steps,
        }
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
