//! Durations as rate-limit headers and 429 texts write them: Go's `time.Duration` (`6m0s`, `8.64s`, `17ms`).

use std::fmt::Write as _;
use std::time::Duration;

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// Units by their sign, longest first, so that `ms` is never read as `m` and a stray `s`.
const UNITS: [(&str, u128); 8] = [
    ("ms", 1_000_000),
    ("us", 1_000),
    ("\u{b5}s", 1_000),  // µ, the micro sign
    ("\u{3bc}s", 1_000), // μ, the Greek letter
    ("ns", 1),
    ("h", 3_600 * NANOS_PER_SECOND),
    ("m", 60 * NANOS_PER_SECOND),
    ("s", NANOS_PER_SECOND),
];

/// `d` is not Go's, but other vendors write it.
const DAY: u128 = 86_400 * NANOS_PER_SECOND;

/// Reads a Go duration (`1h2m3.5s`, also with `d`), or a bare number of seconds.
///
/// Blanks around it are ignored. `None` for everything else: signs, infinities, repeated or missing units,
/// and whatever no [`Duration`] can hold. Parts of a nanosecond are cut off.
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return decimal(rest, NANOS_PER_SECOND).and_then(from_nanos);
    }
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let unit_at = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, tail) = rest.split_at_checked(unit_at)?;
        let (unit, tail) = unit(tail)?;
        nanos = nanos.checked_add(decimal(number, unit)?)?;
        rest = tail;
    }
    from_nanos(nanos)
}

/// Writes a duration as Go prints it, cut off to whole milliseconds: `6m0s`, `8.64s`, `17ms`, `24h0m0s`, `0s`.
pub fn format_go(duration: Duration) -> String {
    let total_ms = duration.as_millis();
    if total_ms < 1_000 {
        return if total_ms == 0 { "0s".to_owned() } else { format!("{total_ms}ms") };
    }
    let (hours, minutes) = (total_ms / 3_600_000, total_ms / 60_000 % 60);
    let (seconds, ms) = (total_ms / 1_000 % 60, total_ms % 1_000);
    let mut text = String::new();
    if hours > 0 {
        let _ = write!(text, "{hours}h");
    }
    if hours > 0 || minutes > 0 {
        let _ = write!(text, "{minutes}m");
    }
    let _ = write!(text, "{seconds}");
    if ms > 0 {
        let _ = write!(text, ".{}", format!("{ms:03}").trim_end_matches('0'));
    }
    text.push('s');
    text
}

/// A decimal number of `unit` nanoseconds, exactly: digits with at most one point, at least one digit.
pub(crate) fn decimal(text: &str, unit: u128) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit)?;
    // 18 digits are finer than any unit here.
    let kept = fraction.get(..fraction.len().min(18)).unwrap_or("");
    if !kept.is_empty() {
        let scale = 10u128.checked_pow(u32::try_from(kept.len()).ok()?)?;
        nanos = nanos.checked_add(kept.parse::<u128>().ok()?.checked_mul(unit)? / scale)?;
    }
    Some(nanos)
}

pub(crate) fn from_nanos(nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(nanos / NANOS_PER_SECOND).ok()?;
    let rest = u32::try_from(nanos % NANOS_PER_SECOND).ok()?;
    Some(Duration::new(seconds, rest))
}

fn unit(text: &str) -> Option<(u128, &str)> {
    UNITS.into_iter().chain([("d", DAY)]).find_map(|(sign, nanos)| text.strip_prefix(sign).map(|rest| (nanos, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_servers_send() {
        for (text, ms) in [
            ("6m0s", 360_000),
            ("17ms", 17),
            ("8.64s", 8_640),
            ("11m32.334s", 692_334),
            ("1h2m3.5s", 3_723_500),
            ("1h12m0.8s", 4_320_800),
            ("1d2h3m4s", 93_784_000),
            ("24h0m0s", 86_400_000),
            (" 30 ", 30_000),
            ("0.5", 500),
            ("2000us", 2),
            ("2000\u{b5}s", 2),
            ("2000\u{3bc}s", 2),
            ("3000000ns", 3),
            (".5s", 500),
            ("5.s", 5_000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(parse("11.382867"), Some(Duration::from_micros(11_382_867)));
    }

    #[test]
    fn refuses_what_is_no_duration() {
        let nines = "9".repeat(400);
        for text in ["", "abc", "-5", "-1s", "+1s", "Infinity", "NaN", "1s2", "m", "ms", "1.2.3s", ".", ".s"]
            .into_iter()
            .chain(["12parsecs", "∞", "1 s", "1e3", "1,000s", "0x10", nines.as_str(), &format!("{nines}s")])
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn prints_as_go_prints() {
        for (ms, text) in [
            (0, "0s"),
            (17, "17ms"),
            (1_000, "1s"),
            (8_640, "8.64s"),
            (59_999, "59.999s"),
            (60_000, "1m0s"),
            (360_000, "6m0s"),
            (86_400, "1m26.4s"),
            (3_723_500, "1h2m3.5s"),
            (86_400_000, "24h0m0s"),
            (5_005, "5.005s"),
        ] {
            assert_eq!(format_go(Duration::from_millis(ms)), text);
        }
        assert_eq!(format_go(Duration::from_micros(17_142)), "17ms", "cut off, not rounded");
        assert_eq!(format_go(Duration::from_micros(999)), "0s");
        assert!(!format_go(Duration::MAX).is_empty());
    }

    proptest! {
        #[test]
        fn reading_undoes_printing(ms in prop_oneof![0u64..100_000, any::<u64>()]) {
            let duration = Duration::from_millis(ms);
            prop_assert_eq!(parse(&format_go(duration)), Some(duration));
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn numbers_and_units_never_panic(text in "([0-9.]{0,30}(ms|us|ns|h|m|s|d|µs)?){0,4}") {
            let _ = parse(&text);
        }
    }
}
