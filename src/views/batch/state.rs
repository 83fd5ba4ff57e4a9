//! What Batch keeps while other views are shown.

use std::rc::Rc;

use futures_util::future::AbortHandle;
use leptos::prelude::*;

use super::job::JobSignals;
use super::kept::KeptBatch;
use super::opening::{PreviewRow, Reading};
use crate::admission::PacedAdmission;
use crate::batch::estimate::Estimate;
use crate::batch::input::BatchFile;
use crate::components::FieldFaults;
use crate::platform::lock::Lock;
use crate::platform::{Listener, PageStore, WindowedFile};
use crate::run::batch::{BatchBook, BatchJob};
use crate::run::batch_form::BatchForm;
use crate::run_view::PaidQuestion;
use crate::state::accounts::{Accounts, use_accounts};
use crate::state::activity::{LongRun, use_activity};
use crate::state::announcer::{Announcer, use_announcer};
use crate::state::api::{ApiSource, PageClock};
use crate::state::limits::{Limits, use_limits};
use crate::state::persisted::persisted;
use crate::state::session::{Session, use_session};
use crate::state::ticker::{Ticker, use_ticker};
use crate::state::when_used;

/// What Batch keeps while other views are shown. Copies are handles on the same.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// The settings.
    pub form: RwSignal<BatchForm>,
    /// The fields of the form that cannot be taken.
    pub faults: FieldFaults,
    /// The file that is being read.
    pub reading: RwSignal<Option<Reading>>,
    /// Why the last press did nothing, in a title and a sentence.
    pub failure: RwSignal<Option<(&'static str, String)>>,
    /// The first lines of the file.
    pub rows: RwSignal<Vec<PreviewRow>>,
    /// What the file comes to.
    pub estimate: RwSignal<Option<Estimate>>,
    /// The paid calls to be asked about.
    pub question: RwSignal<Option<PaidQuestion>>,
    /// The API that answers, while it runs.
    pub running: RwSignal<Option<ApiSource>>,
    /// Batches in the store, the newest first; `None` before it was asked.
    pub kept: RwSignal<Option<Vec<KeptBatch>>>,
    /// Why the store is not durable, or what it could not do.
    pub store_trouble: RwSignal<Option<String>>,
    /// A batch that another tab runs: its name, while it is waited for.
    pub elsewhere: RwSignal<Option<String>>,
    /// The kept batch whose file has to be chosen again.
    pub wants_file: RwSignal<Option<String>>,
    /// The batch's job, where OpenAI runs it.
    pub job: JobSignals,
    /// Grows with each change that is not the book's own.
    nudged: RwSignal<u64>,
    changed: Memo<(u64, u64)>,
    inner: StoredValue<Inner, LocalStorage>,
    pub(super) session: Session,
    pub(super) accounts: Accounts,
    pub(super) limits: Limits,
    pub(super) announcer: Announcer,
    pub(super) ticker: Ticker,
}

#[derive(Default)]
pub(super) struct Inner {
    pub store: Option<PageStore>,
    pub name: String,
    pub template: String,
    pub job: Option<Rc<BatchJob<WindowedFile>>>,
    pub book: Option<BatchBook>,
    pub admission: Option<(ApiSource, PacedAdmission<PageClock>)>,
    pub clock: Option<PageClock>,
    pub lock: Option<Lock>,
    pub asks_before_leaving: Option<Listener>,
    pub reading: Option<AbortHandle>,
    pub waiting: Option<AbortHandle>,
    pub watching_job: Option<AbortHandle>,
}

/// Where the batch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// No file is open.
    Empty,
    /// A file is open, and nothing of it was sent.
    Opened,
    /// OpenAI runs it as a job, or is about to.
    InJob,
    /// It runs.
    Running,
    /// What is in flight is settled, nothing more is sent.
    Stopping,
    /// It can go on.
    Paused(String),
    /// What waited is cancelled.
    Cancelled,
    /// Nothing waits.
    Settled,
}

/// The settings alone, for who needs no more: links.
#[derive(Debug, Clone, Copy)]
struct Settings(RwSignal<BatchForm>);

fn provide_settings() {
    provide_context(Settings(persisted("batch", BatchForm::default())));
}

/// The settings of the page's batch.
pub fn use_settings() -> RwSignal<BatchForm> {
    when_used::<Settings>(provide_settings).0
}

