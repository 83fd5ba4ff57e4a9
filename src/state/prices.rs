//! A person's prices: those built in, and own rows before them, kept over a reload.

use leptos::prelude::*;

use super::accounts::{Accounts, use_accounts};
use super::persisted::persisted_as;
use super::undo::{Undos, use_undos};
use super::when_used;
use crate::usage::{PriceRow, Prices, import};

/// The page's prices.
#[derive(Debug, Clone, Copy)]
pub struct PricesState {
    prices: RwSignal<Prices>,
    accounts: Accounts,
    undos: Undos,
}

fn provide() {
    let prices = persisted_as("prices", Prices::default(), read, |prices| Some(prices.to_json()));
    let state = PricesState { prices, accounts: use_accounts(), undos: use_undos() };
    state.accounts.price(&state.now());
    provide_context(state);
}

fn read(text: &str) -> Option<Prices> {
    import(text, "", "").ok().map(|found| Prices::new(found.rows))
}

/// The page's prices.
pub fn use_prices() -> PricesState {
    when_used(provide)
}

impl PricesState {
    /// The prices, tracked.
    pub fn get(self) -> Prices {
        self.prices.get()
    }

    /// The prices as they are now.
    pub fn now(self) -> Prices {
        self.prices.get_untracked()
    }

    /// Takes own rows in, in place of those for the same models, and says so in `words`; Undo takes them out again.
    pub fn put(self, rows: Vec<PriceRow>, words: impl Into<String>) {
        self.change(self.now().with(rows), words);
    }

    /// Takes the own row of `model` out; Undo brings it back.
    pub fn remove(self, model: &str) {
        self.change(self.now().without(model), format!("Your price of {model} is removed."));
    }

    fn change(self, prices: Prices, words: impl Into<String>) {
        let before = self.now();
        self.set(prices);
        self.undos.tell(words, move || self.set(before.clone()));
    }

    // All totals are priced anew.
    fn set(self, prices: Prices) {
        self.accounts.price(&prices);
        self.prices.set(prices);
    }
}
