//! Scenarios to start from, each with what it teaches and where its numbers come from.

use std::time::Duration;

use super::latency::LatencyModel;
use super::scenario::{BatchQueue, ChargeRule, Faults, KeyRule, RequestsHeader, Scenario, StreamFault};
use super::tiers::{Limits, Tier};
use crate::rate_limit::Algorithm;

/// A named scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScenarioPreset {
    /// The limits of a new paying account.
    #[default]
    Tier1,
    /// Three requests a minute.
    First429,
    /// The old free tier.
    Free,
    /// Tier 2.
    Tier2,
    /// Tier 3.
    Tier3,
    /// Tier 4.
    Tier4,
    /// Tier 5.
    Tier5,
    /// Few tokens, many requests.
    TokenBound,
    /// A daily limit about to be reached.
    DailyLimit,
    /// No credit.
    QuotaExhausted,
    /// A limit that no request fits.
    RequestTooLarge,
    /// A server under too much load.
    Overloaded,
    /// Answers that take long.
    Slow,
    /// Streams that fail in their middle.
    MidStream,
}

impl ScenarioPreset {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 14] = [
        Self::Tier1,
        Self::First429,
        Self::Free,
        Self::Tier2,
        Self::Tier3,
        Self::Tier4,
        Self::Tier5,
        Self::TokenBound,
        Self::DailyLimit,
        Self::QuotaExhausted,
        Self::RequestTooLarge,
        Self::Overloaded,
        Self::Slow,
        Self::MidStream,
    ];

    /// A short stable name, for links, storage and the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Tier1 => "tier-1",
            Self::First429 => "first-429",
            Self::Free => "free",
            Self::Tier2 => "tier-2",
            Self::Tier3 => "tier-3",
            Self::Tier4 => "tier-4",
            Self::Tier5 => "tier-5",
            Self::TokenBound => "token-bound",
            Self::DailyLimit => "daily-limit",
            Self::QuotaExhausted => "quota-exhausted",
            Self::RequestTooLarge => "request-too-large",
            Self::Overloaded => "overloaded",
            Self::Slow => "slow",
            Self::MidStream => "mid-stream",
        }
    }

    /// The preset of that [`ScenarioPreset::id`]; `tier 1` and `tier_1` mean `tier-1`.
    pub fn from_id(id: &str) -> Option<Self> {
        let id = id.trim().to_ascii_lowercase().replace([' ', '_'], "-");
        Self::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tier1 => "Tier 1",
            Self::First429 => "First 429",
            Self::Free => "Free",
            Self::Tier2 => "Tier 2",
            Self::Tier3 => "Tier 3",
            Self::Tier4 => "Tier 4",
            Self::Tier5 => "Tier 5",
            Self::TokenBound => "Token-bound",
            Self::DailyLimit => "Daily limit",
            Self::QuotaExhausted => "Quota exhausted",
            Self::RequestTooLarge => "Request too large",
            Self::Overloaded => "Overloaded",
            Self::Slow => "Slow",
            Self::MidStream => "Limit in mid-stream",
        }
    }

    /// What it teaches.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Tier1 => "A new paying account: 500 requests and, for gpt-5-nano, 200,000 tokens a minute.",
            Self::First429 => "3 requests a minute: the fourth at once is refused, and one more fits every 20 seconds.",
            Self::Free => "3 requests a minute and 200 a day. The requests headers tell the day, not the minute.",
            Self::Tier2 => "$50 paid: about ten times the limits of tier 1.",
            Self::Tier3 => "$100 paid: the requests of tier 2, twice its tokens.",
            Self::Tier4 => "$250 paid: 10,000 requests a minute.",
            Self::Tier5 => "$1,000 paid: the most that is on record.",
            Self::TokenBound => {
                "300 tokens a minute: requests are plentiful, tokens run out. A smaller max_output_tokens lets more through, since it is charged before the answer exists."
            }
            Self::DailyLimit => {
                "200 requests a day, 198 of them gone: the third call waits 7 minutes 12 seconds. No backoff of seconds gets through."
            }
            Self::QuotaExhausted => "A 429 that is about money: no waiting cures it, and it names no wait.",
            Self::RequestTooLarge => {
                "5 tokens a minute: every request is larger than the whole limit and can never succeed unchanged. Raise the tokens per minute above what it requested, and it fits."
            }
            Self::Overloaded => {
                "503s with a Retry-After: every call fails at first, then ever fewer, none after half a minute."
            }
            Self::Slow => "The first token takes about 8 seconds: many requests in flight, and time to press Stop.",
            Self::MidStream => {
                "30 requests a minute, and every other stream meets a rate limit in its middle: HTTP 200, some text, then an error that asks for 2 seconds. Without streaming nothing is wrong."
            }
        }
    }

    /// Where its numbers come from, and what is assumed.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Tier1 | Self::Tier2 | Self::Tier3 | Self::Tier4 => {
                "gpt-5-nano: OpenAI's model page, 2026; gpt-5 and gpt-5-mini: simonwillison.net, 2025-09-12; gpt-4o and gpt-4o-mini: community.openai.com 1028595, 2024-11; other cells assumed alike"
            }
            Self::Tier5 => {
                "Tokens of gpt-5 and gpt-5-mini: simonwillison.net, 2025-09-12; all other cells, 30,000 requests included, are assumptions"
            }
            Self::First429 => "The free tier's 3 requests a minute, as in the 429 texts of 2023: \"try again in 20s\"",
            Self::Free => {
                "3 requests a minute and 200 a day: OpenAI's free tier, 2023 to 2025; 40,000 tokens a minute assumed"
            }
            Self::TokenBound => "Chosen: ten requests of the notebook's 64 tokens are twice what a minute holds",
            Self::DailyLimit => "200 requests a day: the free tier; the 429 of onlybooks/llm issue 6 says 7m12s",
            Self::QuotaExhausted => "OpenAI's error-codes guide, 2026: type insufficient_quota",
            Self::RequestTooLarge => {
                "The text: aider issue 1880; the number is chosen, limits as low as 100 tokens a minute are on record (community.openai.com 1384351)"
            }
            Self::Overloaded => {
                "OpenAI's error-codes guide, 2026: 503 server_is_overloaded; the course of it is chosen"
            }
            Self::Slow => "Chosen",
            Self::MidStream => {
                "The events: streams captured by vercel/ai and openai-python issue 2699, 2025-10-20; which streams fail, and where, is chosen"
            }
        }
    }
}

