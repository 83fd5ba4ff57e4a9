//! Calls as a table: CSV by RFC 4180, with formulas guarded.

use std::time::Duration;

use crate::batch::cells::{guarded, push_row};
use crate::redact::Redactor;
use crate::responses::Usage;
use crate::retry::{Class, StopReason};
use crate::time::UnixTime;
use crate::usage::{CallRecord, CountsAs, EndRecord, Money};

/// The columns, in order. Times are UTC, tokens are counts, an empty cell is what is not known.
pub const COLUMNS: [&str; 22] = [
    "id",
    "started",
    "made_in",
    "api",
    "server",
    "key_alias",
    "model",
    "label",
    "outcome",
    "http_status",
    "attempts",
    "failed_attempts",
    "unknown_outcomes",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost_usd",
    "duration_ms",
    "waited_ms",
    "request_id",
];

/// Writes CSV, a row a call.
#[derive(Debug)]
pub struct CsvWriter<'a> {
    redactor: &'a Redactor,
}

impl<'a> CsvWriter<'a> {
    /// A writer of a new file, in which the key that `redactor` knows stands nowhere.
    pub const fn new(redactor: &'a Redactor) -> Self {
        Self { redactor }
    }

    /// The row of the columns' names.
    pub fn head(&self) -> String {
        let mut row = String::new();
        push_row(&mut row, COLUMNS.map(str::to_owned));
        row
    }

    /// A call, and what it cost where that is known.
    pub fn call(&mut self, call: &CallRecord, cost: Option<Money>) -> String {
        let usage = usage(call);
        let tokens = |count: fn(Usage) -> u64| usage.map(count).map(|count| count.to_string()).unwrap_or_default();
        let attempts = |counts: fn(&CountsAs) -> bool| {
            call.attempts.iter().filter(|attempt| attempt.counts_as.as_ref().is_some_and(counts)).count().to_string()
        };
        let text = |text: &str| guarded(&self.redactor.received(text));
        let queued = UnixTime::from_epoch(Duration::from_micros(call.queued_at_micros));
        let cells = [
            call.id.to_string(),
            queued.iso8601(),
            call.made_in.name().to_owned(),
            call.api.name().to_owned(),
            text(&call.server),
            text(call.key_alias.as_deref().unwrap_or_default()),
            text(&call.model),
            text(&call.label),
            outcome(call).to_owned(),
            status(call).map(|status| status.to_string()).unwrap_or_default(),
            sent(call).to_string(),
            attempts(|counts| *counts == CountsAs::Failed),
            attempts(|counts| *counts == CountsAs::Unknown),
            tokens(|usage| usage.input_tokens),
            tokens(|usage| usage.cached_tokens),
            tokens(|usage| usage.output_tokens),
            tokens(|usage| usage.reasoning_tokens),
            tokens(|usage| usage.total_tokens),
            cost.map(Money::decimal).unwrap_or_default(),
            call.ended_micros.map(millis).unwrap_or_default(),
            millis(waited_micros(call)),
            text(request_id(call).unwrap_or_default()),
        ];
        let mut row = String::new();
        push_row(&mut row, cells);
        row
    }

    /// The end of the file: nothing.
    pub const fn tail(&self) -> String {
        String::new()
    }
}

/// The tokens of a call; `None` where no response told them, or one did not.
fn usage(call: &CallRecord) -> Option<Usage> {
    let mut sum: Option<Usage> = None;
    for counts in call.attempts.iter().filter_map(|attempt| attempt.counts_as.as_ref()) {
        match counts {
            CountsAs::Usage(usage) => {
                let before = sum.unwrap_or_default();
                let add = |count: fn(&Usage) -> u64| count(&before).saturating_add(count(usage));
                sum = Some(Usage {
                    input_tokens: add(|usage| usage.input_tokens),
                    output_tokens: add(|usage| usage.output_tokens),
                    total_tokens: add(|usage| usage.total_tokens),
                    cached_tokens: add(|usage| usage.cached_tokens),
                    reasoning_tokens: add(|usage| usage.reasoning_tokens),
                    cache_write_tokens: add(|usage| usage.cache_write_tokens),
                });
            }
            CountsAs::NoUsage | CountsAs::InvalidUsage(_) => return None,
            CountsAs::Failed | CountsAs::Unknown => {}
        }
    }
    sum
}

/// How it ended, in a word or two.
fn outcome(call: &CallRecord) -> &'static str {
    let answer = call.attempts.last().and_then(|attempt| attempt.response.as_ref());
    match &call.end {
        None => "not ended",
        Some(EndRecord::Succeeded) if answer.is_some_and(|answer| answer.status == "incomplete") => "incomplete",
        Some(EndRecord::Succeeded) => "succeeded",
        Some(EndRecord::Stopped(StopReason::NotRetried)) => "failed",
        Some(EndRecord::Stopped(_)) => "gave up",
        Some(EndRecord::Asked(_)) => "asks",
        Some(EndRecord::Cancelled { .. }) => "stopped",
    }
}

/// The status of the last answer.
fn status(call: &CallRecord) -> Option<u16> {
    call.attempts.iter().rev().find_map(|attempt| attempt.outcome.as_ref()?.status)
}

/// How many HTTP requests went out.
fn sent(call: &CallRecord) -> usize {
    let is_sent = |class: Option<Class>| class != Some(Class::NotSent);
    call.attempts.iter().filter(|attempt| is_sent(attempt.outcome.as_ref().map(|outcome| outcome.class))).count()
}

/// The time spent in waits that are over.
fn waited_micros(call: &CallRecord) -> u64 {
    let waits = call.attempts.iter().filter_map(|attempt| attempt.wait.as_ref());
    waits.filter_map(|wait| Some(wait.ended_micros?.saturating_sub(wait.started_micros))).fold(0, u64::saturating_add)
}

fn request_id(call: &CallRecord) -> Option<&str> {
    let headers = call.attempts.iter().rev().flat_map(|attempt| &attempt.headers);
    headers.into_iter().find(|(name, _)| name == "x-request-id").map(|(_, value)| value.as_str())
}

/// Microseconds as milliseconds, exactly: `250`, `0.5`.
fn millis(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000, micros % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}
