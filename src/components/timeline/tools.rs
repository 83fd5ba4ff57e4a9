//! The buttons above a timeline: everything that the pointer can do, without dragging.

use leptos::prelude::*;

use super::state::State;
use crate::components::{Button, ButtonKind, Glyph};

/// How much of what is seen a press of a button moves by.
const STEP: f64 = 0.5;

#[component]
pub(super) fn Tools(state: State) -> impl IntoView {
    let is_whole = move || state.is_whole();
    let pressed = |pressed: bool| if pressed { "true" } else { "false" };
    let no_earlier = move || !state.has_more().0;
    let no_later = move || !state.has_more().1;
    let can_fit = Memo::new(move |_| state.count.get() > 1);
    view! {
        <div class="timeline-tools">
            <Button kind=ButtonKind::Quiet icon=Glyph::Minus label="Zoom out" disabled=is_whole on_click=move || state.zoom_out() />
            <Button kind=ButtonKind::Quiet icon=Glyph::Plus label="Zoom in" on_click=move || state.zoom_in() />
            <Show when=move || !state.is_whole()>
                <Button kind=ButtonKind::Quiet disabled=no_earlier on_click=move || state.pan(-STEP)>"Earlier"</Button>
                <Button kind=ButtonKind::Quiet disabled=no_later on_click=move || state.pan(STEP)>"Later"</Button>
            </Show>
            <Button kind=ButtonKind::Quiet disabled=is_whole on_click=move || state.show_whole()>
                "Whole run"
            </Button>
            <Button
                kind=ButtonKind::Quiet
                disabled=move || !can_fit.get()
                on_click=move || state.toggle_fit()
                attr:aria-pressed=move || pressed(state.fit.get())
            >
                "Fit rows"
            </Button>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Table
                on_click=move || state.as_table.update(|shown| *shown = !*shown)
                attr:aria-pressed=move || pressed(state.as_table.get())
            >
                "Table"
            </Button>
        </div>
    }
}