impl From<ScenarioPreset> for Scenario {
    fn from(preset: ScenarioPreset) -> Self {
        let scenario = Self {
            preset,
            tier: Tier::One,
            overrides: Limits::default(),
            used_at_start: Limits::default(),
            algorithm: Algorithm::TokenBucket,
            burst_requests: None,
            burst_tokens: None,
            charge: ChargeRule::Larger,
            charge_rejected: false,
            settle: false,
            requests_header: RequestsHeader::PerMinute,
            latency: LatencyModel::ORDINARY,
            faults: Faults::None,
            key: KeyRule::Any,
            batches: BatchQueue::default(),
        };
        match preset {
            ScenarioPreset::Tier1 => scenario,
            ScenarioPreset::First429 => scenario.rpm(3),
            ScenarioPreset::Free => Self { tier: Tier::Free, requests_header: RequestsHeader::PerDay, ..scenario },
            ScenarioPreset::Tier2 => Self { tier: Tier::Two, ..scenario },
            ScenarioPreset::Tier3 => Self { tier: Tier::Three, ..scenario },
            ScenarioPreset::Tier4 => Self { tier: Tier::Four, ..scenario },
            ScenarioPreset::Tier5 => Self { tier: Tier::Five, ..scenario },
            ScenarioPreset::TokenBound => scenario.tpm(300),
            ScenarioPreset::DailyLimit => Self {
                used_at_start: Limits { rpd: Some(198), ..Limits::default() },
                requests_header: RequestsHeader::PerDay,
                ..scenario.rpd(200)
            },
            ScenarioPreset::QuotaExhausted => scenario.faults(Faults::QuotaExhausted),
            ScenarioPreset::RequestTooLarge => scenario.tpm(5),
            ScenarioPreset::Overloaded => scenario.faults(Faults::Overloaded { recovery: Duration::from_secs(30) }),
            ScenarioPreset::Slow => scenario.latency(LatencyModel {
                first_token: Duration::from_secs(8),
                tokens_per_second: 15.0,
                ..LatencyModel::ORDINARY
            }),
            ScenarioPreset::MidStream => scenario.rpm(30).faults(Faults::MidStream(StreamFault::RateLimit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_found_by_its_id() {
        for preset in ScenarioPreset::ALL {
            assert_eq!(ScenarioPreset::from_id(preset.id()), Some(preset));
            assert!(!preset.description().is_empty() && !preset.source().is_empty());
            assert_eq!(Scenario::from(preset).id(), preset.id());
        }
        assert_eq!(ScenarioPreset::from_id("Tier 1"), Some(ScenarioPreset::Tier1));
        assert_eq!(ScenarioPreset::from_id("first_429"), Some(ScenarioPreset::First429));
    }
}
