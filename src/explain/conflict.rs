//! Where an answer contradicts itself, by how much, and which of it to go by.

use std::time::Duration;

use super::bucket::Bucket;
use super::words::{exact, limit_words, units};
use crate::format::format_count;
use crate::rate_limit::{Field, LimitReached, LimitTrio, ReplyHeaders, RetryAfter, duration::format_go};
use crate::redact::Redactor;

/// Servers cut a wait down to whole milliseconds, and Groq's differ by one: what is closer agrees.
const TOLERANCE: Duration = Duration::from_micros(1_500);

/// No limit counts over longer than this: a month.
const LONGEST_WINDOW: Duration = Duration::from_secs(31 * 86_400);

/// A contradiction within one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The wait in the text is not what its own numbers give.
    StatedWait {
        /// As stated.
        stated: Duration,
        /// As computed.
        computed: Duration,
        /// How long one unit takes to come back: a fraction of one may explain a shorter wait.
        unit: Duration,
    },
    /// A header asks for another wait than the text.
    RetryAfter {
        /// The header's name.
        header: &'static str,
        /// What it asks.
        asked: Duration,
        /// What the text says.
        stated: Duration,
    },
    /// `retry-after` and `retry-after-ms` are further apart than rounding explains.
    RetryAfterPair {
        /// `retry-after`.
        seconds: Duration,
        /// `retry-after-ms`.
        millis: Duration,
    },
    /// More is left than the limit holds.
    RemainingAboveLimit {
        /// What the limit counts.
        units: &'static str,
        /// What is left.
        remaining: u64,
        /// The limit.
        limit: u64,
    },
    /// Less than nothing is left: more was let through than the limit holds.
    Overdrawn {
        /// What the limit counts.
        units: &'static str,
        /// How far below zero.
        by: u64,
        /// The limit.
        limit: u64,
    },
    /// A header's value makes no sense: a word, a negative limit.
    NoSense {
        /// `limit`, `remaining` or `reset`.
        part: &'static str,
        /// Of which limit, as the headers' names have it.
        limit: String,
        /// Its value as sent, without secrets.
        value: String,
    },
    /// A reset does not fit what is left.
    Reset {
        /// The limit in words.
        limit: String,
        /// As the header states.
        stated: Duration,
        /// What the limit and the remainder give.
        computed: Option<Duration>,
    },
    /// The text and the headers name different limits.
    Limits {
        /// What they count.
        units: &'static str,
        /// The text's.
        text: u64,
        /// The headers'.
        headers: u64,
    },
    /// The text and the headers say that different amounts are used of one limit.
    Used {
        /// What it counts.
        units: &'static str,
        /// The text's amount.
        text: u64,
        /// The headers' amount.
        headers: u64,
    },
    /// A wait is offered for what can never fit.
    WaitForNothing {
        /// The wait.
        stated: Duration,
    },
    /// Refused, though the numbers say it fits.
    FitsAlready,
}

impl Conflict {
    /// What contradicts what, and by how much.
    pub fn says(&self) -> String {
        match self {
            Self::StatedWait { stated, computed, .. } => {
                let difference = exact(stated.abs_diff(*computed));
                let direction = if stated > computed { "longer" } else { "shorter" };
                format!(
                    "The text states a wait of {}, its own numbers give {}: {difference} {direction}.",
                    exact(*stated),
                    exact(*computed)
                )
            }
            Self::RetryAfter { header, asked, stated } => {
                let difference = exact(asked.abs_diff(*stated));
                format!("{header} asks for {}, the text for {}: {difference} apart.", exact(*asked), exact(*stated))
            }
            Self::RetryAfterPair { seconds, millis } => {
                format!("retry-after asks for {}, retry-after-ms for {}.", exact(*seconds), exact(*millis))
            }
            Self::RemainingAboveLimit { units, remaining, limit } => {
                let (remaining, limit) = (format_count(*remaining), format_count(*limit));
                format!("The headers say that {remaining} {units} remain of a limit of {limit}.")
            }
            Self::Overdrawn { units, by, limit } => {
                let (by, limit) = (format_count(*by), format_count(*limit));
                format!(
                    "The headers say that −{by} {units} remain of a limit of {limit}: more was let through than it holds."
                )
            }
            Self::NoSense { part, limit, value } => {
                format!("The {part} of {limit} is {value:?} in the headers, which makes no sense.")
            }
            Self::Reset { limit, stated, computed: Some(computed) } => format!(
                "The reset of {limit} is {}, but what is used of it comes back in {}.",
                format_go(*stated),
                exact(*computed)
            ),
            Self::Reset { limit, stated, computed: None } => {
                format!("The reset of {limit}, {}, fits no window there is.", format_go(*stated))
            }
            Self::Limits { units, text, headers } => format!(
                "The text names a limit of {} {units}, the headers one of {}.",
                format_count(*text),
                format_count(*headers)
            ),
            Self::Used { units, text, headers } => format!(
                "The text says that {} {units} are used, the headers say {}.",
                format_count(*text),
                format_count(*headers)
            ),
            Self::WaitForNothing { stated } => {
                format!("A wait of {} is offered, but the request is larger than the whole limit.", exact(*stated))
            }
            Self::FitsAlready => "It was refused, though by the numbers it fits at once.".to_owned(),
        }
    }

