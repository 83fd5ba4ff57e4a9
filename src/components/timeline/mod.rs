//! The signature picture: lanes of attempts over time, their waits hatched, a level beneath on the same axis.
//!
//! It is drawn on a canvas, so that ten thousand attempts cost no more than the pixels they cover; what is inspected is
//! said in words, and a table says everything.

mod drag;
mod ink;
mod keys;
mod legend;
mod overlay;
mod paint;
mod painter;
mod readout;
mod sizes;
mod source;
mod state;
mod table;
mod tools;

pub use source::{Beat, TimelineSource};

use leptos::prelude::*;

use self::drag::Drag;
use self::ink::Inks;
use self::legend::Legend;
use self::overlay::{Overlay, Parts, Underlay};
use self::painter::{Nodes, paint};
use self::readout::Readout;
use self::state::State;
use self::table::TableTwin;
use self::tools::Tools;
use super::unique_id;
use crate::chart::Place;

/// Rows of segments over time. Arrow keys walk the segments, `+` and `-` zoom, `0` shows all; the wheel zooms with
/// Control or Command, and dragging selects a stretch of time.
#[component]
pub fn Timeline(
    /// What it draws.
    source: TimelineSource,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What a row is, in the singular.
    #[prop(default = "request")]
    row_name: &'static str,
    /// Called with the place of the segment that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<Place>>,
) -> impl IntoView {
    let state = State::new(source, on_select);
    let nodes = Nodes::new();
    paint(state, nodes);
    let drag = Drag::new(state);
    let parts = Memo::new(move |_| Parts::of(state));
    let summary_id = unique_id("timeline-summary");
    // A figure a second: it is there to be asked for, not to follow.
    let second = Memo::new(move |_| {
        let beat = source.beat.get();
        (beat.series, libm::floor(beat.now), beat.running, if beat.running { 0 } else { beat.revision })
    });
    let summary = move || {
        let (_, now, running, _) = second.get();
        let now = if running { now } else { 0.0 };
        source.read(|lanes, _| lanes.summary(row_name, now))
    };
    let has_level = source.memo(|_, level| !level.is_empty());
    view! {
        <div class="timeline">
            <div class="timeline-bar">
                <Legend source=source />
                <Tools state=state />
            </div>
            <p class="visually-hidden" id=summary_id.clone()>
                {summary}
                " Arrow keys inspect, plus and minus zoom."
            </p>
            <Show when=move || state.as_table.get() fallback=|| ()>
                <TableTwin source=source label=label row_name=row_name />
            </Show>
            <div
                class="timeline-frame"
                class:timeline-has-level=move || has_level.get()
                node_ref=state.frame
                hidden=move || state.as_table.get()
                style:--rows=move || state.count.get().max(1).to_string()
                on:pointermove=move |event| drag.moved(&event)
                on:pointerdown=move |event| drag.began(&event)
                on:pointerup=move |_| drag.ended()
                on:pointercancel=move |_| drag.cancelled()
                on:pointerleave=move |event| state.leave(&event)
                on:wheel=move |event| state.wheel(&event)
                on:click=move |event| drag.click(&event)
            >
                <Underlay parts=parts />
                <canvas class="timeline-canvas" node_ref=nodes.picture aria-hidden="true"></canvas>
                <Overlay parts=parts />
                <div
                    class="timeline-scroll"
                    node_ref=state.scroll
                    tabindex="0"
                    role="group"
                    aria-roledescription="timeline"
                    aria-label=move || label.get()
                    aria-describedby=summary_id
                    on:scroll=move |_| scrolled(state)
                    on:keydown=move |event| state.key(&event)
                >
                    <div class="timeline-rows" class:timeline-rows-fit=move || state.fit.get()></div>
                </div>
                <Inks node=nodes.inks />
            </div>
            <Readout state=state />
        </div>
    }
}

fn scrolled(state: State) {
    if let Some(scroll) = state.scroll.get_untracked() {
        state.top.set(f64::from(scroll.scroll_top()) / state.sizes.get_untracked().zoom);
    }
}

/// Seconds of an axis as a duration; what is none is zero.
fn duration(seconds: f64) -> std::time::Duration {
    std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
