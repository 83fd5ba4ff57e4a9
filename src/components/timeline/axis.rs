//! The time axis, the lines down from it, and where now is.

use leptos::html;
use leptos::prelude::*;

use crate::chart::Scale;
use crate::chart::ticks::{Tick, time_ticks};

/// The room a tick's label takes, in pixels.
const LABEL: f64 = 84.0;

fn ticks(time: Memo<Scale>, width: RwSignal<f64>) -> Memo<Vec<Tick>> {
    Memo::new(move |_| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of labels")]
        let most = (width.get() / LABEL).clamp(2.0, 20.0) as usize;
        time_ticks(time.get().from(), time.get().to(), most)
    })
}

#[component]
pub(super) fn Axis(time: Memo<Scale>, width: RwSignal<f64>, node: NodeRef<html::Div>) -> impl IntoView {
    let ticks = ticks(time, width);
    let tick = move |tick: Tick| {
        let position = time.get().position(tick.at);
        let anchor = if position < 4.0 {
            "start"
        } else if position > 96.0 {
            "end"
        } else {
            "middle"
        };
        view! {
            <text class="timeline-tick" x=format!("{position:.3}%") y="15" text-anchor=anchor>
                {tick.label}
            </text>
        }
    };
    view! {
        <div class="timeline-axis" aria-hidden="true">
            <span class="timeline-label">"Time"</span>
            <div class="timeline-ticks" node_ref=node>
                <svg class="timeline-plot" focusable="false">{move || ticks.get().into_iter().map(tick).collect_view()}</svg>
            </div>
        </div>
    }
}

#[component]
pub(super) fn Grid(time: Memo<Scale>, width: RwSignal<f64>, now: Signal<f64>) -> impl IntoView {
    let ticks = ticks(time, width);
    let line = move |tick: Tick| {
        let x = format!("{:.3}%", time.get().position(tick.at));
        view! { <line class="timeline-line" x1=x.clone() x2=x y1="0" y2="100%"></line> }
    };
    let now_line = move || {
        let (time, now) = (time.get(), now.get());
        time.shows(now, now).then(|| {
            let x = format!("{:.3}%", time.position(now));
            view! { <line class="timeline-now" x1=x.clone() x2=x y1="0" y2="100%"></line> }
        })
    };
    view! {
        <svg class="timeline-grid" style:--plot=move || format!("{:.1}px", width.get()) aria-hidden="true" focusable="false">
            {move || ticks.get().into_iter().map(line).collect_view()}
            {now_line}
        </svg>
    }
}
