//! The lanes of a run.

use leptos::prelude::*;

use super::beat;
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
    // Memos, since they are read many times a frame.
    let at = beat(run);
    let now = Memo::new(move |_| {
        let (_, now) = at.get();
        untrack(|| run.with_log(|log| log.elapsed(now).as_secs_f64()))
    });
    let drawn = Memo::new(move |_| {
        let (_, now) = at.get();
        untrack(|| run.with_log(|log| lanes(log, now)))
    });
    let level = Memo::new(move |_| {
        let (_, now) = at.get();
        untrack(|| {
            run.with_log(|log| {
                let points = request_level(log, now);
                points.into_iter().map(|(at, share)| (log.elapsed(at).as_secs_f64(), share)).collect::<Vec<_>>()
            })
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
