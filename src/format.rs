//! Numbers and durations as people read them, with their units, written as their locale writes numbers.
//!
//! What programs read (code, links, the seconds that the notebook prints) does not go through here.

mod separators;

use std::time::Duration;

use separators::chosen;
pub use separators::{LARGE_SAMPLE, SMALL_SAMPLE, Separators, choose};

/// A duration at a glance: `640 ms`, `1.2 s`, `2 min 05 s`, `1 h 03 min`, `2 d 04 h`.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(sluice::format::format_duration(Duration::from_millis(125_000)), "2 min 05 s");
/// ```
pub fn format_duration(duration: Duration) -> String {
    let micros = duration.as_micros();
    if micros > 0 && micros < 1_000 {
        return "<1 ms".to_owned();
    }
    let millis = (micros + 500) / 1_000;
    if millis < 1_000 {
        return format!("{millis} ms");
    }
    let tenths = (millis + 50) / 100;
    if tenths < 600 {
        return format_tenths(tenths, "s");
    }
    long_duration((millis + 500) / 1_000)
}

/// The time that is left, rounded up, so that it never reads zero too early: `0.4 s`, `12 s`, `2 min 05 s`.
pub fn format_countdown(left: Duration) -> String {
    let tenths = left.as_micros().div_ceil(100_000);
    if tenths < 100 {
        return format_tenths(tenths, "s");
    }
    let seconds = left.as_micros().div_ceil(1_000_000);
    if seconds < 60 { format!("{seconds} s") } else { long_duration(seconds) }
}

fn long_duration(seconds: u128) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if minutes < 60 {
        format!("{minutes} min {:02} s", seconds % 60)
    } else if hours < 24 {
        format!("{hours} h {:02} min", minutes % 60)
    } else {
        format!("{days} d {:02} h", hours % 24)
    }
}

/// A count with its thousands grouped: `12,345`.
pub fn format_count(count: u64) -> String {
    chosen().count(count)
}

/// A number that was written with a full stop, as the locale writes it: `0.25`.
pub fn format_decimal(number: &str) -> String {
    chosen().decimal(number)
}

/// A number that a person typed, in the locale's way or with a full stop, as programs write it.
pub fn typed_decimal(text: &str) -> String {
    chosen().typed(text)
}

/// The number in a text that a person typed, in the locale's way or with a full stop.
pub fn read_decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    text.parse().or_else(|_| chosen().typed(text).parse()).ok().filter(|number: &f64| number.is_finite())
}

fn format_tenths(tenths: u128, unit: &str) -> String {
    format_decimal(&format!("{}.{} {unit}", tenths / 10, tenths % 10))
}

/// A share of one as a percentage: `0 %`, `<1 %`, `42 %`, `>99 %`, `100 %`; the ends are said only when they are true.
pub fn format_percent(share: f64) -> String {
    if share.is_nan() {
        return "unknown".to_owned();
    }
    let share = share.clamp(0.0, 1.0);
    if share > 0.0 && share < 0.01 {
        "<1 %".to_owned()
    } else if share > 0.99 && share < 1.0 {
        ">99 %".to_owned()
    } else {
        format!("{:.0} %", share * 100.0)
    }
}

/// A size in decimal units: `812 B`, `1.4 kB`, `3.2 MB`.
pub fn format_bytes(bytes: u64) -> String {
    let tenths = |unit: u64| (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
    let with_unit = |unit: u64, name: &str| format_tenths(tenths(unit), name);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_950 => with_unit(1_000, "kB"),
        999_950..999_950_000 => with_unit(1_000_000, "MB"),
        _ => with_unit(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_unit_at_every_edge() {
        let cases: [(u64, &str); 12] = [
            (0, "0 ms"),
            (400, "<1 ms"),
            (640_000, "640 ms"),
            (999_400, "999 ms"),
            (999_600, "1.0 s"),
            (1_240_000, "1.2 s"),
            (59_949_000, "59.9 s"),
            (59_960_000, "1 min 00 s"),
            (125_000_000, "2 min 05 s"),
            (3_599_600_000, "1 h 00 min"),
            (3_780_000_000, "1 h 03 min"),
            (187_200_000_000, "2 d 04 h"),
        ];
        for (micros, text) in cases {
            assert_eq!(format_duration(Duration::from_micros(micros)), text);
        }
        assert!(!format_duration(Duration::MAX).is_empty());
    }

    #[test]
    fn a_countdown_never_reads_zero_early() {
        let cases: [(u64, &str); 7] = [
            (0, "0.0 s"),
            (1, "0.1 s"),
            (9_800, "9.8 s"),
            (9_901, "10 s"),
            (59_001, "1 min 00 s"),
            (59_000, "59 s"),
            (125_000, "2 min 05 s"),
        ];
        for (millis, text) in cases {
            assert_eq!(format_countdown(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(format_count(count), text);
        }
        assert_eq!(format_count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn percentages_say_the_ends_only_when_true() {
        let cases = [(0.0, "0 %"), (0.004, "<1 %"), (0.42, "42 %"), (0.998, ">99 %"), (1.0, "100 %"), (7.0, "100 %")];
        for (share, text) in cases {
            assert_eq!(format_percent(share), text);
        }
        assert_eq!(format_percent(f64::NAN), "unknown");
    }

    #[test]
    fn sizes_carry_over_to_the_next_unit() {
        let cases = [
            (812, "812 B"),
            (1_449, "1.4 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (3_210_000, "3.2 MB"),
            (5_000_000_000, "5.0 GB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(format_bytes(bytes), text);
        }
        assert!(format_bytes(u64::MAX).ends_with("GB"));
    }
}
