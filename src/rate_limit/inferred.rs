//! A limit that no header shows: inferred from a 429's text, and from what this page itself has drawn since.
//!
//! Others may draw on the same limit, and a request may be charged more than its usage says: what this page counts is
//! the least that was used, and what it leaves is the most there can be.

use std::time::Duration;

use super::bucket::TokenBucket;
use super::limiter::Quota;
use super::message::{LimitReached, LimitScope};
use super::snapshot::{Knowledge, Reading};
use super::{LimitWindow, arithmetic};
use crate::time::Instant;

/// The longest window there is, and a bound on what is kept of it.
const LONGEST: Duration = LimitWindow::Day.length();
const MOST_DRAWS: usize = 4_096;

/// What this page itself has drawn from a limit, by the time each request went out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OwnDraws(Vec<(Instant, u64)>);

impl OwnDraws {
    /// Notes that a request sent at `sent`, which was let through, drew `amount`.
    pub fn add(&mut self, sent: Instant, amount: u64) {
        // Answers come out of order, and the bucket is replayed in the order of requests.
        let at = self.0.partition_point(|(earlier, _)| *earlier <= sent);
        self.0.insert(at, (sent, amount));
        let oldest = sent - LONGEST;
        if self.0.len() > MOST_DRAWS || self.0.first().is_some_and(|(at, _)| *at < oldest) {
            let surplus = self.0.len().saturating_sub(MOST_DRAWS);
            self.0.drain(..surplus.max(self.0.partition_point(|(at, _)| *at < oldest)));
        }
    }

    /// The sum of what was drawn by requests sent after `from`.
    pub fn since(&self, from: Instant) -> u64 {
        self.after(from).fold(0, |sum, (_, amount)| sum.saturating_add(amount))
    }

    fn after(&self, from: Instant) -> impl Iterator<Item = (Instant, u64)> {
        self.0.iter().copied().filter(move |(sent, _)| *sent > from)
    }
}

/// A limit as a 429 told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToldLimit {
    bucket: TokenBucket,
    /// When the 429 came; what was sent up to then it has counted itself.
    told_at: Instant,
    /// The time from which the level counts on: later than the 429 where more was used than the limit holds.
    level_at: Instant,
    /// The 429 named the limit, and not where it stood.
    names_limit_only: bool,
}

impl ToldLimit {
    /// What the text of a 429 that came at `now` tells of its limit; `None` without a limit and its window.
    pub fn of(reached: &LimitReached, now: Instant) -> Option<Self> {
        let limit = reached.limit.filter(|limit| *limit > 0)?;
        let window = reached.window?;
        let quota = Quota::new(limit, window);
        let Some(used) = used_then(reached, limit, window.length()) else {
            // A full bucket at the clock's origin is the most there can be.
            let bucket = TokenBucket::full(quota, Instant::ORIGIN);
            return Some(Self { bucket, told_at: now, level_at: Instant::ORIGIN, names_limit_only: true });
        };
        // Groq goes on counting above the limit: the level rises from zero once that has flowed off.
        let above = arithmetic::refill_wait(limit, used, 0, window.length());
        let level_at = now + above;
        Some(Self {
            bucket: TokenBucket::with_used(quota, used, level_at),
            told_at: now,
            level_at,
            names_limit_only: false,
        })
    }

    /// The most that can be left, after what this page has drawn since.
    pub fn reading(&self, own: &OwnDraws) -> Reading {
        let mut bucket = self.bucket.clone();
        let (mut level_at, mut counted) = (self.level_at, 0);
        let from = if self.names_limit_only { Instant::ORIGIN } else { self.told_at };
        for (sent, amount) in own.after(from) {
            bucket.drain(sent, amount);
            level_at = level_at.max(sent);
            counted += 1;
        }
        let knowledge = match (self.names_limit_only, counted) {
            (false, 0) => Knowledge::Inferred,
            _ => Knowledge::Counted,
        };
        Reading {
            limit: bucket.quota().limit(),
            remaining: bucket.level(level_at),
            full_at: Some(level_at + bucket.until_full(level_at)),
            read_at: level_at,
            told_at: self.told_at,
            window: Some(bucket.quota().window().length()),
            knowledge,
        }
    }
}

