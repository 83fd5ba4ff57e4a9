//! Points in time. The domain never reads a clock: it is told the time.

use std::ops::{Add, Sub};
use std::time::Duration;

/// A duration in whole nanoseconds, at most what 64 bits hold (584 years). No target has 128 bits by itself, and what
/// is asked millions of times a second should need none.
pub const fn nanos(duration: Duration) -> u64 {
    const MOST_SECONDS: u64 = u64::MAX / 1_000_000_000;
    let seconds = duration.as_secs();
    if seconds < MOST_SECONDS { seconds * 1_000_000_000 + duration.subsec_nanos() as u64 } else { u64::MAX }
}

/// A duration in whole microseconds, rounded down, at most what 64 bits hold.
pub const fn micros(duration: Duration) -> u64 {
    const MOST_SECONDS: u64 = u64::MAX / 1_000_000;
    let seconds = duration.as_secs();
    if seconds < MOST_SECONDS { seconds * 1_000_000 + duration.subsec_micros() as u64 } else { u64::MAX }
}

/// A reading of a monotonic clock, as the time since that clock's origin.
///
/// Arithmetic saturates: a deadline never wraps round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(Duration);

impl Instant {
    /// The clock's origin.
    pub const ORIGIN: Self = Self(Duration::ZERO);

    /// The instant `since_origin` after the clock's origin.
    pub const fn from_origin(since_origin: Duration) -> Self {
        Self(since_origin)
    }

    /// The time since the clock's origin.
    pub const fn since_origin(self) -> Duration {
        self.0
    }

    /// The time from `earlier` to this instant, zero if `earlier` is in fact later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;
    fn sub(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(wait))
    }
}

/// A wall-clock time, as the time since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixTime(Duration);

impl UnixTime {
    /// `since_epoch` after 1970-01-01T00:00:00Z.
    pub const fn from_epoch(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }

    /// Whole seconds after 1970-01-01T00:00:00Z.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The time since 1970-01-01T00:00:00Z.
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// The time from now (`self`) until `later`, zero if `later` has passed.
    pub const fn until(self, later: Self) -> Duration {
        later.0.saturating_sub(self.0)
    }

    /// The calendar date in UTC as (year, month 1–12, day 1–31), proleptic Gregorian.
    pub fn date(self) -> (i64, u32, u32) {
        // Days to civil date, Howard Hinnant's algorithm (public domain, "chrono-compatible low-level date algorithms").
        let days = i64::try_from(self.0.as_secs() / 86_400).unwrap_or(0) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
    }

    /// Date and time in UTC to the millisecond, rounded down: `2026-11-26T09:30:00.123Z` (ISO 8601, RFC 3339).
    pub fn iso8601(self) -> String {
        let (year, month, day) = self.date();
        let seconds = self.0.as_secs() % 86_400;
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        let (seconds, millis) = (seconds % 60, self.0.subsec_millis());
        format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

impl Add<Duration> for UnixTime {
    type Output = Self;
    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_match_the_calendar() {
        for (seconds, date) in [
            (0, (1970, 1, 1)),
            (951_782_400, (2000, 2, 29)),
            (1_696_004_797, (2023, 9, 29)),
            (1_796_947_200, (2026, 12, 11)),
            (4_102_444_799, (2099, 12, 31)),
        ] {
            assert_eq!(UnixTime::from_secs(seconds).date(), date, "{seconds}");
        }
    }

    #[test]
    fn times_are_written_to_the_millisecond() {
        // `date -u -d @1796947199` says 2026-12-10T23:59:59.
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_796_947_199_999, "2026-12-10T23:59:59.999Z"),
            (951_827_696_007, "2000-02-29T12:34:56.007Z"),
        ] {
            assert_eq!(UnixTime::from_epoch(Duration::from_millis(millis)).iso8601(), text);
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!((Instant::ORIGIN - Duration::from_secs(1)), Instant::ORIGIN);
        assert_eq!((Instant::from_origin(Duration::MAX) + Duration::from_secs(1)).since_origin(), Duration::MAX);
        assert_eq!(Instant::ORIGIN.saturating_since(Instant::from_origin(Duration::from_secs(5))), Duration::ZERO);
    }
}
