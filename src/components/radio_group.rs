//! One of a few, all in sight.

use leptos::prelude::*;

use super::{Choice, unique_id};

/// One of a few, all in sight.
#[component]
pub fn RadioGroup(
    /// The group's accessible name.
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
    /// A switch in one line, its name heard but not shown.
    #[prop(optional)]
    segmented: bool,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let name = unique_id("radio");
    let label_id = format!("{name}-label");
    let hint_id = format!("{name}-hint");
    let description = {
        let hint_id = hint_id.clone();
        move || hint.with(Option::is_some).then(|| hint_id.clone())
    };
    let option = move |choice: Choice| {
        let own = choice.value.clone();
        let is_chosen = move || value.with(|value| *value == own);
        let own = choice.value.clone();
        view! {
            <label class="radio">
                <input
                    class="radio-dot"
                    type="radio"
                    name=name.clone()
                    value=choice.value
                    prop:checked=is_chosen
                    prop:disabled=move || disabled.get()
                    on:change=move |_| on_change.run(own.clone())
                />
                <span class="radio-label">{choice.label}</span>
            </label>
        }
    };
    view! {
        <div class="radios" class:segmented=segmented role="radiogroup" aria-labelledby=label_id aria-describedby=description>
            <span class="field-label" class:visually-hidden=segmented id=label_id.clone()>
                {move || label.get()}
            </span>
            <div class="radios-options">{move || options.get().into_iter().map(&option).collect_view()}</div>
            {move || {
                hint.get()
                    .map(|hint| {
                        view! {
                            <p class="field-hint" id=hint_id.clone()>
                                {hint}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
