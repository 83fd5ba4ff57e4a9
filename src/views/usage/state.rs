//! What Usage keeps while other views are shown.

use std::collections::HashMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::platform::timer::next_task;
use crate::run::history::HistoryError;
use crate::state::ledger::{LedgerState, use_ledger};
use crate::state::prices::use_prices;
use crate::state::run::Run;
use crate::state::ticker::use_ticker;
use crate::state::when_used;
use crate::time::UnixTime;
use crate::usage::{CallId, CallRecord, Ledger, LedgerRow, Period, Prices, Query};

/// A period that ends now moves on so often, in ticks of a quarter of a second.
const MOVES_ON: u32 = 20;

/// What Usage keeps. Copies are handles on the same.
#[derive(Debug, Clone, Copy)]
pub struct UsageState {
    /// The ledger.
    pub ledger: LedgerState,
    /// What of it is looked at.
    pub query: RwSignal<Query>,
    /// Which panel is shown.
    pub tab: RwSignal<String>,
    /// The call that is looked at.
    pub selected: RwSignal<Option<CallId>>,
    /// What of the inspector is looked at.
    pub inspector_tab: RwSignal<String>,
    /// Why the last press did nothing.
    pub failure: RwSignal<Option<String>>,
    /// The places of the calls that are looked at, in their order.
    pub found: Memo<Found>,
    /// The same, a task later: what looks at every one of them leaves it to the rows to be shown first.
    pub looked_through: RwSignal<Found>,
    /// The prices in force.
    pub prices: Signal<Prices>,
    /// The session file that is looked at in the ledger's stead.
    pub session: RwSignal<Option<Arc<OpenedSession>>>,
    /// A run that is played again.
    pub replay: Run,
    /// What the replay is of.
    pub replayed: RwSignal<Option<String>>,
    // A moment that moves on now and then.
    now: Memo<u32>,
}

/// The calls that are looked at.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Their places in the ledger, in their order.
    pub places: Arc<Vec<u32>>,
    /// The ledger's revision.
    pub revision: u64,
    /// The moment at which they were looked for.
    pub now: UnixTime,
}

/// A session file that was opened.
#[derive(Debug)]
pub struct OpenedSession {
    /// The file's name.
    pub name: String,
    /// When it was written.
    pub made_at: UnixTime,
    /// Whether prompts and answers are in it.
    pub with_content: bool,
    /// Its calls as a ledger shows them.
    pub ledger: Ledger,
    /// Its calls in whole.
    pub calls: HashMap<CallId, CallRecord>,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision && self.now == other.now && self.places == other.places
    }
}

fn provide() {
    let (ledger, ticker) = (use_ledger(), use_ticker());
    let query = RwSignal::new(Query::default());
    let own = use_prices();
    let prices = Signal::derive(move || own.get());
    let ticks = StoredValue::new(0u32);
    let now = Memo::new(move |_| {
        if query.with(|query| query.period == Period::All) {
            return 0;
        }
        ticker.track();
        ticks.set_value(ticks.get_value().wrapping_add(1));
        ticks.get_value() / MOVES_ON
    });
    let session = RwSignal::new(None::<Arc<OpenedSession>>);
    let found = Memo::new(move |_| {
        now.track();
        let moment = BrowserClock.wall();
        with_ledger(ledger, session, |ledger| {
            query.with(|query| Found {
                places: Arc::new(prices.with(|prices| query.places(ledger.rows(), prices, moment))),
                revision: ledger.revision(),
                now: moment,
            })
        })
    });
    provide_context(UsageState {
        ledger,
        query,
        tab: RwSignal::new("history".to_owned()),
        selected: RwSignal::new(None),
        inspector_tab: RwSignal::new("overview".to_owned()),
        failure: RwSignal::new(None),
        found,
        looked_through: RwSignal::new(Found::default()),
        prices,
        session,
        replay: Run::new(None),
        replayed: RwSignal::new(None),
        now,
    });
}

fn with_ledger<T>(
    ledger: LedgerState,
    session: RwSignal<Option<Arc<OpenedSession>>>,
    read: impl FnOnce(&Ledger) -> T,
) -> T {
    match session.get() {
        Some(session) => read(&session.ledger),
        None => ledger.with(read),
    }
}

/// What Usage keeps.
pub fn use_usage() -> UsageState {
    when_used(provide)
}

