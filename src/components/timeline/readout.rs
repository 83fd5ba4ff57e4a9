//! The inspected segment in words.

use leptos::prelude::*;

use super::state::State;
use crate::state::announcer::Announcer;

#[component]
pub(super) fn Readout(state: State) -> impl IntoView {
    let is_hovering = Memo::new(move |_| state.hovered.get().is_some());
    // Spoken once a selection: the figures of an open segment change on, and are only seen.
    let spoken = Memo::new(move |_| {
        let place = state.selected.get();
        untrack(|| state.describe(place))
    });
    let announcer = use_context::<Announcer>();
    Effect::new(move |_| {
        let text = spoken.get();
        if let Some(announcer) = announcer {
            announcer.say(text);
        }
    });
    let seen = move || state.describe(if is_hovering.get() { state.hovered.get() } else { state.selected.get() });
    view! {
        <p class="timeline-readout num" aria-hidden="true">
            {seen}
        </p>
    }
}
