//! A word in a frame.

use leptos::prelude::*;

use super::{Icon, Tone};

/// A state: colour, shape and word say the same.
#[component]
pub fn StatusChip(
    /// What the state means.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The state in a word or two.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("chip {}", tone.get().class())>
            <Icon glyph=Signal::derive(move || tone.get().glyph()) />
            <span>{move || text.get()}</span>
        </span>
    }
}

/// A word of plain fact beside a title.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    text: Signal<String>,
    /// More of it, on hover.
    #[prop(optional, into)]
    title: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <span class="badge" title=move || title.get()>
            {move || text.get()}
        </span>
    }
}
