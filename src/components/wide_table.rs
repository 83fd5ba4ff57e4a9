//! A table that may be wider than its place.

use leptos::prelude::*;

/// The place of a table, which scrolls in itself: by keyboard too, so it has a name.
#[component]
pub fn WideTable(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Classes of its own.
    #[prop(optional)]
    class: &'static str,
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("table-scroll {class}") tabindex="0" role="region" aria-label=move || label.get()>
            {children()}
        </div>
    }
}
