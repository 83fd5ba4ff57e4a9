//! One of a list.

use leptos::prelude::*;

use super::field::{Field, described_by};
use super::{Choice, unique_id};

/// One of a list, with its label.
#[component]
pub fn Select(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What to choose from.
    #[prop(into)]
    options: Signal<Vec<Choice>>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value of a new choice.
    #[prop(into)]
    on_change: Callback<String>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The label stands before the list, not above.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let id = unique_id("select");
    let description = described_by(&id, hint, Signal::stored(None));
    let option = move |choice: Choice| {
        let is_chosen = {
            let own = choice.value.clone();
            move || value.with(|value| *value == own)
        };
        // The property of the option, not of the list: the list may be filled later than its value is set.
        view! {
            <option value=choice.value prop:selected=is_chosen>
                {choice.label}
            </option>
        }
    };
    view! {
        <Field id=id.clone() label=label hint=hint inline=inline>
            <span class="select">
                <select
                    id=id
                    class="input"
                    prop:disabled=move || disabled.get()
                    aria-describedby=description
                    on:change:target=move |event| on_change.run(event.target().value())
                >
                    {move || options.get().into_iter().map(option).collect_view()}
                </select>
            </span>
        </Field>
    }
}
