//! Batches in the store: taken up again, downloaded, deleted.

use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::opening::Opening;
use super::state::{Batch, Phase};
use crate::batch::Counts;
use crate::batch::input::{BatchFile, Fingerprint, Format, Layout};
use crate::platform::files::FileBytes;
use crate::platform::indexed_db::BATCHES;
use crate::platform::lock::{Lock, LockError, held, lock, try_lock};
use crate::platform::{PageStore, WindowedFile, dom};
use crate::run::batch::{BatchBook, BatchJob, reopen_batch};
use crate::store::{Store, StoredBatch};

/// The id of the view's results.
pub(super) const RESULTS: &str = "batch-results";

/// What the store's list says of a batch, as it was last noted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// The file's name.
    pub name: String,
    /// The file's format.
    pub format: Option<Format>,
    /// The prompt template of a CSV file.
    pub template: String,
    /// When it was begun, in milliseconds since 1970.
    pub at_ms: u64,
    /// Whether the live API answers it.
    pub is_live: bool,
    /// Lines in all.
    pub total: u32,
    /// Lines with a response.
    pub done: u32,
    /// Lines that have failed.
    pub failed: u32,
    /// Lines of unknown outcome.
    pub unknown: u32,
    /// Lines that wait, or were in flight.
    pub open: u32,
    /// Whether they are with OpenAI as a job.
    pub is_job: bool,
    /// What its file is known by.
    pub file: Option<Fingerprint>,
}

impl Label {
    /// The same with the counts of now.
    pub fn with_counts(self, counts: Counts) -> Self {
        Self {
            total: counts.total(),
            done: counts.done,
            failed: counts.failed,
            unknown: counts.unknown,
            open: counts.waiting + counts.sending,
            ..self
        }
    }
}

/// A batch in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBatch {
    /// Its name in the store.
    pub id: String,
    /// What is said of it.
    pub label: Label,
    /// Whether a copy of its file is there.
    pub has_file: bool,
    /// Whether another tab has it open.
    pub is_elsewhere: bool,
}

impl From<StoredBatch> for KeptBatch {
    fn from(stored: StoredBatch) -> Self {
        let label =
            serde_json::from_str(&stored.label).unwrap_or_else(|_| Label { name: stored.label, ..Label::default() });
        Self { id: stored.id, label, has_file: stored.has_file, is_elsewhere: false }
    }
}

pub(super) fn lock_name(id: &str) -> String {
    format!("sluice-batch-{id}")
}

impl Batch {
    /// The store, opened when it is first needed.
    pub(super) async fn store(self) -> PageStore {
        if let Some(store) = self.with(|inner| inner.store.clone()) {
            return store;
        }
        let (store, trouble) = PageStore::open(BATCHES).await;
        if let Some(trouble) = trouble {
            self.store_trouble.set(Some(trouble.to_string()));
        }
        // Asked for twice at the same time, the first one counts.
        self.update(|inner| inner.store.get_or_insert(store).clone())
            .unwrap_or_else(|| PageStore::Memory(crate::store::MemoryStore::new()))
    }

    /// Looks again at what the store has.
    pub fn look_at_kept(self) {
        spawn_local(async move {
            let store = self.store().await;
            match store.list().await {
                Ok(list) => {
                    let mut kept: Vec<KeptBatch> = list.into_iter().map(KeptBatch::from).collect();
                    let locks = held().await;
                    for kept in &mut kept {
                        let is_own = self.with(|inner| inner.job.as_ref().is_some_and(|job| job.id == kept.id));
                        kept.is_elsewhere = !is_own && locks.contains(&lock_name(&kept.id));
                    }
                    // Names begin with the time.
                    kept.reverse();
                    self.take_up_open_job(&kept);
                    let _ = self.kept.try_set(Some(kept));
                }
                Err(error) => {
                    let _ = self.store_trouble.try_set(Some(error.to_string()));
                    let _ = self.kept.try_set(Some(Vec::new()));
                }
            }
        });
    }

