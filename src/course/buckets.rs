//! Two of the limiter's buckets on a clock that moves only when it is told to.

use std::time::Duration;

use crate::rate_limit::{LimitReached, LimitScope, LimitWindow, Quota, TokenBucket};
use crate::time::Instant;

/// Both limits count by the minute.
const WINDOW: LimitWindow = LimitWindow::Minute;
/// The clock's beginning: a minute from its origin, so that a bucket can have begun to refill before.
const START: Instant = Instant::from_origin(Duration::from_secs(60));
/// How many requests are remembered.
const KEPT: usize = 6;
/// No series of requests is longer.
const LONGEST_SERIES: u64 = 20_000;

/// One bucket at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The most it holds.
    pub limit: u64,
    /// What is in it, fractions included.
    pub level: f64,
    /// Until it is full again: what a reset header tells.
    pub until_full: Duration,
    /// Until what the next request takes is there; `None` where it never will be.
    pub until_fits: Option<Duration>,
}

impl Bucket {
    /// In which time one unit flows back.
    pub fn period(&self) -> Duration {
        WINDOW.length() / u32::try_from(self.limit.max(1)).unwrap_or(u32::MAX)
    }
}

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its number, from 1.
    pub number: u64,
    /// When, on the clock of the buckets.
    pub at: Duration,
    /// The tokens it was charged, or would have been.
    pub tokens: u64,
    /// The limit that refused it.
    pub refused: Option<LimitReached>,
    /// The earliest it would have fitted, from then on; `None` where it never will. Zero where it was let in.
    pub fits_in: Option<Duration>,
}

/// A bucket of requests and one of tokens, both of which a request must fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Buckets {
    requests: TokenBucket,
    tokens: TokenBucket,
    now: Instant,
    emptied: Option<Instant>,
    sent: Vec<Sent>,
    number: u64,
}

impl Buckets {
    /// Full buckets of `rpm` requests and `tpm` tokens a minute.
    pub fn new(rpm: u64, tpm: u64) -> Self {
        Self {
            requests: TokenBucket::full(Quota::new(rpm, WINDOW), START),
            tokens: TokenBucket::full(Quota::new(tpm, WINDOW), START),
            now: START,
            emptied: None,
            sent: Vec::new(),
            number: 0,
        }
    }

    /// The time since the clock's beginning.
    pub fn clock(&self) -> Duration {
        self.now.saturating_since(START)
    }

    /// Lets time pass.
    pub fn advance(&mut self, by: Duration) {
        self.now = self.now + by;
    }

    /// The requests bucket.
    pub fn requests(&self) -> Bucket {
        self.read(&self.requests, 1)
    }

    /// The tokens bucket, and when a request of `tokens` fits it.
    pub fn tokens(&self, tokens: u64) -> Bucket {
        self.read(&self.tokens, tokens)
    }

    /// Whether nothing is missing in either.
    pub fn are_full(&self) -> bool {
        self.requests.until_full(self.now).is_zero() && self.tokens.until_full(self.now).is_zero()
    }

    /// The last requests, the newest first.
    pub fn sent(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter().rev()
    }

    /// Changes the limits; what is in the buckets stays in them, as far as they hold it.
    pub fn set_limits(&mut self, rpm: u64, tpm: u64) {
        self.requests = self.resized(&self.requests, rpm);
        self.tokens = self.resized(&self.tokens, tpm);
    }

    /// Fills both again and forgets what was sent.
    pub fn refill(&mut self) {
        *self = Self { now: self.now, number: self.number, ..Self::new(self.requests().limit, self.tokens(0).limit) };
        self.set_full();
    }

    /// Takes all requests out, and from now on measures how long the next one waits.
    pub fn empty_requests(&mut self) {
        self.requests.drain(self.now, self.requests.quota().limit());
        self.emptied = Some(self.now);
    }

    /// How long ago the requests were taken out, until one has been let in since.
    pub fn since_emptied(&self) -> Option<Duration> {
        Some(self.now.saturating_since(self.emptied?))
    }

