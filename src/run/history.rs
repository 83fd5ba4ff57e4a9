//! The history of calls on the disk: what the ledger shows of each, and beside it each in whole.
//!
//! Every page writes journals of its own, so that several tabs never write to one: for each API and each day (UTC) one of
//! rows and one of calls. A record of calls is written before the rows that point to it. What is deleted is hidden at once,
//! and taken off the disk by [`History::purge`]: until then it can be brought back.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

use crate::redact::Redactor;
use crate::store::{Store, StoreError, StoredBatch};
use crate::time::UnixTime;
use crate::usage::{AnsweredBy, CallRecord, LedgerRow, Place, RowsError, SharedNames, read_rows, write_rows};

/// So many calls are kept in one record: few enough to be read for one of them.
pub const CALLS_TOGETHER: usize = 32;
/// So many records of rows are read at a time.
const ROWS_READ: u32 = 128;
const HIDDEN: &str = "hidden";

/// The history of calls in `store`.
#[derive(Debug)]
pub struct History<S> {
    store: S,
    // What tells this page's journals from those of others.
    page: u64,
    // Grows when journals were deleted: the next ones have other names.
    part: Cell<u32>,
    made: RefCell<HashSet<String>>,
    names: RefCell<SharedNames>,
}

/// Why the history, or a part of it, cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// The store does not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record cannot be read.
    #[error("The history of calls in “{journal}” {why}.")]
    Unreadable {
        /// The journal.
        journal: String,
        /// Why.
        why: String,
    },
    /// The call was deleted, or is not kept.
    #[error("This call is no longer kept.")]
    Gone,
}

/// Calls that were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Their rows, which know where.
    pub rows: Vec<LedgerRow>,
    /// What to tell other tabs, for [`History::told`].
    pub told: String,
}

/// A page of rows that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsPage {
    /// The rows, in the order they were kept.
    pub rows: Vec<LedgerRow>,
    /// What of it could not be read; it stays as it is.
    pub unreadable: Vec<HistoryError>,
}

/// Reads all rows that are kept, page by page.
#[derive(Debug)]
pub struct RowsReader<'a, S> {
    history: &'a History<S>,
    // The next journals, the last one first, and the next record of the last.
    journals: Vec<String>,
    from: u64,
}

impl<S: Store> History<S> {
    /// The history in `store`, as the page `page` writes it: a number that no other page has.
    pub fn new(store: S, page: u64) -> Self {
        Self { store, page, part: Cell::new(0), made: RefCell::default(), names: RefCell::default() }
    }

    /// Keeps calls that have ended, at most [`CALLS_TOGETHER`] of one API, durably.
    /// The redactor takes out whatever looks like a secret.
    ///
    /// # Errors
    /// Whatever hinders writing; the calls are then not kept.
    pub async fn keep(&self, calls: &[CallRecord], redactor: &Redactor) -> Result<Kept, HistoryError> {
        let Some(first) = calls.first() else { return Ok(Kept { rows: Vec::new(), told: String::new() }) };
        let (api, day) = (first.api, UnixTime::from_secs(first.queued_at_micros / 1_000_000));
        let mut calls = calls.to_vec();
        for call in &mut calls {
            call.each_text(|header, text| {
                *text = header.map_or_else(|| redactor.text(text), |name| redactor.header(name, text));
            });
        }
        let text = serde_json::to_string(&calls).unwrap_or_default();
        match self.write(api, day, &text, &calls).await {
            // Another tab has deleted what was kept until now.
            Err(HistoryError::Store(StoreError::Gone)) => {
                self.begin_anew();
                self.write(api, day, &text, &calls).await
            }
            written => written,
        }
    }

    async fn write(
        &self,
        api: AnsweredBy,
        day: UnixTime,
        text: &str,
        calls: &[CallRecord],
    ) -> Result<Kept, HistoryError> {
        let journal = self.journal("calls", api, day).await?;
        let record = self.store.append(&journal, vec![text.to_owned()]).await?;
        let mut rows: Vec<LedgerRow> = calls.iter().map(LedgerRow::of).collect();
        let written = write_rows(api, &rows, record);
        let rows_journal = self.journal("rows", api, day).await?;
        let told = format!("{rows_journal}\n{written}");
        self.store.append(&rows_journal, vec![written]).await?;
        let journal: Arc<str> = journal.into();
        for (row, at) in rows.iter_mut().zip(0..) {
            row.place = Some(Place { journal: Arc::clone(&journal), record, at });
        }
        Ok(Kept { rows, told })
    }

