//! Results of a job, found their line by `custom_id`: they come in any order.

use std::collections::HashMap;

use super::record::JobRecord;
use crate::batch::input::{BatchFile, LineEntry};
use crate::batch::journal::Tokens;
use crate::batch::output::OutputLine;
use crate::batch::{BatchState, FailureKind, LineState, Record};
use crate::rate_limit::Visibility;
use crate::reply::{Endpoint, Reply};
use crate::responses::Response;
use crate::retry::{Class, Outcome, classify};
use crate::time::UnixTime;
use crate::usage::{Prices, Tier};

/// What has come of results so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// Lines with a response.
    pub answered: u32,
    /// Lines that failed.
    pub failed: u32,
    /// Lines that were never run, since the job was cancelled or expired: they wait again.
    pub never_run: u32,
    /// Results that belong to no line, and lines that are no result.
    pub strays: u32,
}

/// Merges results into a batch's records.
#[derive(Debug)]
pub struct Merger<'a> {
    lines: HashMap<&'a str, &'a LineEntry>,
    prices: &'a Prices,
    merged: Merged,
}

impl<'a> Merger<'a> {
    /// For the results of `file`, which cost what `prices` say of a job.
    pub fn new(file: &'a BatchFile, prices: &'a Prices) -> Self {
        let lines = file.entries.iter().map(|entry| (&*entry.custom_id, entry)).collect();
        Self { lines, prices, merged: Merged::default() }
    }

    /// The records that a line of results makes of `state`, to be applied before the next one; none where it brings nothing
    /// new, as when a merge that was cut short is done again.
    pub fn line(&mut self, text: &str, state: &BatchState) -> Vec<Record> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let output = OutputLine::from_text(text);
        let found = output.and_then(|output| Some((*self.lines.get(output.custom_id().as_str())?, output)));
        let Some((entry, output)) = found else {
            self.merged.strays += 1;
            return vec![Record::Job(JobRecord::Stray { text: text.to_owned() })];
        };
        // A line that has its result keeps it.
        if !matches!(state.line(entry.line), LineState::Waiting | LineState::Cancelled) {
            return Vec::new();
        }
        let (line, attempt) = (entry.line, state.next_attempt(entry.line));
        let result = match verdict(&output) {
            Verdict::NeverRun => {
                self.merged.never_run += 1;
                return Vec::new();
            }
            Verdict::Answered(response) => {
                self.merged.answered += 1;
                let tokens = response.usage.known().map(|usage| Tokens::from(&usage));
                Record::Answered { line, attempt, tokens, cost: cost(&response, self.prices), output }
            }
            Verdict::Failed(kind) => {
                self.merged.failed += 1;
                Record::Failed { line, attempt, kind, output }
            }
        };
        vec![Record::AboutToSend { line, attempt, most: None }, result]
    }

    /// What has come of all lines so far.
    pub const fn merged(&self) -> Merged {
        self.merged
    }
}

enum Verdict {
    Answered(Box<Response>),
    Failed(FailureKind),
    NeverRun,
}

fn verdict(output: &OutputLine) -> Verdict {
    let Some(parts) = output.parts() else { return Verdict::Failed(FailureKind::Unreadable) };
    let code = parts.error.as_ref().map(|error| error.code.as_str());
    let Some(answer) = parts.response else {
        // The codes of openai-openapi 2.3.0's BatchRequestOutputError.
        return match code {
            Some("batch_expired" | "batch_cancelled") => Verdict::NeverRun,
            Some("request_timeout") => Verdict::Failed(FailureKind::Timeout),
            _ => Verdict::Failed(FailureKind::Server),
        };
    };
    // Judged as the same answer to a single request is.
    let body = answer.body.get().to_owned();
    let wall = UnixTime::default();
    let reply = Reply::from_http(answer.status_code, Vec::new(), body, Visibility::Full, wall, Endpoint::Responses);
    let Outcome { class, .. } = classify(&Ok(reply.clone()), wall);
    match (class, reply.response()) {
        (Class::Success, Some(response)) => Verdict::Answered(Box::new(response.clone())),
        _ => Verdict::Failed(FailureKind::of(class).unwrap_or(FailureKind::Unreadable)),
    }
}

fn cost(response: &Response, prices: &Prices) -> Option<u64> {
    let cost = prices.cost(response.model.as_deref()?, Tier::Batch, &response.usage.known()?)?;
    u64::try_from(cost.picodollars()).ok()
}
