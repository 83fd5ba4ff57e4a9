//! A button that copies a text and says so.

use std::time::Duration;

use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph};
use crate::platform::timer::Timer;

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
    let timer = StoredValue::new_local(None::<Timer>);
    // The timer goes with the button, and a second copy starts it anew.
    on_cleanup(move || {
        let _ = timer.try_update_value(Option::take);
    });
    let copy = move || {
        on_copy.run(text.get_untracked());
        copied.set(true);
        let back = move || {
            let _ = copied.try_set(false);
        };
        timer.set_value(Some(Timer::after(Duration::from_secs(2), back)));
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
