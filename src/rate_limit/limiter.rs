//! One limit and the rule by which it counts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bucket::TokenBucket;
use super::message::LimitWindow;
use super::window::{FixedWindow, SlidingWindow};
use crate::time::Instant;

/// So many units in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    limit: u64,
    window: LimitWindow,
    capacity: u64,
}

impl Quota {
    /// `limit` units a `window`, all of which may be used at once.
    pub const fn new(limit: u64, window: LimitWindow) -> Self {
        Self { limit, window, capacity: limit }
    }

    /// The same with at most `burst` units at once (60 a minute enforced as 1 a second: a burst of 1).
    ///
    /// A burst above the limit changes nothing. Windows ignore it: they have no rate.
    #[must_use]
    pub const fn with_burst(self, burst: u64) -> Self {
        Self { capacity: if burst < self.limit { burst } else { self.limit }, ..self }
    }

    /// The most units in a window.
    pub const fn limit(self) -> u64 {
        self.limit
    }

    /// Over what time.
    pub const fn window(self) -> LimitWindow {
        self.window
    }

    /// The most units at once.
    pub const fn capacity(self) -> u64 {
        self.capacity
    }
}

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// Continuous refill: OpenAI, as observed.
    #[default]
    TokenBucket,
    /// A counter that starts again every full minute or day.
    FixedWindow,
    /// A log of the last minute or day.
    SlidingWindow,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::TokenBucket, Self::FixedWindow, Self::SlidingWindow];

    /// A short stable name, for links, storage and the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TokenBucket => "token-bucket",
            Self::FixedWindow => "fixed-window",
            Self::SlidingWindow => "sliding-window",
        }
    }

    /// The algorithm of that [`Algorithm::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }
}

/// A limit at one moment: what headers are written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitReading {
    /// The limit.
    pub quota: Quota,
    /// What is left, rounded down.
    pub remaining: u64,
    /// Limit minus remaining.
    pub used: u64,
    /// Until nothing is used any more, from the fractional level.
    pub until_full: Duration,
}

/// Why units were not given: what a 429 is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The limit that was reached; where even the burst is too small, the burst.
    pub limit: u64,
    /// Over what time it counts.
    pub window: LimitWindow,
    /// How much was used; `None` where it does not matter.
    pub used: Option<u64>,
    /// How much was asked for.
    pub requested: u64,
    /// How long to wait, rounded up to the nanosecond; `None` where no waiting helps.
    pub wait: Option<Duration>,
}

impl Refusal {
    pub(super) const fn not_yet(quota: Quota, used: u64, requested: u64, wait: Duration) -> Self {
        Self { limit: quota.limit, window: quota.window, used: Some(used), requested, wait: Some(wait) }
    }

    pub(super) const fn too_large(quota: Quota, requested: u64) -> Self {
        let limit = if requested > quota.limit { quota.limit } else { quota.capacity };
        Self { limit, window: quota.window, used: None, requested, wait: None }
    }
}

/// One limit with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limiter {
    /// Continuous refill.
    TokenBucket(TokenBucket),
    /// A counter that starts again.
    FixedWindow(FixedWindow),
    /// A log.
    SlidingWindow(SlidingWindow),
}

impl Limiter {
    /// A limit of which `used` units are gone at `now`.
    pub fn new(algorithm: Algorithm, quota: Quota, used: u64, now: Instant) -> Self {
        match algorithm {
            Algorithm::TokenBucket => Self::TokenBucket(TokenBucket::with_used(quota, used, now)),
            Algorithm::FixedWindow => Self::FixedWindow(FixedWindow::with_used(quota, used, now)),
            Algorithm::SlidingWindow => Self::SlidingWindow(SlidingWindow::with_used(quota, used, now)),
        }
    }

