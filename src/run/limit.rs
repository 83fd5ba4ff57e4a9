//! The limit a run ran into, as its own answers tell it, and the time it takes to get through.

use std::time::Duration;

use super::log::{Attempt, RunLog};
use crate::rate_limit::{LimitReached, LimitScope, LimitTrio, LimitWindow, per};
use crate::retry::Class;

/// A limit, and what each call of a run draws from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitMet {
    /// What it counts.
    pub scope: LimitScope,
    /// The most its window holds.
    pub limit: u64,
    /// The time in which all of it flows back.
    pub window: Duration,
    /// What one call draws.
    pub per_call: u64,
    /// What was left of it when the run began.
    pub left: u64,
}

impl LimitMet {
    /// The limit that holds a run back the longest: of those its 429s name, else the request limit of its headers.
    pub fn of(log: &RunLog) -> Option<Self> {
        let attempts = || log.calls.iter().flat_map(|call| &call.attempts);
        let named = attempts().filter_map(|attempt| {
            let outcome = attempt.outcome.as_ref().filter(|outcome| outcome.class == Class::RateLimit)?;
            let reached = outcome.limit.as_ref()?;
            Some((attempt.started, reached, Self::of_message(reached, 0)?.time_per_call()))
        });
        let slowest = named.max_by_key(|(_, _, time_per_call)| *time_per_call).and_then(|(started, reached, _)| {
            let let_through = attempts().filter(|other| other.started <= started && was_let_through(other));
            Self::of_message(reached, let_through.count())
        });
        slowest.or_else(|| attempts().filter_map(request_limit).find_map(Self::of_headers))
    }

    /// The limit of a 429 that came after `let_through` requests of the run had been let through.
    fn of_message(reached: &LimitReached, let_through: usize) -> Option<Self> {
        let scope = reached.scope.filter(|scope| *scope != LimitScope::Images)?;
        let per_call = match scope {
            LimitScope::Requests => 1,
            _ => reached.requested?,
        };
        let limit = reached.limit.filter(|limit| *limit > 0)?;
        let per_call = per_call.max(1);
        let drawn = u64::try_from(let_through).unwrap_or(u64::MAX).saturating_mul(per_call);
        let used_before = reached.used.map_or(0, |used| used.saturating_sub(drawn));
        let window = reached.window.map(LimitWindow::length)?;
        Some(Self { scope, limit, window, per_call, left: limit.saturating_sub(used_before) })
    }

    /// The request limit that a header trio tells, where its numbers imply a window.
    fn of_headers(trio: &LimitTrio) -> Option<Self> {
        let limit = trio.limit.exposed().copied().filter(|limit| *limit > 0)?;
        let window = trio.known_window()?;
        // The answer that tells it has drawn one itself.
        let left = trio.remaining.exposed()?.saturating_add(1).min(limit);
        Some(Self { scope: LimitScope::Requests, limit, window, per_call: 1, left })
    }

    /// How many calls a full limit lets through at once.
    pub const fn at_once(&self) -> u64 {
        self.limit / self.per_call
    }

    /// How long one call's share takes to flow back.
    pub fn time_per_call(&self) -> Duration {
        flow(self.window, self.per_call, self.limit)
    }

    /// The least time that `calls` calls take, from what was left of the limit and without a wasted request.
    pub fn drain(&self, calls: usize) -> Duration {
        let drawn = u64::try_from(calls).unwrap_or(u64::MAX).saturating_mul(self.per_call);
        flow(self.window, drawn.saturating_sub(self.left), self.limit)
    }

    /// `3 requests per minute`.
    pub fn words(&self) -> String {
        let what = match self.scope {
            LimitScope::Requests => "requests",
            LimitScope::Tokens => "tokens",
            LimitScope::InputTokens => "input tokens",
            LimitScope::Images => "images",
        };
        format!("{} {what} {}", crate::format::format_count(self.limit), per(self.window))
    }
}

fn was_let_through(attempt: &Attempt) -> bool {
    attempt.outcome.as_ref().is_some_and(|outcome| matches!(outcome.class, Class::Success | Class::Unreadable))
}

fn flow(window: Duration, amount: u64, limit: u64) -> Duration {
    let nanos = window.as_nanos().saturating_mul(u128::from(amount)).div_ceil(u128::from(limit.max(1)));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// What an answer's headers tell of the request limit.
fn request_limit(attempt: &Attempt) -> Option<&LimitTrio> {
    Some(&attempt.result.as_ref()?.as_ref().ok()?.headers.limits.requests)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(scope: LimitScope, limit: u64, window: u64, per_call: u64) -> LimitMet {
        LimitMet { scope, limit, window: Duration::from_secs(window), per_call, left: limit }
    }

    #[test]
    fn a_limit_used_before_the_run_takes_longer() {
        // 200 a day, 198 of them used before: two go through, and the other eight take 432 s each.
        let text = "Rate limit reached for gpt-5-nano in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.";
        let daily = LimitMet::of_message(&LimitReached::parse(text).unwrap(), 2).unwrap();
        assert_eq!((daily.left, daily.drain(10)), (2, Duration::from_secs(8 * 432)));
    }

    #[test]
    fn draining_by_hand() {
        // (N − L) · 60 / L: 10 at 3 per minute, 30 at 10 per minute, and all at once below the limit.
        let three = met(LimitScope::Requests, 3, 60, 1);
        assert_eq!(three.drain(10), Duration::from_secs(140));
        assert_eq!(three.drain(3), Duration::ZERO);
        assert_eq!(three.time_per_call(), Duration::from_secs(20));
        assert_eq!(met(LimitScope::Requests, 10, 60, 1).drain(30), Duration::from_secs(120));
        // 40 calls of 1,000 tokens at 30,000 per minute: 10,000 tokens are to flow back.
        let tokens = met(LimitScope::Tokens, 30_000, 60, 1_000);
        assert_eq!((tokens.drain(40), tokens.at_once()), (Duration::from_secs(20), 30));
        assert_eq!(tokens.words(), "30,000 tokens per minute");
        assert_eq!(met(LimitScope::Requests, 10_000, 86_400, 1).time_per_call(), Duration::from_millis(8_640));
    }

    #[test]
    fn a_message_without_numbers_names_no_limit() {
        assert_eq!(LimitMet::of_message(&LimitReached::default(), 0), None);
        let tokens = LimitReached {
            scope: Some(LimitScope::Tokens),
            window: Some(LimitWindow::Minute),
            limit: Some(30_000),
            used: Some(29_937),
            requested: Some(385),
            ..LimitReached::default()
        };
        let known = LimitMet { left: 63, ..met(LimitScope::Tokens, 30_000, 60, 385) };
        assert_eq!(LimitMet::of_message(&tokens, 0), Some(known));
    }
}
