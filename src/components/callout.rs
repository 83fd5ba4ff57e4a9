//! Something to be told, with what to do about it.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::{Glyph, Icon, unique_id};

/// What kind of thing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CalloutKind {
    /// Good to know.
    #[default]
    Info,
    /// Take care.
    Warn,
    /// It went wrong.
    Error,
    /// It went well.
    Success,
}

impl CalloutKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "callout callout-info",
            Self::Warn => "callout callout-warn",
            Self::Error => "callout callout-error",
            Self::Success => "callout callout-success",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Warn | Self::Error => Glyph::Alert,
            Self::Success => Glyph::Check,
        }
    }
}

/// A title, what there is to say, and what can be done.
#[component]
pub fn Callout(
    /// What kind of thing is told.
    #[prop(optional, into)]
    kind: Signal<CalloutKind>,
    /// What happened, in a few words.
    #[prop(into)]
    title: Signal<String>,
    /// Buttons.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Whether it interrupts: for errors that lose something.
    #[prop(optional)]
    alert: bool,
    /// What there is to say.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = unique_id("callout");
    view! {
        <div class=move || kind.get().class() role=if alert { "alert" } else { "group" } aria-labelledby=id>
            <Icon glyph=Signal::derive(move || kind.get().glyph()) />
            <div class="callout-body">
                <p class="callout-title" id=id.clone()>
                    {move || title.get()}
                </p>
                {children.map(|children| view! { <div class="callout-text">{children()}</div> })}
                {actions.map(|actions| view! { <div class="callout-actions">{actions.run()}</div> })}
            </div>
        </div>
    }
}
