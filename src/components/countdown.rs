//! The time that is left.

use std::time::Duration;

use leptos::prelude::*;

use crate::format::format_countdown;

/// The time that is left, never spoken by itself.
#[component]
pub fn Countdown(
    /// The time that is left, or `None` when nothing is awaited.
    #[prop(into)]
    remaining: Signal<Option<Duration>>,
    /// Words before: "resets in".
    #[prop(optional, into)]
    prefix: Signal<Option<String>>,
    /// Words instead when nothing is awaited.
    #[prop(optional, into)]
    none: Signal<Option<String>>,
) -> impl IntoView {
    // Written anew only when the figures change.
    let text = Memo::new(move |_| match remaining.get() {
        Some(left) => {
            let prefix = prefix.get().map(|prefix| format!("{prefix} ")).unwrap_or_default();
            format!("{prefix}{}", format_countdown(left))
        }
        None => none.get().unwrap_or_default(),
    });
    view! {
        <span class="countdown num" role="timer" aria-live="off">
            {move || text.get()}
        </span>
    }
}
