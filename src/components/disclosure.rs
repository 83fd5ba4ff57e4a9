//! More, when asked for.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// A line that opens to more.
#[component]
pub fn Disclosure(
    /// The line.
    #[prop(into)]
    summary: Signal<String>,
    /// Whether it is open.
    #[prop(optional, into)]
    open: Signal<bool>,
    /// Called with whether it is open now.
    #[prop(optional, into)]
    on_toggle: Option<Callback<bool>>,
    /// What it opens to.
    children: Children,
) -> impl IntoView {
    let toggled = move |is_open: bool| {
        if let Some(on_toggle) = on_toggle {
            on_toggle.run(is_open);
        }
    };
    view! {
        <details class="disclosure" prop:open=move || open.get() on:toggle:target=move |event| toggled(event.target().open())>
            <summary class="disclosure-summary">
                <Icon glyph=Glyph::Chevron />
                <span>{move || summary.get()}</span>
            </summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}