    async fn journal(&self, kind: &str, api: AnsweredBy, day: UnixTime) -> Result<String, StoreError> {
        let (year, month, day) = day.date();
        let (api, page, part) = (api_name(api), self.page, self.part.get());
        let name = format!("{kind}/{api}/{year:04}-{month:02}-{day:02}/{page:016x}-{part}");
        if !self.made.borrow().contains(&name) {
            match self.store.create(&name, "").await {
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
            self.made.borrow_mut().insert(name.clone());
        }
        Ok(name)
    }

    /// Reads all rows that are kept, the oldest day first.
    ///
    /// # Errors
    /// Whatever hinders reading.
    pub async fn rows(&self) -> Result<RowsReader<'_, S>, StoreError> {
        let mut journals: Vec<String> = self.shown("rows/").await?.into_iter().map(|journal| journal.id).collect();
        journals.sort_by(|a, b| day_of(b).cmp(day_of(a)).then_with(|| b.cmp(a)));
        Ok(RowsReader { history: self, journals, from: 0 })
    }

    /// A call in whole.
    ///
    /// # Errors
    /// [`HistoryError::Gone`] where it was deleted, and whatever hinders reading.
    pub async fn call(&self, place: &Place) -> Result<CallRecord, HistoryError> {
        let record = self.store.read(&place.journal, place.record, 1).await?;
        let text = record.first().ok_or(HistoryError::Gone)?;
        let calls: Vec<CallRecord> = serde_json::from_str(text).map_err(|error| unreadable(&place.journal, &error))?;
        usize::try_from(place.at).ok().and_then(|at| calls.into_iter().nth(at)).ok_or(HistoryError::Gone)
    }

    /// Reads calls in whole, those of one record with one look; those that were deleted are left out.
    ///
    /// # Errors
    /// Whatever hinders reading.
    pub async fn calls(&self, places: &[Place]) -> Result<Vec<CallRecord>, HistoryError> {
        let mut found = Vec::new();
        let mut read: Option<(&Place, Vec<CallRecord>)> = None;
        for place in places {
            let known = read.as_ref().filter(|(of, _)| of.journal == place.journal && of.record == place.record);
            if known.is_none() {
                let calls = match self.store.read(&place.journal, place.record, 1).await {
                    Ok(record) => record.first().map_or(Ok(Vec::new()), |text| serde_json::from_str(text)),
                    Err(StoreError::Gone) => Ok(Vec::new()),
                    Err(error) => return Err(error.into()),
                };
                read = Some((place, calls.map_err(|error| unreadable(&place.journal, &error))?));
            }
            let call = read.as_ref().and_then(|(_, calls)| calls.get(usize::try_from(place.at).ok()?));
            found.extend(call.cloned());
        }
        Ok(found)
    }

    /// Hides what is kept of an API, or of all: its rows are no longer read. It can be brought back until it is purged.
    ///
    /// # Errors
    /// Whatever hinders writing.
    pub async fn hide(&self, api: Option<AnsweredBy>) -> Result<Hidden, StoreError> {
        let journals = self.shown("rows/").await?;
        let is_meant = |journal: &StoredBatch| api.is_none_or(|api| api_of(&journal.id) == api_name(api));
        let ids: Vec<String> = journals.into_iter().filter(is_meant).map(|journal| journal.id).collect();
        // What ends meanwhile goes into other journals.
        self.begin_anew();
        for id in &ids {
            self.store.relabel(id, HIDDEN).await?;
        }
        Ok(Hidden(ids))
    }

