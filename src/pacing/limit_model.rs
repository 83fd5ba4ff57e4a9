//! One limit as the pacer believes it to be: a bucket whose level was told once and is carried on from there.

use std::time::Duration;

use super::settings::PacedLimit;
use super::view::LimitKnowledge;
use crate::rate_limit::LimitScope;
use crate::time::Instant;

/// Requests do not arrive as evenly as they are sent: so much refill is left in the bucket.
const JITTER: f64 = 0.003;
/// Each refusal that no more than jitter explains adds so much to that, up to a limit: a busy page, or a network of
/// uneven delays, sends less evenly than it means to.
const JITTER_LEARNED: f64 = 0.02;
const LARGEST_JITTER: f64 = 0.08;
const JITTER_HALF_LIFE: f64 = 60.0;
/// Estimates are trusted within so many standard deviations.
const SURE: f64 = 2.0;
/// The most of the capacity that is left to others.
const LARGEST_RESERVE: f64 = 0.6;
/// The most of the refill that others are believed to take.
const LARGEST_SHARE: f64 = 0.8;
/// How long it takes for half of a reserve to be given up.
const RESERVE_HALF_LIFE: f64 = 10.0;
/// How long draws of others count as one burst.
const BURST_HALF_LIFE: f64 = 1.0;
/// Over how long what others draw is averaged.
const OTHERS_AVERAGED: f64 = 5.0;
/// How long it takes for half of what others drew to be forgotten where nothing tells of them.
const OTHERS_HALF_LIFE: f64 = 20.0;
/// Where a level is not told, it is taken for higher by so much of the refill, more each second.
const PROBE_PER_SECOND: f64 = 0.001;
const LARGEST_PROBE: f64 = 1.0;
/// Headers round and cut: a capacity read from them is off by so much refill at most.
const RESET_ROUNDING: f64 = 0.002;
/// A smaller capacity than the known one counts once it was told so often in a row.
const TOLD_SMALLER: u32 = 3;

/// A draw as far as one limit is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// When it went.
    pub(super) at: Instant,
    /// How much it took, as estimated.
    pub(super) units: f64,
    /// The variance of that estimate.
    pub(super) variance: f64,
}

/// What an answer told of a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToldLevel {
    /// The draw whose answer it is.
    pub(super) number: u64,
    /// When that went.
    pub(super) sent: Instant,
    /// The level right after it was decided on.
    pub(super) level: f64,
}

/// One limit: its size, its level, and how sure that is.
#[derive(Debug, Clone)]
pub(super) struct LimitModel {
    pub(super) limit: PacedLimit,
    pub(super) units: f64,
    pub(super) capacity: f64,
    pub(super) knowledge: LimitKnowledge,
    /// Of how much that was used the window was told; 0 where it was named.
    pub(super) window_told_by: f64,
    capacity_told: bool,
    capacity_inferred: bool,
    told_smaller: u32,
    level: f64,
    at: Instant,
    /// The draw whose answer told the level; 0 where none has.
    pub(super) anchor: u64,
    anchored_at: Instant,
    reserve: f64,
    reserve_at: Instant,
    /// In seconds of refill, beyond [`JITTER`].
    jitter: f64,
    jitter_at: Instant,
    burst: f64,
    burst_at: Instant,
    others: f64,
    /// The variance of what was drawn since the anchor.
    variance: f64,
    refused_at: Instant,
    probed: f64,
}

impl LimitModel {
    /// A limit of `units`, believed to be full.
    pub(super) fn new(limit: PacedLimit, units: f64, knowledge: LimitKnowledge, now: Instant) -> Self {
        Self {
            limit,
            units,
            capacity: units,
            knowledge,
            window_told_by: 0.0,
            capacity_told: false,
            capacity_inferred: false,
            told_smaller: 0,
            level: units,
            at: now,
            anchor: 0,
            anchored_at: now,
            reserve: 0.0,
            reserve_at: now,
            jitter: 0.0,
            jitter_at: now,
            burst: 0.0,
            burst_at: now,
            others: 0.0,
            variance: 0.0,
            refused_at: now,
            probed: 0.0,
        }
    }

