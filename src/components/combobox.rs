//! A text with suggestions.

use leptos::prelude::*;

use super::field::{Field, described_by};
use super::{Choice, unique_id};

/// A line of text with suggestions: any value may be typed.
#[component]
pub fn Combobox(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The suggestions; a label says more than the value where they differ.
    #[prop(into)]
    options: Signal<Vec<Choice>>,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the text at each change.
    #[prop(into)]
    on_input: Callback<String>,
    /// An example, shown while the field is empty.
    #[prop(optional, into)]
    placeholder: Signal<Option<String>>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with the text.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The label stands before the field, not above.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let id = unique_id("combobox");
    let list = format!("{id}-list");
    let description = described_by(&id, hint, error);
    let option = |choice: Choice| {
        let label = (choice.label != choice.value).then_some(choice.label);
        view! { <option value=choice.value label=label></option> }
    };
    view! {
        <Field id=id.clone() label=label hint=hint error=error inline=inline>
            <input
                id=id
                class="input input-mono"
                type="text"
                list=list.clone()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=move || placeholder.get()
                prop:value=move || value.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=description
                on:input:target=move |event| on_input.run(event.target().value())
            />
            <datalist id=list>{move || options.get().into_iter().map(option).collect_view()}</datalist>
        </Field>
    }
}
