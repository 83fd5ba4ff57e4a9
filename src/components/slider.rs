//! A number to be dragged.

use leptos::prelude::*;

/// A number on a track: dragged, pressed, or moved with the arrow keys. Its label is heard, not shown.
#[component]
pub fn Slider(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The number.
    #[prop(into)]
    value: Signal<f64>,
    /// Called with each number on the way.
    #[prop(into)]
    on_input: Callback<f64>,
    /// The least, the greatest and the step; a change of them makes the track anew, so let it come from elsewhere.
    #[prop(into)]
    bounds: Signal<(f64, f64, f64)>,
    /// The number in words, with its unit.
    #[prop(into)]
    text: Signal<String>,
    /// From bottom to top.
    #[prop(optional)]
    upright: bool,
) -> impl IntoView {
    let bounds = Memo::new(move |_| bounds.get());
    move || {
        let (min, max, step) = bounds.get();
        view! {
            <input
                type="range"
                class="slider"
                class:slider-upright=upright
                aria-label=move || label.get()
                aria-orientation=upright.then_some("vertical")
                aria-valuetext=move || text.get()
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                prop:value=move || value.get().to_string()
                on:input:target=move |event| {
                    let track = event.target();
                    if let Ok(number) = track.value().parse() {
                        on_input.run(number);
                        // What was not taken as it stands is not shown as if it were.
                        track.set_value(&value.get_untracked().to_string());
                    }
                }
            />
        }
    }
}
