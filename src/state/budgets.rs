//! A person's budgets: what is spent of them, and what they hold back.

use std::time::Duration;

use leptos::prelude::*;

use super::announcer::{Announcer, use_announcer};
use super::ledger::{LedgerState, Opened, use_ledger};
use super::notices::{Notice, Notices, use_notices};
use super::persisted::persisted;
use super::prices::{PricesState, use_prices};
use super::undo::{Undos, use_undos};
use super::when_used;
use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::run::InFlight;
use crate::time::UnixTime;
use crate::usage::{AnsweredBy, Budget, BudgetPeriod, Cap, Level, Outlook, Planned, Spending, Spent, refusal};

/// How often it is looked whether the history has been read.
const LOOK: Duration = Duration::from_millis(20);
/// How long it is waited for at most: a store that hangs must not keep all work back.
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// The page's budgets. Copies are handles on the same ones.
#[derive(Debug, Clone, Copy)]
pub struct Budgets {
    list: RwSignal<Vec<Budget>>,
    inner: StoredValue<Inner>,
    ledger: LedgerState,
    prices: PricesState,
    notices: Notices,
    announcer: Announcer,
    undos: Undos,
    opened_at: UnixTime,
}

#[derive(Debug, Default)]
struct Inner {
    /// What is spent, by API and period.
    spending: Vec<Spending>,
    /// What was told of each budget.
    told: Vec<Told>,
    simulated_in_flight: InFlight,
    live_in_flight: InFlight,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    budget: u32,
    since: UnixTime,
    level: Level,
    notice: Option<u64>,
}

fn provide() {
    let since_opened = BrowserClock.now().since_origin();
    let budgets = Budgets {
        list: persisted("budgets", Vec::new()),
        inner: StoredValue::default(),
        ledger: use_ledger(),
        prices: use_prices(),
        notices: use_notices(),
        announcer: use_announcer(),
        undos: use_undos(),
        opened_at: UnixTime::from_epoch(BrowserClock.wall().since_epoch().saturating_sub(since_opened)),
    };
    provide_context(budgets);
    Effect::new(move |_| {
        for budget in budgets.list.get() {
            if budget.period != BudgetPeriod::Session {
                budgets.ledger.open();
            }
            if budgets.is_known(budget.period) {
                budgets.tell_of(&budget);
            }
        }
    });
}

/// The page's budgets.
pub fn use_budgets() -> Budgets {
    when_used(provide)
}

impl Budgets {
    /// All of them, tracked.
    pub fn list(self) -> Vec<Budget> {
        self.list.get()
    }

    /// What is spent of a budget, tracked.
    pub fn spent_of(self, budget: &Budget) -> Spent {
        self.ledger.with(|_| ());
        self.prices.get();
        self.spent(budget.api, budget.period)
    }

    /// Whether all that was spent in a period is known by now, tracked: the history may still be read.
    pub fn is_known(self, period: BudgetPeriod) -> bool {
        period == BudgetPeriod::Session || self.ledger.opened.get() == Opened::All
    }

    /// Why nothing more may be sent to an API now; `None` where it may.
    pub fn refusal(self, api: AnsweredBy) -> Option<String> {
        self.refusal_beside(api, self.in_flight(api).count())
    }

    /// The same for one who waits for what is out himself: what it can use up holds him back no more than what is used.
    pub fn refusal_once_spent(self, api: AnsweredBy) -> Option<String> {
        self.refusal_beside(api, 0)
    }

    fn refusal_beside(self, api: AnsweredBy, in_flight: u64) -> Option<String> {
        let list = self.list.try_get_untracked()?;
        refusal(&list, (api, in_flight), |period| self.spent(api, period))
    }

    /// The requests to an API that are out.
    pub fn in_flight(self, api: AnsweredBy) -> InFlight {
        let of_api = |inner: &Inner| match api {
            AnsweredBy::Simulated => inner.simulated_in_flight.clone(),
            AnsweredBy::Live => inner.live_in_flight.clone(),
        };
        self.inner.try_with_value(of_api).unwrap_or_default()
    }

    /// What `planned` comes to beside what is left of the budgets of an API, tracked; none where it has no budget.
    pub fn outlooks(self, api: AnsweredBy, planned: &Planned) -> Vec<Outlook> {
        let list = self.list.get();
        let of_api = list.iter().filter(|budget| budget.api == api);
        of_api.map(|budget| budget.outlook(&self.spent_of(budget), planned)).collect()
    }

