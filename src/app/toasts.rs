//! What was done and can be taken back, for a while in sight.

use leptos::prelude::*;

use crate::components::{Toast, Toasts, Tone};
use crate::state::announcer::use_announcer;
use crate::state::undo::use_undos;

/// The messages, seen and spoken.
#[component]
pub fn UndoToasts() -> impl IntoView {
    let (undos, announcer) = (use_undos(), use_announcer());
    let toasts = move || {
        let toast = |act: crate::state::undo::Done| Toast {
            id: act.id,
            text: act.words,
            tone: Tone::Neutral,
            action: Some("Undo".to_owned()),
        };
        undos.shown().into_iter().map(toast).collect::<Vec<_>>()
    };
    Effect::new(move |_| {
        if let Some(act) = undos.shown().pop() {
            announcer.say(format!("{} Undo is at the end of the page.", act.words));
        }
    });
    view! {
        <Toasts
            toasts=Signal::derive(toasts)
            on_dismiss=move |id| undos.dismiss(id)
            on_action=move |id| undos.undo(id)
        />
    }
}
