//! What is spoken without being asked.

use leptos::prelude::*;

/// The page's one polite live region: each new text is spoken when the reader has a pause.
#[component]
pub fn LiveRegion(
    /// The text to speak.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="true">
            {move || text.get()}
        </div>
    }
}
