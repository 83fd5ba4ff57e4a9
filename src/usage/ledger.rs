//! The ledger: every call of every view, once; totals are always the sum of its rows.

use std::collections::HashMap;

use super::prices::Prices;
use super::record::CallId;
use super::row::{LedgerRow, Stands};
use super::summary::Totals;

/// All calls, in the order they were taken in.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    rows: Vec<LedgerRow>,
    places: HashMap<CallId, usize>,
    revision: u64,
}

impl Ledger {
    /// Takes in a call, in place of what it was before.
    pub fn put(&mut self, row: LedgerRow) {
        self.revision += 1;
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

    /// The different names that its calls have in some way, in order.
    pub fn names<'a>(&'a self, of: impl Fn(&'a LedgerRow) -> Option<&'a str>) -> Vec<String> {
        let mut names: Vec<&str> = Vec::new();
        // Rows of one name stand together, and share its text.
        let mut last = "";
        for name in self.rows.iter().filter_map(of) {
            if !std::ptr::eq(last, name) && !names.contains(&name) {
                names.push(name);
            }
            last = name;
        }
        names.sort_unstable();
        names.into_iter().map(str::to_owned).collect()
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
        self.revision += 1;
        taken
    }
}
