//! The bucket's arithmetic, as observed: limits refill continuously, one whole limit per window.
//!
//! All of it is exact, in integers; see the 429 texts collected in `tests/cases/` for the evidence.

use std::time::Duration;

/// How long until `requested` fits, given that `used` of `limit` is taken: what a 429 states.
///
/// `(used + requested − limit) × window / limit`, cut off to whole milliseconds as the server does; zero where it
/// fits at once. A request larger than the limit never fits, however long the wait that comes out.
pub fn refill_wait(limit: u64, used: u64, requested: u64, window: Duration) -> Duration {
    let missing = (u128::from(used) + u128::from(requested)).saturating_sub(u128::from(limit));
    let exact = time_to_refill(limit, missing, window);
    Duration::from_millis(u64::try_from(exact.as_millis()).unwrap_or(u64::MAX))
}

/// The earliest moment at which `requested` fits, from now: to the nanosecond, rounded up. `None` where it never does.
///
/// [`refill_wait`] is what a text states of it.
pub fn earliest_fit(limit: u64, used: u64, requested: u64, window: Duration) -> Option<Duration> {
    if limit == 0 || requested > limit {
        return None;
    }
    let missing = (u128::from(used) + u128::from(requested)).saturating_sub(u128::from(limit));
    let nanos = missing.saturating_mul(window.as_nanos()).div_ceil(u128::from(limit));
    super::duration::from_nanos(nanos)
}

/// How long until the limit is full again: what `x-ratelimit-reset-*` states. To the nanosecond, rounded down.
pub fn reset(limit: u64, remaining: u64, window: Duration) -> Duration {
    time_to_refill(limit, u128::from(limit.saturating_sub(remaining)), window)
}

/// How much comes back in `elapsed`, rounded down.
pub fn refilled(limit: u64, window: Duration, elapsed: Duration) -> u64 {
    let amount = u128::from(limit).saturating_mul(elapsed.as_nanos()).checked_div(window.as_nanos());
    amount.map_or(limit, |amount| u64::try_from(amount).unwrap_or(u64::MAX))
}

fn time_to_refill(limit: u64, missing: u128, window: Duration) -> Duration {
    let nanos = missing.saturating_mul(window.as_nanos()).checked_div(u128::from(limit));
    nanos.and_then(super::duration::from_nanos).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn waits_match_the_texts_of_real_429s() {
        for (limit, used, requested, window, ms) in [
            (30_000, 18_271, 16_921, MINUTE, 10_384),
            (30_000, 14_567, 24_754, MINUTE, 18_642),
            (30_000, 29_937, 385, MINUTE, 644),
            (10_000, 8_782, 8_172, MINUTE, 41_724),
            (250_000, 250_000, 143_071, MINUTE, 34_337),
            (3, 3, 1, MINUTE, 20_000),
            (10_000, 10_000, 1, DAY, 8_640),
            (200, 200, 1, DAY, 432_000),
            (30_000, 0, 100, MINUTE, 0),
        ] {
            assert_eq!(refill_wait(limit, used, requested, window), Duration::from_millis(ms), "{limit} {used}");
        }
    }

    #[test]
    fn the_earliest_fit_is_never_before_the_stated_wait_and_less_than_a_millisecond_after_it() {
        for (limit, used, requested, nanos) in [
            (30_000, 18_271, 16_921, 10_384_000_000),
            (200_000, 198_168, 5_110, 983_400_000),
            (200_000, 161_755, 45_096, 2_055_300_000),
            (7, 7, 1, 8_571_428_572),
            (5_000, 5_747, 4_251, 59_976_000_000),
            (10, 3, 4, 0),
        ] {
            assert_eq!(earliest_fit(limit, used, requested, MINUTE), Some(Duration::from_nanos(nanos)), "{limit}");
        }
        assert_eq!(earliest_fit(30_000, 0, 36_278, MINUTE), None, "larger than the limit");
        assert_eq!(earliest_fit(0, 0, 0, MINUTE), None);
        assert!(earliest_fit(1, u64::MAX, 1, Duration::MAX).is_none_or(|wait| wait > MINUTE));
    }

    #[test]
    fn resets_match_real_headers() {
        for (limit, remaining, window, text) in [
            (5_000, 4_999, MINUTE, "12ms"),
            (3_500, 3_499, MINUTE, "17ms"),
            (10_000, 9_481, MINUTE, "3.114s"),
            (40_000, 39_880, MINUTE, "180ms"),
            (10_000, 9_999, DAY, "8.64s"),
        ] {
            assert_eq!(super::super::duration::format_go(reset(limit, remaining, window)), text);
        }
    }

    #[test]
    fn nonsense_does_not_panic() {
        assert_eq!(reset(0, 0, MINUTE), Duration::MAX, "a limit of nothing never refills");
        assert_eq!(refilled(10, Duration::ZERO, MINUTE), 10);
        let _ = (refill_wait(1, u64::MAX, u64::MAX, Duration::MAX), refilled(u64::MAX, MINUTE, Duration::MAX));
    }

    proptest! {
        #[test]
        fn after_the_reset_all_of_it_is_back(limit in 1u64..10_000_000, used in 0u64..10_000_000) {
            let remaining = limit.saturating_sub(used);
            let until_full = reset(limit, remaining, MINUTE) + Duration::from_nanos(1);
            prop_assert!(remaining + refilled(limit, MINUTE, until_full) >= limit);
        }
    }
}
