//! Guards: a client that does not even send, since the server has lately refused so much.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::classify::Class;
use super::recent::Recent;
use crate::random::RandomSource;
use crate::time::Instant;

/// A rule for when a client holds its requests back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum GuardRule {
    /// Google's client-side throttling: held back with probability max(0, (requests − K × accepts) ÷ (requests + 1))
    /// (Site Reliability Engineering, chapter 21).
    Throttle {
        /// How many requests are sent for each that is accepted, at most: 2 in the book.
        k: f64,
        /// How long requests count: two minutes in the book.
        history: Duration,
    },
    /// A circuit breaker: after so many failures in a row nothing is sent for a while, then one request tries it.
    Circuit {
        /// How many failures open it.
        failures: u32,
        /// For how long.
        open_for: Duration,
    },
}

impl GuardRule {
    /// The book's throttle: K = 2, over two minutes.
    pub const GOOGLE: Self = Self::Throttle { k: 2.0, history: Duration::from_secs(120) };
    /// Five failures in a row, half a minute.
    pub const CIRCUIT: Self = Self::Circuit { failures: 5, open_for: Duration::from_secs(30) };
}

/// The probability of [`GuardRule::Throttle`].
pub fn throttle_probability(requests: u32, accepts: u32, k: f64) -> f64 {
    ((f64::from(requests) - k * f64::from(accepts)) / (f64::from(requests) + 1.0)).max(0.0)
}

/// A guard's state.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    rule: GuardRule,
    requests: Recent,
    accepts: Recent,
    failures_in_a_row: u32,
    open_until: Option<Instant>,
    is_trying: bool,
}

impl Guard {
    /// A guard that has seen nothing yet.
    pub fn new(rule: GuardRule) -> Self {
        let history = match rule {
            GuardRule::Throttle { history, .. } => history,
            GuardRule::Circuit { .. } => Duration::ZERO,
        };
        Self {
            rule,
            requests: Recent::new(history),
            accepts: Recent::new(history),
            failures_in_a_row: 0,
            open_until: None,
            is_trying: false,
        }
    }

    /// Whether a request may be sent now. It counts as asked for even if not.
    pub fn lets_through(&mut self, now: Instant, random: &mut impl RandomSource) -> bool {
        match self.rule {
            GuardRule::Throttle { k, .. } => {
                let held = throttle_probability(self.requests.count(now), self.accepts.count(now), k);
                self.requests.add(now);
                random.unit() >= held
            }
            GuardRule::Circuit { .. } => match self.open_until {
                None => true,
                Some(until) if now >= until && !self.is_trying => {
                    self.is_trying = true;
                    true
                }
                Some(_) => false,
            },
        }
    }

    /// What came of a request that was sent.
    pub fn answered(&mut self, class: Class, now: Instant) {
        let refused = matches!(class, Class::RateLimit | Class::Overload | Class::Server | Class::Timeout);
        match self.rule {
            GuardRule::Throttle { .. } if !refused => self.accepts.add(now),
            GuardRule::Throttle { .. } => {}
            GuardRule::Circuit { .. } if !refused => {
                self.failures_in_a_row = 0;
                self.open_until = None;
                self.is_trying = false;
            }
            GuardRule::Circuit { failures, open_for } => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                if self.is_trying || self.failures_in_a_row >= failures.max(1) {
                    self.open_until = Some(now + open_for);
                    self.is_trying = false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn the_probability_is_the_books() {
        for (requests, accepts, k, expected) in
            [(0, 0, 2.0, 0.0), (100, 50, 2.0, 0.0), (100, 25, 2.0, 50.0 / 101.0), (100, 0, 2.0, 100.0 / 101.0)]
        {
            assert!((throttle_probability(requests, accepts, k) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_backend_that_takes_one_in_ten_is_asked_k_times_for_each() {
        // The book: with K = 2 about one request is rejected by the backend for each that it accepts, with 1.1 one for ten.
        for (k, rejected_per_accept) in [(2.0, 1.0), (1.1, 0.1)] {
            let mut guard = Guard::new(GuardRule::Throttle { k, history: Duration::from_secs(120) });
            let mut random = Rng::from_seed(3);
            let (mut sent, mut accepted) = (0u32, 0u32);
            // 100 calls a second; the backend takes 10 a second.
            for call in 0..60_000u64 {
                let now = Instant::ORIGIN + Duration::from_millis(call * 10);
                let is_measured = call >= 30_000;
                if guard.lets_through(now, &mut random) {
                    let takes = f64::from(accepted_before(call)) > f64::from(guard.accepts.count(now));
                    guard.answered(if takes { Class::Success } else { Class::RateLimit }, now);
                    sent += u32::from(is_measured);
                    accepted += u32::from(is_measured && takes);
                }
            }
            let measured = f64::from(sent - accepted) / f64::from(accepted);
            assert!((measured - rejected_per_accept).abs() < 0.1 * rejected_per_accept + 0.02, "K = {k}: {measured}");
        }
    }

    /// The backend's limit over the two minutes of history: 10 a second.
    fn accepted_before(call: u64) -> u32 {
        u32::try_from(call.min(12_000) / 10 + 1).unwrap()
    }

    #[test]
    fn a_circuit_opens_tries_and_closes() {
        let mut guard = Guard::new(GuardRule::Circuit { failures: 2, open_for: Duration::from_secs(30) });
        let mut random = Rng::from_seed(1);
        let at = |seconds| Instant::ORIGIN + Duration::from_secs(seconds);
        let mut lets = |guard: &mut Guard, seconds| guard.lets_through(at(seconds), &mut random);
        assert!(lets(&mut guard, 0));
        guard.answered(Class::RateLimit, at(0));
        assert!(lets(&mut guard, 1));
        guard.answered(Class::RateLimit, at(1));
        assert!(!lets(&mut guard, 2) && !lets(&mut guard, 30));
        assert!(lets(&mut guard, 31) && !lets(&mut guard, 31), "one request tries it");
        guard.answered(Class::RateLimit, at(31));
        assert!(!lets(&mut guard, 60));
        assert!(lets(&mut guard, 61));
        guard.answered(Class::Success, at(61));
        assert!(lets(&mut guard, 61) && lets(&mut guard, 61));
    }
}
