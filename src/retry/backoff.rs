//! How long to wait when the server does not say.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::random::RandomSource;

/// How randomness stretches a delay: linearly from `at_zero` (for a draw of 0) to `at_one` (for a draw of 1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Jitter {
    /// The factor for a draw of 0.
    pub at_zero: f64,
    /// The factor for a draw of 1, never reached: draws are below 1.
    pub at_one: f64,
}

impl Jitter {
    /// No randomness.
    pub const NONE: Self = Self { at_zero: 1.0, at_one: 1.0 };
    /// U(0, delay): AWS "full jitter", tenacity's `wait_random_exponential`.
    pub const FULL: Self = Self { at_zero: 0.0, at_one: 1.0 };
    /// delay/2 + U(0, delay/2): AWS "equal jitter".
    pub const EQUAL: Self = Self { at_zero: 0.5, at_one: 1.0 };
    /// delay × (0.5 + U): the notebook's `0.5 + random.random()`.
    pub const NOTEBOOK: Self = Self { at_zero: 0.5, at_one: 1.5 };
    /// delay × (1 − U/4): openai-python 3.57.0 `_base_client.py`, openai-node 7.57.0 `client.ts`.
    pub const OPENAI_SDK: Self = Self { at_zero: 1.0, at_one: 0.75 };
}

/// A rule for the delay before retry number 1, 2, 3, …
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Backoff {
    /// Always the same delay.
    Fixed(Duration),
    /// `base × factor^(n−1)`, at most `cap`, then jittered, at least `floor`.
    Exponential {
        /// The delay before the first retry.
        base: Duration,
        /// The growth from one retry to the next.
        factor: f64,
        /// The largest delay before jitter.
        cap: Duration,
        /// The randomness.
        jitter: Jitter,
        /// The smallest delay after jitter; the draw is spread between it and the jittered delay.
        floor: Duration,
    },
    /// `min(cap, U(base, 3 × previous))`: AWS "decorrelated jitter" (aws-arch-backoff-simulator).
    Decorrelated {
        /// The smallest delay, and what stands for the previous one at first.
        base: Duration,
        /// The largest delay.
        cap: Duration,
    },
}

impl Backoff {
    /// `base × 2^(n−1)` up to `cap`, with `jitter`.
    pub const fn exponential(base: Duration, cap: Duration, jitter: Jitter) -> Self {
        Self::Exponential { base, factor: 2.0, cap, jitter, floor: Duration::ZERO }
    }

    /// The delay before retry number `retry` (1, 2, 3, …); `previous` is the delay before the retry before it.
    ///
    /// Draws exactly one random number whatever the rule, so that policies can be compared on the same draws.
    pub fn delay(&self, retry: u32, previous: Option<Duration>, random: &mut impl RandomSource) -> Duration {
        let draw = random.unit();
        match self {
            Self::Fixed(delay) => *delay,
            Self::Exponential { base, factor, cap, jitter, floor } => {
                let grown = (base.as_secs_f64() * power(*factor, retry.saturating_sub(1))).min(cap.as_secs_f64());
                let floor = floor.as_secs_f64();
                let low = (grown * jitter.at_zero).max(floor);
                let high = (grown * jitter.at_one).max(floor);
                seconds(low + (high - low) * draw)
            }
            Self::Decorrelated { base, cap } => {
                let low = base.as_secs_f64();
                let high = (previous.unwrap_or(*base).as_secs_f64() * 3.0).max(low);
                seconds((low + (high - low) * draw).min(cap.as_secs_f64()))
            }
        }
    }
}

/// `factor^exponent`; powers of two, which nearly all policies grow by, are exact without a logarithm.
#[allow(clippy::float_cmp)] // the factor is written down, not computed
fn power(factor: f64, exponent: u32) -> f64 {
    if factor == 2.0 {
        return libm::scalbn(1.0, i32::try_from(exponent).unwrap_or(i32::MAX));
    }
    libm::pow(factor, f64::from(exponent))
}

/// A duration from a number that arithmetic can have made odd; never panics.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value.max(0.0)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Constant, Rng};
    use proptest::prelude::*;

    fn secs(backoff: &Backoff, draw: f64) -> Vec<f64> {
        let mut previous = None;
        (1..=5)
            .map(|retry| {
                let delay = backoff.delay(retry, previous, &mut Constant(draw));
                previous = Some(delay);
                (delay.as_secs_f64() * 1e6).round() / 1e6
            })
            .collect()
    }

    #[test]
    fn each_rule_by_hand() {
        let second = Duration::from_secs(1);
        let cap = Duration::from_secs(60);
        // The notebook, section 5: base 1.0, random.random() = 0.25 gives a factor of 0.75.
        assert_eq!(
            secs(&Backoff::exponential(second, Duration::MAX, Jitter::NOTEBOOK), 0.25),
            [0.75, 1.5, 3.0, 6.0, 12.0]
        );
        // openai-python: min(0.5 · 2^n, 8) · (1 − 0.25 · rand), rand = 0.5.
        let sdk = Backoff::exponential(Duration::from_millis(500), Duration::from_secs(8), Jitter::OPENAI_SDK);
        assert_eq!(secs(&sdk, 0.5), [0.4375, 0.875, 1.75, 3.5, 7.0]);
        assert_eq!(secs(&Backoff::exponential(second, cap, Jitter::FULL), 0.5), [0.5, 1.0, 2.0, 4.0, 8.0]);
        assert_eq!(secs(&Backoff::exponential(second, cap, Jitter::EQUAL), 0.5), [0.75, 1.5, 3.0, 6.0, 12.0]);
        // min(cap, U(base, 3 · previous)) at the middle: 2, 3.5, 5.75, 9.125, 14.1875.
        assert_eq!(secs(&Backoff::Decorrelated { base: second, cap }, 0.5), [2.0, 3.5, 5.75, 9.125, 14.1875]);
        // tenacity 9.2.1: uniform(min, max(min, min(2^(n−1), max))) with min 1.
        let cookbook = Backoff::Exponential { base: second, factor: 2.0, cap, jitter: Jitter::FULL, floor: second };
        assert_eq!(secs(&cookbook, 0.5), [1.0, 1.5, 2.5, 4.5, 8.5]);
    }

    #[test]
    fn huge_exponents_do_not_overflow() {
        let backoff = Backoff::exponential(Duration::from_secs(1), Duration::MAX, Jitter::NONE);
        assert_eq!(backoff.delay(u32::MAX, None, &mut Constant(0.5)), Duration::MAX);
    }

    proptest! {
        #[test]
        fn the_notebooks_delay_stays_in_its_band(seed: u64, retry in 1u32..20, base_ms in 1u64..10_000) {
            let base = Duration::from_millis(base_ms);
            let backoff = Backoff::exponential(base, Duration::MAX, Jitter::NOTEBOOK);
            let delay = backoff.delay(retry, None, &mut Rng::from_seed(seed)).as_secs_f64();
            let middle = base.as_secs_f64() * 2f64.powi(i32::try_from(retry).unwrap() - 1);
            prop_assert!(delay >= 0.5 * middle - 1e-6 && delay < 1.5 * middle + 1e-6, "{delay} of {middle}");
        }
    }
}
