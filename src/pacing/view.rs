//! What people see of the pacer.

use super::pacer::Pacer;
use super::settings::PacedLimit;
use crate::simulator::ChargeRule;
use crate::time::Instant;

/// How a limit is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKnowledge {
    /// Told by headers.
    Shown,
    /// Told by the text of a refusal, carried on by our own count.
    Inferred,
    /// Stated by a person, and told by no answer yet.
    Hinted,
}

/// Why the next request does not go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// This limit has to refill first.
    Limit(PacedLimit),
    /// Others are in flight, and no more are tried at a time.
    Concurrency,
    /// The server asked for a wait without saying for what.
    ServerWait,
    /// The wait of its own retry.
    Retry,
    /// Other requests are first.
    Turn,
    /// A person paused.
    Pause,
    /// The wait is longer than is waited without asking: a person resumes.
    LongWait {
        /// When the limit would allow the next request.
        until: Instant,
    },
}

/// One limit as it is believed to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitView {
    /// Which.
    pub limit: PacedLimit,
    /// The most units in its window.
    pub units: u64,
    /// The most units at once.
    pub capacity: u64,
    /// Units that are left now, below zero where more was drawn than came back.
    pub level: f64,
    /// Units that are left in it for others and for jitter.
    pub reserve: f64,
    /// Units that come back in a second.
    pub refill_per_second: f64,
    /// How it is known.
    pub knowledge: LimitKnowledge,
}

/// The pacer at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct PacerView {
    /// The limits that are known.
    pub limits: Vec<LimitView>,
    /// Requests that wait.
    pub waiting: usize,
    /// Requests in flight.
    pub in_flight: usize,
    /// The most that may be in flight now.
    pub window: usize,
    /// Admissions a minute, over the last ten seconds.
    pub requests_per_minute: f64,
    /// Tokens admitted a minute, over the last ten seconds, as estimated.
    pub tokens_per_minute: f64,
    /// Why the next request does not go now; `None` where none waits.
    pub waits_for: Option<WaitsFor>,
    /// When the next request goes, where only time has to pass.
    pub next_admission: Option<Instant>,
    /// Requests that were refused by rate limits.
    pub refusals: u64,
    /// How tokens are charged, where that is known.
    pub charge_rule: Option<ChargeRule>,
    /// The server's input tokens for each one estimated.
    pub input_ratio: f64,
}

impl Pacer {
    /// What people see of it.
    pub fn view(&mut self, now: Instant) -> PacerView {
        self.queue.bring_forward(now);
        let (waits_for, next_admission) = match self.decide(now) {
            Ok(_) => (Some(WaitsFor::Turn), Some(now)),
            Err(None) => (None, None),
            Err(Some((why, at))) => (Some(self.held.map_or(why, |(_, until)| WaitsFor::LongWait { until })), at),
        };
        let (requests_per_minute, tokens_per_minute) = self.meter.per_minute(now);
        let waiting = self.queue.waiting_cost;
        let limits = self.models.iter().map(|model| LimitView {
            limit: model.limit,
            units: whole(model.units),
            capacity: whole(model.capacity),
            level: model.level(now),
            reserve: model.reserve(now, self.amount_waiting(model.limit.scope, waiting)),
            refill_per_second: model.rate(),
            knowledge: model.knowledge,
        });
        PacerView {
            limits: limits.collect(),
            waiting: self.queue.waiting,
            in_flight: self.queue.in_flight,
            window: self.window.capacity(self.knows_a_limit()),
            requests_per_minute,
            tokens_per_minute,
            waits_for,
            next_admission,
            refusals: self.refusals,
            charge_rule: self.calibration.rule(),
            input_ratio: self.calibration.input_ratio(),
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // limits are positive and far below 2^53
fn whole(units: f64) -> u64 {
    units.max(0.0) as u64
}
