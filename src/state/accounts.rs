//! The ledgers: one for each API, so that simulated and real money never mix.

use leptos::prelude::*;

use super::api::ApiSource;
use crate::usage::{Entry, Ledger, Summary};

/// The page's ledgers.
#[derive(Debug, Clone, Copy)]
pub struct Accounts {
    simulated: RwSignal<Ledger>,
    live: RwSignal<Ledger>,
    // The ledger before the last reset, for undo.
    undo: RwSignal<Option<(ApiSource, Ledger)>>,
}

impl Accounts {
    /// Empty ledgers.
    pub fn new() -> Self {
        Self { simulated: RwSignal::default(), live: RwSignal::default(), undo: RwSignal::new(None) }
    }

    /// The ledger of an API.
    pub const fn ledger(self, source: ApiSource) -> RwSignal<Ledger> {
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

    /// Forgets an API's history; [`Accounts::undo_reset`] brings it back.
    pub fn reset(self, source: ApiSource) {
        let forgotten = self.ledger(source).try_update(Ledger::reset);
        self.undo.set(forgotten.map(|ledger| (source, ledger)));
    }

    /// Whether a reset can be undone, tracked.
    pub fn can_undo(self) -> bool {
        self.undo.with(Option::is_some)
    }

    /// Brings back what the last reset forgot, before what came since.
    pub fn undo_reset(self) {
        if let Some((source, mut before)) = self.undo.try_update(Option::take).flatten() {
            self.ledger(source).update(|ledger| {
                for entry in ledger.history() {
                    before.record(entry.clone());
                }
                *ledger = before;
            });
        }
    }
}

/// The page's ledgers.
pub fn use_accounts() -> Accounts {
    expect_context()
}
