//! Usage: what every call of every view took and cost, what is left, and all of it to take away.

mod budgets;
mod exports;
mod filters;
mod history;
mod inspector;
mod keeping;
mod over_time;
mod prices;
mod replay;
mod session;
mod state;
mod totals;
mod traces;

use futures_util::{StreamExt as _, stream};
use leptos::prelude::*;

use crate::components::{Choice, TabPanel, Tabs};
use crate::state::ledger::Opened;
use crate::usage::CallId;
use budgets::BudgetsPanel;
use prices::PricesPanel;
use state::{UsageState, use_usage};
use traces::{CallSlices, TracesPanel};

/// How many calls are read at a time.
const CALLS_READ: usize = 16;

/// The calls that are looked at, in whole.
fn calls_looked_at(usage: UsageState) -> CallSlices {
    let slices: Vec<Vec<CallId>> = usage.ids().chunks(CALLS_READ).map(<[_]>::to_vec).collect();
    let read = move |ids: Vec<CallId>| async move { usage.calls(&ids).await };
    Box::pin(stream::iter(slices).then(read))
}

/// The view.
#[component]
pub fn UsageView() -> impl IntoView {
    let usage = use_usage();
    usage.ledger.open();
    usage.look_through();
    let tabs =
        || vec![Choice::new("history", "History"), Choice::new("time", "Over time"), Choice::new("sums", "Added up")];
    let used = Memo::new(move |_| usage.ledger.with(|ledger| ledger.models().map(str::to_owned).collect()));
    let are_read = Signal::derive(move || usage.ledger.opened.get() == Opened::All);
    view! {
        <div class="view usage">
            <header class="view-head">
                <h1>"Usage"</h1>
                <p class="muted">
                    "Every call of every view: its attempts, its tokens, its cost. Kept in this browser, never with a key."
                </p>
            </header>
            <keeping::Trouble />
            <session::SessionBanner />
            <filters::Filters />
            <totals::TotalsPanel />
            <exports::Exports />
            <Tabs
                name="usage"
                label="What to look at"
                tabs=Signal::derive(tabs)
                selected=usage.tab
                on_select=move |tab| usage.tab.set(tab)
            />
            <TabPanel name="usage" tab="history" selected=usage.tab>
                <Shown tab="history" view=|| view! { <keeping::Keeping /><history::History /><replay::Replay /> }.into_any() />
            </TabPanel>
            <TabPanel name="usage" tab="time" selected=usage.tab>
                <Shown tab="time" view=|| view! { <over_time::OverTimePanels /> }.into_any() />
            </TabPanel>
            <TabPanel name="usage" tab="sums" selected=usage.tab>
                <Shown tab="sums" view=|| view! { <totals::BreakdownPanel /> }.into_any() />
            </TabPanel>
            <BudgetsPanel />
            <PricesPanel used=used />
            <TracesPanel calls=move |()| calls_looked_at(usage) are_read=are_read />
        </div>
    }
}

/// What a tab holds, made while it is shown: nobody computes for a panel that nobody looks at.
#[component]
fn Shown(tab: &'static str, view: fn() -> AnyView) -> impl IntoView {
    let usage = use_usage();
    let is_shown = Memo::new(move |_| usage.tab.with(|shown| shown == tab));
    view! { <Show when=move || is_shown.get()>{view}</Show> }
}
