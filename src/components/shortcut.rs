//! Keys that do what a button does.

use leptos::prelude::*;

use crate::platform::dom;

/// What keys a button has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Control or Command with Enter: the view's main action.
    Run,
    /// Escape.
    Stop,
    /// The question mark.
    Help,
}

impl Shortcut {
    /// As `aria-keyshortcuts` takes them.
    pub(super) const fn aria(self) -> &'static str {
        match self {
            Self::Run => "Control+Enter Meta+Enter",
            Self::Stop => "Escape",
            Self::Help => "?",
        }
    }

    /// The names on this machine's keys.
    pub fn keys(self) -> String {
        match self {
            Self::Run => format!("{} Enter", dom::command_key()),
            Self::Stop => "Esc".to_owned(),
            Self::Help => "?".to_owned(),
        }
    }
}

/// Keys as they are drawn, a word each; the names of several keys pressed together are apart by a space.
#[component]
pub fn Keys(
    /// The keys' names, as `Ctrl Enter`.
    #[prop(into)]
    keys: String,
) -> impl IntoView {
    let key = |name: &str| view! { <kbd>{name.to_owned()}</kbd>" " };
    view! { <span class="keys">{keys.split(' ').map(key).collect_view()}</span> }
}
