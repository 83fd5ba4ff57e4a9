//! What is inspected, in words.

use leptos::prelude::*;

use super::duration;
use super::state::State;
use crate::format::{format_count, format_duration};
use crate::state::announcer::Announcer;

#[component]
pub(super) fn Readout(state: State) -> impl IntoView {
    // Spoken once a selection: the figures of an open segment change on, and are only seen.
    let spoken = Memo::new(move |_| {
        let place = state.selected.get()?;
        untrack(|| state.describe(place))
    });
    let announcer = use_context::<Announcer>();
    Effect::new(move |_| {
        if let (Some(announcer), Some(text)) = (announcer, spoken.get()) {
            announcer.say(text);
        }
    });
    let seen = move || match state.spot.get() {
        None => state.describe(state.selected.get()?),
        Some(spot) => {
            let time = state.time.get().value(spot.x);
            let now = state.source.beat.get().now;
            let level = state
                .source
                .read(|_, level| Some((level.left(time)?, level.most(), level.unit())))
                .filter(|_| time <= now);
            let mut parts = vec![format_duration(duration(time))];
            parts.extend(
                level.map(|(left, most, unit)| format!("{} of {} {unit}", format_count(left), format_count(most))),
            );
            parts.extend(state.under(spot).and_then(|place| state.describe(place)));
            Some(parts.join(" · "))
        }
    };
    view! {
        <p class="timeline-readout num" aria-hidden="true">
            {seen}
        </p>
    }
}
