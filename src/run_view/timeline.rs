//! The lanes of a run.

use std::time::Duration;

use leptos::prelude::*;

use crate::chart::Place;
use crate::components::Timeline;
use crate::run::lanes::lanes;
use crate::run::request_level;
use crate::state::run::Run;
use crate::time::Instant;

/// From how many lanes on they are drawn less often.
const MANY: usize = 60;

/// The lanes of a run: one a call, the level of the request limit beneath where its headers can be read.
#[component]
pub fn RunTimeline(
    /// The run.
    run: Run,
    /// Called with the index of the call that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<usize>>,
) -> impl IntoView {
    // Read many times a frame: made once. Of many lanes, ten times a second; what has ended stands still.
    let at = Memo::new(move |_| {
        let now = run.now();
        run.with_log(|log| match (log.is_running(), log.calls.len()) {
            (false, _) => (false, log.ended_at().unwrap_or(now)),
            (true, count) if count > MANY => (true, coarse(now)),
            (true, _) => (true, now),
        })
    });
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

/// A time rounded down to a tenth of a second.
fn coarse(now: Instant) -> Instant {
    let tenths = now.since_origin().as_millis() / 100;
    Instant::from_origin(Duration::from_millis(u64::try_from(tenths).unwrap_or(u64::MAX).saturating_mul(100)))
}
