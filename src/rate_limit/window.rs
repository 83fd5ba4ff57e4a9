//! Fixed and sliding windows: how servers other than OpenAI's count.

use std::collections::VecDeque;
use std::time::Duration;

use super::limiter::{LimitReading, Quota, Refusal};
use crate::time::Instant;

/// A counter that starts again at every full window of the clock.
///
/// Around a boundary it lets through up to twice its limit: its known weakness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedWindow {
    quota: Quota,
    // Which window of the clock `used` belongs to.
    index: u128,
    used: u64,
}

impl FixedWindow {
    /// A window of which `used` units are gone.
    pub fn with_used(quota: Quota, used: u64, now: Instant) -> Self {
        Self { quota, index: index_of(quota, now), used: used.min(quota.limit()) }
    }

    /// Whether `amount` units are left in this window.
    ///
    /// # Errors
    /// Where they are not, with the numbers that a 429 states: the wait lasts until the window ends.
    pub fn check(&self, now: Instant, amount: u64) -> Result<(), Refusal> {
        if amount > self.quota.limit() {
            return Err(Refusal::too_large(self.quota, amount));
        }
        let used = self.used_at(now);
        if amount <= self.quota.limit() - used {
            return Ok(());
        }
        Err(Refusal::not_yet(self.quota, used, amount, self.until_end(now)))
    }

    /// Takes `amount` units, or all there are.
    pub fn drain(&mut self, now: Instant, amount: u64) {
        self.used = self.used_at(now).saturating_add(amount).min(self.quota.limit());
        self.index = self.index.max(index_of(self.quota, now));
    }

    /// Puts `amount` units back, if the window they were taken from still lasts.
    pub fn give_back(&mut self, now: Instant, amount: u64) {
        self.used = self.used_at(now).saturating_sub(amount);
        self.index = self.index.max(index_of(self.quota, now));
    }

    /// Limit, used, remaining and reset at `now`.
    pub fn reading(&self, now: Instant) -> LimitReading {
        let used = self.used_at(now);
        LimitReading {
            quota: self.quota,
            remaining: self.quota.limit() - used,
            used,
            until_full: if used == 0 { Duration::ZERO } else { self.until_end(now) },
        }
    }

    fn used_at(&self, now: Instant) -> u64 {
        if index_of(self.quota, now) > self.index { 0 } else { self.used }
    }

    fn until_end(&self, now: Instant) -> Duration {
        let length = self.quota.window().length().as_nanos();
        let index = index_of(self.quota, now).max(self.index);
        let nanos = ((index + 1) * length).saturating_sub(now.since_origin().as_nanos());
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

fn index_of(quota: Quota, now: Instant) -> u128 {
    now.since_origin().as_nanos() / quota.window().length().as_nanos()
}

/// A log of what was admitted: no window of that length, wherever it starts, ever holds more than the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlidingWindow {
    quota: Quota,
    log: VecDeque<(Instant, u64)>,
}

impl SlidingWindow {
    /// A window of which `used` units were taken just now.
    pub fn with_used(quota: Quota, used: u64, now: Instant) -> Self {
        let mut log = VecDeque::new();
        if used > 0 {
            log.push_back((now, used.min(quota.limit())));
        }
        Self { quota, log }
    }

    /// Whether `amount` units are left in the window that ends at `now`.
    ///
    /// # Errors
    /// Where they are not, with the numbers that a 429 states: the wait lasts until enough has left the window.
    pub fn check(&self, now: Instant, amount: u64) -> Result<(), Refusal> {
        if amount > self.quota.limit() {
            return Err(Refusal::too_large(self.quota, amount));
        }
        let used = self.used_at(now);
        let free = self.quota.limit() - used;
        if amount <= free {
            return Ok(());
        }
        let mut missing = amount - free;
        let mut wait = self.quota.window().length();
        for (at, units) in self.live(now) {
            wait = self.expiry(at).saturating_since(now);
            missing = missing.saturating_sub(units);
            if missing == 0 {
                break;
            }
        }
        Err(Refusal::not_yet(self.quota, used, amount, wait))
    }

    /// Takes `amount` units, or all there are.
    pub fn drain(&mut self, now: Instant, amount: u64) {
        while self.log.front().is_some_and(|(at, _)| self.expiry(*at) <= now) {
            self.log.pop_front();
        }
        let taken = amount.min(self.quota.limit() - self.used_at(now));
        let now = self.log.back().map_or(now, |(last, _)| now.max(*last));
        match self.log.back_mut() {
            Some((last, units)) if *last == now => *units += taken,
            _ if taken > 0 => self.log.push_back((now, taken)),
            _ => {}
        }
    }

    /// Takes `amount` units out of the log, the newest first.
    pub fn give_back(&mut self, amount: u64) {
        let mut left = amount;
        while left > 0 {
            let Some((at, units)) = self.log.pop_back() else { return };
            if units > left {
                self.log.push_back((at, units - left));
            }
            left = left.saturating_sub(units);
        }
    }

    /// Limit, used, remaining and reset at `now`.
    pub fn reading(&self, now: Instant) -> LimitReading {
        let used = self.used_at(now);
        let until_full = self.log.back().map_or(Duration::ZERO, |(at, _)| self.expiry(*at).saturating_since(now));
        LimitReading { quota: self.quota, remaining: self.quota.limit() - used, used, until_full }
    }

    fn live(&self, now: Instant) -> impl Iterator<Item = (Instant, u64)> {
        self.log.iter().copied().filter(move |(at, _)| self.expiry(*at) > now)
    }

    fn used_at(&self, now: Instant) -> u64 {
        self.live(now).map(|(_, units)| units).sum()
    }

    fn expiry(&self, at: Instant) -> Instant {
        at + self.quota.window().length()
    }
}
