//! A button that copies a text and says so.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph};

/// Copies a text; says "Copied" for a moment.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Puts it on the clipboard.
    #[prop(into)]
    on_copy: Callback<String>,
    /// The accessible name, "Copy" unless given.
    #[prop(optional, into)]
    label: Signal<Option<String>>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let forget_timer = move || {
        if let Some(handle) = timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    on_cleanup(forget_timer);
    let copy = move || {
        on_copy.run(text.get_untracked());
        copied.set(true);
        forget_timer();
        let back = move || {
            let _ = copied.try_set(false);
        };
        timer.set_value(set_timeout_with_handle(back, Duration::from_secs(2)).ok());
    };
    let name = move || {
        let name = label.get().unwrap_or_else(|| "Copy".to_owned());
        Some(if copied.get() { "Copied".to_owned() } else { name })
    };
    let icon = move || Some(if copied.get() { Glyph::Check } else { Glyph::Copy });
    view! {
        <span class="copy" class:copy-done=move || copied.get()>
            <Button kind=ButtonKind::Quiet icon=icon label=name on_click=copy />
        </span>
    }
}