    /// Sends a request of `tokens` tokens: it is let in by both buckets, or refused and takes nothing.
    pub fn send(&mut self, tokens: u64) -> Sent {
        let refusal = [(LimitScope::Requests, &self.requests, 1), (LimitScope::Tokens, &self.tokens, tokens)]
            .into_iter()
            .filter_map(|(scope, bucket, amount)| Some((scope, bucket.check(self.now, amount).err()?)))
            // The longest wait is stated, and before all others that it never fits.
            .max_by_key(|(scope, refusal)| (refusal.wait.is_none(), refusal.wait, *scope == LimitScope::Requests));
        let fits_in = self
            .requests
            .wait_for(self.now, 1)
            .zip(self.tokens.wait_for(self.now, tokens))
            .map(|(requests, tokens)| requests.max(tokens));
        let refused = refusal.map(|(scope, refusal)| LimitReached {
            scope: Some(scope),
            window: Some(refusal.window),
            model: Some("gpt-5-nano".to_owned()),
            limit: Some(refusal.limit),
            used: refusal.used,
            requested: Some(refusal.requested),
            // Texts cut it off to the millisecond.
            try_again_in: refusal
                .wait
                .map(|wait| Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))),
            too_large: refusal.wait.is_none(),
            ..LimitReached::default()
        });
        if refused.is_none() {
            self.requests.drain(self.now, 1);
            self.tokens.drain(self.now, tokens);
            self.emptied = None;
        }
        self.number += 1;
        let sent = Sent { number: self.number, at: self.clock(), tokens, refused, fits_in };
        if self.sent.len() >= KEPT {
            self.sent.remove(0);
        }
        self.sent.push(sent.clone());
        sent
    }

    /// Sends requests of `tokens` tokens each, at this very moment, until one is refused: how many were let in.
    pub fn send_until_refused(&mut self, tokens: u64) -> u64 {
        (0..LONGEST_SERIES).take_while(|_| self.send(tokens).refused.is_none()).count() as u64
    }

    fn read(&self, bucket: &TokenBucket, amount: u64) -> Bucket {
        let until_full = bucket.until_full(self.now);
        let limit = bucket.quota().limit();
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let missing = until_full.as_secs_f64() * limit as f64 / WINDOW.length().as_secs_f64();
        #[allow(clippy::cast_precision_loss)]
        let level = (limit as f64 - missing).max(0.0);
        Bucket { limit, level, until_full, until_fits: bucket.wait_for(self.now, amount) }
    }

    fn resized(&self, bucket: &TokenBucket, limit: u64) -> TokenBucket {
        let quota = Quota::new(limit.max(1), WINDOW);
        let whole = bucket.level(self.now).min(quota.limit());
        // The fraction beyond the whole units is given as time: so long ago the level was whole.
        let fraction = (self.read(bucket, 0).level - whole_as_f64(whole)).clamp(0.0, 1.0);
        let ago = WINDOW.length().mul_f64(fraction / whole_as_f64(quota.limit()));
        TokenBucket::with_used(quota, quota.limit() - whole, self.now - ago)
    }

    fn set_full(&mut self) {
        self.requests = TokenBucket::full(self.requests.quota(), self.now);
        self.tokens = TokenBucket::full(self.tokens.quota(), self.now);
    }
}

#[allow(clippy::cast_precision_loss)] // limits are far below 2^53
const fn whole_as_f64(whole: u64) -> f64 {
    whole as f64
}