    /// Takes up the newest batch whose job is still open, once a visit and where nothing else is at hand: its results come
    /// without anybody asking.
    fn take_up_open_job(self, kept: &[KeptBatch]) {
        let is_first = !self.job.was_looked_for.get_untracked();
        self.job.was_looked_for.set(true);
        let Some(open) = kept.iter().find(|kept| kept.label.is_job).filter(|_| is_first).cloned() else { return };
        if untrack(|| self.phase()) != Phase::Empty || self.reading.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            if let Err(why) = self.reopen(&open).await {
                self.fail("That batch was not opened", &why);
            }
        });
    }

    /// Takes up a batch of the store: its journal is read, and its file where a copy is kept.
    pub fn take_up(self, kept: KeptBatch) {
        if self.running.get_untracked().is_some() {
            self.fail("That batch was not opened", "Another one runs: pause it first.");
            return;
        }
        self.close();
        spawn_local(async move {
            if let Err(why) = self.reopen(&kept).await {
                self.fail("That batch was not opened", &why);
            }
            dom::focus(RESULTS);
        });
    }

    async fn reopen(self, kept: &KeptBatch) -> Result<(), String> {
        let lock = match try_lock(&lock_name(&kept.id)).await {
            Ok(Some(lock)) => Some(lock),
            Ok(None) => {
                self.wait_for_other_tab(kept.clone());
                return Ok(());
            }
            Err(LockError::Unavailable) => None,
            Err(refused) => return Err(refused.to_string()),
        };
        self.reopen_locked(kept, lock).await
    }

    async fn reopen_locked(self, kept: &KeptBatch, lock: Option<Lock>) -> Result<(), String> {
        let store = self.store().await;
        let book = reopen_batch(&store, &kept.id).await.map_err(|error| error.to_string())?;
        let file = store.file(&kept.id).await.map_err(|error| error.to_string())?;
        let Some(fingerprint) = book.state().created().map(|created| created.file) else {
            return Err(
                "Its journal is empty: the page was closed before it began. Nothing was sent; delete it.".to_owned()
            );
        };
        self.update(|inner| {
            inner.lock = lock;
            inner.name.clone_from(&kept.label.name);
            inner.template.clone_from(&kept.label.template);
            inner.book = Some(book);
        });
        if let Some(blob) = file {
            self.attach(kept, FileBytes::new(blob)).await?;
            self.take_up_job();
            return Ok(());
        }
        self.wants_file.set(Some(kept.id.clone()));
        // Results can be had without the file: they are in the journal.
        let file = BatchFile { layout: Layout::Text, entries: Vec::new(), faults: Vec::new(), fingerprint };
        let nothing = FileBytes::of_text("").ok_or("The browser gives no memory for the file.")?;
        let (id, source) = (kept.id.clone(), WindowedFile::new(nothing));
        self.update(|inner| inner.job = Some(Rc::new(BatchJob { id, file, source })));
        Ok(())
    }

    /// Reads the file of a kept batch, and refuses another one.
    async fn attach(self, kept: &KeptBatch, source: FileBytes) -> Result<(), String> {
        let Label { name, format, template, .. } = kept.label.clone();
        let opening = Opening { id: Some(kept.id.clone()), file_name: name, format, template };
        let read = self.read_file(&opening, &source).await;
        let _ = self.reading.try_set(None);
        let file = read?;
        let expected = self.with(|inner| inner.book.as_ref().and_then(|book| Some(book.state().created()?.file)));
        if expected != Some(file.fingerprint) {
            self.rows.set(Vec::new());
            return Err(format!(
                "This is another file than “{}” was when the batch began. Choose that one.",
                kept.label.name
            ));
        }
        let source = WindowedFile::new(source);
        self.update(|inner| inner.job = Some(Rc::new(BatchJob { id: kept.id.clone(), file, source })));
        self.wants_file.set(None);
        Ok(())
    }

    /// Takes the file that the batch at hand needs to go on.
    pub(super) fn open_again(self, source: FileBytes) {
        let wanted = self.wants_file.get_untracked();
        let kept = self
            .kept
            .with_untracked(|kept| kept.iter().flatten().find(|kept| Some(&kept.id) == wanted.as_ref()).cloned());
        let Some(kept) = kept else { return };
        spawn_local(async move {
            match self.attach(&kept, source).await {
                Ok(()) => {
                    self.failure.set(None);
                    self.take_up_job();
                }
                Err(why) => self.fail("The file was not taken", &why),
            }
        });
    }

    /// Waits until the other tab that has the batch goes.
    fn wait_for_other_tab(self, kept: KeptBatch) {
        let (abort, registration) = AbortHandle::new_pair();
        self.elsewhere.set(Some(kept.label.name.clone()));
        self.update(|inner| inner.waiting = Some(abort));
        spawn_local(async move {
            let Ok(Ok(lock)) = Abortable::new(lock(&lock_name(&kept.id)), registration).await else { return };
            self.elsewhere.set(None);
            self.announcer.say("The other tab has let go of the batch.".to_owned());
            if let Err(why) = self.reopen_locked(&kept, Some(lock)).await {
                self.fail("That batch was not opened", &why);
            }
        });
    }

    /// Stops waiting for another tab.
    pub fn leave_to_other_tab(self) {
        if let Some(abort) = self.update(|inner| inner.waiting.take()).flatten() {
            abort.abort();
        }
        self.elsewhere.set(None);
    }

    /// Deletes a batch of the store, unless some tab has it open.
    pub fn delete(self, kept: KeptBatch) {
        if kept.label.is_job {
            self.fail(
                "The batch was not deleted",
                "Its job is still open: open the batch, and cancel the job or give it up first.",
            );
            return;
        }
        spawn_local(async move {
            let is_own = self.with(|inner| inner.job.as_ref().is_some_and(|job| job.id == kept.id));
            if is_own {
                if self.running.get_untracked().is_some() {
                    self.fail("The batch was not deleted", "It runs: pause or cancel it first.");
                    return;
                }
                self.close();
            }
            let lock = try_lock(&lock_name(&kept.id)).await;
            if matches!(lock, Ok(None)) {
                self.fail("The batch was not deleted", "Another tab has it open: close that first.");
                return;
            }
            if let Err(error) = self.store().await.delete(&kept.id).await {
                self.fail("The batch was not deleted", &error.to_string());
            }
            self.look_at_kept();
        });
    }

    /// Notes in the store's list how the batch stands.
    pub(super) async fn relabel(self) {
        let (Some(label), Some((id, store))) =
            (self.label(), self.with(|inner| Some((inner.job.as_ref()?.id.clone(), inner.store.clone()?))))
        else {
            return;
        };
        // The list alone would be behind: the journal says it all.
        let _ = store.relabel(&id, &label).await;
        self.look_at_kept();
    }

    /// The label of the batch at hand, as it stands.
    pub(super) fn label(self) -> Option<String> {
        self.with(|inner| {
            let (book, job) = (inner.book.as_ref()?, inner.job.as_ref()?);
            let label = label_of(&inner.name, &inner.template, &job.file, book);
            serde_json::to_string(&label).ok()
        })
    }
}

fn label_of(name: &str, template: &str, file: &BatchFile, book: &BatchBook) -> Label {
    let state = book.state();
    let created = state.created();
    let label = Label {
        name: name.to_owned(),
        format: created.map(|created| created.format),
        template: if matches!(file.layout, Layout::Csv(_)) { template.to_owned() } else { String::new() },
        at_ms: created.map_or(0, |created| created.at_ms),
        is_live: state.settings().api_origin.is_some(),
        is_job: state.job().is_open(),
        file: created.map(|created| created.file),
        ..Label::default()
    };
    label.with_counts(state.counts())
}
