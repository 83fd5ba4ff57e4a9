//! The lanes of a run.

use leptos::prelude::*;

use crate::chart::Place;
use crate::components::Timeline;
use crate::run::lanes::lanes;
use crate::run::request_level;
use crate::state::run::Run;

/// The lanes of a run: one a call, the level of the request limit beneath where its headers can be read.
#[component]
pub fn RunTimeline(
    /// The run.
    run: Run,
    /// Called with the index of the call that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<usize>>,
) -> impl IntoView {
    let seconds_now = move || {
        let now = run.now();
        run.with_log(|log| if log.is_running() { now } else { log.ended_at().unwrap_or(now) })
    };
    let now = Signal::derive(move || {
        let now = seconds_now();
        run.with_log(|log| log.elapsed(now).as_secs_f64())
    });
    let drawn = Signal::derive(move || {
        let now = seconds_now();
        run.with_log(|log| lanes(log, now))
    });
    let level = Signal::derive(move || {
        let now = seconds_now();
        run.with_log(|log| {
            let points = request_level(log, now);
            points.into_iter().map(|(at, share)| (log.elapsed(at).as_secs_f64(), share)).collect::<Vec<_>>()
        })
    });
    let select = move |place: Place| {
        if let Some(on_select) = on_select {
            on_select.run(place.lane);
        }
    };
    view! {
        <Timeline
            lanes=drawn
            now=now
            level=level
            level_name="Requests left"
            label="Each request over time"
            row_name="request"
            on_select=select
        />
    }
}
