//! How far something has come.

use leptos::prelude::*;

use super::Tone;

/// How far something has come; `None` where that is not known.
#[component]
pub fn ProgressBar(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The share done, 0 to 1.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// The progress in words: "38 of 50 done, about 12 s left".
    #[prop(into)]
    text: Signal<String>,
    /// What the bar means.
    #[prop(default = Tone::Done)]
    tone: Tone,
) -> impl IntoView {
    let percent = move || value.get().map(|share| if share.is_finite() { share.clamp(0.0, 1.0) * 100.0 } else { 0.0 });
    view! {
        <div class=format!("progress {}", tone.class()) class:progress-unknown=move || percent().is_none()>
            <div class="progress-head" aria-hidden="true">
                <span>{move || label.get()}</span>
                <span class="num">{move || text.get()}</span>
            </div>
            <div
                class="progress-track"
                role="progressbar"
                aria-label=move || label.get()
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || percent().map(|percent| format!("{percent:.1}"))
                aria-valuetext=move || text.get()
            >
                <div class="progress-bar" style:--level=move || format!("{:.2}%", percent().unwrap_or(100.0))></div>
            </div>
        </div>
    }
}
