//! Usage: what every call of every view took and cost, what is left, and all of it to take away.

use leptos::prelude::*;

/// The view.
#[component]
pub fn UsageView() -> impl IntoView {
    view! {
        <div class="view">
            <header class="view-head">
                <h1>"Usage"</h1>
                <p class="muted">
                    "Every call of every view: its attempts, its tokens, its cost. Kept in this browser, never with a key."
                </p>
            </header>
        </div>
    }
}