fn provide() {
    let ticker = use_ticker();
    let nudged = RwSignal::new(0);
    let inner = StoredValue::new_local(Inner::default());
    let changed = Memo::new(move |_| {
        ticker.track();
        let revision = inner.with_value(|inner: &Inner| inner.book.as_ref().map_or(0, BatchBook::revision));
        (nudged.get(), revision)
    });
    let batch = Batch {
        form: use_settings(),
        faults: FieldFaults::new(),
        reading: RwSignal::new(None),
        failure: RwSignal::new(None),
        rows: RwSignal::default(),
        estimate: RwSignal::new(None),
        question: RwSignal::new(None),
        running: RwSignal::new(None),
        kept: RwSignal::new(None),
        store_trouble: RwSignal::new(None),
        elsewhere: RwSignal::new(None),
        wants_file: RwSignal::new(None),
        job: JobSignals::new(),
        nudged,
        changed,
        inner,
        session: use_session(),
        accounts: use_accounts(),
        limits: use_limits(),
        announcer: use_announcer(),
        ticker,
    };
    use_activity().watch_long(LongRun {
        answered_by: batch.running.into(),
        stop: Callback::new(move |()| batch.pause("You stopped it.")),
    });
    use_activity().watch_long(LongRun {
        answered_by: batch.job.watched.into(),
        stop: Callback::new(move |()| batch.stop_watching_job()),
    });
    batch.watch();
    // All of the view changes with each tick while a batch runs.
    Effect::new(move |_| ticker.halve(batch.running.get().is_some()));
    provide_context(batch);
}

/// The page's batch.
pub fn use_batch() -> Batch {
    when_used(provide)
}

impl Batch {
    /// Reads what is not for signals; not tracked.
    pub(super) fn with<O>(self, read: impl FnOnce(&Inner) -> O) -> O {
        self.inner.with_value(read)
    }

    /// Changes what is not for signals, and tells.
    pub(super) fn update<O>(self, change: impl FnOnce(&mut Inner) -> O) -> Option<O> {
        let changed = self.inner.try_update_value(change);
        self.nudge();
        changed
    }

    /// Tells that something has changed.
    pub(super) fn nudge(self) {
        let _ = self.nudged.try_update(|count| *count = count.wrapping_add(1));
    }

    /// Makes the caller run again when the batch has changed, twice a second at most while it runs.
    pub fn track(self) {
        let _ = self.changed.get();
    }

    /// Reads the book, tracked; `None` before the batch has begun.
    pub fn with_book<O>(self, read: impl FnOnce(&BatchBook) -> O) -> Option<O> {
        self.track();
        self.with(|inner| inner.book.as_ref().map(read))
    }

    /// Reads the file, tracked; `None` while none is open.
    pub fn with_file<O>(self, read: impl FnOnce(&BatchFile) -> O) -> Option<O> {
        let _ = self.nudged.get();
        self.with(|inner| inner.job.as_ref().map(|job| read(&job.file)))
    }

    /// The file's name, tracked.
    pub fn name(self) -> String {
        let _ = self.nudged.get();
        self.with(|inner| inner.name.clone())
    }

    /// Where it stands, tracked.
    pub fn phase(self) -> Phase {
        let is_running = self.running.get().is_some();
        let is_in_job =
            self.job.watched.get().is_some() || self.with_book(|book| book.state().job().is_open()).unwrap_or_default();
        if is_in_job {
            return Phase::InJob;
        }
        let has_file = self.with_file(|_| ()).is_some();
        let of_book = self.with_book(|book| {
            let state = book.state();
            let stops = state.paused().is_some() || state.is_cancelled() && state.counts().waiting == 0;
            match (is_running, stops) {
                (true, true) => Phase::Stopping,
                (true, false) => Phase::Running,
                (false, _) if state.counts().waiting > 0 => {
                    Phase::Paused(state.paused().unwrap_or("It was cut short.").to_owned())
                }
                (false, _) if state.counts().cancelled > 0 => Phase::Cancelled,
                (false, _) => Phase::Settled,
            }
        });
        of_book.unwrap_or(if has_file { Phase::Opened } else { Phase::Empty })
    }

    /// The default model of the API that answers, tracked.
    pub fn model(self) -> String {
        self.session.model()
    }

    /// Closes the batch that is open: what is kept of it stays in the store.
    pub fn close(self) {
        if self.running.get_untracked().is_some() {
            return;
        }
        self.update(|inner| {
            let under_way = [inner.reading.take(), inner.waiting.take(), inner.watching_job.take()];
            for abort in under_way.into_iter().flatten() {
                abort.abort();
            }
            *inner = Inner { store: inner.store.take(), ..Inner::default() };
        });
        self.reading.set(None);
        self.rows.set(Vec::new());
        self.estimate.set(None);
        self.failure.set(None);
        self.wants_file.set(None);
        self.elsewhere.set(None);
        self.job.reset();
    }
}