    /// Which of it to go by, and why.
    pub fn trust(&self) -> &'static str {
        match self {
            Self::StatedWait { stated, computed, unit }
                if stated < computed && computed.saturating_sub(*stated) < *unit =>
            {
                "A part of the next unit may have come back, which the whole numbers do not show. Going by the numbers is safe."
            }
            Self::StatedWait { .. } | Self::RetryAfter { .. } => {
                "Go by the longer one: too early costs an attempt that counts, too late only time."
            }
            Self::RetryAfterPair { .. } => {
                "retry-after-ms is the finer value, and clients prefer it; they wait as long as it says."
            }
            Self::RemainingAboveLimit { .. } | Self::NoSense { .. } => {
                "It is left out here; the text of a 429, where there is one, is the better witness."
            }
            Self::Overdrawn { .. } => "What is overdrawn counts as used: it must come back before anything fits.",
            Self::Reset { .. } => {
                "Limit and remaining are counts and go by what is used; the reset is left out of the computing."
            }
            Self::Limits { .. } => {
                "They may be two limits, the organization's and the project's. The one in the text refused the request."
            }
            Self::Used { .. } => "Go by the text: it is what the request was refused with.",
            Self::WaitForNothing { .. } => "No wait makes it fit: shorten the request.",
            Self::FitsAlready => "Others may have used the limit at that moment: go by the wait the server asks for.",
        }
    }
}

/// All contradictions between a text's wait, its numbers and the headers.
pub(super) fn of_waits(headers: &ReplyHeaders, text: Option<&LimitReached>, bucket: Option<&Bucket>) -> Vec<Conflict> {
    let mut found = Vec::new();
    let stated = text.and_then(|text| text.try_again_in);
    let is_computed = bucket.is_some_and(|bucket| bucket.used.is_some_and(|used| used.source == super::Source::Text));
    if let (Some(stated), Some(bucket)) = (stated, bucket) {
        if bucket.never_fits() {
            found.push(Conflict::WaitForNothing { stated });
        } else if let Some(computed) = bucket.earliest_fit().filter(|_| is_computed)
            && stated.abs_diff(computed) > TOLERANCE
            && (computed.is_zero() || !is_rounding(stated, computed))
        {
            let unit = bucket.time_per_unit().unwrap_or_default();
            found.push(if computed.is_zero() && !stated.is_zero() {
                Conflict::FitsAlready
            } else {
                Conflict::StatedWait { stated, computed, unit }
            });
        }
    }
    let asked = |field: &Field<RetryAfter>| match field {
        Field::Exposed(RetryAfter::Wait(wait) | RetryAfter::WithUnit { wait, .. }) => Some(*wait),
        _ => None,
    };
    let (seconds, millis) = (asked(&headers.retry_after), asked(&headers.retry_after_ms));
    if let (Some(seconds), Some(millis)) = (seconds, millis)
        && !is_rounding(seconds, millis)
    {
        found.push(Conflict::RetryAfterPair { seconds, millis });
    }
    if let Some(stated) = stated.filter(|stated| !stated.is_zero()) {
        let differs = |asked: Duration| {
            asked.abs_diff(stated) > TOLERANCE && !is_rounding(asked, stated) && !is_rounding(stated, asked)
        };
        if let Some(asked) = millis.filter(|asked| differs(*asked)) {
            found.push(Conflict::RetryAfter { header: "retry-after-ms", asked, stated });
        } else if let Some(asked) = seconds.filter(|asked| differs(*asked)) {
            found.push(Conflict::RetryAfter { header: "retry-after", asked, stated });
        }
    }
    found
}

/// Whether `seconds` is `exact` rounded up to whole seconds, at least one; a text's wait is cut off by up to 1 ms.
pub(super) fn is_rounding(seconds: Duration, exact: Duration) -> bool {
    let up = |wait: Duration| wait.as_nanos().div_ceil(1_000_000_000).max(1);
    let whole = seconds.subsec_nanos() == 0;
    let wanted = u128::from(seconds.as_secs());
    whole && (wanted == up(exact) || wanted == up(exact.saturating_add(Duration::from_millis(1))))
}

/// What in one limit's headers contradicts itself. `bucket` is what was made of them.
pub(super) fn of_trio(name: &str, trio: &LimitTrio, bucket: Option<&Bucket>) -> Vec<Conflict> {
    let mut found = Vec::new();
    let fields = [
        ("limit", malformed(&trio.limit)),
        ("remaining", malformed(&trio.remaining)),
        ("reset", malformed(&trio.reset)),
    ];
    for (part, value) in fields {
        let value = value.map(|value| Redactor::new(None).text(&value).chars().take(60).collect());
        found.extend(value.map(|value| Conflict::NoSense { part, limit: name.to_owned(), value }));
    }
    let Some(bucket) = bucket else { return found };
    let limit = bucket.limit.value;
    if let Some(remaining) = trio.remaining.exposed().copied().filter(|remaining| *remaining > limit) {
        found.push(Conflict::RemainingAboveLimit { units: units(bucket.scope), remaining, limit });
    }
    if trio.overdrawn > 0 {
        found.push(Conflict::Overdrawn { units: units(bucket.scope), by: trio.overdrawn, limit });
    }
    if let Some(stated) = trio.reset.exposed().copied().filter(|stated| bucket.used.is_some() && !stated.is_zero()) {
        let computed = bucket.until_full().filter(|_| bucket.reset.is_none());
        let fits_none = bucket.window.is_none() && trio.implied_window().is_some_and(|window| window > LONGEST_WINDOW);
        if fits_none || (bucket.reset.is_none() && computed.is_some()) {
            found.push(Conflict::Reset { limit: limit_words(bucket), stated, computed });
        }
    }
    found
}

fn malformed<T>(field: &Field<T>) -> Option<String> {
    match field {
        Field::Malformed(value) => Some(value.clone()),
        _ => None,
    }
}
