//! A text of several lines.

use leptos::prelude::*;

use super::field::{Field, described_by};
use super::unique_id;

/// A text of several lines with its label.
#[component]
pub fn TextArea(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the text at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The lines shown at first.
    #[prop(default = 3)]
    rows: u32,
    /// An example, shown while the field is empty.
    #[prop(optional, into)]
    placeholder: Signal<Option<String>>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with the text.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Code or headers: a monospaced face, no spelling marks.
    #[prop(optional)]
    mono: bool,
    /// Its id, where something else gives it the focus.
    #[prop(optional, into)]
    id: Option<String>,
    /// Shown, but not to be edited.
    #[prop(optional, into)]
    read_only: Signal<bool>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| unique_id("area"));
    let description = described_by(&id, hint, error);
    view! {
        <Field id=id.clone() label=label hint=hint error=error>
            <textarea
                id=id
                class="input input-area"
                class:input-mono=mono
                rows=rows
                dir="auto"
                spellcheck=if mono { "false" } else { "true" }
                placeholder=move || placeholder.get()
                readonly=move || read_only.get()
                prop:value=move || value.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=description
                on:input:target=move |event| on_input.run(event.target().value())
            ></textarea>
        </Field>
    }
}
