//! What tokens cost: OpenAI's list as collected, and what a person knows better.

use serde::{Deserialize, Serialize};

use super::money::Money;
use crate::models;
use crate::responses::Usage;

/// The price list that a request is charged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The usual one.
    #[default]
    Standard,
    /// Cheaper and slower: `service_tier: "flex"`.
    Flex,
    /// Quicker and dearer: `service_tier: "priority"`.
    Priority,
    /// Jobs of the Batch API, at half the price (OpenAI's price list as collected on 2026-11-25).
    Batch,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Flex, Self::Priority, Self::Batch];

    /// By the `service_tier` of an answer; `None` for one that names no price list.
    pub fn of_answer(service_tier: &str) -> Option<Self> {
        match service_tier {
            "default" => Some(Self::Standard),
            "flex" => Some(Self::Flex),
            "priority" => Some(Self::Priority),
            _ => None,
        }
    }
}

/// The prices in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {}

impl Prices {
    /// What `usage` of `model` costs; `None` where that has no known price.
    pub fn cost(&self, model: &str, tier: Tier, usage: &Usage) -> Option<Money> {
        let cost = models::facts(model)?.price.cost(usage);
        match tier {
            Tier::Standard => Some(cost),
            Tier::Flex | Tier::Batch => Some(cost.halved()),
            Tier::Priority => None,
        }
    }
}