impl UsageState {
    /// Reads the ledger that is looked at: the page's, or a session file's; tracked.
    pub fn with_ledger<T>(self, read: impl FnOnce(&Ledger) -> T) -> T {
        with_ledger(self.ledger, self.session, read)
    }

    /// Looks at a session file in the ledger's stead, or at the ledger again.
    pub fn look_into(self, session: Option<OpenedSession>) {
        self.selected.set(None);
        self.query.set(Query::default());
        self.replay.clear();
        self.replayed.set(None);
        self.session.set(session.map(Arc::new));
    }

    /// A call in whole.
    ///
    /// # Errors
    /// Why it cannot be had, for people.
    pub async fn call(self, id: CallId) -> Result<CallRecord, String> {
        match self.session.get_untracked() {
            Some(session) => session.calls.get(&id).cloned().ok_or_else(|| HistoryError::Gone.to_string()),
            None => self.ledger.call(id).await.map_err(|error| error.to_string()),
        }
    }

    /// Several calls in whole, in the order of `ids`.
    ///
    /// # Errors
    /// Why they cannot be had, for people.
    pub async fn calls(self, ids: &[CallId]) -> Result<Vec<CallRecord>, String> {
        match self.session.get_untracked() {
            Some(session) => Ok(ids.iter().filter_map(|id| session.calls.get(id).cloned()).collect()),
            None => self.ledger.calls(ids).await.map_err(|error| error.to_string()),
        }
    }

    /// The calls that are looked at, in the order of the ledger whatever the history is sorted by: so a file that is opened
    /// is saved again as it was.
    pub fn ids(self) -> Vec<CallId> {
        untrack(|| {
            let mut places = self.found.with(|found| found.places.to_vec());
            places.sort_unstable();
            self.with_ledger(|ledger| {
                let row = |place: u32| ledger.rows().get(usize::try_from(place).ok()?);
                places.into_iter().filter_map(row).map(|row| row.id).collect()
            })
        })
    }

    /// How many calls are looked at, tracked.
    pub fn total(self) -> usize {
        self.found.with(|found| found.places.len())
    }

    /// The row at a place of those that are looked at; not tracked.
    pub fn row<T>(self, index: usize, read: impl FnOnce(&LedgerRow) -> T) -> Option<T> {
        untrack(|| {
            let place = self.found.with(|found| found.places.get(index).copied())?;
            self.with_ledger(|ledger| ledger.rows().get(usize::try_from(place).ok()?).map(read))
        })
    }

    /// Has [`with_rows`](Self::with_rows) follow what is looked at, as long as the component is there that calls it.
    pub fn look_through(self) {
        Effect::new(move |_| {
            let found = self.found.get();
            spawn_local(async move {
                next_task().await;
                let _ = self.looked_through.try_set(found);
            });
        });
    }

    /// Reads the rows that are looked at, in their order, as they were a task ago; tracked.
    pub fn with_rows<T>(self, read: impl FnOnce(&mut dyn Iterator<Item = &LedgerRow>) -> T) -> T {
        self.looked_through.with(|found| {
            untrack(|| {
                self.with_ledger(|ledger| {
                    let rows = ledger.rows();
                    let mut picked =
                        found.places.iter().filter_map(|place| rows.get(usize::try_from(*place).unwrap_or(usize::MAX)));
                    read(&mut picked)
                })
            })
        })
    }

    /// The place of the selected call among those that are looked at, tracked.
    pub fn place_of_selected(self) -> Option<usize> {
        let id = self.selected.get()?;
        self.found.with(|found| {
            untrack(|| {
                self.with_ledger(|ledger| {
                    let of = |place: &u32| ledger.rows().get(usize::try_from(*place).ok()?).map(|row| row.id);
                    found.places.iter().position(|place| of(place) == Some(id))
                })
            })
        })
    }

    /// Looks at the call at a place of those that are looked at.
    pub fn select(self, index: usize) {
        if let Some(id) = self.row(index, |row| row.id) {
            self.selected.set(Some(id));
        }
    }

    /// The moment up to which is looked, tracked as it moves on.
    pub fn now(self) -> UnixTime {
        self.now.track();
        self.found.with(|found| found.now)
    }

    /// Changes what is looked at.
    pub fn look_at(self, change: impl FnOnce(&mut Query)) {
        self.query.update(change);
    }
}