    /// Waits until it is known what was spent, where that matters to an API: before that nothing is to be sent.
    pub async fn ready(self, api: AnsweredBy) {
        let needs_history =
            |list: &Vec<Budget>| list.iter().any(|budget| budget.api == api && budget.period != BudgetPeriod::Session);
        if self.list.try_with_untracked(needs_history) != Some(true) {
            return;
        }
        self.ledger.open();
        let given_up = BrowserClock.now() + LONGEST_LOOK;
        while self.ledger.opened.try_get_untracked().is_some_and(|opened| opened != Opened::All)
            && BrowserClock.now() < given_up
        {
            BrowserClock.sleep(LOOK).await;
        }
    }

    /// Adds a budget.
    pub fn add(self, api: AnsweredBy, period: BudgetPeriod, cap: Cap) {
        let highest = self.list.with_untracked(|list| list.iter().map(|budget| budget.id).max());
        let budget = Budget { id: highest.unwrap_or(0).wrapping_add(1), api, period, cap: cap.bounded() };
        self.list.update(|list| list.push(budget));
    }

    /// Changes the budget of the same id.
    pub fn change(self, budget: Budget) {
        self.forget_told(budget.id);
        self.list.update(|list| list.iter_mut().filter(|one| one.id == budget.id).for_each(|one| *one = budget));
    }

    /// Takes a budget out; Undo brings it back where it was.
    pub fn remove(self, budget: Budget) {
        let Some(place) = self.list.with_untracked(|list| list.iter().position(|one| one.id == budget.id)) else {
            return;
        };
        self.forget_told(budget.id);
        self.list.update(|list| list.retain(|one| one.id != budget.id));
        let bring_back = move || {
            self.list.update(|list| {
                if !list.iter().any(|one| one.id == budget.id) {
                    list.insert(place.min(list.len()), budget);
                }
            });
        };
        self.undos.tell(format!("The budget of {} for {} is removed.", budget.cap, budget.api.name()), bring_back);
    }

    fn began(self, period: BudgetPeriod) -> UnixTime {
        period.began(BrowserClock.wall()).unwrap_or(self.opened_at)
    }

    fn spent(self, api: AnsweredBy, period: BudgetPeriod) -> Spent {
        /// Those of all periods of both APIs; older ones are of days gone by.
        const KEPT: usize = 6;
        let (since, prices) = (self.began(period), self.prices.now());
        let spent = self.inner.try_update_value(|inner| {
            let known = inner.spending.iter().position(|spending| spending.is_of(api, since));
            let mut spending = known.map_or_else(|| Spending::new(api, since), |place| inner.spending.remove(place));
            let spent = untrack(|| self.ledger.with(|ledger| spending.spent(ledger, &prices)));
            inner.spending.truncate(KEPT - 1);
            inner.spending.insert(0, spending);
            spent
        });
        spent.unwrap_or_default()
    }

    /// Tells once of each threshold that is crossed, tracked.
    fn tell_of(self, budget: &Budget) {
        let spent = self.spent_of(budget);
        let (level, since) = (budget.level(&spent), self.began(budget.period));
        let known = self.inner.with_value(|inner| {
            inner.told.iter().find(|told| told.budget == budget.id && told.since == since).copied()
        });
        let mut told = Told { budget: budget.id, since, level, notice: None };
        if let Some(before) = known {
            if level <= before.level {
                return;
            }
            // The newest says it all.
            before.notice.into_iter().for_each(|id| self.notices.dismiss(id));
            let words = budget.warning(&spent);
            self.announcer.say(words.clone());
            let lines = match budget.refusal(&spent) {
                Some(refusal) => vec![refusal],
                None => vec!["At 100 % nothing more is sent.".to_owned()],
            };
            let lines = lines.into_iter().chain(budget.not_counted(&spent)).collect();
            let is_warning = level >= Level::MostOfIt;
            told.notice = Some(self.notices.add(Notice {
                id: 0,
                title: words,
                is_warning,
                lines,
                values: Vec::new(),
                undo: None,
            }));
        }
        self.inner.update_value(|inner| {
            inner.told.retain(|told| told.budget != budget.id);
            inner.told.push(told);
        });
    }

    // What is new of a budget is no news.
    fn forget_told(self, budget: u32) {
        let notice = self.inner.try_update_value(|inner| {
            let place = inner.told.iter().position(|told| told.budget == budget)?;
            inner.told.swap_remove(place).notice
        });
        notice.flatten().into_iter().for_each(|id| self.notices.dismiss(id));
    }
}
