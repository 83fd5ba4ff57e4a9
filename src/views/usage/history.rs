//! The history: a row a call, as many as there are.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use leptos::prelude::*;

use super::inspector::Inspector;
use super::state::{UsageState, use_usage};
use super::totals::cost_words;
use crate::components::{EmptyState, Glyph, Icon, StatusChip, Tone, VirtualRows, VirtualTable};
use crate::format::{format_count, format_duration};
use crate::platform::format::date_and_time;
use crate::state::ledger::Opened;
use crate::usage::{LedgerRow, Prices, Query, RowAnswer, SortBy, Stands};

/// The columns, by what they sort by; those of numbers say so.
const COLUMNS: [(SortBy, &str, bool); 9] = [
    (SortBy::Call, "Call", false),
    (SortBy::Time, "When", true),
    (SortBy::Model, "Model", false),
    (SortBy::Result, "Result", false),
    (SortBy::Attempts, "Attempts", true),
    (SortBy::Duration, "Took", true),
    (SortBy::Input, "Input", true),
    (SortBy::Output, "Output", true),
    (SortBy::Cost, "Cost", true),
];

/// The history and the call that is looked at.
#[component]
pub fn History() -> impl IntoView {
    let usage = use_usage();
    let total = Signal::derive(move || usage.total());
    let is_empty = Memo::new(move |_| total.get() == 0);
    let rows = VirtualRows {
        key: Arc::new(move |index| {
            usage.found.track();
            usage.prices.with(|prices| usage.row(index, |row| content(row, prices))).unwrap_or_default()
        }),
        cells: Arc::new(move |index, id| usage.row(index, |row| cells(usage, id, row)).into_any()),
    };
    let is_open = Memo::new(move |_| usage.selected.get().is_some());
    view! {
        <Extent />
        <Show when=move || is_empty.get()>
            <Nothing />
        </Show>
        <div class="usage-history" class:is-inspected=move || is_open.get() hidden=move || is_empty.get()>
            <VirtualTable
                label="History"
                name="call"
                total=total
                columns=COLUMNS.len()
                head=ViewFn::from(move || COLUMNS.map(|column| head(usage, column)).into_iter().collect_view())
                rows=rows
                selected=Signal::derive(move || usage.place_of_selected())
                on_select=move |index| usage.select(index)
            />
            <Show when=move || is_open.get()>
                <Inspector />
            </Show>
        </div>
    }
}

/// "1,204 of 100,000 calls".
#[component]
fn Extent() -> impl IntoView {
    let usage = use_usage();
    let in_all = Memo::new(move |_| usage.with_ledger(|ledger| ledger.rows().len()));
    let words = move || {
        let (shown, in_all) = (usage.total(), in_all.get());
        let calls = if in_all == 1 { "call" } else { "calls" };
        let reading = match usage.ledger.opened.get() {
            Opened::Reading => " What is kept is being read…",
            Opened::Not | Opened::All => "",
        };
        if shown == in_all {
            format!("{} {calls}.{reading}", format_count(in_all as u64))
        } else {
            format!("{} of {} {calls}.{reading}", format_count(shown as u64), format_count(in_all as u64))
        }
    };
    view! { <p class="muted num usage-extent">{words}</p> }
}

#[component]
fn Nothing() -> impl IntoView {
    let usage = use_usage();
    let is_all = move || usage.query.with(Query::is_all);
    let text = move || {
        if is_all() {
            "No call is in the ledger yet. Whatever the Guide, Request, Burst and Batch send is written down here."
        } else {
            "No call is as the filters above ask. “Show all” looks at every one."
        }
        .to_owned()
    };
    view! {
        <EmptyState text=Signal::derive(text) icon=Glyph::Table>
            <Show when=is_all>
                <p>
                    <a href="#/burst">"Run a burst"</a>" or "<a href="#/request">"send a request"</a>
                    ": the simulated API costs nothing."
                </p>
            </Show>
        </EmptyState>
    }
}

