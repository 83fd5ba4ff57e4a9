//! The ledger on the disk: written a little after each call has ended, read when it is first looked at.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::LedgerState;
use crate::clock::Clock;
use crate::platform::channel::Channel;
use crate::platform::timer::next_task;
use crate::platform::{BrowserClock, PageStore, random, visibility};
use crate::run::history::{CALLS_TOGETHER, Hidden, History, HistoryError, RowsPage};
use crate::store::StoreError;
use crate::time::UnixTime;
use crate::usage::{AnsweredBy, CallId, CallRecord, LedgerRow, Place};

/// The name of the database, and of the channel between tabs.
const USAGE: &str = "sluice-usage";
/// How long calls are gathered before they are written: each commit costs a millisecond.
const GATHERED: Duration = Duration::from_millis(300);
/// So many rows are taken in at a time: a few milliseconds.
const TAKEN_IN: usize = 2_000;
/// How soon is looked again whether all is written.
const LOOKED_AGAIN: Duration = Duration::from_millis(5);
/// How long what was deleted can be brought back.
const BROUGHT_BACK: Duration = Duration::from_secs(60);
/// How long calls are kept.
pub const KEPT_DAYS: u64 = 90;

/// How far what is kept has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Not at all.
    Not,
    /// It is being read.
    Reading,
    /// All of it.
    All,
}

/// What was deleted, as long as it can be brought back.
#[derive(Debug, Clone)]
pub struct Deleted {
    hidden: Hidden,
    rows: Vec<LedgerRow>,
}

impl Deleted {
    /// How many calls.
    pub fn calls(&self) -> usize {
        self.rows.len()
    }
}

impl LedgerState {
    /// Reads what is kept, once.
    pub fn open(self) {
        if self.opened.get_untracked() != Opened::Not {
            return;
        }
        self.opened.set(Opened::Reading);
        spawn_local(async move {
            let read = async {
                let history = self.history().await;
                let kept = Duration::from_secs(KEPT_DAYS * 86_400);
                let oldest = BrowserClock.wall().since_epoch().saturating_sub(kept);
                history.purge(Some(UnixTime::from_epoch(oldest))).await?;
                self.read_all().await
            };
            if let Err(error) = read.await {
                self.fail(&error);
            }
            self.ledger.update(|_| ());
            let _ = self.opened.try_set(Opened::All);
        });
    }

    async fn read_all(self) -> Result<(), HistoryError> {
        let history = self.history().await;
        let mut reader = history.rows().await?;
        let mut page = reader.next().await?;
        while let Some(RowsPage { rows, unreadable }) = page {
            if let Some(first) = unreadable.first() {
                self.fail(first);
            }
            // The disk reads the next ones while these are taken in.
            let (next, ()) = join(reader.next(), self.take_in(rows)).await;
            page = next?;
        }
        Ok(())
    }

