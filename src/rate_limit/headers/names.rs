//! What each rate-limit header says, in every dialect: by its name, and by its value.

use std::time::Duration;

use super::dialects::{Measure, UPSTREAM, trio_name};
use super::{Dialect, Field, RetryAfter, documented, values};
use crate::rate_limit::per;
use crate::time::UnixTime;

/// A header's value, as it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRead {
    /// A number of requests or tokens.
    Count(u64),
    /// The time until the limit is full again.
    FullIn(Duration),
    /// The wait that the server asks.
    Wait(Duration),
    /// Nothing is left, and that much more was let through than the limit holds.
    Overdrawn(u64),
    /// A stand-in for no value: Azure's −1.
    NoValue,
}

/// Headers that are no limit, remaining or reset, and what each says. Sources: Mistral (client-ts#169), Anthropic's
/// documentation, draft-ietf-httpapi-ratelimit-headers-11.
const SINGLES: [(&str, &str); 5] = [
    ("x-ratelimit-tokens-query-cost", "The tokens that this request cost."),
    ("ratelimit", "What is left of each policy's limit: r is the rest, t the seconds until it is full again."),
    ("ratelimit-policy", "Each policy by its name: q is its limit, w its window in seconds."),
    ("anthropic-ratelimit-unified-status", "The verdict over all limits together."),
    ("anthropic-ratelimit-unified-reset", "When the limits together are full again, in seconds since 1970."),
];

/// What the header `name` says, in one sentence; `None` for a name of no dialect known here.
pub fn meaning(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    if let Some(upstream) = name.strip_prefix(UPSTREAM) {
        return meaning(upstream).map(|meaning| format!("From the provider behind the gateway. {meaning}"));
    }
    let known = documented().iter().map(|header| (header.name, header.meaning));
    let fixed = SINGLES.into_iter().chain(known).find_map(|(known, meaning)| (known == name).then_some(meaning));
    fixed.map(str::to_owned).or_else(|| {
        let (dialect, kind, measure) = trio_name(&name)?;
        Some(composed(dialect, &things(&kind)?, measure))
    })
}

/// What the header `name`, of a limit, says where its reset tells the limit's `window`.
pub fn meaning_with_window(name: &str, window: Duration) -> Option<String> {
    let meaning = meaning(name)?;
    Some(format!("{}; its reset tells: {}.", meaning.trim_end_matches('.'), per(window)))
}

/// How `value` of the header `name` reads; instants are counted from `wall`.
///
/// [`Field::Malformed`] where no sense can be made of it, `None` where the name asks for no number.
pub fn read_value(name: &str, value: &str, wall: UnixTime) -> Option<Field<ValueRead>> {
    let name = name.trim().to_ascii_lowercase();
    let name = name.strip_prefix(UPSTREAM).unwrap_or(&name);
    let wait = |field| match field {
        Field::Exposed(RetryAfter::Wait(wait) | RetryAfter::WithUnit { wait, .. }) => {
            Field::Exposed(ValueRead::Wait(wait))
        }
        Field::Exposed(RetryAfter::Zero | RetryAfter::Past) => Field::Exposed(ValueRead::Wait(Duration::ZERO)),
        _ => Field::Malformed(value.to_owned()),
    };
    let count = |field: Field<u64>| match field {
        Field::Exposed(count) => Field::Exposed(ValueRead::Count(count)),
        Field::Absent => Field::Exposed(ValueRead::NoValue),
        _ => Field::Malformed(value.to_owned()),
    };
    Some(match name {
        "retry-after" => wait(values::retry_after(value, wall)),
        "retry-after-ms" => wait(values::retry_after_ms(value)),
        "x-ratelimit-tokens-query-cost" => count(values::count(value)),
        _ => match trio_name(name)?.2 {
            Measure::Remaining if values::below_zero(value) > 1 => {
                Field::Exposed(ValueRead::Overdrawn(values::below_zero(value)))
            }
            Measure::Limit | Measure::Remaining => count(values::count(value)),
            Measure::Reset => match values::reset(value, wall) {
                Field::Exposed(reset) => Field::Exposed(ValueRead::FullIn(reset)),
                _ => Field::Malformed(value.to_owned()),
            },
        },
    })
}

/// Whether `name` is about rate limits, in any dialect, known or not.
pub fn is_about_limits(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["ratelimit", "rate-limit", "tokenlimit", "retry-after", "should-retry"].into_iter().any(|part| name.contains(part))
}

