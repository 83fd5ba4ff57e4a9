//! The product's mark.

use leptos::prelude::*;

/// A gate in its frame, half raised, and the water beneath: the mark beside the name.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="logo-frame" d="M4 21V3.5h16V21"></path>
            <path class="logo-gate" d="M8 3.5v9h8v-9M12 3.5v9"></path>
            <path class="logo-water" d="M4 17.5c1.35-1.3 2.65-1.3 4 0s2.65 1.3 4 0 2.65-1.3 4 0 2.65 1.3 4 0"></path>
        </svg>
    }
}
