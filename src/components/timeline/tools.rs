//! The buttons above a timeline.

use leptos::prelude::*;

use super::state::State;
use crate::components::{Button, ButtonKind, Glyph};

#[component]
pub(super) fn Tools(state: State) -> impl IntoView {
    let is_whole = move || state.is_whole();
    let pressed = move || if state.as_table.get() { "true" } else { "false" };
    view! {
        <div class="timeline-tools">
            <Button kind=ButtonKind::Quiet icon=Glyph::Minus label="Zoom out" disabled=is_whole on_click=move || state.zoom_out() />
            <Button kind=ButtonKind::Quiet icon=Glyph::Plus label="Zoom in" on_click=move || state.zoom_in() />
            <Button kind=ButtonKind::Quiet disabled=is_whole on_click=move || state.show_whole()>
                "Whole run"
            </Button>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Table
                on_click=move || state.as_table.update(|shown| *shown = !*shown)
                attr:aria-pressed=pressed
            >
                "Table"
            </Button>
        </div>
    }
}
