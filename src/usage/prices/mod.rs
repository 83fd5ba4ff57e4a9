//! What calls cost: the prices built in, and a person's own before them.
//!
//! Prices are dated and say where they come from. An own row overrides a built-in one, or adds a model. OpenAI's higher
//! price of inputs above 272,000 tokens is in none of them.

mod built_in;
mod import;
mod listed;
mod litellm;
mod own;
mod rows;
mod table;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use import::{Imported, LONGEST_FILE, PriceFault, import};
pub use listed::ListedPrice;
pub use rows::{MOST_PER_TOKEN, MOST_ROWS, PriceRow, check_model, read_per_million, write_per_million};

use super::money::{Money, Price};
use crate::models;
use crate::responses::Usage;

/// What a call is served as, and so what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// As usual: `default`.
    #[default]
    Standard,
    /// Slower, at half the price: `flex`.
    Flex,
    /// In a job of the Batch API, at half the price.
    Batch,
    /// Faster, at a higher price: `priority`.
    Priority,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Flex, Self::Batch, Self::Priority];

    /// The name people read, and which prices are written under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Flex => "flex",
            Self::Batch => "batch",
            Self::Priority => "priority",
        }
    }

    /// By the `service_tier` of an answer; `None` for one that names no price list.
    pub fn of_answer(service_tier: &str) -> Option<Self> {
        match service_tier {
            "default" | "auto" | "standard" => Some(Self::Standard),
            "flex" => Some(Self::Flex),
            "priority" => Some(Self::Priority),
            _ => None,
        }
    }

    /// The same of an answer that may name none, which is the standard one.
    pub fn of_service_tier(name: Option<&str>) -> Option<Self> {
        name.map_or(Some(Self::Standard), Self::of_answer)
    }
}

/// The prices of a person: those built in, overridden by own rows. Clones are cheap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    /// In the order of their models.
    own: Arc<[PriceRow]>,
}

impl Prices {
    /// The own rows `rows` over the built-in prices; of two for the same model the later counts.
    pub fn new(rows: impl IntoIterator<Item = PriceRow>) -> Self {
        let mut rows: Vec<PriceRow> = rows.into_iter().collect();
        rows.reverse();
        rows.sort_by(|a, b| a.model.cmp(&b.model));
        rows.dedup_by(|later, kept| later.model == kept.model);
        Self { own: rows.into() }
    }

    /// With `more` own rows, which take the place of those for the same models.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = PriceRow>) -> Self {
        Self::new(self.own.iter().cloned().chain(more))
    }

    /// Without the own row of `model`: a built-in price counts again.
    #[must_use]
    pub fn without(&self, model: &str) -> Self {
        Self { own: self.own.iter().filter(|row| row.model != model).cloned().collect() }
    }

    /// The own rows, in the order of their models.
    pub fn own_rows(&self) -> &[PriceRow] {
        &self.own
    }

    /// The own row of exactly that name.
    pub fn own_row(&self, model: &str) -> Option<&PriceRow> {
        let place = self.own.binary_search_by(|row| row.model.as_str().cmp(model)).ok()?;
        self.own.get(place)
    }

    /// The price of `model` as `tier`, where it is known: own rows first, a dated snapshot by its family's.
    pub fn price(&self, model: &str, tier: Tier) -> Option<Price> {
        if !self.own.is_empty()
            && let Some(row) = self.own_row(model).or_else(|| self.own_row(models::family(model)))
        {
            return row.price(tier);
        }
        let facts = models::facts(model)?;
        match tier {
            Tier::Standard => Some(facts.price),
            Tier::Flex | Tier::Batch => Some(facts.price.halved()),
            Tier::Priority => built_in::priority(models::family(model)),
        }
    }

    /// What `usage` of `model` costs as `tier`; `None` where that price is not known.
    pub fn cost(&self, model: &str, tier: Tier, usage: &Usage) -> Option<Money> {
        self.price(model, tier).map(|price| price.cost(usage))
    }

    /// What a call costs by the model that answered, else by the one that was asked for; `None` where no price is known.
    pub fn cost_of(&self, asked: &str, answered: Option<&str>, tier: Tier, usage: &Usage) -> Option<Money> {
        let price = answered.and_then(|model| self.price(model, tier)).or_else(|| self.price(asked, tier))?;
        Some(price.cost(usage))
    }
}

#[cfg(test)]
mod tests;
