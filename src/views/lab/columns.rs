//! The figures that a policy's results have: how each is read, written and judged.

use crate::format::{format_count, format_decimal, format_duration};
use crate::lab::{PolicyResult, Summary};

/// A figure of the table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its head.
    pub head: &'static str,
    /// What it tells.
    pub about: &'static str,
    /// How it is read.
    pub of: fn(&PolicyResult) -> Option<Summary>,
    /// How it is written.
    pub write: fn(f64) -> String,
    /// Whether less is better; none where neither is.
    pub less_is_better: Option<bool>,
}

/// All of them, in the order of the table.
pub const COLUMNS: [Column; 10] = [
    Column {
        head: "Success",
        about: "Requests that end with a response",
        of: |result| Some(result.success),
        write: percent,
        less_is_better: Some(false),
    },
    Column {
        head: "Calls per success",
        about: "HTTP calls for each response",
        of: |result| result.calls_per_success,
        write: two,
        less_is_better: Some(true),
    },
    Column {
        head: "Wasted calls",
        about: "HTTP calls that brought no response",
        of: |result| Some(result.wasted_calls),
        write: count,
        less_is_better: Some(true),
    },
    Column {
        head: "Tokens refused",
        about: "Tokens that refused calls asked for",
        of: |result| Some(result.tokens_refused),
        write: count,
        less_is_better: Some(true),
    },
    Column {
        head: "Done after",
        about: "When the last request ended, however it did",
        of: |result| Some(result.end_seconds),
        write: time,
        less_is_better: None,
    },
    Column {
        head: "Drain ÷ ideal",
        about: "When the last response was there, as a multiple of the physical minimum; of trials in which all succeeded",
        of: |result| result.drain_over_ideal,
        write: two,
        less_is_better: Some(true),
    },
    Column {
        head: "Wait p50",
        about: "From coming up to being let in, of requests that succeeded",
        of: |result| result.wait_p50_seconds,
        write: time,
        less_is_better: None,
    },
    Column {
        head: "Wait p95",
        about: "95 % of them waited less",
        of: |result| result.wait_p95_seconds,
        write: time,
        less_is_better: None,
    },
    Column {
        head: "Wait p99",
        about: "99 % of them waited less",
        of: |result| result.wait_p99_seconds,
        write: time,
        less_is_better: None,
    },
    Column {
        head: "Peak",
        about: "Most HTTP calls in one second",
        of: |result| Some(result.peak_second),
        write: count,
        less_is_better: Some(true),
    },
];

/// The best mean of a column, where there is one and not all have it.
pub fn best_of(column: &Column, results: &[PolicyResult]) -> Option<f64> {
    let less = column.less_is_better?;
    let means: Vec<f64> = results.iter().filter_map(column.of).map(|summary| summary.mean).collect();
    let best = means.iter().copied().reduce(|a, b| if (b < a) == less { b } else { a })?;
    #[allow(clippy::float_cmp)] // the same number, not a computed one
    let others = means.iter().filter(|mean| **mean != best).count();
    (others > 0).then_some(best)
}

fn percent(share: f64) -> String {
    format_decimal(&format!("{:.1} %", share * 100.0))
}

fn two(number: f64) -> String {
    format_decimal(&format!("{number:.2}"))
}

fn count(number: f64) -> String {
    if number >= 100.0 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a mean of counts
        return format_count(number.round() as u64);
    }
    format_decimal(&format!("{number:.1}"))
}

fn time(seconds: f64) -> String {
    format_duration(std::time::Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(std::time::Duration::MAX))
}
