//! The ledgers: one for each API, so that simulated and real money never mix.

use leptos::prelude::expect_context;

use super::api::ApiSource;
use super::frequent::Frequent;
use super::ticker::Ticker;
use crate::usage::{Entry, Ledger, Summary};

/// The page's ledgers.
#[derive(Debug, Clone, Copy)]
pub struct Accounts {
    simulated: Frequent<Ledger>,
    live: Frequent<Ledger>,
}

impl Accounts {
    /// Empty ledgers.
    pub fn new(ticker: Ticker) -> Self {
        Self { simulated: Frequent::new(ticker), live: Frequent::new(ticker) }
    }

    const fn ledger(self, source: ApiSource) -> Frequent<Ledger> {
        match source {
            ApiSource::Simulated => self.simulated,
            ApiSource::Live => self.live,
        }
    }

    /// Takes in an attempt.
    pub fn record(self, source: ApiSource, entry: Entry) {
        self.ledger(source).update(|ledger| ledger.record(entry));
    }

    /// The totals of an API, tracked.
    pub fn summary(self, source: ApiSource) -> Summary {
        self.ledger(source).with(Ledger::summary)
    }

    /// Forgets an API's history and gives it, for [`Accounts::bring_back`]; `None` where there was none.
    pub fn reset(self, source: ApiSource) -> Option<Ledger> {
        self.ledger(source).update(Ledger::reset).filter(|ledger| !ledger.history().is_empty())
    }

    /// Brings back what a reset forgot, before what came since.
    pub fn bring_back(self, source: ApiSource, forgotten: &Ledger) {
        let mut before = forgotten.clone();
        self.ledger(source).update(|ledger| {
            for entry in ledger.history() {
                before.record(entry.clone());
            }
            *ledger = before;
        });
    }
}

/// The page's ledgers.
pub fn use_accounts() -> Accounts {
    expect_context()
}
