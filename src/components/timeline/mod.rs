//! The signature picture: lanes of attempts over time, their waits hatched, a level beneath on the same axis.

mod axis;
mod keys;
mod legend;
mod level;
mod marks;
mod readout;
mod row;
mod state;
mod table;
mod tools;
mod viewport;

use leptos::prelude::*;

use self::axis::{Axis, Grid};
use self::legend::Legend;
use self::level::LevelStrip;
use self::marks::HatchPattern;
use self::readout::Readout;
use self::row::Row;
use self::state::State;
use self::table::TableTwin;
use self::tools::Tools;
use super::unique_id;
use crate::chart::{Lane, Place, lanes};

/// Rows of segments over time. Only the rows in sight are drawn. Arrow keys walk the segments, `+` and `-` zoom, `0`
/// shows all; what is inspected is said in a line beneath, and a table says everything.
#[component]
pub fn Timeline(
    /// The rows.
    #[prop(into)]
    lanes: Signal<Vec<Lane>>,
    /// The time now, in seconds on the axis of the lanes.
    #[prop(into)]
    now: Signal<f64>,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The end of the time axis in seconds; it grows with the lanes in round steps unless given.
    #[prop(optional, into)]
    span: Signal<Option<f64>>,
    /// A level of 0..=1 over time, in time order, drawn beneath.
    #[prop(optional, into)]
    level: Signal<Vec<(f64, f64)>>,
    /// What the level is: "Requests left".
    #[prop(optional, into)]
    level_name: Signal<Option<String>>,
    /// What a row is, in the singular.
    #[prop(default = "request")]
    row_name: &'static str,
    /// Called with the place of the segment that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<Place>>,
) -> impl IntoView {
    let state = State::new(lanes, now, span, on_select);
    let summary_id = unique_id("timeline-summary");
    view! {
        <div class="timeline">
            <div class="timeline-bar">
                <Legend lanes=lanes />
                <Tools state=state />
            </div>
            <p class="visually-hidden" id=summary_id.clone()>
                {move || lanes.with(|lanes| lanes::summary(lanes, row_name))}
                " Arrow keys inspect, plus and minus zoom."
            </p>
            <Show when=move || state.as_table.get() fallback=|| ()>
                <TableTwin lanes=lanes label=label row_name=row_name />
            </Show>
            <div class="timeline-frame" hidden=move || state.as_table.get()>
                <div
                    class="timeline-scroll"
                    node_ref=state.viewport.scroll
                    tabindex="0"
                    role="group"
                    aria-roledescription="timeline"
                    aria-label=move || label.get()
                    aria-describedby=summary_id
                    on:scroll=move |_| state.viewport.measure()
                    on:keydown=move |event| state.key(&event)
                    on:mousemove=move |event| state.hover(&event)
                    on:mouseleave=move |_| state.hovered.set(None)
                    on:click=move |event| state.click(&event)
                >
                    <Axis time=state.time width=state.viewport.width node=state.viewport.plot />
                    <Rows state=state />
                    <LevelStrip level=level name=level_name time=state.time now=now />
                </div>
                <Grid time=state.time width=state.viewport.width now=now />
            </div>
            <Readout state=state />
        </div>
    }
}

#[component]
fn Rows(state: State) -> impl IntoView {
    let hatch = unique_id("hatch");
    let row = {
        let hatch = hatch.clone();
        move |index: usize| view! { <Row index=index state=state hatch=hatch.clone() /> }
    };
    view! {
        <HatchPattern id=hatch />
        <div
            class="timeline-rows"
            node_ref=state.viewport.rows
            style:--rows=move || state.count.get().to_string()
            aria-hidden="true"
        >
            <For each=move || state.viewport.visible.get() key=|index| *index children=row />
        </div>
    }
}

/// Seconds of an axis as a duration; what is none is zero.
fn duration(seconds: f64) -> std::time::Duration {
    std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
