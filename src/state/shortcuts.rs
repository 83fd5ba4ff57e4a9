//! Keys that do something on the whole page.

use leptos::prelude::*;

use super::persisted::persisted_flag;
use crate::platform::{Listener, dom};

/// Whether single keys do something, and whether their list is open.
#[derive(Debug, Clone, Copy)]
pub struct Shortcuts {
    /// Whether `?` and `g` with a letter do something: they get in the way of those who dictate (WCAG 2.1.4).
    pub single_keys: RwSignal<bool>,
    /// Whether the help is open.
    pub help_open: RwSignal<bool>,
}

impl Shortcuts {
    /// As kept from the last visit; on at first.
    pub fn new() -> Self {
        Self { single_keys: persisted_flag("single-keys", true), help_open: RwSignal::new(false) }
    }
}

/// The page's shortcuts.
pub fn use_shortcuts() -> Shortcuts {
    expect_context()
}

/// Calls `go` at Control or Command with Enter, wherever the focus is, until the caller's owner is cleaned up.
pub fn on_command_enter(go: Callback<()>) {
    while_here(dom::on_key(move |key| {
        if key.key == "Enter" && key.command() && !key.repeat && !dom::dialog_is_open() {
            key.prevent_default();
            go.run(());
        }
    }));
}

/// Calls `close` at Escape outside of fields and of what lies over the page, until the caller's owner is cleaned up; what runs
/// is stopped by the page first. `close` says whether there was anything to close.
pub fn on_escape(close: impl Fn() -> bool + 'static) {
    while_here(dom::on_key(move |key| {
        let is_free = !key.typing && !dom::dialog_is_open() && !dom::popover_is_open();
        if key.key == "Escape" && is_free && close() {
            key.prevent_default();
        }
    }));
}

/// Keeps a listener until the caller's owner is cleaned up.
pub fn while_here(listener: Listener) {
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || {
        let _ = listener.try_update_value(Option::take);
    });
}
