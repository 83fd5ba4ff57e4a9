//! A number with its bounds and its unit.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::field::{Field, described_by};
use super::{FieldFaults, unique_id};

/// What numbers a field takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// The step of the arrow keys; a whole step takes whole numbers only.
    pub step: f64,
}

impl NumberRange {
    /// From `min` to `max` in steps of `step`.
    pub const fn new(min: f64, max: f64, step: f64) -> Self {
        Self { min, max, step }
    }

    /// The number that `text` holds, or what is wrong with it.
    fn read(self, text: &str) -> Result<f64, String> {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| "Enter a number".to_owned())?;
        if number < self.min {
            Err(format!("At least {}", self.min))
        } else if number > self.max {
            Err(format!("At most {}", self.max))
        } else if self.step.fract() == 0.0 && number.fract() != 0.0 {
            Err("Whole numbers only".to_owned())
        } else {
            Ok(number)
        }
    }

    /// `number` one step on, up or down, at a whole multiple of the step and in range.
    fn stepped(self, number: f64, up: bool) -> f64 {
        let steps = libm::round(number / self.step) + if up { 1.0 } else { -1.0 };
        // Tenths have no exact binary form: without rounding 0.1 would become 0.30000000000000004 on the way.
        let rounded = libm::round(steps * self.step * 1e6) / 1e6;
        rounded.clamp(self.min, self.max)
    }
}

impl Default for NumberRange {
    fn default() -> Self {
        Self::new(0.0, 1e12, 1.0)
    }
}

/// A number with its label. What cannot be taken stays in the field and is said beneath; beneath a [`FieldFaults`] it is
/// reported there too, elsewhere the number still in use is named.
#[component]
pub fn NumberField(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The number, or nothing.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// Called with each number that is in range; with `None` when an optional one is emptied.
    #[prop(into)]
    on_change: Callback<Option<f64>>,
    /// What numbers it takes; whole ones from zero up unless given.
    #[prop(optional)]
    range: NumberRange,
    /// The unit, shown at the end of the field.
    #[prop(optional, into)]
    unit: Option<String>,
    /// A help beneath.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// Whether it may be left empty.
    #[prop(optional)]
    optional: bool,
    /// Whether it cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("number");
    // The text while it is being typed: "1." must not become "1" under the cursor.
    let draft = RwSignal::new(None::<String>);
    let stored = move || value.get().map(|number| number.to_string()).unwrap_or_default();
    let read = move |text: &str| {
        if optional && text.trim().is_empty() { Ok(None) } else { range.read(text).map(Some) }
    };
    // A field that cannot be changed now holds nothing up.
    let fault = Memo::new(move |_| draft.get().and_then(|text| read(&text).err()).filter(|_| !disabled.get()));
    let faults = use_context::<FieldFaults>();
    let error = Signal::derive(move || match faults {
        Some(_) => fault.get(),
        None => fault.get().map(|fault| format!("{fault}. Still in use: {}", shown_or_none(value.get()))),
    });
    if let Some(faults) = faults {
        let id = StoredValue::new(id.clone());
        Effect::watch(move || faults.cleared(), move |_, _, _| draft.set(None), false);
        Effect::new(move |_| id.with_value(|id| faults.report(id, label.get_untracked(), fault.get())));
        on_cleanup(move || {
            let _ = id.try_with_value(|id| faults.report(id, String::new(), None));
        });
    }
    // A number set from elsewhere, as by a preset, is what holds now.
    Effect::watch(
        move || value.get(),
        move |now, before, _| {
            let is_own =
                draft.with_untracked(|text| text.as_deref().is_some_and(|text| read(text).as_ref() == Ok(now)));
            if before.is_some_and(|before| before != now) && !is_own {
                draft.set(None);
            }
        },
        false,
    );
    let typed = move |text: String| {
        let outcome = read(&text);
        draft.set(Some(text));
        if let Ok(number) = outcome {
            on_change.run(number);
        }
    };
    let step = move |event: KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        event.prevent_default();
        let from = draft.get_untracked().and_then(|text| range.read(&text).ok()).or_else(|| value.get_untracked());
        typed(range.stepped(from.unwrap_or(range.min), up).to_string());
    };
    let description = described_by(&id, hint, error);
    let unit_id = format!("{id}-unit");
    let described = {
        let unit_id = unit.is_some().then(|| unit_id.clone());
        move || {
            let parts: Vec<String> = unit_id.iter().cloned().chain(description()).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
    };
    view! {
        <Field id=id.clone() label=label hint=hint error=error>
            <span class="input-with-unit">
                <input
                    id=id
                    class="input input-number num"
                    // A number input hides what it cannot read and rewrites what is half typed.
                    type="text"
                    role="spinbutton"
                    inputmode=if range.step.fract() == 0.0 { "numeric" } else { "decimal" }
                    aria-valuemin=range.min
                    aria-valuemax=range.max
                    aria-valuenow=move || value.get()
                    autocomplete="off"
                    prop:value=move || draft.get().unwrap_or_else(stored)
                    prop:disabled=move || disabled.get()
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    on:input:target=move |event| typed(event.target().value())
                    on:keydown=step
                    // What was taken is tidied; what was not stays, for it must not seem to have been taken.
                    on:blur=move |_| {
                        if fault.with_untracked(Option::is_none) {
                            draft.set(None);
                        }
                    }
                />
                {unit.map(|unit| view! { <span class="input-unit" id=unit_id>{unit}</span> })}
            </span>
        </Field>
    }
}

fn shown_or_none(value: Option<f64>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
