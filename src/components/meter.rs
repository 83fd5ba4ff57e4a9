//! How much is left of something.

use leptos::prelude::*;

use super::help::help_on;
use super::{Tone, unique_id};

/// What a meter shows: `now` of `max`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The amount now.
    pub now: f64,
    /// The amount when full.
    pub max: f64,
}

impl Reading {
    /// `now` of `max`.
    pub const fn new(now: f64, max: f64) -> Self {
        Self { now, max }
    }

    /// The share that is left, 0 to 1.
    pub fn level(self) -> f64 {
        let level = self.now / self.max;
        if level.is_finite() { level.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// How much is left of something; hatched where that is not known.
#[component]
pub fn Meter(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The reading, or `None` where there is none.
    #[prop(into)]
    reading: Signal<Option<Reading>>,
    /// The reading in words and figures: "4,999 of 5,000", "hidden".
    #[prop(into)]
    text: Signal<String>,
    /// What is measured.
    #[prop(optional)]
    tone: Tone,
    /// A line beneath: the time to the reset, the age of the reading.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// How the reading is known: "shown", "inferred", "hidden".
    #[prop(optional, into)]
    source: Signal<Option<String>>,
) -> impl IntoView {
    let note_id = format!("{}-note", unique_id("meter"));
    let percent = move || reading.get().map(|reading| reading.level() * 100.0);
    let spoken = move || match source.get() {
        Some(source) if source != text.get() => format!("{}, {source}", text.get()),
        _ => text.get(),
    };
    // Whole numbers are all that is measured so far, and take far less code to write than fractions.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 up, a float's cast saturates
    let whole = |number: f64| number.max(0.0).round() as u64;
    let level = move || {
        let hundredths = whole(percent().unwrap_or(100.0) * 100.0);
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    // A meter must have a value; of an unknown one the text is what is spoken.
    view! {
        <div
            class=format!("meter {}", tone.class())
            class:meter-unknown=move || reading.with(Option::is_none)
            class:meter-low=move || percent().is_some_and(|percent| percent < 10.0)
        >
            <div class="meter-head">
                <span class="meter-label">{help_on(label)}</span>
                {move || {
                    source
                        .get()
                        .map(|source| view! { <span class="meter-source" aria-hidden="true" title=source.clone()>{source.clone()}</span> })
                }}
            </div>
            <div
                class="meter-track"
                role="meter"
                aria-label=move || label.get()
                aria-valuemin="0"
                aria-valuemax=move || reading.get().map_or(100, |reading| whole(reading.max))
                aria-valuenow=move || reading.get().map_or(0, |reading| whole(reading.now).min(whole(reading.max)))
                aria-valuetext=spoken
                aria-describedby=note_id.clone()
            >
                <div class="meter-bar" style:--level=level></div>
            </div>
            <div class="meter-foot num">
                <span class="meter-text" aria-hidden="true">
                    {move || text.get()}
                </span>
                <span class="meter-note" id=note_id>
                    {move || note.get()}
                </span>
            </div>
        </div>
    }
}
