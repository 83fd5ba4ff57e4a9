//! Rate limits by usage tier: the cells that are on record, with their dates, and what stands in for the others.
//!
//! Known cells, requests and tokens a minute:
//!
//! | model | Tier 1 | Tier 2 | Tier 3 | Tier 4 | Tier 5 | source |
//! |---|---|---|---|---|---|---|
//! | gpt-5-nano | 500 / 200,000 | 5,000 / 2,000,000 | 5,000 / 4,000,000 | 10,000 / 10,000,000 | – | docs model page, 2026 |
//! | gpt-5-mini | 500 / 500,000 | 5,000 / 2,000,000 | – / 4,000,000 | – / 10,000,000 | – / 180,000,000 | simonwillison.net 2025-09-12 |
//! | gpt-5 | – / 500,000 | – / 1,000,000 | – / 2,000,000 | – / 4,000,000 | – / 40,000,000 | simonwillison.net 2025-09-12 |
//! | gpt-4o | 500 / 30,000 | 5,000 / 450,000 | – | – | – | community.openai.com 1028595, 2024-11 |
//! | gpt-4o-mini | 500 / 200,000, 10,000 a day | – | – | – | – | community.openai.com 1028595, 2024-11 |
//!
//! Assumed: an unknown requests cell is gpt-5-nano's of the same tier (Tier 5: 30,000); an unknown tokens cell is
//! the last known one to its left; gpt-5-nano's Tier 5 tokens are gpt-5-mini's; gpt-4.1 and the o models follow
//! gpt-4o, their small ones gpt-4o-mini; models newer than gpt-5.1 follow gpt-5-mini where small, else gpt-5.

/// Limits of one model family; `None` where there is no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// Tokens per minute.
    pub tpm: Option<u64>,
    /// Requests per day.
    pub rpd: Option<u64>,
    /// Tokens per day.
    pub tpd: Option<u64>,
}

/// OpenAI's usage tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// No payment yet (2023 to 2025): 3 requests a minute, 200 a day. The tokens, 40,000, are an assumption.
    Free,
    /// $5 paid.
    One,
    /// $50 paid, 7 days.
    Two,
    /// $100 paid, 7 days.
    Three,
    /// $250 paid, 14 days.
    Four,
    /// $1,000 paid, 30 days.
    Five,
}

impl Tier {
    /// The limits of a model family in this tier.
    pub fn limits(self, family: &str) -> Limits {
        let [tier_1, tier_2, tier_3, tier_4, tier_5] = match Group::of(family) {
            Group::Gpt5Nano => [200_000, 2_000_000, 4_000_000, 10_000_000, 180_000_000],
            Group::Gpt5Mini => [500_000, 2_000_000, 4_000_000, 10_000_000, 180_000_000],
            Group::Gpt5 => [500_000, 1_000_000, 2_000_000, 4_000_000, 40_000_000],
            Group::Gpt4o => [30_000, 450_000, 450_000, 450_000, 450_000],
            Group::Gpt4oMini => [200_000; 5],
        };
        let limits = |rpm, tpm| Limits { rpm: Some(rpm), tpm: Some(tpm), ..Limits::default() };
        match self {
            Self::Free => Limits { rpm: Some(3), tpm: Some(40_000), rpd: Some(200), tpd: None },
            Self::One if family == "gpt-4o-mini" => Limits { rpd: Some(10_000), ..limits(500, tier_1) },
            Self::One => limits(500, tier_1),
            Self::Two => limits(5_000, tier_2),
            Self::Three => limits(5_000, tier_3),
            Self::Four => limits(10_000, tier_4),
            Self::Five => limits(30_000, tier_5),
        }
    }
}

enum Group {
    Gpt5Nano,
    Gpt5Mini,
    Gpt5,
    Gpt4o,
    Gpt4oMini,
}

impl Group {
    fn of(family: &str) -> Self {
        let small = ["mini", "nano", "luna"].iter().any(|mark| family.contains(mark));
        let older = ["gpt-4", "o3", "o4"].iter().any(|mark| family.starts_with(mark));
        match (family, older, small) {
            ("gpt-5-nano", _, _) => Self::Gpt5Nano,
            (_, true, true) => Self::Gpt4oMini,
            (_, true, false) => Self::Gpt4o,
            (_, false, true) => Self::Gpt5Mini,
            (_, false, false) => Self::Gpt5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_cells() {
        for (tier, family, rpm, tpm) in [
            (Tier::One, "gpt-5-nano", 500, 200_000),
            (Tier::Two, "gpt-5-nano", 5_000, 2_000_000),
            (Tier::Four, "gpt-5-nano", 10_000, 10_000_000),
            (Tier::One, "gpt-5-mini", 500, 500_000),
            (Tier::Five, "gpt-5", 30_000, 40_000_000),
            (Tier::One, "gpt-4o", 500, 30_000),
            (Tier::Free, "gpt-4o", 3, 40_000),
        ] {
            let limits = tier.limits(family);
            assert_eq!((limits.rpm, limits.tpm), (Some(rpm), Some(tpm)), "{tier:?} {family}");
        }
        assert_eq!(Tier::One.limits("gpt-4o-mini").rpd, Some(10_000));
    }
}
