//! The continuously refilled bucket that OpenAI's numbers fit.
//!
//! Every 429 text on record obeys `wait = (Used + Requested − Limit) × window / Limit` with whole units, and every
//! reset header `reset = (Limit − Remaining) × window / Limit` with the fractional level behind the rounded
//! `Remaining` (community.openai.com 711940: 60000/4787 → 55.212s). The level is therefore kept as an exact integer.

use std::time::Duration;

use super::limiter::{LimitReading, Quota, Refusal};
use crate::time::{Instant, nanos};

/// A bucket that starts full and refills all the time, `limit` units a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBucket {
    quota: Quota,
    // In units × nanoseconds of the window: a refill of `limit` for each nanosecond needs no division and no float.
    level: u128,
    at: Instant,
}

impl TokenBucket {
    /// A full bucket.
    pub const fn full(quota: Quota, now: Instant) -> Self {
        Self { quota, level: product(quota.capacity() as u128, nanos(quota.window().length()) as u128), at: now }
    }

    /// A bucket from which `used` units of the limit are missing.
    pub fn with_used(quota: Quota, used: u64, now: Instant) -> Self {
        let mut bucket = Self::full(quota, now);
        let left = product(u128::from(quota.limit().saturating_sub(used)), bucket.scale());
        bucket.level = bucket.level.min(left);
        bucket
    }

    /// The limit it enforces.
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// Whole units available at `now`, rounded down.
    pub fn level(&self, now: Instant) -> u64 {
        u64::try_from(quotient(self.level_at(now), self.scale())).unwrap_or(u64::MAX)
    }

    /// Takes `amount` units if they are there, and nothing otherwise.
    ///
    /// # Errors
    /// Where they are not there, with the numbers that a 429 states.
    pub fn try_take(&mut self, now: Instant, amount: u64) -> Result<(), Refusal> {
        self.check(now, amount)?;
        self.drain(now, amount);
        Ok(())
    }

    /// Whether `amount` units are there.
    ///
    /// # Errors
    /// Where they are not, with the numbers that a 429 states.
    pub fn check(&self, now: Instant, amount: u64) -> Result<(), Refusal> {
        if amount > self.quota.capacity() {
            return Err(Refusal::too_large(self.quota, amount));
        }
        if self.level_at(now) >= product(u128::from(amount), self.scale()) {
            return Ok(());
        }
        let used = self.quota.limit() - self.level(now);
        let over = u128::from(used) + u128::from(amount) - u128::from(self.quota.limit());
        Err(Refusal::not_yet(self.quota, used, amount, self.refill_time(product(over, self.scale()))))
    }

    /// Takes `amount` units, or all there are: the level never falls below zero.
    pub fn drain(&mut self, now: Instant, amount: u64) {
        self.advance(now);
        self.level = self.level.saturating_sub(product(u128::from(amount), self.scale()));
    }

    /// Puts `amount` units back, up to the capacity.
    pub fn give_back(&mut self, now: Instant, amount: u64) {
        self.advance(now);
        self.level = self.level.saturating_add(product(u128::from(amount), self.scale())).min(self.full_level());
    }

    /// How long until `amount` units are there, to the nanosecond; `None` if they never will be.
    ///
    /// Never longer than the wait a 429 states, which counts whole units.
    pub fn wait_for(&self, now: Instant, amount: u64) -> Option<Duration> {
        if amount > self.quota.capacity() {
            return None;
        }
        Some(self.refill_time((product(u128::from(amount), self.scale())).saturating_sub(self.level_at(now))))
    }

    /// How long until it is full again, from the fractional level.
    pub fn until_full(&self, now: Instant) -> Duration {
        self.refill_time(self.full_level() - self.level_at(now))
    }

    /// Limit, used, remaining and reset at `now`.
    pub fn reading(&self, now: Instant) -> LimitReading {
        let remaining = self.level(now);
        LimitReading {
            quota: self.quota,
            remaining,
            used: self.quota.limit() - remaining,
            until_full: self.until_full(now),
        }
    }

    fn advance(&mut self, now: Instant) {
        self.level = self.level_at(now);
        self.at = self.at.max(now);
    }

    fn level_at(&self, now: Instant) -> u128 {
        let elapsed = u128::from(nanos(now.saturating_since(self.at)));
        let refilled = product(elapsed, u128::from(self.quota.limit()));
        self.level.saturating_add(refilled).min(self.full_level())
    }

    const fn scale(&self) -> u128 {
        nanos(self.quota.window().length()) as u128
    }

    const fn full_level(&self) -> u128 {
        product(self.quota.capacity() as u128, self.scale())
    }

