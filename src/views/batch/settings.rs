//! How the batch is run.

use leptos::prelude::*;

use super::state::{Phase, use_batch};
use crate::components::{Checkbox, Choice, NumberField, NumberRange, Panel, RadioGroup, Select};
use crate::retry::Preset;
use crate::run::batch_form::BatchForm;

/// The settings.
#[component]
pub fn SettingsPanel() -> impl IntoView {
    let batch = use_batch();
    let form = batch.form;
    let phase = Memo::new(move |_| batch.phase());
    // What is put into bodies is part of what was estimated and begun.
    let is_fixed = Signal::derive(move || !matches!(phase.get(), Phase::Empty | Phase::Opened));
    let additions = move || {
        let defaults = form.with(|form| form.defaults(&batch.model()));
        let words: Vec<String> =
            defaults.additions().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        if words.is_empty() {
            "Lines are sent as they are written.".to_owned()
        } else {
            format!("Put into lines that lack it: {}. What a line says itself is sent as written.", words.join(", "))
        }
    };
    let set_tokens = move |value: Option<f64>| {
        form.update(|form| form.max_output_tokens = value.and_then(whole).map(u64::from));
    };
    let policies = || Preset::ALL.map(|preset| Choice::new(preset.id(), preset.name())).to_vec();
    view! {
        <Panel title="Settings">
            <NumberField
                label="Max output tokens"
                value=Signal::derive(move || form.with(|form| form.max_output_tokens.and_then(|tokens| u32::try_from(tokens).ok()).map(f64::from)))
                on_change=set_tokens
                range=NumberRange::new(16.0, 128_000.0, 1.0)
                unit="tokens"
                optional=true
                disabled=is_fixed
            />
            <Checkbox
                label="Store"
                checked=Signal::derive(move || form.with(|form| form.store))
                on_change=move |store| form.update(|form| form.store = store)
                disabled=is_fixed
            />
            <p class="field-hint">{additions}</p>
            <RadioGroup
                label="Bad lines"
                options=vec![
                    Choice::new("stop", "Stop until they are mended"),
                    Choice::new("skip", "Leave bad lines out"),
                ]
                value=Signal::derive(move || form.with(|form| if form.leaves_out_bad_lines { "skip" } else { "stop" }.to_owned()))
                on_change=move |value: String| form.update(|form| form.leaves_out_bad_lines = value == "skip")
                disabled=is_fixed
            />
            <WhileItRuns />
            <Select
                label="Retry policy"
                options=Signal::derive(policies)
                value=Signal::derive(move || form.with(|form| form.preset().id().to_owned()))
                on_change=move |policy: String| {
                    form.update(|form| form.policy = policy);
                    batch.apply_settings();
                }
                hint=Signal::derive(move || is_fixed.get().then(|| "Holds from the next Resume on.".to_owned()))
            />
            <Checkbox
                label="Keep the file in this browser"
                checked=Signal::derive(move || form.with(|form| form.keeps_file))
                on_change=move |keeps| form.update(|form| form.keeps_file = keeps)
                hint=Some("So that a reload can go on without choosing it again. Results are kept either way, until you delete the batch.".to_owned())
                disabled=is_fixed
            />
        </Panel>
    }
}

/// What can be changed at any time.
#[component]
fn WhileItRuns() -> impl IntoView {
    let batch = use_batch();
    let form = batch.form;
    let change = move |change: &dyn Fn(&mut BatchForm)| {
        form.update(|form| change(form));
        batch.apply_settings();
    };
    let set_cap = move |value: Option<f64>| change(&|form| form.spend_cap = value);
    let set_in_flight = move |value: Option<f64>| change(&|form| form.most_in_flight = value.and_then(whole));
    let set_wait = move |value: Option<f64>| change(&|form| form.longest_wait = value.and_then(whole).unwrap_or(15));
    view! {
        <div class="form-grid">
            <NumberField
                label="Spend cap (USD)"
                value=Signal::derive(move || form.with(|form| form.spend_cap))
                on_change=set_cap
                range=NumberRange::new(BatchForm::SMALLEST_CAP, BatchForm::LARGEST_CAP, 0.01)
                optional=true
                hint=Some("Empty: none".to_owned())
            />
            <NumberField
                label="Most in flight"
                value=Signal::derive(move || form.with(|form| form.most_in_flight.map(f64::from)))
                on_change=set_in_flight
                range=NumberRange::new(1.0, f64::from(BatchForm::MOST_IN_FLIGHT), 1.0)
                optional=true
                hint=Some("Empty: adaptive".to_owned())
            />
            <NumberField
                label="Longest wait without asking"
                value=Signal::derive(move || form.with(|form| Some(f64::from(form.longest_wait))))
                on_change=set_wait
                range=NumberRange::new(1.0, f64::from(BatchForm::LONGEST_WAIT), 1.0)
                unit="min"
            />
        </div>
    }
}

/// A count from a field; `None` for what is none.
fn whole(value: f64) -> Option<u32> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range, checked just before
    let count = (0.0..=1e9).contains(&value).then_some(value as u32);
    count
}
