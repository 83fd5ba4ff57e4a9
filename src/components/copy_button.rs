//! A button that copies a text and says what came of it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Button, ButtonKind, Glyph};
use crate::platform::clipboard;
use crate::platform::timer::Timer;
use crate::state::secrets::use_secrets;

/// How long the button says what came of a copy; why there is none takes longer to read.
const COPIED: Duration = Duration::from_secs(2);
const FAILED: Duration = Duration::from_secs(8);

/// Puts a text on the clipboard, without the secrets in it; says "Copied" for a moment once it is there, else why it is not.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// The accessible name, "Copy" unless given.
    #[prop(optional, into)]
    label: Signal<Option<String>>,
) -> impl IntoView {
    let secrets = use_secrets();
    let outcome = RwSignal::new(None::<Result<(), String>>);
    let timer = StoredValue::new_local(None::<Timer>);
    // The timer goes with the button, and a second copy starts it anew.
    on_cleanup(move || {
        let _ = timer.try_update_value(Option::take);
    });
    let copy = move || {
        let text = secrets.redacted(&text.get_untracked());
        spawn_local(async move {
            let copied = clipboard::copy(&text).await.map_err(|error| error.to_string());
            let shown_for = if copied.is_ok() { COPIED } else { FAILED };
            // The button may have gone meanwhile.
            if outcome.try_set(Some(copied)).is_some() {
                return;
            }
            let back = move || {
                let _ = outcome.try_set(None);
            };
            let _ = timer.try_update_value(|timer| *timer = Some(Timer::after(shown_for, back)));
        });
    };
    let copied = move || outcome.with(|outcome| matches!(outcome, Some(Ok(()))));
    let failure = move || outcome.get().and_then(Result::err);
    let name = move || {
        let name = label.get().unwrap_or_else(|| "Copy".to_owned());
        Some(if copied() { "Copied".to_owned() } else { name })
    };
    let icon = move || Some(if copied() { Glyph::Check } else { Glyph::Copy });
    view! {
        <span class="copy" class:copy-done=copied>
            <Button kind=ButtonKind::Quiet icon=icon label=name on_click=copy />
            {move || failure().map(|why| view! { <span class="copy-failed" role="alert">{why}</span> })}
        </span>
    }
}
