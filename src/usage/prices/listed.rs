//! The prices as a list for people.

use super::{PriceRow, Prices};
use crate::models;
use crate::usage::money::Price;

/// A model in the list of prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPrice {
    /// Its name.
    pub model: String,
    /// What it costs as usual; `None` where nobody told.
    pub price: Option<Price>,
    /// Whether the price is a person's own.
    pub is_own: bool,
    /// Where the price comes from; empty where there is none.
    pub source: String,
    /// The day it was told, `YYYY-MM-DD`; empty where that is not known.
    pub date: String,
}

impl Prices {
    /// All models with a price and those that are `used`, which come first; then the own ones, then those built in.
    pub fn listed(&self, used: &[String]) -> Vec<ListedPrice> {
        let mut models: Vec<&str> = used.iter().map(String::as_str).collect();
        models.extend(self.own_rows().iter().map(|row| row.model.as_str()));
        models.extend(models::CATALOG.iter().map(|facts| facts.id));
        let mut listed: Vec<ListedPrice> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for model in models {
            if seen.insert(model) {
                listed.push(self.one_listed(model));
            }
        }
        listed
    }

    fn one_listed(&self, model: &str) -> ListedPrice {
        let price = self.price(model, super::Tier::Standard);
        let own = self.own_row(model).or_else(|| self.own_row(models::family(model)));
        let (source, date) = match own {
            Some(PriceRow { source, date, .. }) => (source.clone(), date.clone()),
            None if price.is_some() => ("OpenAI's price list, built in".to_owned(), models::COLLECTED_ON.to_owned()),
            None => (String::new(), String::new()),
        };
        ListedPrice { model: model.to_owned(), price, is_own: own.is_some(), source, date }
    }
}