    /// Units that come back in a second.
    pub(super) fn rate(&self) -> f64 {
        self.units / self.limit.window.as_secs_f64().max(1e-9)
    }

    /// The level at `now` as it is believed to be.
    pub(super) fn level(&self, now: Instant) -> f64 {
        let elapsed = seconds(now, self.at);
        (self.level + elapsed * self.net_rate()).min(self.capacity)
    }

    /// Units left for others at `now`, of a workload of which `waiting` units are still to go.
    pub(super) fn reserve(&self, now: Instant, waiting: f64) -> f64 {
        let for_others = halved(self.reserve, seconds(now, self.reserve_at), RESERVE_HALF_LIFE);
        let kept = for_others + self.learned_jitter(now) * self.rate();
        // The last requests need leave nothing: nobody of ours comes after them.
        kept.min((waiting - kept).max(0.0)) + JITTER * self.rate()
    }

    /// When `amount` may go, with `reserve` left in the bucket: `now` where it may go at once.
    pub(super) fn fits_at(&self, amount: Amount, reserve: f64, now: Instant) -> Instant {
        let doubt = SURE * libm::sqrt(self.variance + amount.variance);
        // A request above the capacity is let through, if ever, from a full bucket.
        let target = (amount.units + reserve + doubt).min(self.capacity);
        let missing = target - self.level(now);
        if missing <= target.abs() * 1e-9 + 1e-9 {
            return now;
        }
        let wait = Duration::try_from_secs_f64(missing / self.net_rate()).unwrap_or(Duration::MAX);
        // Up to the next microsecond: at that time it fits in spite of rounding.
        now + wait.saturating_add(Duration::from_micros(1))
    }

    /// How long until the level is above nothing, with `more` units in it that are counted as drawn.
    pub(super) fn refilled_in(&self, more: f64, now: Instant) -> Duration {
        let missing = -(self.level(now) + more);
        Duration::try_from_secs_f64(missing.max(0.0) / self.net_rate()).unwrap_or(Duration::MAX)
    }

    /// Takes `amount`, when its time is.
    pub(super) fn draw(&mut self, amount: Amount) {
        self.carry_on(amount.at);
        self.level -= amount.units.min(self.capacity);
        self.variance += amount.variance;
    }

    /// Gives `amount` back that was drawn as number `number`.
    pub(super) fn give_back(&mut self, amount: Amount, number: u64, now: Instant) {
        if number > self.anchor {
            self.carry_on(now);
            self.level = (self.level + amount.units.min(self.capacity)).min(self.capacity);
            self.variance = (self.variance - amount.variance).max(0.0);
        }
    }

    /// The level right before the draw that was sent at `sent`, as believed now; `since` was drawn from then on.
    pub(super) fn level_before(&self, sent: Instant, since: f64, now: Instant) -> f64 {
        (self.level(now) + since - seconds(now, sent) * self.net_rate()).min(self.capacity)
    }

    /// Takes in the size of the limit as told now. True where it is another than before.
    pub(super) fn resize(&mut self, units: f64, knowledge: LimitKnowledge, now: Instant) -> bool {
        self.knowledge = knowledge;
        if (units - self.units).abs() < 0.5 || units <= 0.0 {
            return false;
        }
        self.carry_on(now);
        let factor = units / self.units;
        self.units = units;
        // A burst cap is so many seconds of refill: it goes with the limit until something else is told.
        self.capacity *= factor;
        self.capacity_told = false;
        self.told_smaller = 0;
        self.level = self.level.min(self.capacity);
        self.reserve *= factor;
        self.others *= factor;
        true
    }

