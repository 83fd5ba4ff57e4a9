//! Short messages that pass.

use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph, Icon, Tone};

/// A message that passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What tells it from the others.
    pub id: u64,
    /// The message.
    pub text: String,
    /// What it means.
    pub tone: Tone,
    /// The name of what can be done, as "Undo".
    pub action: Option<String>,
}

/// The messages, the newest last. They are seen here and spoken by the [`LiveRegion`](super::LiveRegion).
#[component]
pub fn Toasts(
    /// The messages.
    #[prop(into)]
    toasts: Signal<Vec<Toast>>,
    /// Called with the id of one that is put away.
    #[prop(into)]
    on_dismiss: Callback<u64>,
    /// Called with the id of one whose action is taken.
    #[prop(optional, into)]
    on_action: Option<Callback<u64>>,
) -> impl IntoView {
    let toast = move |toast: Toast| {
        let id = toast.id;
        let act = move || {
            if let Some(on_action) = on_action {
                on_action.run(id);
            }
        };
        let action = toast.action.map(|name| view! { <Button kind=ButtonKind::Secondary on_click=act>{name}</Button> });
        view! {
            <li class=format!("toast {}", toast.tone.class())>
                <Icon glyph=toast.tone.glyph() />
                <p class="toast-text">{toast.text}</p>
                {action}
                <Button kind=ButtonKind::Quiet icon=Glyph::Close label="Dismiss" on_click=move || on_dismiss.run(id) />
            </li>
        }
    };
    view! {
        <section class="toasts" aria-label="Notifications">
            <ul class="toasts-list" role="list">
                <For each=move || toasts.get() key=|toast| toast.id children=toast />
            </ul>
        </section>
    }
}
