//! A level over time beneath the rows.

use leptos::prelude::*;

use crate::chart::Scale;
use crate::chart::path::{BOX_HEIGHT, BOX_WIDTH, level_area, level_line};
use crate::format::format_percent;

#[component]
pub(super) fn LevelStrip(
    level: Signal<Vec<(f64, f64)>>,
    name: Signal<Option<String>>,
    time: Memo<Scale>,
    now: Signal<f64>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| level.with(Vec::is_empty));
    let area = move || level.with(|points| level_area(points, time.get()));
    let line = move || level.with(|points| level_line(points, time.get()));
    let latest = move || {
        let now = now.get();
        let at_now = level.with(|points| points.iter().rev().find(|(at, _)| *at <= now).map(|(_, level)| *level));
        at_now.map(format_percent)
    };
    let view_box = format!("0 0 {BOX_WIDTH} {BOX_HEIGHT}");
    view! {
        <div class="timeline-level" hidden=move || is_empty.get() aria-hidden="true">
            <span class="timeline-label">
                <span>{move || name.get()}</span>
                <span class="timeline-level-now num">{latest}</span>
            </span>
            <svg class="timeline-level-plot" viewBox=view_box preserveAspectRatio="none" focusable="false">
                <path class="level-area" d=area></path>
                <path class="level-line" d=line></path>
            </svg>
        </div>
    }
}