    /// Whether `amount` units are there.
    ///
    /// # Errors
    /// Where they are not, with the numbers that a 429 states.
    pub fn check(&self, now: Instant, amount: u64) -> Result<(), Refusal> {
        match self {
            Self::TokenBucket(bucket) => bucket.check(now, amount),
            Self::FixedWindow(window) => window.check(now, amount),
            Self::SlidingWindow(window) => window.check(now, amount),
        }
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

    /// Takes `amount` units, or all there are.
    pub fn drain(&mut self, now: Instant, amount: u64) {
        match self {
            Self::TokenBucket(bucket) => bucket.drain(now, amount),
            Self::FixedWindow(window) => window.drain(now, amount),
            Self::SlidingWindow(window) => window.drain(now, amount),
        }
    }

    /// Puts `amount` units back.
    pub fn give_back(&mut self, now: Instant, amount: u64) {
        match self {
            Self::TokenBucket(bucket) => bucket.give_back(now, amount),
            Self::FixedWindow(window) => window.give_back(now, amount),
            Self::SlidingWindow(window) => window.give_back(amount),
        }
    }

    /// Limit, used, remaining and reset at `now`.
    pub fn reading(&self, now: Instant) -> LimitReading {
        match self {
            Self::TokenBucket(bucket) => bucket.reading(now),
            Self::FixedWindow(window) => window.reading(now),
            Self::SlidingWindow(window) => window.reading(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: u64) -> Instant {
        Instant::ORIGIN + Duration::from_secs(seconds)
    }

    #[test]
    fn a_fixed_window_lets_twice_its_limit_through_around_a_boundary() {
        let mut limiter = Limiter::new(Algorithm::FixedWindow, Quota::new(3, LimitWindow::Minute), 0, at(0));
        assert!((0..3).all(|_| limiter.try_take(at(50), 1).is_ok()));
        assert_eq!(limiter.check(at(50), 1).unwrap_err().wait, Some(Duration::from_secs(10)));
        assert_eq!(limiter.reading(at(50)).until_full, Duration::from_secs(10));
        assert!((0..3).all(|_| limiter.try_take(at(60), 1).is_ok()));
        assert!(limiter.try_take(at(61), 1).is_err());
        limiter.give_back(at(61), 1);
        assert!(limiter.try_take(at(61), 1).is_ok());
    }

    #[test]
    fn a_sliding_window_frees_what_is_a_window_old() {
        let mut limiter = Limiter::new(Algorithm::SlidingWindow, Quota::new(3, LimitWindow::Minute), 0, at(0));
        for second in [0, 10, 20] {
            assert!(limiter.try_take(at(second), 1).is_ok());
        }
        assert_eq!(limiter.check(at(30), 1).unwrap_err().wait, Some(Duration::from_secs(30)));
        assert_eq!(limiter.check(at(30), 2).unwrap_err().wait, Some(Duration::from_secs(40)));
        assert!(limiter.check(at(30), 4).unwrap_err().wait.is_none());
        assert_eq!(limiter.reading(at(30)).until_full, Duration::from_secs(50));
        assert!(limiter.try_take(at(60), 1).is_ok());
        assert_eq!(limiter.reading(at(60)).remaining, 0);
        limiter.give_back(at(60), 2);
        assert_eq!(limiter.reading(at(60)).remaining, 2);
    }

    #[test]
    fn ids_are_stable() {
        assert!(Algorithm::ALL.into_iter().all(|algorithm| Algorithm::from_id(algorithm.id()) == Some(algorithm)));
    }

    proptest! {
        #[test]
        fn a_stated_wait_is_always_enough(
            which in 0usize..3, limit in 1u64..50,
            steps in prop::collection::vec((0u64..30_000, 1u64..60), 1..100),
        ) {
            let mut limiter = Limiter::new(Algorithm::ALL[which], Quota::new(limit, LimitWindow::Minute), 0, at(0));
            let mut now = at(0);
            for (millis, amount) in steps {
                now = now + Duration::from_millis(millis);
                if let Err(refusal) = limiter.try_take(now, amount) {
                    match refusal.wait {
                        Some(wait) => prop_assert!(limiter.check(now + wait, amount).is_ok()),
                        None => prop_assert!(amount > limit),
                    }
                }
                let reading = limiter.reading(now);
                prop_assert_eq!(reading.used + reading.remaining, limit);
                prop_assert_eq!(limiter.reading(now + reading.until_full).remaining, limit);
            }
        }
    }
}
