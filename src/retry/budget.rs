//! Retry budgets: how many retries all calls of a client may make together.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::recent::Recent;
use crate::time::Instant;

/// A rule for a budget that the calls of one client share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum BudgetRule {
    /// Finagle's `RetryBudget`: within `ttl`, at most a share of the calls, and some more a second.
    Share {
        /// Retries per call.
        share: f64,
        /// Retries a second on top.
        per_second: u32,
        /// For how long calls and retries count.
        ttl: Duration,
    },
    /// Tokens that a success brings and a retry costs (Brooker 2022; the AWS SDKs' retry quota).
    Tokens {
        /// How many there are at most, and at first.
        capacity: f64,
        /// How many a success brings.
        per_success: f64,
        /// How many a retry costs.
        per_retry: f64,
    },
    /// gRPC's retry throttling (gRFC A6): retries are allowed while more than half of the tokens are left.
    Throttle {
        /// How many there are at most, and at first.
        most: f64,
        /// How many a success brings; a failure takes one.
        per_success: f64,
    },
}

impl BudgetRule {
    /// Finagle's default: 20 % and 10 a second, over 10 s (finagle.github.io, Retry Budgets, 2016-02-08).
    pub const FINAGLE: Self = Self::Share { share: 0.2, per_second: 10, ttl: Duration::from_secs(10) };
    /// Ten retries, then one for ten successes (brooker.co.za, What is Backoff For?, 2022-08; Fixing retries, 2022-02).
    pub const BROOKER: Self = Self::Tokens { capacity: 10.0, per_success: 0.1, per_retry: 1.0 };
    /// The AWS SDKs' quota for throttling errors: 500 tokens, 5 a retry, and a success without retries brings one.
    pub const AWS_SDK: Self = Self::Tokens { capacity: 500.0, per_success: 1.0, per_retry: 5.0 };
}

/// A budget's state.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryBudget {
    rule: BudgetRule,
    tokens: f64,
    // Calls and retries of late, for the share.
    calls: Recent,
    retries: Recent,
}

impl RetryBudget {
    /// A budget of which nothing is spent.
    pub fn new(rule: BudgetRule) -> Self {
        let (tokens, ttl) = match rule {
            BudgetRule::Share { ttl, .. } => (0.0, ttl),
            BudgetRule::Tokens { capacity, .. } => (capacity, Duration::ZERO),
            BudgetRule::Throttle { most, .. } => (most, Duration::ZERO),
        };
        Self { rule, tokens, calls: Recent::new(ttl), retries: Recent::new(ttl) }
    }

    /// A call begins.
    pub fn called(&mut self, now: Instant) {
        if let BudgetRule::Share { .. } = self.rule {
            self.calls.add(now);
        }
    }

    /// An attempt succeeded, or failed in a way that says that the server has too much to do.
    pub fn answered(&mut self, succeeded: bool) {
        match self.rule {
            BudgetRule::Tokens { capacity, per_success, .. } if succeeded => {
                self.tokens = (self.tokens + per_success).min(capacity);
            }
            BudgetRule::Share { .. } | BudgetRule::Tokens { .. } => {}
            BudgetRule::Throttle { most, per_success } => {
                let change = if succeeded { per_success } else { -1.0 };
                self.tokens = (self.tokens + change).clamp(0.0, most);
            }
        }
    }

    /// Whether another retry may be made now; it is paid for if so.
    pub fn spend(&mut self, now: Instant) -> bool {
        match self.rule {
            BudgetRule::Share { share, per_second, ttl } => {
                let allowed = share * f64::from(self.calls.count(now)) + f64::from(per_second) * ttl.as_secs_f64();
                // A whole retry more must fit; the tolerance is for shares such as 0.2, which are not exact.
                let fits = f64::from(self.retries.count(now)) + 1.0 <= allowed + 1e-9;
                if fits {
                    self.retries.add(now);
                }
                fits
            }
            BudgetRule::Tokens { per_retry, .. } => {
                let fits = self.tokens + 1e-9 >= per_retry;
                if fits {
                    self.tokens -= per_retry;
                }
                fits
            }
            BudgetRule::Throttle { most, .. } => self.tokens > most / 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Instant = Instant::ORIGIN;

    #[test]
    fn grpcs_own_test_vector() {
        // retry_throttle_test.cc, max 4 tokens, ratio 1.6: F(3) yes, S(4), F(3) yes, F(2) no.
        let mut budget = RetryBudget::new(BudgetRule::Throttle { most: 4.0, per_success: 1.6 });
        let mut fails = || {
            budget.answered(false);
            (budget.tokens, budget.spend(T0))
        };
        assert_eq!(fails(), (3.0, true));
        budget.answered(true);
        assert!((budget.tokens - 4.0).abs() < 1e-9);
        let mut fails = || {
            budget.answered(false);
            (budget.tokens, budget.spend(T0))
        };
        assert_eq!(fails(), (3.0, true));
        assert_eq!(fails(), (2.0, false));
    }

    #[test]
    fn finagle_allows_a_fifth_of_the_calls_and_ten_a_second() {
        // All of 1,000 calls in a second fail: 0.2 × 1,000 + 10 × 10 s of reserve.
        let mut budget = RetryBudget::new(BudgetRule::FINAGLE);
        let allowed = (0..1_000).filter(|_| {
            budget.called(T0);
            budget.spend(T0)
        });
        assert_eq!(allowed.count(), 300);
        assert!(!budget.spend(T0 + Duration::from_secs(5)), "all of it still counts");
        assert!(budget.spend(T0 + Duration::from_secs(11)), "the reserve is there again");
    }

    #[test]
    fn brookers_tokens_allow_one_retry_for_ten_successes() {
        let mut budget = RetryBudget::new(BudgetRule::BROOKER);
        assert_eq!((0..20).filter(|_| budget.spend(T0)).count(), 10);
        for _ in 0..9 {
            budget.answered(true);
        }
        assert!(!budget.spend(T0));
        budget.answered(true);
        assert!(budget.spend(T0));
    }
}
