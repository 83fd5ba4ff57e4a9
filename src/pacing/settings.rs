//! What a person can set; all of it can be changed while requests wait.

use std::time::Duration;

use crate::rate_limit::LimitScope;

/// Which limit is meant: what it counts, and over what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PacedLimit {
    /// What it counts.
    pub scope: LimitScope,
    /// Over what time.
    pub window: Duration,
}

impl PacedLimit {
    /// Requests per minute.
    pub const RPM: Self = Self { scope: LimitScope::Requests, window: MINUTE };
    /// Tokens per minute.
    pub const TPM: Self = Self { scope: LimitScope::Tokens, window: MINUTE };
    /// Requests per day.
    pub const RPD: Self = Self { scope: LimitScope::Requests, window: DAY };
    /// Tokens per day.
    pub const TPD: Self = Self { scope: LimitScope::Tokens, window: DAY };
}

/// A limit as a person states it; what answers tell replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitHint {
    /// Which.
    pub limit: PacedLimit,
    /// The most units in its window.
    pub units: u64,
    /// The most units at once, where that is less.
    pub burst: Option<u64>,
}

/// How to pace.
#[derive(Debug, Clone, PartialEq)]
pub struct PacingSettings {
    /// The most requests in flight, whatever the limits allow; at least 1.
    pub max_in_flight: usize,
    /// Requests in flight while nothing is known of the server; at least 1.
    pub initial_in_flight: usize,
    /// Limits as a person states them. None are needed.
    pub hints: Vec<LimitHint>,
    /// The longest wait for the next admission that passes without asking a person.
    pub longest_wait: Duration,
}

impl Default for PacingSettings {
    fn default() -> Self {
        Self { max_in_flight: 1_000, initial_in_flight: 10, hints: Vec::new(), longest_wait: 15 * MINUTE }
    }
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const DAY: Duration = Duration::from_secs(86_400);
