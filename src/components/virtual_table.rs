//! A table of any number of rows, of which those in sight are there.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;

use crate::platform::dom;

/// How many rows are there above and below those in sight.
const OVERSCAN: usize = 12;
/// Rows come and go so many at a time.
const STEP: usize = 8;
/// A row's height in CSS pixels before one was measured.
const ROW_HEIGHT: f64 = 33.0;

/// What a row is made of.
#[derive(Clone)]
pub struct VirtualRows {
    /// What tells its content from another: a row whose key has changed is made anew.
    pub key: Arc<dyn Fn(usize) -> u64 + Send + Sync>,
    /// Its cells. The one button that opens it has the id that it is given, and no stop of its own for the Tab key.
    pub cells: Arc<dyn Fn(usize, String) -> AnyView + Send + Sync>,
}

/// The table. Arrow keys, Page Up, Page Down, Home and End go from row to row; each row has one button.
#[component]
pub fn VirtualTable(
    /// The accessible name.
    label: &'static str,
    /// What the ids of its rows' buttons begin with.
    name: &'static str,
    /// How many rows there are.
    #[prop(into)]
    total: Signal<usize>,
    /// How many columns.
    columns: usize,
    /// The cells of the head.
    head: ViewFn,
    /// The rows.
    rows: VirtualRows,
    /// The row that is looked at.
    #[prop(into)]
    selected: Signal<Option<usize>>,
    /// Called with the row that keys go to while one is looked at.
    #[prop(into)]
    on_select: Callback<usize>,
) -> impl IntoView {
    let scroller = NodeRef::<Div>::new();
    let (first, visible) = (RwSignal::new(0usize), RwSignal::new(30usize));
    let height = RwSignal::new(ROW_HEIGHT);
    // The row that keys went to last.
    let current = StoredValue::new(None::<usize>);
    let look = move || {
        let Some(scroller) = scroller.get_untracked() else { return };
        if let Ok(Some(row)) = scroller.query_selector("tbody > tr[aria-rowindex]") {
            let measured = row.get_bounding_client_rect().height();
            if measured > 1.0 && (measured - height.get_untracked()).abs() > 0.01 {
                height.set(measured);
            }
        }
        let row = height.get_untracked();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // pixels of a window
        let rows = |pixels: f64| (pixels / row).max(0.0) as usize;
        let top = rows(f64::from(scroller.scroll_top())) / STEP * STEP;
        let seen = rows(f64::from(scroller.client_height())) + 1;
        if first.get_untracked() != top {
            first.set(top);
        }
        if visible.get_untracked() != seen {
            visible.set(seen);
        }
    };
    let is_due = StoredValue::new(false);
    let scrolled = move || {
        if !is_due.get_value() {
            is_due.set_value(true);
            request_animation_frame(move || {
                let _ = is_due.try_set_value(false);
                look();
            });
        }
    };
    Effect::new(move |_| {
        // What is shown first may be another number of rows, of another height.
        let _ = (scroller.get(), total.get());
        scrolled();
    });
    let range = Memo::new(move |_| {
        let total = total.get();
        let from = first.get().saturating_sub(OVERSCAN).min(total);
        (from, (first.get() + visible.get() + STEP + OVERSCAN).min(total))
    });
    let key = Arc::clone(&rows.key);
    let each = move || {
        let (from, to) = range.get();
        (from..to).map(|index| (index, key(index))).collect::<Vec<_>>()
    };
    let cells = StoredValue::new(rows.cells);
    let go_to = move |index: usize| {
        let index = index.min(total.get_untracked().saturating_sub(1));
        current.set_value(Some(index));
        bring_into_sight(scroller, index, height.get_untracked());
        if selected.get_untracked().is_some() {
            on_select.run(index);
        }
        // The row may be made in this frame.
        request_animation_frame(move || {
            look();
            request_animation_frame(move || {
                dom::focus(&row_id(name, index));
            });
        });
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let page = visible.get_untracked().saturating_sub(2).max(1);
        let at = current.get_value().unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowDown" => current.get_value().map_or(0, |at| at + 1),
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => usize::MAX,
            _ => return,
        };
        event.prevent_default();
        go_to(to);
    };
    Effect::new(move |before: Option<Option<usize>>| {
        let now = selected.get();
        if let Some(index) = now
            && before != Some(now)
        {
            current.set_value(Some(index));
            bring_into_sight(scroller, index, height.get_untracked());
        }
        now
    });
    #[allow(clippy::cast_precision_loss)] // rows in memory
    let space = move |rows: usize| format!("{:.2}px", rows as f64 * height.get());
    let above = move || space(range.get().0);
    let below = move || space(total.get().saturating_sub(range.get().1));
    view! {
        <div
            class="table-scroll virtual-table"
            tabindex="0"
            role="region"
            aria-label=format!("{label}, rows")
            node_ref=scroller
            on:scroll=move |_| scrolled()
            on:keydown=on_key
        >
            <table class="table" aria-label=label aria-rowcount=move || (total.get() + 1).to_string()>
                <thead>
                    <tr aria-rowindex="1">{head.run()}</tr>
                </thead>
                <tbody>
                    <tr class="virtual-space" aria-hidden="true">
                        <td colspan=columns.to_string() style:height=above></td>
                    </tr>
                    <For
                        each=each
                        key=|row| *row
                        children=move |(index, _)| {
                            view! {
                                <tr
                                    aria-rowindex=(index + 2).to_string()
                                    class:is-selected=move || selected.get() == Some(index)
                                >
                                    {cells.with_value(|cells| cells(index, row_id(name, index)))}
                                </tr>
                            }
                        }
                    />
                    <tr class="virtual-space" aria-hidden="true">
                        <td colspan=columns.to_string() style:height=below></td>
                    </tr>
                </tbody>
            </table>
        </div>
    }
}

fn row_id(name: &str, index: usize) -> String {
    format!("{name}-row-{index}")
}

/// Scrolls by the least that shows the row; the head stays over the rows.
fn bring_into_sight(scroller: NodeRef<Div>, index: usize, height: f64) {
    let Some(scroller) = scroller.get_untracked() else { return };
    #[allow(clippy::cast_precision_loss)] // rows in memory
    let top = index as f64 * height;
    let (seen_from, seen) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()) - height);
    #[allow(clippy::cast_possible_truncation)] // pixels of a page
    if top < seen_from {
        scroller.set_scroll_top(top as i32);
    } else if top + height > seen_from + seen {
        scroller.set_scroll_top((top + height - seen).ceil() as i32);
    }
}
