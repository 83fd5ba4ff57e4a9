//! A line of text.

use leptos::prelude::*;

use super::field::{Field, described_by};
use super::unique_id;

/// What a line of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextKind {
    /// Words.
    #[default]
    Text,
    /// Something to type exactly, in a monospaced face.
    Code,
    /// A secret: hidden, not remembered, may be pasted.
    Secret,
    /// A web address.
    Url,
}

impl TextKind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Code => "text",
            Self::Secret => "password",
            Self::Url => "url",
        }
    }
}

/// A line of text with its label.
#[component]
pub fn TextField(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the text at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// What the text is.
    #[prop(optional)]
    kind: TextKind,
    /// An example, shown while the field is empty.
    #[prop(optional, into)]
    placeholder: Signal<Option<String>>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with the text.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its id, where something else gives it the focus.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| unique_id("text"));
    let description = described_by(&id, hint, error);
    view! {
        <Field id=id.clone() label=label hint=hint error=error>
            <input
                id=id
                class="input"
                class:input-mono=kind != TextKind::Text
                type=kind.input_type()
                autocomplete="off"
                autocapitalize="none"
                spellcheck=if kind == TextKind::Text { "true" } else { "false" }
                placeholder=move || placeholder.get()
                prop:value=move || value.get()
                prop:disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=description
                on:input:target=move |event| on_input.run(event.target().value())
            />
        </Field>
    }
}
