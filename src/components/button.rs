//! A button.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::{Glyph, Icon, Shortcut};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// One of several things to do.
    #[default]
    Secondary,
    /// Something at hand, without a frame.
    Quiet,
    /// Something that stops or deletes.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button. A disabled one keeps its focus and says why it is disabled.
#[component]
pub fn Button(
    /// How much it asks to be pressed.
    #[prop(optional)]
    kind: ButtonKind,
    /// What pressing it does.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Why it cannot be pressed, or what it does.
    #[prop(optional, into)]
    reason: Signal<Option<String>>,
    /// Whether what it does is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it is on, of a button that stays pressed.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// A drawing before the text.
    #[prop(optional, into)]
    icon: Signal<Option<Glyph>>,
    /// The accessible name, where the text is no good one.
    #[prop(optional, into)]
    label: Signal<Option<String>>,
    /// Whether it submits its form.
    #[prop(optional)]
    submit: bool,
    /// Its id, where something else gives it the focus.
    #[prop(optional, into)]
    id: Option<String>,
    /// The keys that do the same.
    #[prop(optional, into)]
    shortcut: Option<Shortcut>,
    /// The text.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let inert = move || disabled.get() || busy.get();
    let click = move |event: MouseEvent| {
        // A natively disabled button would drop the focus, so the attribute only announces and the click is ignored.
        if disabled.get_untracked() || busy.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
        } else if let Some(on_click) = on_click {
            on_click.run(());
        }
    };
    let is_square = children.is_none();
    view! {
        <button
            id=id
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            class:button-square=is_square
            aria-disabled=move || inert().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-pressed=move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" })
            aria-label=move || label.get()
            aria-keyshortcuts=shortcut.map(Shortcut::aria)
            title=move || {
                let keys = shortcut.map(Shortcut::keys);
                match reason.get().or_else(|| if is_square { label.get() } else { None }) {
                    Some(title) => Some(keys.map_or_else(|| title.clone(), |keys| format!("{title} ({keys})"))),
                    None => keys,
                }
            }
            on:click=click
        >
            {move || icon.get().map(|glyph| view! { <Icon glyph=glyph /> })}
            {children.map(|children| view! { <span class="button-text">{children()}</span> })}
        </button>
    }
}
