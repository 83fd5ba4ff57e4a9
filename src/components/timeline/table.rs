//! The timeline as a table: every segment, a hundred at a time.

use std::time::Duration;

use leptos::prelude::*;

use super::source::TimelineSource;
use crate::chart::lanes::number;
use crate::chart::{Lanes, Place, Segment};
use crate::components::{Button, ButtonKind, WideTable};
use crate::format::{format_count, format_decimal};
use crate::platform::timer::Timer;

/// The rows of a page: more at once help nobody, and cost the browser its pace.
const PAGE: usize = 100;
/// How many of them are there in the frame of the press that asks for them: more than are in sight.
const AT_ONCE: usize = 30;
/// When the rest comes: once those have been shown.
const REST_AFTER: Duration = Duration::from_millis(100);
/// How often the table of a run under way is read anew: calm enough to be read.
const CALM: Duration = Duration::from_millis(500);

#[component]
pub(super) fn TableTwin(source: TimelineSource, label: Signal<String>, row_name: &'static str) -> impl IntoView {
    let first = RwSignal::new(0usize);
    let ticks = RwSignal::new(0u32);
    if let Ok(handle) = set_interval_with_handle(move || ticks.update(|ticks| *ticks = ticks.wrapping_add(1)), CALM) {
        on_cleanup(move || handle.clear());
    }
    let stamp = Memo::new(move |_| {
        ticks.track();
        untrack(|| source.beat.get())
    });
    let total = Memo::new(move |_| {
        stamp.get();
        source.read(|lanes, _| lanes.total())
    });
    let rows = Memo::new(move |_| {
        stamp.get();
        source.read(|lanes, _| page(lanes, first.get()))
    });
    let rest = RwSignal::new(Vec::new());
    let awaited = StoredValue::new_local(None);
    Effect::new(move |_| {
        let later = rows.with(|rows| rows.get(AT_ONCE..).unwrap_or_default().to_vec());
        awaited.set_value(Some(Timer::after(REST_AFTER, move || {
            if rest.try_with_untracked(|rest| *rest != later) == Some(true) {
                rest.set(later);
            }
        })));
    });
    // One unit and one precision in a column, so that the figures can be compared.
    let at = |seconds: f64| format_decimal(&format!("{seconds:.3} s"));
    let row = move |index: usize, (place, segment): (Place, Segment)| {
        let now = stamp.get_untracked().now;
        let (name, text) = untrack(|| (source.name.run(place.lane), source.text.run(place)));
        let end = segment.end(now);
        view! {
            <tr aria-rowindex=(first.get_untracked() + index + 2).to_string()>
                <th scope="row">{name}</th>
                <td>{segment.kind.name()}</td>
                <td class="num">{at(segment.from)}</td>
                <td class="num">{at(end)}</td>
                <td class="num">{at(end - segment.from)}</td>
                <td class="timeline-detail" dir="auto">{text}</td>
            </tr>
        }
    };
    let go = move |to: usize| {
        let last = total.get_untracked().saturating_sub(1) / PAGE * PAGE;
        first.set(to.min(last));
    };
    let extent = move || {
        let (first, shown, total) = (first.get(), rows.with(Vec::len), total.get());
        format!("Rows {} to {} of {}", count(first + 1), count(first + shown), count(total))
    };
    let at_start = Signal::derive(move || first.get() == 0);
    let at_end = Signal::derive(move || first.get() + PAGE >= total.get());
    let back = move |()| go(first.get_untracked().saturating_sub(PAGE));
    let on = move |()| go(first.get_untracked() + PAGE);
    let mut letters = row_name.chars();
    let head = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    view! {
        <div class="timeline-pages" hidden=move || total.get() <= PAGE>
            <Button kind=ButtonKind::Quiet disabled=at_start on_click=move |()| go(0)>"First rows"</Button>
            <Button kind=ButtonKind::Quiet disabled=at_start on_click=back>"Earlier rows"</Button>
            <span class="num muted">{extent}</span>
            <Button kind=ButtonKind::Quiet disabled=at_end on_click=on>"Later rows"</Button>
            <Button kind=ButtonKind::Quiet disabled=at_end on_click=move |()| go(usize::MAX)>"Last rows"</Button>
        </div>
        <WideTable label=Signal::derive(move || format!("{} as a table", label.get())) class="timeline-table">
            <table class="table" aria-rowcount=move || (total.get() + 1).to_string()>
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col">{head}</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="num">"From"</th>
                        <th scope="col" class="num">"To"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col">"Detail"</th>
                    </tr>
                </thead>
                <tbody>{move || rows.get().into_iter().take(AT_ONCE).zip(0..).map(|(what, index)| row(index, what)).collect_view()}</tbody>
                <tbody>{move || rest.get().into_iter().zip(AT_ONCE..).map(|(what, index)| row(index, what)).collect_view()}</tbody>
            </table>
        </WideTable>
    }
}

/// The segments of a page, from number `first` on.
fn page(lanes: &Lanes, first: usize) -> Vec<(Place, Segment)> {
    let Some(start) = lanes.nth(first) else { return Vec::new() };
    let rows = lanes.rows().iter().enumerate().skip(start.lane);
    let places = rows
        .flat_map(|(lane, row)| row.iter().enumerate().map(move |(segment, what)| (Place { lane, segment }, *what)));
    places.skip(start.segment).take(PAGE).collect()
}

fn count(rows: usize) -> String {
    // Rows in memory: far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rows = number(rows) as u64;
    format_count(rows)
}
