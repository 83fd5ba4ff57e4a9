//! Each line with where it stands, a page at a time.

use std::sync::Arc;

use leptos::prelude::*;

use super::line::LineInspector;
use super::state::{Batch, use_batch};
use crate::batch::{FailureKind, LineState};
use crate::components::{Button, ButtonKind, Choice, Select, StatusChip, Tone, WideTable};
use crate::format::format_count;

/// Lines a page.
const PAGE: usize = 50;

/// Which lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Waiting,
    Sending,
    Done,
    Failed,
    Unknown,
    Cancelled,
}

impl Filter {
    const ALL: [Self; 7] =
        [Self::All, Self::Waiting, Self::Sending, Self::Done, Self::Failed, Self::Unknown, Self::Cancelled];

    const fn name(self) -> &'static str {
        match self {
            Self::All => "All lines",
            Self::Waiting => "Waiting",
            Self::Sending => "In flight",
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
            Self::Cancelled => "Cancelled",
        }
    }

    const fn shows(self, state: LineState) -> bool {
        match self {
            Self::All => true,
            Self::Waiting => matches!(state, LineState::Waiting),
            Self::Sending => matches!(state, LineState::Sending { .. }),
            Self::Done => matches!(state, LineState::Done),
            Self::Failed => matches!(state, LineState::Failed(_)),
            Self::Unknown => matches!(state, LineState::Unknown),
            Self::Cancelled => matches!(state, LineState::Cancelled),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    line: u32,
    custom_id: Arc<str>,
    state: LineState,
    attempts: u32,
}

/// The table, its filter and its pages; a row opens what came of its line.
#[component]
pub fn LineTable() -> impl IntoView {
    let batch = use_batch();
    let (filter, page) = (RwSignal::new(Filter::All), RwSignal::new(0usize));
    let selected = RwSignal::new(None::<u32>);
    let shown = Memo::new(move |_| rows_of(batch, filter.get(), page.get()));
    let total = Memo::new(move |_| shown.with(|(_, total)| *total));
    let last = move || total.get().saturating_sub(1) / PAGE;
    let options = || Filter::ALL.map(|filter| Choice::new(filter.name(), filter.name())).to_vec();
    let choose = move |name: String| {
        filter.set(Filter::ALL.into_iter().find(|filter| filter.name() == name).unwrap_or(Filter::All));
        page.set(0);
    };
    let extent = move || {
        let (first, rows) = (page.get().min(last()) * PAGE, shown.with(|(rows, _)| rows.len()));
        let count = |rows: usize| format_count(rows as u64);
        if rows == 0 {
            "No such lines".to_owned()
        } else {
            format!("{} to {} of {}", count(first + 1), count(first + rows), count(total.get()))
        }
    };
    let row = move |row: Row| {
        let (tone, words) = state_words(row.state);
        let line = row.line;
        view! {
            <tr>
                <td class="num">{format_count(line.into())}</td>
                <th scope="row" dir="auto">
                    <button type="button" class="batch-line" on:click=move |_| selected.set(Some(line))>
                        {row.custom_id.to_string()}
                    </button>
                </th>
                <td><StatusChip tone=tone text=words /></td>
                <td class="num">{format_count(row.attempts.into())}</td>
            </tr>
        }
    };
    let at_start = Signal::derive(move || page.get() == 0);
    let at_end = Signal::derive(move || page.get() >= last());
    let fits = move || total.get() <= PAGE;
    view! {
        <div class="batch-table-head">
            <Select
                label="Show"
                options=Signal::derive(options)
                value=Signal::derive(move || filter.get().name().to_owned())
                on_change=choose
                inline=true
            />
            <span class="num muted">{extent}</span>
            <span class="batch-pages" hidden=fits>
                <Button kind=ButtonKind::Quiet disabled=at_start on_click=move |()| page.set(0)>"First lines"</Button>
                <Button kind=ButtonKind::Quiet disabled=at_start on_click=move |()| page.update(|page| *page = page.saturating_sub(1))>"Earlier lines"</Button>
                <Button kind=ButtonKind::Quiet disabled=at_end on_click=move |()| page.update(|page| *page += 1)>"Later lines"</Button>
                <Button kind=ButtonKind::Quiet disabled=at_end on_click=move |()| page.set(last())>"Last lines"</Button>
            </span>
        </div>
        <WideTable label="Lines of the batch" class="batch-rows">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" class="num">"Line"</th>
                        <th scope="col">"custom_id"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"Attempts"</th>
                    </tr>
                </thead>
                <tbody>{move || shown.with(|(rows, _)| rows.clone()).into_iter().map(row).collect_view()}</tbody>
            </table>
        </WideTable>
        <LineInspector selected=selected />
    }
}

/// The rows of a page, and how many there are in all.
fn rows_of(batch: Batch, filter: Filter, page: usize) -> (Vec<Row>, usize) {
    let rows = batch.with_book(|book| {
        let state = book.state();
        batch.with_file(|file| {
            let row = |line: u32, custom_id: Arc<str>| Row {
                line,
                custom_id,
                state: state.line(line),
                attempts: state.next_attempt(line).saturating_sub(1),
            };
            if file.entries.is_empty() || !matches!(filter, Filter::All | Filter::Waiting | Filter::Cancelled) {
                // Without its file, the lines that were touched are all that is known.
                let chosen = || state.touched().filter(|(_, state, _)| filter.shows(*state));
                let total = chosen().count();
                let first = page.min(total.saturating_sub(1) / PAGE) * PAGE;
                let name = |line| {
                    file.entry(line)
                        .map_or_else(|| Arc::from(format!("line {line}")), |entry| Arc::clone(&entry.custom_id))
                };
                return (chosen().skip(first).take(PAGE).map(|(line, ..)| row(line, name(line))).collect(), total);
            }
            let chosen =
                || file.entries.iter().filter(|entry| filter == Filter::All || filter.shows(state.line(entry.line)));
            let total = if filter == Filter::All { file.entries.len() } else { chosen().count() };
            let first = page.min(total.saturating_sub(1) / PAGE) * PAGE;
            (
                chosen().skip(first).take(PAGE).map(|entry| row(entry.line, Arc::clone(&entry.custom_id))).collect(),
                total,
            )
        })
    });
    rows.flatten().unwrap_or_default()
}

/// What a state is called, and what it means.
pub(super) fn state_words(state: LineState) -> (Tone, &'static str) {
    match state {
        LineState::Waiting => (Tone::Queued, "Waiting"),
        LineState::Sending { .. } => (Tone::Flight, "In flight"),
        LineState::Done => (Tone::Done, "Done"),
        LineState::Unknown => (Tone::Refused, "Unknown"),
        LineState::Cancelled => (Tone::Neutral, "Cancelled"),
        LineState::Failed(kind) => (Tone::Failed, failure_words(kind)),
    }
}

const fn failure_words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::RateLimit => "Failed: rate limit",
        FailureKind::RequestTooLarge => "Failed: larger than the limit",
        FailureKind::Quota => "Failed: quota",
        FailureKind::Overload => "Failed: server overloaded",
        FailureKind::Server => "Failed: server error",
        FailureKind::Timeout => "Failed: timeout",
        FailureKind::Conflict => "Failed: conflict",
        FailureKind::Auth => "Failed: key refused",
        FailureKind::Forbidden => "Failed: not allowed",
        FailureKind::NotFound => "Failed: no such model or path",
        FailureKind::BadRequest => "Failed: wrong request",
        FailureKind::Unreadable => "Failed: unreadable answer",
        FailureKind::NotSent => "Failed: not sent",
    }
}
