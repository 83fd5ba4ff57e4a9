//! The lanes of a run.

use leptos::prelude::*;

use crate::chart::Place;
use crate::components::Timeline;
use crate::components::timeline::{Beat, TimelineSource};
use crate::run::lanes::segment_text;
use crate::state::run::Run;

/// The lanes of a run: one a call, the level of the limit that binds beneath, where headers can be read.
#[component]
pub fn RunTimeline(
    /// The run.
    run: Run,
    /// Called with the index of the call that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<usize>>,
) -> impl IntoView {
    let select = move |place: Place| {
        if let Some(on_select) = on_select {
            on_select.run(place.lane);
        }
    };
    view! {
        <Timeline
            source=source(run)
            label="Each request over time"
            row_name="request"
            on_select=select
        />
    }
}

fn source(run: Run) -> TimelineSource {
    let beat = Memo::new(move |_| {
        let (now, running) = (run.now(), run.is_running());
        run.with_log(|log| {
            let now = if running { now } else { log.ended_at().unwrap_or(now) };
            let series = u64::try_from(run.started().since_origin().as_nanos()).unwrap_or(0);
            Beat { series, revision: log.revision, now: log.elapsed(now).as_secs_f64(), running }
        })
    });
    let name =
        move |lane: usize| run.with_log(|log| log.calls.get(lane).map(|call| call.label.clone()).unwrap_or_default());
    let text = move |place: Place| {
        let now = run.now();
        run.with_log(|log| segment_text(log, place, now)).unwrap_or_default()
    };
    TimelineSource::new(beat.into(), Callback::new(name), Callback::new(text), move |take| {
        run.with_lanes(|lanes, _| take(lanes.lanes(), lanes.level()));
    })
}
