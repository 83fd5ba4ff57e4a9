//! A table of any number of rows, of which those in sight are there.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chart::toward;
use crate::platform::dom;
use crate::platform::timer::next_task;

/// How many rows are there above and below those in sight.
const OVERSCAN: usize = 4;
/// Rows come and go so many at a time.
const STEP: usize = 4;
/// So many are made in one task: a screen of them at once would hold up the next input.
const ROWS_A_TASK: usize = 12;
/// A row's height in CSS pixels before one was measured.
const ROW_HEIGHT: f64 = 36.0;

/// What a row is made of.
#[derive(Clone)]
pub struct VirtualRows {
    /// What tells its content from another, tracked: a row whose key has changed is made anew.
    pub key: Arc<dyn Fn(usize) -> u64 + Send + Sync>,
    /// Its cells. Its one button has the id that it is given, and no stop of its own for the Tab key: a press on it is one on
    /// the row.
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
    /// Called with the row that is pressed, and with the one that keys go to while one is looked at.
    #[prop(into)]
    on_select: Callback<usize>,
) -> impl IntoView {
    let sight = Sight::new(name, total);
    let scroller = sight.scroller;
    Effect::new(move |_| {
        // What is shown first may be another number of rows, of another height.
        let _ = (scroller.get(), total.get());
        sight.look_soon();
    });
    Effect::new(move |before: Option<Option<usize>>| {
        let now = selected.get();
        if let Some(index) = now
            && before != Some(now)
        {
            sight.bring_into_sight(index);
        }
        now
    });
    let on_key = move |event: KeyboardEvent| {
        let Some(to) = sight.destination(&event) else { return };
        event.prevent_default();
        let to = sight.go_to(to);
        if selected.get_untracked().is_some() {
            on_select.run(to);
        }
    };
    let made = sight.made();
    let key = Arc::clone(&rows.key);
    let each = move || {
        let (from, to) = made.get();
        (from..to).map(|index| (index, key(index))).collect::<Vec<_>>()
    };
    let cells = StoredValue::new(rows.cells);
    let row = move |(index, _): (usize, u64)| {
        view! {
            <tr
                aria-rowindex=(index + 2).to_string()
                class:is-selected=move || selected.get() == Some(index)
                on:click=move |_| on_select.run(index)
            >
                {cells.with_value(|cells| cells(index, row_id(name, index)))}
            </tr>
        }
    };
    let space = move |rows: Signal<usize>| {
        view! {
            <tr class="virtual-space" aria-hidden="true">
                <td colspan=columns.to_string() style:height=move || sight.height_of(rows.get())></td>
            </tr>
        }
    };
    view! {
        <div
            class="table-scroll virtual-table"
            tabindex="0"
            role="region"
            aria-label=format!("{label}, rows")
            node_ref=scroller
            on:scroll=move |_| sight.look_soon()
            on:keydown=on_key
        >
            <table class="table" aria-label=label aria-rowcount=move || (total.get() + 1).to_string()>
                <thead>
                    <tr aria-rowindex="1">{head.run()}</tr>
                </thead>
                <tbody>
                    {space(Signal::derive(move || made.get().0))}
                    <For each=each key=|row| *row children=row />
                    {space(Signal::derive(move || total.get().saturating_sub(made.get().1)))}
                </tbody>
            </table>
        </div>
    }
}

/// Which rows are in sight.
#[derive(Debug, Clone, Copy)]
struct Sight {
    name: &'static str,
    total: Signal<usize>,
    scroller: NodeRef<Div>,
    first: RwSignal<usize>,
    visible: RwSignal<usize>,
    // Of a row, in CSS pixels.
    height: RwSignal<f64>,
    // The row that keys went to last.
    current: StoredValue<Option<usize>>,
    looks_soon: StoredValue<bool>,
    is_making: StoredValue<bool>,
    // The row that has the focus once it is made.
    focused_next: StoredValue<Option<usize>>,
}

impl Sight {
    fn new(name: &'static str, total: Signal<usize>) -> Self {
        Self {
            name,
            total,
            scroller: NodeRef::new(),
            first: RwSignal::new(0),
            visible: RwSignal::new(30),
            height: RwSignal::new(ROW_HEIGHT),
            current: StoredValue::new(None),
            looks_soon: StoredValue::new(false),
            is_making: StoredValue::new(false),
            focused_next: StoredValue::new(None),
        }
    }

