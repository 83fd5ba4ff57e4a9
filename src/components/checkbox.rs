//! Yes or no.

use leptos::prelude::*;

use super::help::help_beside;
use super::unique_id;

/// Yes or no, with its label behind.
#[component]
pub fn Checkbox(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is checked.
    #[prop(into)]
    checked: Signal<bool>,
    /// Called with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("check");
    let hint_id = format!("{id}-hint");
    let description = {
        let hint_id = hint_id.clone();
        move || hint.with(Option::is_some).then(|| hint_id.clone())
    };
    let help = help_beside(&label.get_untracked());
    view! {
        <div class="check">
            <input
                id=id.clone()
                class="check-box"
                type="checkbox"
                prop:checked=move || checked.get()
                prop:disabled=move || disabled.get()
                aria-describedby=description
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span class="field-name">
                <label class="check-label" for=id>
                    {move || label.get()}
                </label>
                {help}
            </span>
            {move || {
                hint.get()
                    .map(|hint| {
                        view! {
                            <p class="field-hint check-hint" id=hint_id.clone()>
                                {hint}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
