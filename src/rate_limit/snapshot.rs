//! What is known of a limit at a moment, and how it is known.

use std::time::Duration;

use super::arithmetic;
use super::headers::{Field, LimitTrio, RateLimitHeaders};
use super::message::{LimitReached, LimitScope};
use crate::time::Instant;

/// How a reading is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Read from a header.
    Shown,
    /// Computed from a 429's text.
    Inferred,
    /// The answer's headers cannot be read here.
    Hidden,
}

/// One limit at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The most the window holds.
    pub limit: u64,
    /// What was left when it was read.
    pub remaining: u64,
    /// When the limit is full again, if nothing else is used.
    pub full_at: Option<Instant>,
    /// When it was read.
    pub read_at: Instant,
    /// How it is known.
    pub knowledge: Knowledge,
}

impl Reading {
    /// What is left at `now` if nothing was used since: the continuous refill carried on.
    pub fn remaining_at(&self, now: Instant) -> u64 {
        let Some(full_at) = self.full_at else { return self.remaining };
        let missing = self.limit.saturating_sub(self.remaining);
        let whole = full_at.saturating_since(self.read_at);
        let left = full_at.saturating_since(now);
        if left.is_zero() || whole.is_zero() {
            return self.limit;
        }
        let still_missing = u128::from(missing).saturating_mul(left.as_nanos()).div_ceil(whole.as_nanos());
        self.limit.saturating_sub(u64::try_from(still_missing).unwrap_or(u64::MAX)).max(self.remaining)
    }

    /// Until the limit is full again, zero when it is.
    pub fn until_full(&self, now: Instant) -> Option<Duration> {
        self.full_at.map(|full_at| full_at.saturating_since(now))
    }

    /// How old the reading is.
    pub fn age(&self, now: Instant) -> Duration {
        now.saturating_since(self.read_at)
    }
}

/// The latest readings of an API's request and token limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitSnapshot {
    /// Requests.
    pub requests: Option<Reading>,
    /// Tokens.
    pub tokens: Option<Reading>,
    /// True when the last answer's headers could not be read.
    pub hidden: bool,
}

impl LimitSnapshot {
    /// Takes in the headers of an answer received at `now`.
    pub fn update_from_headers(&mut self, headers: &RateLimitHeaders, now: Instant) {
        self.hidden = matches!(headers.requests.remaining, Field::Hidden);
        for (slot, trio) in [(&mut self.requests, &headers.requests), (&mut self.tokens, &headers.tokens)] {
            if let Some(reading) = reading_of(trio, now) {
                *slot = Some(reading);
            }
        }
    }

    /// Takes in what a 429 said, where headers told nothing.
    pub fn update_from_message(&mut self, reached: &LimitReached, now: Instant) {
        let (Some(scope), Some(limit)) = (reached.scope, reached.limit) else { return };
        let slot = match scope {
            LimitScope::Requests => &mut self.requests,
            LimitScope::Tokens | LimitScope::InputTokens => &mut self.tokens,
            LimitScope::Images => return,
        };
        if slot.as_ref().is_some_and(|known| known.knowledge == Knowledge::Shown && known.read_at == now) {
            return;
        }
        let remaining = reached.used.map_or(0, |used| limit.saturating_sub(used));
        let full_at = reached.window.map(|window| now + arithmetic::reset(limit, remaining, window.length()));
        *slot = Some(Reading { limit, remaining, full_at, read_at: now, knowledge: Knowledge::Inferred });
    }
}

fn reading_of(trio: &LimitTrio, now: Instant) -> Option<Reading> {
    let (limit, remaining) = (*trio.limit.exposed()?, *trio.remaining.exposed()?);
    let full_at = trio.reset.exposed().map(|reset| now + *reset);
    Some(Reading { limit, remaining, full_at, read_at: now, knowledge: Knowledge::Shown })
}
