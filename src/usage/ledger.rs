//! The ledger: every call of every view, once; totals are always the sum of its rows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::prices::Prices;
use super::record::{AnsweredBy, CallId};
use super::row::{LedgerRow, Stands};
use super::summary::Totals;

/// All calls, in the order they were taken in.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    rows: Vec<LedgerRow>,
    places: HashMap<CallId, usize>,
    kinds: Kinds,
    revision: u64,
}

/// What calls are told apart by, gathered as they are taken in: it need not be looked for in a hundred thousand of them.
#[derive(Debug, Clone, Default)]
struct Kinds {
    models: BTreeSet<Arc<str>>,
    key_names: BTreeSet<Option<Arc<str>>>,
    simulated: bool,
    live: bool,
}

impl Kinds {
    fn note(&mut self, row: &LedgerRow) {
        match row.api {
            AnsweredBy::Simulated => self.simulated = true,
            AnsweredBy::Live => {
                self.live = true;
                if !self.key_names.contains(&row.key_alias) {
                    self.key_names.insert(row.key_alias.clone());
                }
            }
        }
        if !row.model.is_empty() && !self.models.contains(&row.model) {
            self.models.insert(Arc::clone(&row.model));
        }
    }
}

impl Ledger {
    /// Takes in a call, in place of what it was before.
    pub fn put(&mut self, row: LedgerRow) {
        self.revision += 1;
        self.kinds.note(&row);
        if let Some(before) = self.places.get(&row.id).and_then(|place| self.rows.get_mut(*place)) {
            *before = row;
        } else {
            self.places.insert(row.id, self.rows.len());
            self.rows.push(row);
        }
    }

    /// Takes in a call that was kept; what is known of it here already is newer.
    pub fn put_kept(&mut self, row: LedgerRow) {
        let is_older = |known: &LedgerRow| {
            known.stands == Stands::Running || row.stands == Stands::Running || known.attempts > row.attempts
        };
        if !self.get(row.id).is_some_and(is_older) {
            self.put(row);
        }
    }

    /// Notes where a call is kept, if it is still what was kept there.
    pub fn note_place(&mut self, kept: &LedgerRow) {
        let known = self.places.get(&kept.id).and_then(|place| self.rows.get_mut(*place));
        if let Some(row) = known.filter(|row| (row.attempts, row.stands) == (kept.attempts, kept.stands)) {
            row.place.clone_from(&kept.place);
            self.revision += 1;
        }
    }

    /// The call `id`.
    pub fn get(&self, id: CallId) -> Option<&LedgerRow> {
        self.rows.get(*self.places.get(&id)?)
    }

    /// Every call, in the order they were taken in.
    pub fn rows(&self) -> &[LedgerRow] {
        &self.rows
    }

    /// The models that its calls name, in the order of their names.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.kinds.models.iter().map(|model| &**model)
    }

    /// The names of the keys of its live calls, in order; `None` first where a key has no name.
    pub fn key_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.kinds.key_names.iter().map(Option::as_deref)
    }

    /// Whether it has calls that `api` answered.
    pub const fn has_calls_of(&self, api: AnsweredBy) -> bool {
        match api {
            AnsweredBy::Simulated => self.kinds.simulated,
            AnsweredBy::Live => self.kinds.live,
        }
    }

    /// Grows with every change.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Totals of the calls that `which` picks.
    pub fn totals(&self, prices: &Prices, which: impl Fn(&LedgerRow) -> bool) -> Totals {
        Totals::of(self.rows.iter().filter(|row| which(row)), prices)
    }

    /// Takes out the calls that `which` picks, and gives them.
    pub fn take(&mut self, which: impl Fn(&LedgerRow) -> bool) -> Vec<LedgerRow> {
        let (taken, kept) = std::mem::take(&mut self.rows).into_iter().partition(|row| which(row));
        self.rows = kept;
        self.places = self.rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
        self.kinds = Kinds::default();
        self.rows.iter().for_each(|row| self.kinds.note(row));
        self.revision += 1;
        taken
    }
}