fn composed(dialect: Dialect, things: &str, measure: Measure) -> String {
    match measure {
        Measure::Limit => format!("The most {things} that the limit holds."),
        Measure::Remaining => format!("The {things} left, rounded down."),
        Measure::Reset => {
            let form = match dialect {
                Dialect::Anthropic => ", as a date",
                Dialect::Ietf => ", in seconds from now",
                _ => "",
            };
            format!("When the limit of {things} is full again{form}; not when the next request fits.")
        }
    }
}

/// What a kind of limit counts: `req-minute` counts requests per minute. `None` where the name does not tell.
fn things(kind: &str) -> Option<String> {
    let (what, window) = match kind.rsplit_once('-') {
        Some((what, window @ ("second" | "minute" | "hour" | "day"))) => (what, Some(window)),
        _ => (kind, None),
    };
    let what = match what {
        "" | "req" | "requests" => "requests",
        "tokens" => "tokens",
        "project-tokens" => "tokens of the project's own limit",
        "input-tokens" => "input tokens",
        "output-tokens" => "output tokens",
        "tokens_usage_based" => "tokens of the usage-based limit (OpenAI does not document it)",
        _ => return None,
    };
    Some(window.map_or_else(|| what.to_owned(), |window| format!("{what} per {window}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_every_dialect_has_a_meaning() {
        for (name, meant) in [
            (
                "x-ratelimit-limit-requests",
                "The most requests the limit holds; per minute or per day, the header does not say which.",
            ),
            ("x-rate-limit-reset-tokens", "When the limit of tokens is full again; not when the next request fits."),
            ("X-RateLimit-Limit-Req-Minute", "The most requests per minute that the limit holds."),
            ("x-ratelimit-remaining-tokens-minute", "The tokens per minute left, rounded down."),
            ("x-ratelimit-tokens-query-cost", "The tokens that this request cost."),
            ("x-ratelimit-remaining-requests-day", "The requests per day left, rounded down."),
            ("x-tokenlimit-remaining", "The tokens left, rounded down."),
            ("anthropic-ratelimit-output-tokens-limit", "The most output tokens that the limit holds."),
            (
                "anthropic-ratelimit-requests-reset",
                "When the limit of requests is full again, as a date; not when the next request fits.",
            ),
            (
                "llm_provider-x-ratelimit-remaining-requests",
                "From the provider behind the gateway. The requests left, rounded down.",
            ),
            ("ratelimit-policy", "Each policy by its name: q is its limit, w its window in seconds."),
            ("ratelimit-remaining", "The requests left, rounded down."),
        ] {
            assert_eq!(meaning(name).as_deref(), Some(meant), "{name}");
        }
        for unknown in ["content-type", "x-ratelimit-limit-images-moon", "x-ratelimit", "llm_provider-date"] {
            assert_eq!(meaning(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn an_inferred_window_is_said_to_be_told_by_the_reset() {
        for (name, secs, meant) in [
            (
                "x-ratelimit-limit-requests",
                86_400,
                "The most requests the limit holds; per minute or per day, the header does not say which; its reset \
                 tells: per day.",
            ),
            ("x-ratelimit-limit-tokens", 60, "The most tokens the limit holds; its reset tells: per minute."),
        ] {
            assert_eq!(meaning_with_window(name, Duration::from_secs(secs)).as_deref(), Some(meant));
        }
    }

    #[test]
    fn values_read_as_their_names_say() {
        // 2023-09-29T16:26:37Z
        let wall = UnixTime::from_secs(1_696_004_797);
        let seconds = Duration::from_secs;
        for (name, value, read) in [
            ("x-ratelimit-reset-tokens", "6m0s", ValueRead::FullIn(seconds(360))),
            ("anthropic-ratelimit-tokens-reset", "2023-09-29T16:27:37Z", ValueRead::FullIn(seconds(60))),
            ("X-RateLimit-Reset", "1696004827000", ValueRead::FullIn(seconds(30))),
            ("x-ratelimit-limit-tokens", "30,000", ValueRead::Count(30_000)),
            ("x-ratelimit-remaining-tokens", "-1", ValueRead::NoValue),
            ("x-ratelimit-remaining-tokens", "-27689", ValueRead::Overdrawn(27_689)),
            ("llm_provider-x-ratelimit-limit-requests", "10000", ValueRead::Count(10_000)),
            ("retry-after", "Fri, 29 Sep 2023 16:26:57 GMT", ValueRead::Wait(seconds(20))),
            ("retry-after-ms", "20000", ValueRead::Wait(seconds(20))),
        ] {
            assert_eq!(read_value(name, value, wall), Some(Field::Exposed(read)), "{name}");
        }
        let nonsense = read_value("x-ratelimit-reset-requests", "soon", wall);
        assert_eq!(nonsense, Some(Field::Malformed("soon".into())));
        assert_eq!(read_value("ratelimit", "\"a\";r=1", wall), None);
    }
}