/// How much was used when the 429 was written: as it says, or as its wait says; `None` where neither tells.
fn used_then(reached: &LimitReached, limit: u64, window: Duration) -> Option<u64> {
    if reached.used.is_some() {
        return reached.used;
    }
    let one_request = (reached.scope == Some(LimitScope::Requests)).then_some(1);
    let requested = reached.requested.or(one_request)?;
    // wait = (used + requested − limit) × window / limit, solved for used; the wait is cut off to a millisecond.
    let missing = u128::from(limit).saturating_mul(reached.try_again_in?.as_nanos()).div_ceil(window.as_nanos());
    Some(u64::try_from(missing).ok()?.saturating_add(limit).saturating_sub(requested))
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Instant = Instant::from_origin(Duration::from_secs(100_000));

    fn after(ms: u64) -> Instant {
        T0 + Duration::from_millis(ms)
    }

    fn told(text: &str) -> ToldLimit {
        ToldLimit::of(&LimitReached::parse(text).unwrap(), T0).unwrap()
    }

    fn tokens(limit: u64, used: u64, requested: u64) -> ToldLimit {
        told(&format!(
            "Rate limit reached for m in organization org-1 on tokens per min (TPM): Limit {limit}, Used {used}, Requested {requested}."
        ))
    }

    #[test]
    fn a_request_fits_when_the_429_said_it_would() {
        // Public reports of 2023 to 2026: limit, used, requested, and the wait stated in ms (cut off).
        for (limit, used, requested, wait_ms) in [
            (30_000, 18_271, 16_921, 10_384),
            (30_000, 14_567, 24_754, 18_642),
            (30_000, 29_937, 385, 644),
            (30_000, 18_928, 11_159, 174),
            (30_000, 22_999, 12_528, 11_054),
            (10_000, 8_554, 3_082, 9_816),
            (10_000, 8_782, 8_172, 41_724),
            (30_000, 26_713, 7_669, 8_764),
            (200_000, 198_168, 5_110, 983),
            (200_000, 167_239, 189_937, 47_152),
            // Groq, above its limit: (5747 + 4251 − 5000) × 60 s / 5000.
            (5_000, 5_747, 4_251, 59_976),
        ] {
            let reading = tokens(limit, used, requested).reading(&OwnDraws::default());
            assert_eq!(reading.knowledge, Knowledge::Inferred);
            assert_eq!(reading.remaining_at(T0), limit.saturating_sub(used), "{limit} {used}");
            assert!(reading.remaining_at(after(wait_ms - 1)) < requested, "{limit} {used} {requested}: too early");
            assert!(reading.remaining_at(after(wait_ms + 1)) >= requested, "{limit} {used} {requested}: too late");
        }
    }

    #[test]
    fn texts_without_used_tell_it_by_their_wait() {
        for (text, limit, window_secs, until_full_ms) in [
            ("Rate limit reached on requests per min. Limit: 3 / min. Please try again in 20s.", 3, 60, 60_000),
            ("Rate limit reached on requests per min (RPM): Limit 500. Please try again in 120ms.", 500, 60, 60_000),
            (
                "Rate limit reached on requests per day (RPD): Limit 200. Please try again in 7m12s.",
                200,
                86_400,
                86_400_000,
            ),
        ] {
            let reading = told(text).reading(&OwnDraws::default());
            assert_eq!((reading.limit, reading.remaining), (limit, 0), "{text}");
            assert_eq!(reading.window, Some(Duration::from_secs(window_secs)), "{text}");
            assert_eq!(reading.until_full(T0), Some(Duration::from_millis(until_full_ms)), "{text}");
        }
    }

    #[test]
    fn too_large_tells_the_limit_and_no_level() {
        let limit = told("Request too large for m on tokens per min (TPM): Limit 30000, Requested 36278.");
        let mut own = OwnDraws::default();
        assert_eq!(limit.reading(&own).remaining_at(T0), 30_000, "all of it may be there");
        assert_eq!(limit.reading(&own).knowledge, Knowledge::Counted);
        own.add(T0 - Duration::from_secs(10), 12_000);
        // 12,000 were drawn ten seconds ago, and 5,000 have come back.
        assert_eq!(limit.reading(&own).remaining_at(T0), 23_000);
    }

    #[test]
    fn a_rate_is_no_level() {
        // 2023's wording: 70 calls a minute are tried, of which 60 are allowed; how many are left is not said.
        let limit = told(
            "Rate limit reached for m in organization org-1 on requests per min. Limit: 60.000000 / min. Current: 70.000000 / min.",
        );
        let reading = limit.reading(&OwnDraws::default());
        assert_eq!((reading.limit, reading.remaining_at(T0), reading.knowledge), (60, 60, Knowledge::Counted));
    }

    #[test]
    fn what_this_page_draws_since_is_taken_off() {
        let limit = tokens(30_000, 30_000, 1_000);
        let mut own = OwnDraws::default();
        own.add(T0 - Duration::from_secs(1), 9_999);
        assert_eq!(limit.reading(&own).knowledge, Knowledge::Inferred, "the 429 counted what went before it");
        // Half a window later 15,000 are back; two requests draw 4,000, told in the wrong order.
        own.add(after(31_000), 1_000);
        own.add(after(30_000), 3_000);
        let reading = limit.reading(&own);
        assert_eq!(reading.knowledge, Knowledge::Counted);
        assert_eq!(reading.remaining_at(after(31_000)), 15_500 - 4_000);
        assert_eq!(reading.remaining_at(after(60_000)), 30_000 - 4_000);
        assert_eq!(reading.told_at, T0);
        assert_eq!((own.since(T0), own.since(after(30_000))), (4_000, 1_000));
    }

    #[test]
    fn what_is_kept_of_draws_is_bounded() {
        let mut own = OwnDraws::default();
        own.add(T0, 1);
        own.add(T0 + LONGEST + Duration::from_secs(1), 2);
        assert_eq!(own.since(Instant::ORIGIN), 2, "what is older than a day no limit remembers");
        for _ in 0..2 * MOST_DRAWS {
            own.add(T0 + LONGEST, 1);
        }
        assert_eq!(own.0.len(), MOST_DRAWS);
        assert_eq!(ToldLimit::of(&LimitReached::default(), T0), None);
    }
}