    // Told once it is all there: who looks at a hundred thousand rows would look at all of them each time.
    async fn take_in(self, rows: Vec<LedgerRow>) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(TAKEN_IN);
            self.ledger.update_untold(|ledger| some.for_each(|row| ledger.put_kept(row)));
            next_task().await;
        }
    }

    /// Takes in a call that has ended, and writes it to the disk a little later.
    pub(super) fn keep(self, call: CallRecord) {
        let is_first = self.inner.try_update_value(|inner| {
            inner.pending.push(call);
            !std::mem::replace(&mut inner.is_keeping, true)
        });
        if is_first == Some(true) {
            spawn_local(async move {
                BrowserClock.sleep(GATHERED).await;
                self.write().await;
            });
        }
    }

    async fn write(self) {
        let history = self.history().await;
        self.inner.update_value(|inner| {
            let leaving = move |is_hidden: bool| {
                // The page may be closed next.
                if is_hidden {
                    spawn_local(async move {
                        self.write_pending().await;
                    });
                }
            };
            inner.hidden.get_or_insert_with(|| visibility::on_visibility_change(leaving));
        });
        drop(history);
        self.write_pending().await;
        self.inner.update_value(|inner| inner.is_keeping = false);
    }

    // Says whether all of it could be written.
    async fn write_pending(self) -> bool {
        let history = self.history().await;
        let redactor = self.secrets.redactor();
        while let Some(some) = self.next_pending() {
            let kept = history.keep(&some, &redactor).await;
            let failed = kept.as_ref().err().cloned();
            if let Ok(kept) = kept {
                self.ledger.update(|ledger| kept.rows.iter().for_each(|row| ledger.note_place(row)));
                self.tell(&kept.told);
            }
            self.inner.update_value(|inner| {
                inner.writing.retain(|writing| !Rc::ptr_eq(writing, &some));
                if failed.is_some() {
                    // They stay in memory, and are written with the next ones where that can be done by then.
                    inner.pending.splice(0..0, some.iter().cloned());
                }
            });
            if let Some(error) = failed {
                self.fail(&error);
                return false;
            }
            next_task().await;
        }
        true
    }

    /// Writes now what would be written a little later: the page is about to be loaded anew.
    pub async fn keep_now(self) {
        // What is being written already is waited for too; where nothing can be written there is nothing to wait for.
        while !self.inner.with_value(|inner| inner.pending.is_empty() && inner.writing.is_empty()) {
            if !self.write_pending().await {
                return;
            }
            // A timer, on a hidden page too: what is awaited comes as events of the browser.
            BrowserClock.sleep(LOOKED_AGAIN).await;
        }
    }

    // Of one API and at most so many as are kept together.
    fn next_pending(self) -> Option<Rc<Vec<CallRecord>>> {
        self.inner
            .try_update_value(|inner| {
                let api = inner.pending.first()?.api;
                let ends = inner.pending.iter().position(|call| call.api != api).unwrap_or(inner.pending.len());
                let some: Rc<Vec<CallRecord>> = Rc::new(inner.pending.drain(..ends.min(CALLS_TOGETHER)).collect());
                inner.writing.push(Rc::clone(&some));
                Some(some)
            })
            .flatten()
    }

    async fn history(self) -> Rc<History<PageStore>> {
        if let Some(history) = self.inner.with_value(|inner| inner.history.clone()) {
            return history;
        }
        let (store, trouble) = PageStore::open(USAGE).await;
        if let Some(trouble) = trouble {
            self.fail(&HistoryError::Store(trouble));
        }
        let channel = Channel::open(USAGE, move |text| self.hear(&text));
        let made = Rc::new(History::new(store, random::seed()));
        // Asked for twice at the same time, the first one counts.
        let history = self.inner.try_update_value(|inner| {
            inner.channel = inner.channel.take().or(channel);
            Rc::clone(inner.history.get_or_insert(made.clone()))
        });
        history.unwrap_or(made)
    }

    fn tell(self, text: &str) {
        self.inner.with_value(|inner| inner.channel.iter().for_each(|channel| channel.post(text)));
    }

    // What another tab has kept or deleted.
    fn hear(self, text: &str) {
        let Some(history) = self.inner.with_value(|inner| inner.history.clone()) else { return };
        if let Some(which) = text.strip_prefix("deleted ") {
            let api = api_named(which);
            history.begin_anew();
            self.ledger.update(|ledger| ledger.take(|row| api.is_none_or(|api| row.api == api)));
        } else if text == "brought back" {
            spawn_local(async move {
                let _ = self.read_all().await;
                self.ledger.update(|_| ());
            });
        } else if let Ok(rows) = history.told(text) {
            self.ledger.update(|ledger| rows.into_iter().for_each(|row| ledger.put_kept(row)));
        }
    }

    fn fail(self, error: &HistoryError) {
        let words = match error {
            HistoryError::Store(StoreError::Full(_)) => {
                "The browser's storage for this site is full: calls from now on are in the ledger only until the page is \
                 closed. Export what you need, then delete the history or batches that are done."
                    .to_owned()
            }
            HistoryError::Store(StoreError::Blocked(why)) => format!(
                "The browser gives this page no storage ({why}): the ledger lasts only until the page is closed. Export \
                 what you need before that."
            ),
            other => other.to_string(),
        };
        let _ = self.trouble.try_set(Some(words));
    }

    /// A call in whole, from memory while it is there and else from the disk.
    ///
    /// # Errors
    /// Where it is no longer kept, or cannot be read.
    pub async fn call(self, id: CallId) -> Result<CallRecord, HistoryError> {
        let here = self.inner.with_value(|inner| {
            let writing = inner.writing.iter().flat_map(|some| some.iter());
            let here = inner.pending.iter().rev().chain(writing).find(|call| call.id == id).cloned();
            here.or_else(|| Some(inner.under_way.get(&id)?.borrow().call().clone()))
        });
        if let Some(call) = here {
            return Ok(call);
        }
        let place = self.place(id).ok_or(HistoryError::Gone)?;
        self.history().await.call(&place).await
    }

    /// Several calls in whole, in the order of `ids`; those that are no longer kept are left out.
    ///
    /// # Errors
    /// Whatever hinders reading.
    pub async fn calls(self, ids: &[CallId]) -> Result<Vec<CallRecord>, HistoryError> {
        let history = self.history().await;
        let mut calls = Vec::new();
        let mut places = Vec::new();
        for id in ids {
            if let Some(place) = self.place(*id) {
                places.push(place);
            } else {
                calls.append(&mut history.calls(&std::mem::take(&mut places)).await?);
                match self.call(*id).await {
                    Err(HistoryError::Gone) => {}
                    found => calls.push(found?),
                }
            }
        }
        calls.append(&mut history.calls(&places).await?);
        Ok(calls)
    }

    fn place(self, id: CallId) -> Option<Place> {
        untrack(|| self.with(|ledger| ledger.get(id)?.place.clone()))
    }

    /// Deletes what is kept of an API, or all of it; for a minute it can be brought back.
    ///
    /// # Errors
    /// Whatever hinders it; what is kept is then still there.
    pub async fn delete(self, api: Option<AnsweredBy>) -> Result<Deleted, HistoryError> {
        self.keep_now().await;
        let history = self.history().await;
        let hidden = history.hide(api).await?;
        let is_meant = move |row: &LedgerRow| api.is_none_or(|api| row.api == api);
        let rows = self.ledger.update(|ledger| ledger.take(is_meant)).unwrap_or_default();
        let purged = hidden.clone();
        self.tell(&format!("deleted {}", api.map_or("all", AnsweredBy::name)));
        spawn_local(async move {
            BrowserClock.sleep(BROUGHT_BACK).await;
            if let Err(error) = history.purge_hidden(&purged).await {
                self.fail(&error.into());
            }
        });
        Ok(Deleted { hidden, rows })
    }

    /// Brings back what was deleted.
    pub fn bring_back(self, deleted: Deleted) {
        spawn_local(async move {
            let history = self.history().await;
            match history.bring_back(&deleted.hidden).await {
                Ok(true) => {
                    self.take_in(deleted.rows).await;
                    self.ledger.update(|_| ());
                    self.tell("brought back");
                }
                Ok(false) => {
                    let _ = self.trouble.try_set(Some(
                        "What was deleted could be brought back for a minute: it is gone for good.".to_owned(),
                    ));
                }
                Err(error) => self.fail(&error.into()),
            }
        });
    }
}

fn api_named(name: &str) -> Option<AnsweredBy> {
    [AnsweredBy::Simulated, AnsweredBy::Live].into_iter().find(|api| api.name() == name)
}
