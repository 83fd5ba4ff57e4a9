//! The values of rate-limit headers: counts, resets and waits.

use std::time::Duration;

use super::{Field, RetryAfter};
use crate::rate_limit::{dates, duration};
use crate::time::UnixTime;

const NANOS_PER_SECOND: u128 = 1_000_000_000;
const NANOS_PER_MS: u128 = 1_000_000;
/// 100 million days, the range of ECMAScript's Date: what ends later has no date.
const LONGEST_WAIT: Duration = Duration::from_secs(8_640_000_000_000);

/// A whole number, with or without thousands commas.
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    if first.is_empty() || !all_digits(first) {
        return None;
    }
    if !text.contains(',') {
        return text.parse().ok();
    }
    let grouped = first.len() <= 3 && groups.all(|group| group.len() == 3 && all_digits(group));
    if grouped { text.replace(',', "").parse().ok() } else { None }
}

/// A limit or what remains of it; fractions are cut off. −1 is Azure's "no value".
pub(super) fn count(text: &str) -> Field<u64> {
    let text = text.trim();
    if text == "-1" {
        return Field::Absent;
    }
    let whole = whole_number(text).or_else(|| {
        // Policies may follow the number: "100, 100;w=60" (IETF drafts up to 06).
        let first = text.split([';', ',']).next()?.trim();
        let (whole, fraction) = first.split_once('.').unwrap_or((first, "0"));
        fraction.bytes().all(|byte| byte.is_ascii_digit()).then(|| whole_number(whole))?
    });
    whole.map_or_else(|| Field::Malformed(text.to_owned()), Field::Exposed)
}

/// How far a count is below zero; 0 where it is not.
pub(super) fn below_zero(text: &str) -> u64 {
    text.trim().strip_prefix('-').and_then(whole_number).unwrap_or_default()
}

/// A reset: a Go duration, seconds, epoch seconds or milliseconds, or a date.
pub(super) fn reset(text: &str, wall: UnixTime) -> Field<Duration> {
    reset_from(text.trim(), wall).map_or_else(|| Field::Malformed(text.to_owned()), Field::Exposed)
}

fn reset_from(text: &str, wall: UnixTime) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_number {
        return duration::parse(text).or_else(|| date(text).map(|at| wall.until(at)));
    }
    // promptfoo's heuristic (src/scheduler/headerParser.ts): no window lasts 31 years, no date in ms is before 1970-04.
    let seconds = duration::decimal(text, NANOS_PER_SECOND)?;
    let epoch = if seconds < 1_000_000_000 * NANOS_PER_SECOND {
        return duration::from_nanos(seconds);
    } else if seconds <= 10_000_000_000 * NANOS_PER_SECOND {
        duration::from_nanos(seconds)?
    } else {
        duration::decimal(text, NANOS_PER_MS).and_then(duration::from_nanos)?
    };
    (epoch <= LONGEST_WAIT).then(|| wall.until(UnixTime::from_epoch(epoch)))
}

fn date(text: &str) -> Option<UnixTime> {
    dates::parse_rfc3339(text).or_else(|| dates::parse_http_date(text))
}

/// `retry-after`: seconds, an HTTP date, or (seen in the wild) a duration with its unit.
pub(super) fn retry_after(text: &str, wall: UnixTime) -> Field<RetryAfter> {
    let trimmed = text.trim();
    let spelled = || {
        let (number, unit) = trimmed.split_once(' ')?;
        matches!(unit.trim(), "s" | "sec" | "second" | "seconds").then(|| duration::parse(number))?
    };
    number(trimmed, NANOS_PER_SECOND, 1.0)
        .or_else(|| date(trimmed).map(|at| until(at, wall)))
        .or_else(|| duration::parse(trimmed).or_else(spelled).map(|meant| with_unit(meant, trimmed)))
        .map_or_else(|| Field::Malformed(text.to_owned()), Field::Exposed)
}

/// `retry-after-ms`: milliseconds.
pub(super) fn retry_after_ms(text: &str) -> Field<RetryAfter> {
    number(text.trim(), NANOS_PER_MS, 1_000.0).map_or_else(|| Field::Malformed(text.to_owned()), Field::Exposed)
}

/// A number at or above zero. Digits are read exactly; exponents, which SDKs accept too, as floats.
fn number(text: &str, unit: u128, per_second: f64) -> Option<RetryAfter> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    if let Some(exact) = duration::decimal(text, unit).and_then(duration::from_nanos)
        && exact <= LONGEST_WAIT
    {
        return Some(wait(exact));
    }
    let seconds = text.parse::<f64>().ok()? / per_second;
    if seconds < 0.0 {
        return None;
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration <= LONGEST_WAIT => Some(wait(duration)),
        _ => Some(RetryAfter::Astronomic(seconds.min(f64::MAX))),
    }
}

fn until(at: UnixTime, wall: UnixTime) -> RetryAfter {
    if at < wall { RetryAfter::Past } else { wait(wall.until(at)) }
}

fn wait(duration: Duration) -> RetryAfter {
    if duration.is_zero() { RetryAfter::Zero } else { RetryAfter::Wait(duration) }
}

fn with_unit(meant: Duration, text: &str) -> RetryAfter {
    match leading_number(text) {
        Some(number) if !meant.is_zero() => RetryAfter::WithUnit { wait: meant, number },
        _ => wait(meant),
    }
}

/// The decimal number that a text begins with, as JavaScript's `parseFloat` finds it; exponents are left out.
pub(crate) fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let mut points = 0;
    let end = text.char_indices().find(|(at, character)| match character {
        '+' | '-' => *at > 0,
        '.' => {
            points += 1;
            points > 1
        }
        _ => !character.is_ascii_digit(),
    });
    text.get(..end.map_or(text.len(), |(at, _)| at))?.parse().ok()
}

/// Milliseconds, as `openai-processing-ms` has them.
pub(super) fn milliseconds(text: &str) -> Field<Duration> {
    duration::decimal(text.trim(), NANOS_PER_MS)
        .and_then(duration::from_nanos)
        .map_or_else(|| Field::Malformed(text.to_owned()), Field::Exposed)
}

/// `true` or `false`.
pub(super) fn verdict(text: &str) -> Field<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Field::Exposed(true),
        "false" => Field::Exposed(false),
        _ => Field::Malformed(text.to_owned()),
    }
}
