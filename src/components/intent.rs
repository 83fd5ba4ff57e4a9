//! Fetching what a control needs before it is used.

use leptos::prelude::*;

use crate::platform::lazy::LazyView;

/// Around a control whose use needs a part of the page: fetched when a pointer comes near or the focus comes to it, so
/// that it is there once it is pressed.
#[component]
pub fn Intent(
    /// What the control shows or opens.
    of: LazyView,
    /// The control.
    children: Children,
) -> impl IntoView {
    let prefetch = move || of.prefetch();
    view! {
        <span class="intent" on:pointerenter=move |_| prefetch() on:focusin=move |_| prefetch()>
            {children()}
        </span>
    }
}
