//! Totals since the page was opened, or since they were reset: one for each API, so that simulated and real money never
//! mix.

use leptos::prelude::{Owner, SetValue, StoredValue, WithValue, expect_context};

use super::api::ApiSource;
use super::budgets::{Budgets, use_budgets};
use super::frequent::Frequent;
use super::ledger::{LedgerState, use_ledger};
use super::prices::{PricesState, use_prices};
use super::ticker::Ticker;
use crate::usage::{CountsAs, Prices, Summary, Tier, Totals};

/// The page's totals.
#[derive(Debug, Clone, Copy)]
pub struct Accounts {
    simulated: Frequent<Totals>,
    live: Frequent<Totals>,
    // Those built in, until a person's own are read.
    prices: StoredValue<Prices>,
    page: StoredValue<Owner>,
}

impl Accounts {
    /// Nothing yet.
    pub fn new(ticker: Ticker) -> Self {
        let page = StoredValue::new(Owner::current().unwrap_or_default());
        Self { simulated: Frequent::new(ticker), live: Frequent::new(ticker), prices: StoredValue::default(), page }
    }

    /// The page's ledger, also for who has no owner at hand.
    pub fn ledger(self) -> LedgerState {
        self.page.with_value(|page| page.with(use_ledger))
    }

    /// The person's prices, also for who has no owner at hand.
    pub fn prices(self) -> PricesState {
        self.page.with_value(|page| page.with(use_prices))
    }

    /// The person's budgets, also for who has no owner at hand.
    pub fn budgets(self) -> Budgets {
        self.page.with_value(|page| page.with(use_budgets))
    }

    const fn totals(self, source: ApiSource) -> Frequent<Totals> {
        match source {
            ApiSource::Simulated => self.simulated,
            ApiSource::Live => self.live,
        }
    }

    /// Takes in an attempt that `model` was asked in.
    pub fn record(self, source: ApiSource, of: (&str, Tier), counts_as: &CountsAs) {
        self.record_answered(source, (of.0, None, of.1), counts_as);
    }

    /// The same where the model that answered is told.
    pub fn record_answered(self, source: ApiSource, of: (&str, Option<&str>, Tier), counts_as: &CountsAs) {
        let totals = self.totals(source);
        self.prices.with_value(|prices| totals.update(|totals| totals.add_answered(of, counts_as, prices)));
    }

    /// The totals of an API, tracked.
    pub fn summary(self, source: ApiSource) -> Summary {
        self.totals(source).with(Totals::summary)
    }

    /// Begins at nothing again and gives what it was, for [`Accounts::bring_back`]; `None` where it was nothing.
    pub fn reset(self, source: ApiSource) -> Option<Totals> {
        self.totals(source).update(std::mem::take).filter(|totals| !totals.is_empty())
    }

    /// Brings back what a reset forgot, beside what came since.
    pub fn bring_back(self, source: ApiSource, forgotten: &Totals) {
        self.prices.with_value(|prices| self.totals(source).update(|totals| totals.join(forgotten, prices)));
    }

    /// Prices all of it anew, and what comes from now on.
    pub fn price(self, prices: &Prices) {
        self.prices.set_value(prices.clone());
        for totals in [self.simulated, self.live] {
            totals.update(|totals| totals.price(prices));
        }
    }
}

/// The page's totals.
pub fn use_accounts() -> Accounts {
    expect_context()
}