/// The top of a gauge on which `limit` can be moved: of `tops`, the one there was before as long as the limit is within
/// it and not lost at its foot, else the least that holds it.
pub fn gauge_scale(limit: u64, before: Option<u64>, tops: &[u64]) -> u64 {
    match before {
        Some(before) if limit <= before && limit.saturating_mul(40) >= before => before,
        _ => tops.iter().copied().find(|top| *top >= limit).unwrap_or(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn at_three_a_minute_the_next_one_fits_after_twenty_seconds() {
        let mut buckets = Buckets::new(3, 30_000);
        assert_eq!(buckets.send_until_refused(64), 3);
        let refused = buckets.sent().next().unwrap().clone();
        let reached = refused.refused.unwrap();
        assert_eq!(reached.try_again_in, Some(seconds(20)));
        assert_eq!((reached.limit, reached.used, reached.requested), (Some(3), Some(3), Some(1)));
        assert!(reached.to_string().contains("Limit 3, Used 3, Requested 1. Please try again in 20s."), "{reached}");
        assert_eq!(buckets.requests().period(), seconds(20));
        buckets.advance(Duration::from_millis(19_999));
        let early = buckets.send(64);
        assert_eq!(early.refused.unwrap().try_again_in, Some(seconds(20)), "the text counts whole units");
        assert_eq!(early.fits_in, Some(Duration::from_millis(1)), "the bucket does not");
        buckets.advance(Duration::from_millis(1));
        assert_eq!(buckets.send(64).refused, None);
        assert_eq!(buckets.requests().until_full, seconds(60), "a reset is the time until it is full");
    }

    #[test]
    fn a_recorded_wait_comes_out() {
        // openai/openai-node#1477: Limit 30000, Used 18271, Requested 16921, 10.384s.
        let mut buckets = Buckets::new(500, 30_000);
        assert_eq!(buckets.send(18_271).refused, None);
        let reached = buckets.send(16_921).refused.unwrap();
        assert_eq!(reached.scope, Some(LimitScope::Tokens));
        assert_eq!(reached.try_again_in, Some(Duration::from_millis(10_384)));
    }

    #[test]
    fn room_reserved_for_output_decides_how_many_fit() {
        // 30000 ÷ 64 = 468.75; 30000 ÷ 4096 = 7.3.
        assert_eq!(Buckets::new(500, 30_000).send_until_refused(64), 468);
        assert_eq!(Buckets::new(500, 30_000).send_until_refused(4_096), 7);
    }

    #[test]
    fn what_is_larger_than_the_limit_never_fits() {
        let mut buckets = Buckets::new(3, 1_000);
        let sent = buckets.send(1_001);
        assert!(sent.refused.unwrap().too_large && sent.fits_in.is_none());
        assert_eq!(buckets.tokens(1_001).until_fits, None);
        assert!(buckets.are_full(), "a refused request takes nothing");
    }

    #[test]
    fn a_changed_limit_keeps_what_is_there() {
        let mut buckets = Buckets::new(4, 30_000);
        let _ = buckets.send_until_refused(64);
        buckets.advance(Duration::from_millis(22_500));
        assert!((buckets.requests().level - 1.5).abs() < 1e-6);
        buckets.set_limits(10, 30_000);
        assert!((buckets.requests().level - 1.5).abs() < 1e-6, "{:?}", buckets.requests());
        assert_eq!(buckets.requests().until_full, seconds(51));
        buckets.set_limits(1, 30_000);
        assert!((buckets.requests().level - 1.0).abs() < 1e-6, "it holds no more");
    }

    #[test]
    fn refilled_is_full_and_forgets() {
        let mut buckets = Buckets::new(3, 30_000);
        buckets.advance(seconds(5));
        let _ = buckets.send_until_refused(64);
        buckets.empty_requests();
        buckets.refill();
        assert!(buckets.are_full() && buckets.sent().next().is_none() && buckets.since_emptied().is_none());
        assert_eq!(buckets.clock(), seconds(5));
    }

    #[test]
    fn a_gauge_keeps_its_scale_while_it_is_dragged() {
        let tops = [12, 60, 600];
        assert_eq!(gauge_scale(3, None, &tops), 12);
        assert_eq!(gauge_scale(12, Some(12), &tops), 12);
        assert_eq!(gauge_scale(500, Some(12), &tops), 600);
        assert_eq!(gauge_scale(60, Some(600), &tops), 600);
        assert_eq!(gauge_scale(3, Some(600), &tops), 12);
        assert_eq!(gauge_scale(1_000, None, &tops), 1_000);
    }
}