    /// The rows that are there: a few more with each task until they are those that should be.
    fn made(self) -> RwSignal<(usize, usize)> {
        let wanted = self.range();
        let made = RwSignal::new((0, 0));
        Effect::new(move |_| {
            wanted.track();
            if self.is_making.get_value() {
                return;
            }
            self.is_making.set_value(true);
            spawn_local(async move {
                while let (Some(there), Some(wanted)) = (made.try_get_untracked(), wanted.try_get_untracked()) {
                    let next = toward(there, wanted, ROWS_A_TASK);
                    if next != there {
                        made.set(next);
                    }
                    if next == wanted {
                        break;
                    }
                    next_task().await;
                }
                let _ = self.is_making.try_set_value(false);
                self.focus_soon();
            });
        });
        made
    }

    /// Moves the focus to the row that waits for it, unless that is still to be made.
    fn focus_soon(self) {
        request_animation_frame(move || {
            let Some(Some(index)) = self.focused_next.try_get_value() else { return };
            if dom::focus(&row_id(self.name, index)) || !self.is_making.get_value() {
                self.focused_next.set_value(None);
            }
        });
    }

    /// The rows that should be there, from the first to one past the last.
    fn range(self) -> Memo<(usize, usize)> {
        Memo::new(move |_| {
            let (total, first) = (self.total.get(), self.first.get());
            let from = first.saturating_sub(OVERSCAN).min(total);
            (from, (first + self.visible.get() + STEP + OVERSCAN).min(total))
        })
    }

    /// Looks in the next frame, once however often it is asked for.
    fn look_soon(self) {
        if !self.looks_soon.get_value() {
            self.looks_soon.set_value(true);
            request_animation_frame(move || {
                let _ = self.looks_soon.try_set_value(false);
                self.look();
            });
        }
    }

    fn look(self) {
        let Some(scroller) = self.scroller.try_get_untracked().flatten() else { return };
        if let Ok(Some(row)) = scroller.query_selector("tbody > tr[aria-rowindex]") {
            let measured = row.get_bounding_client_rect().height();
            if measured > 1.0 && (measured - self.height.get_untracked()).abs() > 0.01 {
                self.height.set(measured);
            }
        }
        let height = self.height.get_untracked();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // pixels of a window
        let rows = |pixels: i32| (f64::from(pixels) / height).max(0.0) as usize;
        let (top, seen) = (rows(scroller.scroll_top()) / STEP * STEP, rows(scroller.client_height()) + 1);
        if self.first.get_untracked() != top {
            self.first.set(top);
        }
        if self.visible.get_untracked() != seen {
            self.visible.set(seen);
        }
    }

    #[allow(clippy::cast_precision_loss)] // rows in memory
    fn height_of(self, rows: usize) -> String {
        format!("{:.2}px", rows as f64 * self.height.get())
    }

    /// The row that a key leads to.
    fn destination(self, event: &KeyboardEvent) -> Option<usize> {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return None;
        }
        let page = self.visible.get_untracked().saturating_sub(2).max(1);
        // From the row that has the focus on, however it came to it.
        let focused =
            dom::id_of_target(event).and_then(|id| id.strip_prefix(self.name)?.strip_prefix("-row-")?.parse().ok());
        let at = focused.or_else(|| self.current.get_value());
        Some(match event.key().as_str() {
            "ArrowDown" => at.map_or(0, |at| at + 1),
            "ArrowUp" => at.unwrap_or(0).saturating_sub(1),
            "PageDown" => at.unwrap_or(0) + page,
            "PageUp" => at.unwrap_or(0).saturating_sub(page),
            "Home" => 0,
            "End" => usize::MAX,
            _ => return None,
        })
    }

    /// Moves the focus to a row, the last one where there are not so many; says which.
    fn go_to(self, index: usize) -> usize {
        let index = index.min(self.total.get_untracked().saturating_sub(1));
        self.bring_into_sight(index);
        self.focused_next.set_value(Some(index));
        request_animation_frame(move || {
            self.look();
            self.focus_soon();
        });
        index
    }

    /// Scrolls by the least that shows the row; the head stays over the rows.
    fn bring_into_sight(self, index: usize) {
        self.current.set_value(Some(index));
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let height = self.height.get_untracked();
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
}

fn row_id(name: &str, index: usize) -> String {
    format!("{name}-row-{index}")
}