fn head(usage: UsageState, (sort_by, name, is_number): (SortBy, &'static str, bool)) -> impl IntoView {
    let sorted = move || usage.query.with(|query| (query.sort_by == sort_by).then_some(query.ascending));
    let order = move || match sorted() {
        None => "none",
        Some(true) => "ascending",
        Some(false) => "descending",
    };
    let sort = move |_| {
        usage.look_at(|query| {
            query.ascending = query.sort_by == sort_by && !query.ascending;
            query.sort_by = sort_by;
        });
    };
    view! {
        <th scope="col" class:num=is_number aria-sort=order>
            <button type="button" class="sort" on:click=sort>
                {name}
                <span class="sort-mark" class:is-ascending=move || sorted() == Some(true)>
                    <Icon glyph=Glyph::Chevron />
                </span>
            </button>
        </th>
    }
}

/// What a row shows, in short: it is made anew when that changes.
fn content(row: &LedgerRow, prices: &Prices) -> u64 {
    let mut hasher = DefaultHasher::new();
    (row.id, row.stands, row.attempts, row.failed_attempts, row.unknown_outcomes, row.status, row.duration_micros)
        .hash(&mut hasher);
    let cost = row.cost(prices);
    (cost.known, cost.unknown_calls, std::mem::discriminant(&row.answer)).hash(&mut hasher);
    if let RowAnswer::Usage(usage) = row.answer {
        (usage.input_tokens, usage.output_tokens).hash(&mut hasher);
    }
    hasher.finish()
}

fn cells(usage: UsageState, id: String, row: &LedgerRow) -> impl IntoView + use<> {
    let tokens = |pick: fn(&crate::responses::Usage) -> u64| match (&row.answer, row.usage()) {
        (_, Some(usage)) => format_count(pick(usage)),
        (RowAnswer::None, _) => "–".to_owned(),
        _ => "unknown".to_owned(),
    };
    let attempts = match row.failed_attempts + row.unknown_outcomes {
        0 => format_count(row.attempts.into()),
        wasted => format!("{} ({} wasted)", format_count(row.attempts.into()), format_count(wasted.into())),
    };
    let took =
        row.duration_micros.map_or_else(|| "–".to_owned(), |it| format_duration(std::time::Duration::from_micros(it)));
    let cost = usage.prices.with_untracked(|prices| row.cost(prices));
    let cost =
        if row.answer == RowAnswer::None && cost.unknown_calls == 0 { "–".to_owned() } else { cost_words(cost) };
    view! {
        <th scope="row">
            <button type="button" class="link-button usage-call" id=id tabindex="-1">
                <span dir="auto">{row.label.to_string()}</span>
                <span class="muted">{format!("{}, {}", row.made_in.name(), row.api.name())}</span>
            </button>
        </th>
        <td class="num">{date_and_time(row.queued_at())}</td>
        <td dir="auto">{row.model.to_string()}</td>
        <td><StatusChip tone=tone(row) text=result_words(row) /></td>
        <td class="num">{attempts}</td>
        <td class="num">{took}</td>
        <td class="num">{tokens(|usage| usage.input_tokens)}</td>
        <td class="num">{tokens(|usage| usage.output_tokens)}</td>
        <td class="num">{cost}</td>
    }
}

/// "Succeeded", "Failed, 429".
pub fn result_words(row: &LedgerRow) -> String {
    match (row.stands, row.status) {
        (Stands::Stopped | Stands::Asked, Some(status)) => format!("{}, {status}", row.stands.name()),
        (stands, _) => stands.name().to_owned(),
    }
}

/// The colour of how a call stands.
pub const fn tone(row: &LedgerRow) -> Tone {
    match row.stands {
        Stands::Running => Tone::Flight,
        Stands::Succeeded => Tone::Done,
        Stands::Stopped if matches!(row.status, Some(429)) => Tone::Refused,
        Stands::Stopped => Tone::Failed,
        Stands::Asked => Tone::Waiting,
        Stands::Cancelled => Tone::Neutral,
    }
}
