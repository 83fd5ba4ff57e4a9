//! The model, and what it is told besides the prompt.

use leptos::prelude::*;

use super::state::use_request;
use crate::clock::Clock;
use crate::components::{Checkbox, Choice, Combobox, Select, TextArea, TextField, TextKind};
use crate::models;
use crate::platform::clock::BrowserClock;
use crate::responses::{ModelEntry, ReasoningEffort};
use crate::retry::Preset;
use crate::run::draft::takes_effort;
use crate::state::api::ApiSource;
use crate::state::session::use_session;

/// All fields but the prompt.
#[component]
pub fn Settings() -> impl IntoView {
    let state = use_request();
    let session = use_session();
    let draft = state.draft;
    let max_error = Signal::derive(move || state.errors.with(|errors| errors.max_output_tokens.map(str::to_owned)));
    view! {
        <TextArea
            label="Instructions"
            rows=2
            placeholder="Optional"
            value=Signal::derive(move || draft.with(|draft| draft.instructions.clone()))
            on_input=move |text| state.edit(|draft| draft.instructions = text)
        />
        <div class="form-grid">
            <Combobox
                label="Model"
                options=Signal::derive(move || {
                    session.models().into_iter().map(|model| Choice::new(model.id.clone(), model.id)).collect()
                })
                value=Signal::derive(move || state.model())
                on_input=move |text: String| {
                    let default = untrack(|| session.model());
                    state.edit(|draft| draft.model = Some(text).filter(|text| *text != default));
                }
                hint=Signal::derive(move || model_hint(&state.model(), &session.models(), session.source.get()))
                error=Signal::derive(move || state.errors.with(|errors| errors.model.map(str::to_owned)))
            />
            <TextField
                label="Max output tokens"
                kind=TextKind::Code
                placeholder="No bound"
                value=Signal::derive(move || draft.with(|draft| draft.max_output_tokens.clone()))
                on_input=move |text| state.edit(|draft| draft.max_output_tokens = text)
                hint="Reasoning included"
                error=max_error
            />
            <Temperature />
            <Effort />
            <Select
                label="Retry policy"
                options=Signal::stored(
                    Preset::ALL.into_iter().map(|preset| Choice::new(preset.id(), preset.name())).collect::<Vec<_>>(),
                )
                value=Signal::derive(move || draft.with(|draft| draft.policy.clone()))
                on_change=move |id| state.edit(|draft| draft.policy = id)
            />
            <Checkbox
                label="Stream"
                checked=Signal::derive(move || draft.with(|draft| draft.stream))
                on_change=move |stream| state.edit(|draft| draft.stream = stream)
                hint="The text as it is written; its usage comes last"
            />
            <Checkbox
                label="Store"
                checked=Signal::derive(move || draft.with(|draft| draft.store))
                on_change=move |store| state.edit(|draft| draft.store = store)
                hint="Lets the server keep the answer; off unless you say so"
            />
        </div>
    }
}

/// The temperature, where the model takes one.
#[component]
fn Temperature() -> impl IntoView {
    let state = use_request();
    let is_refused = Signal::derive(move || !models::takes_temperature(state.model().trim()));
    let hint = Signal::derive(move || {
        Some(if is_refused.get() {
            format!("{} reasons, and refuses a temperature", state.model())
        } else {
            "0 to 2".to_owned()
        })
    });
    view! {
        <TextField
            label="Temperature"
            kind=TextKind::Code
            placeholder="The model's own"
            // What is not sent is not shown either; it comes back with a model that takes it.
            value=Signal::derive(move || {
                if is_refused.get() { String::new() } else { state.draft.with(|draft| draft.temperature.clone()) }
            })
            on_input=move |text| state.edit(|draft| draft.temperature = text)
            hint=hint
            error=Signal::derive(move || state.errors.with(|errors| errors.temperature.map(str::to_owned)))
            disabled=is_refused
        />
    }
}

/// The reasoning effort, where the model reasons.
#[component]
fn Effort() -> impl IntoView {
    let state = use_request();
    let is_refused = Signal::derive(move || !takes_effort(state.model().trim()));
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "The model's own"))
        .chain(ReasoningEffort::ALL.into_iter().map(|effort| Choice::new(effort.name(), effort.name())))
        .collect();
    view! {
        <Select
            label="Reasoning effort"
            options=Signal::stored(choices)
            value=Signal::derive(move || {
                if is_refused.get() { String::new() } else { state.draft.with(|draft| draft.effort.clone()) }
            })
            on_change=move |effort| state.edit(|draft| draft.effort = effort)
            hint=Signal::derive(move || is_refused.get().then(|| format!("{} does not reason", state.model())))
            disabled=is_refused
        />
    }
}

fn model_hint(model: &str, listed: &[ModelEntry], source: ApiSource) -> Option<String> {
    let model = model.trim();
    let entry = listed.iter().find(|entry| entry.id == model);
    if model.is_empty() || listed.is_empty() {
        return None;
    }
    if entry.is_none() {
        return Some("Not in this API's list; it is asked all the same".to_owned());
    }
    // The simulated API lists OpenAI's dates, and goes on answering.
    let listed = entry.and_then(|entry| entry.shutdown_date.clone()).filter(|_| source == ApiSource::Live);
    let is_openais = listed.is_none();
    let date = listed.or_else(|| models::facts(model)?.shutdown_date.map(str::to_owned))?;
    Some(format!("{model} {}", models::ending(&date, is_openais, BrowserClock.wall())))
}