    /// Brings back what was hidden, as far as it was not purged; says whether all of it was there.
    ///
    /// # Errors
    /// Whatever hinders writing.
    pub async fn bring_back(&self, hidden: &Hidden) -> Result<bool, StoreError> {
        let mut all = true;
        for id in &hidden.0 {
            match self.store.relabel(id, "").await {
                Ok(()) => {}
                Err(StoreError::Gone) => all = false,
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    /// Deletes for good what was hidden, as far as it was not brought back.
    ///
    /// # Errors
    /// Whatever hinders writing.
    pub async fn purge_hidden(&self, hidden: &Hidden) -> Result<(), StoreError> {
        for journal in self.store.list().await? {
            if journal.label == HIDDEN && hidden.0.contains(&journal.id) {
                self.delete(&journal.id).await?;
            }
        }
        Ok(())
    }

    // The rows last: without them nobody finds the calls.
    async fn delete(&self, rows: &str) -> Result<(), StoreError> {
        self.store.delete(&rows.replacen("rows/", "calls/", 1)).await?;
        self.store.delete(rows).await
    }

    /// Deletes for good what is hidden, and whatever is of a day before `oldest`.
    ///
    /// # Errors
    /// Whatever hinders writing.
    pub async fn purge(&self, oldest: Option<UnixTime>) -> Result<(), StoreError> {
        let oldest = oldest.map(|oldest| {
            let (year, month, day) = oldest.date();
            format!("{year:04}-{month:02}-{day:02}")
        });
        let is_old = |id: &str| oldest.as_deref().is_some_and(|oldest| day_of(id) < oldest);
        for journal in self.store.list().await? {
            if journal.id.starts_with("rows/") && (journal.label == HIDDEN || is_old(&journal.id)) {
                self.delete(&journal.id).await?;
            }
        }
        Ok(())
    }

    async fn shown(&self, kind: &str) -> Result<Vec<StoredBatch>, StoreError> {
        let mut journals = self.store.list().await?;
        journals.retain(|journal| journal.id.starts_with(kind) && journal.label != HIDDEN);
        Ok(journals)
    }

    /// Writes into journals of other names from now on, after those there were have been deleted.
    pub fn begin_anew(&self) {
        self.part.set(self.part.get().wrapping_add(1));
        self.made.borrow_mut().clear();
    }

    /// Reads rows that another page has kept, from the text it tells of them.
    ///
    /// # Errors
    /// [`RowsError`]: none of them is read.
    pub fn told(&self, text: &str) -> Result<Vec<LedgerRow>, RowsError> {
        let (journal, rows) =
            text.split_once('\n').ok_or_else(|| RowsError::Damaged("it is of no journal".to_owned()))?;
        self.read(journal, rows)
    }

    fn read(&self, rows_journal: &str, text: &str) -> Result<Vec<LedgerRow>, RowsError> {
        let calls: Arc<str> = rows_journal.replacen("rows/", "calls/", 1).into();
        read_rows(text, &calls, &mut self.names.borrow_mut())
    }
}

/// What was hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden(Vec<String>);

impl<S: Store> RowsReader<'_, S> {
    /// The next page; `None` at the end.
    ///
    /// # Errors
    /// Whatever hinders reading.
    pub async fn next(&mut self) -> Result<Option<RowsPage>, StoreError> {
        let Some(journal) = self.journals.last().cloned() else { return Ok(None) };
        let records = self.history.store.read(&journal, self.from, ROWS_READ).await?;
        self.from += records.len() as u64;
        if u32::try_from(records.len()).unwrap_or(u32::MAX) < ROWS_READ {
            self.journals.pop();
            self.from = 0;
        }
        let mut page = RowsPage { rows: Vec::new(), unreadable: Vec::new() };
        for record in &records {
            match self.history.read(&journal, record) {
                Ok(rows) => page.rows.extend(rows),
                Err(error) => page.unreadable.push(unreadable(&journal, &error)),
            }
        }
        Ok(Some(page))
    }
}

fn unreadable(journal: &str, why: &dyn std::fmt::Display) -> HistoryError {
    HistoryError::Unreadable { journal: journal.to_owned(), why: why.to_string() }
}

const fn api_name(api: AnsweredBy) -> &'static str {
    match api {
        AnsweredBy::Simulated => "simulated",
        AnsweredBy::Live => "live",
    }
}

// `kind/api/day/page-part`.
fn api_of(journal: &str) -> &str {
    journal.split('/').nth(1).unwrap_or_default()
}

fn day_of(journal: &str) -> &str {
    journal.split('/').nth(2).unwrap_or_default()
}