    /// Takes in what headers tell besides the limit: what remains (rounded down), and how long until it is full.
    pub(super) fn told_remaining(&mut self, remaining: f64, reset: Option<Duration>) -> f64 {
        let Some(reset) = reset else { return remaining };
        let refill = reset.as_secs_f64() * self.rate();
        let whole = remaining + refill;
        let rounding = 1.0 + RESET_ROUNDING * self.rate();
        if whole > self.units + rounding {
            // Not the time until a bucket is full: a window that starts again.
            self.capacity = self.units;
            return remaining;
        }
        let told = if whole >= self.units - rounding { self.units } else { whole };
        if !self.capacity_told || told > self.capacity {
            (self.capacity, self.capacity_told, self.told_smaller) = (told, true, 0);
        } else if told < self.capacity - rounding {
            self.told_smaller += 1;
            if self.told_smaller >= TOLD_SMALLER {
                (self.capacity, self.told_smaller) = (told, 0);
            }
        } else {
            self.told_smaller = 0;
        }
        // The reset is finer than the remainder, which is rounded down.
        (self.capacity - refill).clamp(remaining, remaining + 0.999)
    }

    /// Lets at most `burst` units through at once.
    pub(super) fn cap(&mut self, burst: f64, now: Instant) {
        self.carry_on(now);
        self.capacity = burst.clamp(1.0, self.units.max(1.0));
        self.level = self.level.min(self.capacity);
    }

    /// Whether its capacity is no more than assumed.
    pub(super) const fn wants_capacity(&self) -> bool {
        !self.capacity_told && !self.capacity_inferred
    }

