//! Durations and limits in words, exact to the millisecond.

use std::time::Duration;

use super::bucket::{Bucket, Holder};
use crate::format::{format_count, format_decimal};
use crate::rate_limit::LimitScope;

/// A duration to the millisecond, rounded up, so that who waits as long as it says has waited enough: `644 ms`,
/// `10.385 s`, `7 min 12.001 s`, `1 h 12 min 0.8 s`.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(sluice::explain::exact(Duration::from_micros(983_400)), "984 ms");
/// ```
pub fn exact(duration: Duration) -> String {
    let ms = duration.as_nanos().div_ceil(1_000_000);
    if ms < 1_000 {
        return format!("{ms} ms");
    }
    let (whole, fraction) = (ms / 1_000, ms % 1_000);
    let days = whole / 86_400;
    if days >= 36_500 {
        return "more than 100 years".to_owned();
    }
    if days >= 2 {
        return format!("{days} d {} h", whole / 3_600 % 24);
    }
    let seconds = format!("{}.{fraction:03}", whole % 60);
    let seconds = format_decimal(seconds.trim_end_matches('0').trim_end_matches('.'));
    let parts = [
        (whole / 3_600 > 0).then(|| format!("{} h", whole / 3_600)),
        (whole / 60 % 60 > 0).then(|| format!("{} min", whole / 60 % 60)),
        (!ms.is_multiple_of(60_000)).then(|| format!("{seconds} s")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A rounded-up millisecond as a duration.
pub(super) fn whole_ms(duration: Duration) -> Duration {
    let ms = duration.as_nanos().div_ceil(1_000_000);
    u64::try_from(ms).map_or(Duration::MAX, Duration::from_millis)
}

/// What a limit counts, in the plural.
pub(super) const fn units(scope: Option<LimitScope>) -> &'static str {
    match scope {
        Some(LimitScope::Requests) => "requests",
        Some(LimitScope::Tokens) => "tokens",
        Some(LimitScope::InputTokens) => "input tokens",
        Some(LimitScope::Images) => "images",
        None => "units",
    }
}

/// `per minute`.
pub(super) fn per(window: Duration) -> String {
    match window.as_secs() {
        1 => "per second".to_owned(),
        60 => "per minute".to_owned(),
        3_600 => "per hour".to_owned(),
        86_400 => "per day".to_owned(),
        _ => format!("in {}", exact(window)),
    }
}

/// `30,000 tokens per minute`.
pub(super) fn limit_words(bucket: &Bucket) -> String {
    let window = bucket.window.map(|window| format!(" {}", per(window.value))).unwrap_or_default();
    amount(bucket.limit.value, bucket.scope) + &window
}

/// `1 request`, `385 tokens`.
pub(super) fn amount(count: u64, scope: Option<LimitScope>) -> String {
    let units = units(scope);
    let unit = if count == 1 { units.trim_end_matches('s') } else { units };
    format!("{} {unit}", format_count(count))
}

/// Whose limit it is.
pub(super) const fn holder_words(holder: Holder) -> &'static str {
    match holder {
        Holder::Organization => "the organization's",
        Holder::Project => "the project's own",
        Holder::Upstream => "the provider's behind the gateway",
        Holder::Unsaid => "not said: the organization's or the project's",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_milliseconds() {
        for (micros, text) in [
            (0, "0 ms"),
            (983_400, "984 ms"),
            (644_000, "644 ms"),
            (999_001, "1 s"),
            (10_385_000, "10.385 s"),
            (432_001_000, "7 min 12.001 s"),
            (4_320_800_000, "1 h 12 min 0.8 s"),
            (60_000_000, "1 min"),
            (86_400_000_000, "24 h"),
            (864_000_000_000, "10 d 0 h"),
        ] {
            assert_eq!(exact(Duration::from_micros(micros)), text);
        }
        assert_eq!(exact(Duration::MAX), "more than 100 years");
        assert_eq!(whole_ms(Duration::from_nanos(1)), Duration::from_millis(1));
    }
}
