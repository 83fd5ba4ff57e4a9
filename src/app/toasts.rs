//! What was done and can be taken back, for a while in sight.

use leptos::prelude::*;

use crate::components::{LiveRegion, Toast, Toasts, Tone};
use crate::state::undo::use_undos;

/// The messages, seen and spoken.
#[component]
pub fn UndoToasts(
    /// What else there is to be spoken.
    #[prop(into)]
    spoken: Signal<String>,
) -> impl IntoView {
    let undos = use_undos();
    let toasts = move || {
        let toast = |act: crate::state::undo::Done| Toast {
            id: act.id,
            text: act.words,
            tone: Tone::Neutral,
            action: Some("Undo".to_owned()),
        };
        undos.shown().into_iter().map(toast).collect::<Vec<_>>()
    };
    let words = move || {
        let last = undos.shown().pop();
        last.map_or_else(|| spoken.get(), |act| format!("{} Undo is at the end of the page.", act.words))
    };
    view! {
        <Toasts
            toasts=Signal::derive(toasts)
            on_dismiss=move |id| undos.dismiss(id)
            on_action=move |id| undos.undo(id)
        />
        <LiveRegion text=Signal::derive(words) />
    }
}
