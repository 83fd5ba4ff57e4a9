//! A number with a name.

use leptos::prelude::*;

use super::Tone;
use super::help::help_on;

/// A number with a name, found as the group of that name.
#[component]
pub fn Stat(
    /// The name.
    #[prop(into)]
    label: Signal<String>,
    /// The number, as it is to be read.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit.
    #[prop(optional, into)]
    unit: Signal<Option<String>>,
    /// What it counts.
    #[prop(optional)]
    tone: Tone,
    /// More of it, on hover.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Whether the number is not known: the words in its place are no figure.
    #[prop(optional, into)]
    unknown: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class=format!("stat {}", tone.class()) class:stat-unknown=move || unknown.get() role="group" aria-label=move || label.get() title=move || hint.get()>
            <span class="stat-label">{help_on(label)}</span>
            <span class="stat-value num">
                {move || value.get()} {move || unit.get().map(|unit| view! { <span class="unit">" " {unit}</span> })}
            </span>
        </div>
    }
}
