//! For ears only.

use leptos::prelude::*;

/// Heard, not seen.
#[component]
pub fn VisuallyHidden(
    /// What is heard.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}