    /// Infers the capacity from a refusal: everything since the `first` draw is known, and the bucket was full
    /// then. `before` are the draws before the refused one, which was sent at `refused` and found `level`. True where it
    /// is another than was assumed.
    pub(super) fn infer_capacity(&mut self, before: &[Amount], refused: Instant, level: f64) -> bool {
        let Some(first) = before.first().map(|draw| draw.at).filter(|_| self.wants_capacity()) else { return false };
        self.capacity_inferred = true;
        let rate = self.rate();
        let at_refusal = |capacity: f64| replay(capacity, first, capacity, rate, before.iter().copied(), refused);
        if at_refusal(self.units) <= level {
            return false;
        }
        let (mut low, mut high) = (1.0_f64.max(level), self.units);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if at_refusal(middle) > level { high = middle } else { low = middle }
        }
        self.capacity = high;
        true
    }

    /// Believes that the bucket was full before the first of `all` draws.
    pub(super) fn start_full(&mut self, all: &[Amount], now: Instant) {
        let Some(first) = all.first().map(|draw| draw.at) else { return };
        self.level = replay(self.capacity, first, self.capacity, self.rate(), all.iter().copied(), now);
        self.variance = all.iter().map(|draw| draw.variance).sum();
        self.at = now;
    }

    /// Takes a told level as the truth, and replays `after`, the draws that came after it.
    pub(super) fn anchor(&mut self, told: ToldLevel, after: &[Amount], now: Instant) {
        let level = told.level.min(self.capacity);
        self.level = replay(level, told.sent, self.capacity, self.net_rate(), after.iter().copied(), now);
        self.variance = after.iter().map(|draw| draw.variance).sum();
        self.at = now;
        self.anchor = told.number;
        self.anchored_at = told.sent;
        self.probed = 0.0;
    }

    /// Notes what others drew between two anchors: `drawn` units more than our own.
    pub(super) fn note_others(&mut self, drawn: f64, now: Instant) {
        self.count_burst(drawn, now);
        if self.burst > self.noticed() {
            self.raise_reserve(self.burst, now);
        }
    }

    /// Notes a refusal that was not foreseen: the level was `surprise` lower than believed.
    pub(super) fn note_surprise(&mut self, surprise: f64, told: &ToldLevel, now: Instant) {
        if told.level < -1.0 - 2.0 * JITTER * self.rate() {
            // Nobody draws a bucket below nothing: this is a window that starts again.
            self.note_discovery(now);
            return;
        }
        let surprise = (surprise - self.probed).max(0.0);
        (self.refused_at, self.probed) = (now, 0.0);
        self.count_burst(surprise, now);
        if self.burst <= self.noticed() {
            let learned = self.learned_jitter(now) + JITTER_LEARNED;
            (self.jitter, self.jitter_at) = (learned.min(LARGEST_JITTER), now);
            return;
        }
        let elapsed = seconds(told.sent, self.anchored_at).max(0.2);
        let share = 1.0 - libm::exp(-elapsed / OTHERS_AVERAGED);
        self.others += (surprise / elapsed - self.others) * share;
        self.others = self.others.clamp(0.0, LARGEST_SHARE * self.rate());
        // Twice of it: who comes again as soon as told gets through meanwhile, and leaves us alone.
        self.raise_reserve(2.0 * self.burst, now);
    }

    /// The first refusal by a limit that was not known: nothing was believed of it.
    pub(super) fn note_discovery(&mut self, now: Instant) {
        self.refused_at = now;
    }

    fn count_burst(&mut self, drawn: f64, now: Instant) {
        let kept = halved(self.burst, seconds(now, self.burst_at), BURST_HALF_LIFE);
        (self.burst, self.burst_at) = ((kept + drawn).max(0.0), now);
    }

    /// What is no more than rounding and jitter.
    fn noticed(&self) -> f64 {
        let least = if self.limit.scope == LimitScope::Requests { 1.2 } else { 1.0 };
        least + 2.0 * JITTER * self.rate() + 0.002 * self.capacity
    }

    fn learned_jitter(&self, now: Instant) -> f64 {
        halved(self.jitter, seconds(now, self.jitter_at), JITTER_HALF_LIFE)
    }

    fn raise_reserve(&mut self, to: f64, now: Instant) {
        let kept = halved(self.reserve, seconds(now, self.reserve_at), RESERVE_HALF_LIFE);
        (self.reserve, self.reserve_at) = (kept.max(to).min(LARGEST_RESERVE * self.capacity), now);
    }

    fn net_rate(&self) -> f64 {
        // Where the level is told each time, others need no foresight.
        let others = if self.knowledge == LimitKnowledge::Shown { 0.0 } else { self.others };
        (self.rate() - others).max(1e-12)
    }

    fn carry_on(&mut self, now: Instant) {
        let elapsed = seconds(now, self.at);
        if elapsed <= 0.0 {
            return;
        }
        let probing = if self.knowledge == LimitKnowledge::Inferred {
            (PROBE_PER_SECOND * seconds(now, self.refused_at)).min(LARGEST_PROBE) * self.rate() * elapsed
        } else {
            0.0
        };
        let before = self.level + elapsed * self.net_rate();
        self.level = (before + probing).min(self.capacity);
        self.probed += (self.level - before).max(0.0);
        self.others = halved(self.others, elapsed, OTHERS_HALF_LIFE);
        self.at = now;
    }
}

/// The level at `until` of a bucket that stood at `level` at `from`, and had `draws` taken since.
fn replay(
    level: f64,
    from: Instant,
    capacity: f64,
    rate: f64,
    draws: impl Iterator<Item = Amount>,
    until: Instant,
) -> f64 {
    let (mut level, mut at) = (level, from);
    for draw in draws {
        level = (level + seconds(draw.at, at) * rate).min(capacity) - draw.units.min(capacity);
        at = at.max(draw.at);
    }
    (level + seconds(until, at) * rate).min(capacity)
}

fn halved(value: f64, elapsed: f64, half_life: f64) -> f64 {
    value * libm::exp2(-elapsed / half_life)
}

fn seconds(later: Instant, earlier: Instant) -> f64 {
    later.saturating_since(earlier).as_secs_f64()
}
