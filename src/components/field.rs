//! What every field has: a label above, a hint or an error beneath.

use leptos::prelude::*;

use super::help::help_beside;
use super::{Glyph, Icon};

/// A label, a control, and what is to be said of it. The control's id is `id`; it is described by [`described_by`].
#[component]
pub fn Field(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// The control's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with the value; takes the hint's place.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The label stands before the control, not above.
    #[prop(optional)]
    inline: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let help = help_beside(&label.get_untracked());
    view! {
        <div class="field" class:field-inline=inline class:field-wrong=move || error.with(Option::is_some)>
            <span class="field-name">
                <label class="field-label" for=id>
                    {move || label.get()}
                </label>
                {help}
            </span>
            {children()}
            {move || match (error.get(), hint.get()) {
                (Some(error), _) => {
                    view! {
                        <p class="field-error" id=error_id.clone()>
                            <Icon glyph=Glyph::Alert />
                            {error}
                        </p>
                    }
                        .into_any()
                }
                (None, Some(hint)) => {
                    view! {
                        <p class="field-hint" id=hint_id.clone()>
                            {hint}
                        </p>
                    }
                        .into_any()
                }
                (None, None) => ().into_any(),
            }}
        </div>
    }
}

/// The ids that describe the control `id` at the moment, for `aria-describedby`.
pub(super) fn described_by(
    id: &str,
    hint: Signal<Option<String>>,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    move || {
        if error.with(Option::is_some) {
            Some(error_id.clone())
        } else {
            hint.with(Option::is_some).then(|| hint_id.clone())
        }
    }
}
