//! A scenario: what the simulated API enforces, how fast it is and what goes wrong. Plain data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::latency::LatencyModel;
use super::presets::ScenarioPreset;
use super::tiers::{Limits, Tier};
use crate::rate_limit::Algorithm;

/// Which tokens a request is charged for when it is admitted, before its answer exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ChargeRule {
    /// The larger of the input estimate and `max_output_tokens`, as OpenAI documents.
    #[default]
    Larger,
    /// Their sum, as some servers do.
    Sum,
}

impl ChargeRule {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Larger, Self::Sum];

    /// A short stable name, for links, storage and the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Larger => "larger",
            Self::Sum => "sum",
        }
    }

    /// The rule of that [`ChargeRule::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// The tokens charged for a request. Without `max_output_tokens` that is the input estimate alone.
    pub fn tokens(self, input: u64, max_output: Option<u64>) -> u64 {
        match self {
            Self::Larger => input.max(max_output.unwrap_or(0)),
            Self::Sum => input.saturating_add(max_output.unwrap_or(0)),
        }
    }
}

/// What goes wrong besides limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Faults {
    /// Nothing.
    #[default]
    None,
    /// The account has no credit: every request is a 429 that no waiting cures.
    QuotaExhausted,
    /// The server is overloaded: 503s, all at first, then ever fewer until it has recovered.
    Overloaded {
        /// How long after the first request the last 503 can come.
        recovery: Duration,
    },
    /// Every other stream, the first one included, fails in its middle, after HTTP 200. What is not streamed is well.
    MidStream(StreamFault),
}

/// What fails in the middle of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamFault {
    /// A rate limit, with its wait in its text: there are no headers left to say it in (openai-python #2699).
    RateLimit,
    /// The server.
    Server,
}

/// Which limit the `x-ratelimit-*-requests` headers tell: real ones tell either, and do not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RequestsHeader {
    /// Requests per minute, where there is such a limit.
    #[default]
    PerMinute,
    /// Requests per day, where there is such a limit.
    PerDay,
}

/// Which keys are let in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KeyRule {
    /// Any key, but there must be one.
    #[default]
    Any,
    /// This key alone.
    Exactly(String),
}

/// How batch jobs are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchQueue {
    /// The most input tokens that the unfinished jobs of a model may hold together; none sets no limit. 2,000,000 is
    /// what failed jobs of tier 1 said (openai-python issue 2084, 2025-02).
    pub enqueued_tokens: Option<u64>,
    /// From the end of validation until the last request is run, before the latency's scale; chosen, since real jobs
    /// take minutes to hours. A job that needs more than 24 hours expires.
    pub turnaround: Duration,
}

impl Default for BatchQueue {
    fn default() -> Self {
        Self { enqueued_tokens: Some(2_000_000), turnaround: Duration::from_secs(90) }
    }
}

/// What the simulated API is like.
///
/// Start from a preset and override what you want to see:
///
/// ```
/// use sluice::simulator::{Scenario, ScenarioPreset};
/// let scenario = Scenario::from(ScenarioPreset::Tier1).rpm(60).tpm(10_000);
/// assert_eq!(scenario.limits("gpt-5-nano").rpm, Some(60));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Where it started from.
    pub preset: ScenarioPreset,
    /// The limits of each model where nothing overrides them.
    pub tier: Tier,
    /// Limits that replace the tier's, for every model; 0 takes a limit away.
    pub overrides: Limits,
    /// How much of each limit is used before the first request.
    pub used_at_start: Limits,
    /// How limits count.
    pub algorithm: Algorithm,
    /// The most requests at once under a per-minute limit, where that is less than the limit.
    pub burst_requests: Option<u64>,
    /// The most tokens at once under a per-minute limit, where that is less than the limit.
    pub burst_tokens: Option<u64>,
    /// How tokens are charged.
    pub charge: ChargeRule,
    /// Whether a rejected request uses up a request all the same (OpenAI says so; its 429 texts do not show it).
    pub charge_rejected: bool,
    /// Whether the charge is corrected to the tokens really used when the answer is complete.
    pub settle: bool,
    /// What the requests headers tell.
    pub requests_header: RequestsHeader,
    /// How fast answers come.
    pub latency: LatencyModel,
    /// What goes wrong.
    pub faults: Faults,
    /// Which keys are let in.
    pub key: KeyRule,
    /// How batch jobs are run.
    pub batches: BatchQueue,
}

impl Scenario {
    /// A short stable name of its preset.
    pub const fn id(&self) -> &'static str {
        self.preset.id()
    }

    /// The name people read.
    pub const fn name(&self) -> &'static str {
        self.preset.name()
    }

    /// What it teaches.
    pub const fn description(&self) -> &'static str {
        self.preset.description()
    }

    /// Where its numbers come from.
    pub const fn source(&self) -> &'static str {
        self.preset.source()
    }

    /// The limits of a model family, overrides included.
    pub fn limits(&self, family: &str) -> Limits {
        let tier = self.tier.limits(family);
        let pick = |over: Option<u64>, tier: Option<u64>| over.or(tier).filter(|limit| *limit > 0);
        Limits {
            rpm: pick(self.overrides.rpm, tier.rpm),
            tpm: pick(self.overrides.tpm, tier.tpm),
            rpd: pick(self.overrides.rpd, tier.rpd),
            tpd: pick(self.overrides.tpd, tier.tpd),
        }
    }

    /// With that many requests per minute; 0 takes the limit away.
    #[must_use]
    pub fn rpm(mut self, limit: u64) -> Self {
        self.overrides.rpm = Some(limit);
        self
    }

    /// With that many tokens per minute; 0 takes the limit away.
    #[must_use]
    pub fn tpm(mut self, limit: u64) -> Self {
        self.overrides.tpm = Some(limit);
        self
    }

    /// With that many requests per day; 0 takes the limit away.
    #[must_use]
    pub fn rpd(mut self, limit: u64) -> Self {
        self.overrides.rpd = Some(limit);
        self
    }

    /// With that many tokens per day; 0 takes the limit away.
    #[must_use]
    pub fn tpd(mut self, limit: u64) -> Self {
        self.overrides.tpd = Some(limit);
        self
    }

    /// With limits that count that way.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// With answers that fast.
    #[must_use]
    pub fn latency(mut self, latency: LatencyModel) -> Self {
        self.latency = latency;
        self
    }

    /// With tokens charged that way.
    #[must_use]
    pub fn charge(mut self, charge: ChargeRule) -> Self {
        self.charge = charge;
        self
    }

    /// With those faults.
    #[must_use]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }
}

impl Default for Scenario {
    fn default() -> Self {
        ScenarioPreset::Tier1.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_replace_the_tiers_limits_and_zero_takes_them_away() {
        let scenario = Scenario::default().rpm(3).tpm(0).rpd(200);
        let limits = scenario.limits("gpt-5-nano");
        assert_eq!(limits, Limits { rpm: Some(3), tpm: None, rpd: Some(200), tpd: None });
    }

    #[test]
    fn charges() {
        assert_eq!(ChargeRule::Larger.tokens(20, Some(64)), 64);
        assert_eq!(ChargeRule::Larger.tokens(90, Some(64)), 90);
        assert_eq!(ChargeRule::Sum.tokens(20, Some(64)), 84);
        for rule in ChargeRule::ALL {
            assert_eq!(rule.tokens(20, None), 20);
            assert_eq!(ChargeRule::from_id(rule.id()), Some(rule));
        }
    }
}