    fn refill_time(&self, missing: u128) -> Duration {
        let limit = u128::from(self.quota.limit().max(1));
        let exact = quotient(missing.saturating_add(limit - 1), limit);
        Duration::from_nanos(u64::try_from(exact).unwrap_or(u64::MAX))
    }
}

/// `a × b`, at most all there is; in the machine's own 64 bits where that holds it, as it nearly always does.
const fn product(a: u128, b: u128) -> u128 {
    if a.leading_zeros() + b.leading_zeros() >= 192 {
        #[allow(clippy::cast_possible_truncation)] // both fit: their product does
        let (a, b) = (a as u64, b as u64);
        return (a * b) as u128;
    }
    a.saturating_mul(b)
}

/// `a ÷ b`, by the machine's own division where both fit it: no target divides 128 bits by itself. `b` is not zero.
fn quotient(a: u128, b: u128) -> u128 {
    match (u64::try_from(a), u64::try_from(b)) {
        (Ok(a), Ok(b)) => u128::from(a.checked_div(b).unwrap_or(u64::MAX)),
        _ => a.checked_div(b).unwrap_or(u128::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::LimitWindow;
    use proptest::prelude::*;

    const T0: Instant = Instant::ORIGIN;

    fn minute(limit: u64) -> Quota {
        Quota::new(limit, LimitWindow::Minute)
    }

    fn after(millis: u64) -> Instant {
        T0 + Duration::from_millis(millis)
    }

    #[test]
    fn waits_are_those_on_record() {
        // DESIGN: limit, used, requested and the wait stated, from public reports of 2023 to 2026.
        let day = Quota::new(10_000, LimitWindow::Day);
        for (quota, used, requested, stated_ms) in [
            (minute(30_000), 18_271, 16_921, 10_384),
            (minute(30_000), 14_567, 24_754, 18_642),
            (minute(30_000), 29_937, 385, 644),
            (minute(30_000), 18_928, 11_159, 174),
            (minute(30_000), 22_999, 12_528, 11_054),
            (minute(10_000), 8_554, 3_082, 9_816),
            (minute(10_000), 8_782, 8_172, 41_724),
            (minute(30_000), 26_713, 7_669, 8_764),
            (minute(30_000), 24_102, 7_758, 3_720),
            (minute(200_000), 198_168, 5_110, 983),
            (minute(200_000), 167_239, 189_937, 47_152),
            (minute(200_000), 161_755, 45_096, 2_055),
            (minute(200_000), 200_000, 119_506, 35_851),
            (minute(200_000), 199_850, 512, 108),
            (minute(3), 3, 1, 20_000),
            (minute(500), 500, 1, 120),
            (day, 10_000, 1, 8_640),
            (Quota::new(200, LimitWindow::Day), 200, 1, 432_000),
        ] {
            let bucket = TokenBucket::with_used(quota, used, T0);
            let refusal = bucket.check(T0, requested).unwrap_err();
            assert_eq!((refusal.limit, refusal.used, refusal.requested), (quota.limit(), Some(used), requested));
            assert_eq!(refusal.wait.unwrap().as_millis(), stated_ms, "{quota:?} {used} {requested}");
        }
    }

    #[test]
    fn resets_are_those_on_record() {
        for (limit, window, remaining, reset_ms) in [
            (5_000, LimitWindow::Minute, 4_999, 12),
            (5_000_000, LimitWindow::Minute, 4_999_999, 0),
            (10_000, LimitWindow::Minute, 9_481, 3_114),
            (40_000, LimitWindow::Minute, 39_880, 180),
            (10_000, LimitWindow::Day, 9_999, 8_640),
            (3_500, LimitWindow::Minute, 3_499, 17),
            (1_000, LimitWindow::Day, 998, 172_800),
        ] {
            let bucket = TokenBucket::with_used(Quota::new(limit, window), limit - remaining, T0);
            let reading = bucket.reading(T0);
            assert_eq!((reading.remaining, reading.until_full.as_millis()), (remaining, reset_ms), "{limit}");
        }
    }

    #[test]
    fn a_reset_comes_from_the_fraction_behind_the_rounded_remainder() {
        // community.openai.com 711940: 60000/4787 with 55.212s, though 55213 whole tokens take 55.213 s.
        let mut bucket = TokenBucket::with_used(minute(60_000), 55_213, T0);
        bucket.advance(T0 + Duration::from_micros(500));
        let reading = bucket.reading(T0 + Duration::from_micros(500));
        assert_eq!((reading.remaining, reading.until_full.as_millis()), (4_787, 55_212));
    }

    #[test]
    fn three_requests_a_minute() {
        let mut bucket = TokenBucket::full(minute(3), T0);
        assert!((0..3).all(|_| bucket.try_take(T0, 1).is_ok()));
        assert_eq!(bucket.try_take(T0, 1).unwrap_err().wait, Some(Duration::from_secs(20)));
        assert_eq!(bucket.wait_for(after(5_000), 1), Some(Duration::from_secs(15)));
        assert!(bucket.try_take(after(19_999), 1).is_err());
        assert!(bucket.try_take(after(20_000), 1).is_ok());
        assert_eq!(bucket.reading(after(20_000)).until_full, Duration::from_secs(60));
    }

    #[test]
    fn a_burst_cap_makes_sixty_a_minute_one_a_second() {
        let mut bucket = TokenBucket::full(minute(60).with_burst(1), T0);
        assert!(bucket.try_take(T0, 1).is_ok());
        let refusal = bucket.try_take(after(100), 1).unwrap_err();
        assert_eq!((refusal.limit, refusal.used, refusal.wait), (60, Some(60), Some(Duration::from_secs(1))));
        assert!(bucket.try_take(after(1_000), 1).is_ok());
        assert_eq!(bucket.level(after(600_000)), 1);
    }

    #[test]
    fn more_than_it_holds_never_fits() {
        let bucket = TokenBucket::full(minute(30_000), T0);
        let refusal = bucket.check(T0, 36_278).unwrap_err();
        assert_eq!((refusal.limit, refusal.used, refusal.requested, refusal.wait), (30_000, None, 36_278, None));
        assert_eq!(bucket.wait_for(T0, 36_278), None);
        assert!(TokenBucket::full(minute(0), T0).check(T0, 1).unwrap_err().wait.is_none());
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let mut bucket = TokenBucket::full(minute(3), T0);
        bucket.drain(after(60_000), 3);
        assert_eq!((bucket.level(T0), bucket.level(after(60_000))), (0, 0));
        bucket.drain(after(30_000), 1);
        assert_eq!(bucket.level(after(79_999)), 0);
    }

    proptest! {
        #[test]
        fn it_stays_between_nothing_and_full_and_admits_no_more_than_it_may(
            limit in 1u64..2_000,
            burst in 1u64..2_000,
            steps in prop::collection::vec((0u64..20_000, 0u64..300, any::<bool>()), 1..200),
        ) {
            let quota = minute(limit).with_burst(burst);
            let mut bucket = TokenBucket::full(quota, T0);
            let (mut now, mut taken) = (T0, vec![]);
            for (millis, amount, give_back) in steps {
                now = now + Duration::from_millis(millis);
                if give_back {
                    // What is given back was never used.
                    if bucket.try_take(now, amount).is_ok() {
                        bucket.give_back(now, amount);
                    }
                } else if bucket.try_take(now, amount).is_ok() {
                    taken.push((now, amount));
                }
                let reading = bucket.reading(now);
                prop_assert!(reading.remaining <= quota.capacity());
                prop_assert_eq!(reading.used + reading.remaining, limit);
            }
            // In any interval: at most L + L·t/60 (with a burst cap, the cap + L·t/60).
            for (start, (from, _)) in taken.iter().enumerate() {
                let mut sum = 0u128;
                for (until, amount) in &taken[start..] {
                    sum += u128::from(*amount);
                    let refill = u128::from(limit) * until.saturating_since(*from).as_nanos();
                    prop_assert!(sum * 60_000_000_000 <= u128::from(quota.capacity()) * 60_000_000_000 + refill);
                }
            }
        }

        #[test]
        fn waiting_as_told_is_enough_and_no_less_than_needed(
            limit in 1u64..100_000, used in 0u64..100_000, amount in 1u64..100_000, later_ns in 0u64..1_000_000_000,
        ) {
            let used = used.min(limit);
            let mut bucket = TokenBucket::with_used(minute(limit), used, T0);
            let now = T0 + Duration::from_nanos(later_ns);
            match bucket.check(now, amount) {
                Ok(()) => prop_assert_eq!(bucket.wait_for(now, amount), Some(Duration::ZERO)),
                Err(Refusal { wait: None, .. }) => prop_assert!(amount > limit),
                Err(Refusal { wait: Some(stated), .. }) => {
                    let exact = bucket.wait_for(now, amount).unwrap();
                    prop_assert!(exact > Duration::ZERO && exact <= stated);
                    prop_assert!(bucket.check(now + exact.saturating_sub(Duration::from_nanos(1)), amount).is_err());
                    prop_assert!(bucket.try_take(now + exact, amount).is_ok());
                }
            }
        }
    }
}
