//! What the simulated API is like: its scenario, its limits, its speed.

use leptos::prelude::*;

use crate::components::{Button, Choice, NumberField, RadioGroup, Select};
use crate::models::family;
use crate::platform::format::number;
use crate::share::SPEEDS;
use crate::simulator::{Limits, Scenario, ScenarioPreset};
use crate::state::session::{ScenarioChoice, Session, use_session};

/// The id of the panel.
pub const SIMULATED_PANEL: &str = "connection-simulated";

/// The panel of the simulated API.
#[component]
pub fn SimulatedPanel() -> impl IntoView {
    let session = use_session();
    let preset =
        move || ScenarioPreset::from_id(&session.scenario.with(|choice| choice.id.clone())).unwrap_or_default();
    let presets: Vec<Choice> =
        ScenarioPreset::ALL.iter().map(|preset| Choice::new(preset.id(), preset.name())).collect();
    let is_changed = move || session.scenario.with(|choice| *choice != ScenarioChoice::preset(preset()));
    view! {
        <div class="connection stack" id=SIMULATED_PANEL tabindex="-1">
            <p class="muted">
                "The simulated API runs inside this page: no key, no cost, nothing is sent. A change here starts it afresh."
            </p>
            <Select
                label="Scenario"
                options=Signal::stored(presets)
                value=Signal::derive(move || preset().id().to_owned())
                on_change=move |id: String| {
                    session.scenario.set(ScenarioChoice::preset(ScenarioPreset::from_id(&id).unwrap_or_default()));
                }
            />
            <div class="connection-about">
                <p>{move || preset().description()}</p>
                <p class="muted">"Source: " {move || preset().source()}</p>
            </div>
            <LimitFields session=session />
            <div class="toolbar">
                <Button
                    disabled=Signal::derive(move || !is_changed())
                    on_click=move || session.scenario.set(ScenarioChoice::preset(untrack(preset)))
                >
                    "Reset to the scenario's limits"
                </Button>
            </div>
            <Speed session=session />
        </div>
    }
}

type Read = fn(&ScenarioChoice) -> Option<u64>;
type Write = fn(&mut ScenarioChoice, Option<u64>);
type OwnLimit = fn(&Limits) -> Option<u64>;

/// The limits, each with what the scenario itself has.
#[component]
fn LimitFields(session: Session) -> impl IntoView {
    let fields: [(&'static str, &'static str, Read, Write, OwnLimit); 4] = [
        ("Requests per minute", "RPM", |choice| choice.rpm, |choice, limit| choice.rpm = limit, |own| own.rpm),
        ("Tokens per minute", "TPM", |choice| choice.tpm, |choice, limit| choice.tpm = limit, |own| own.tpm),
        ("Requests per day", "RPD", |choice| choice.rpd, |choice, limit| choice.rpd = limit, |own| own.rpd),
        ("Tokens per day", "TPD", |choice| choice.tpd, |choice, limit| choice.tpd = limit, |own| own.tpd),
    ];
    let own = Memo::new(move |_| {
        let preset = ScenarioPreset::from_id(&session.scenario.with(|choice| choice.id.clone())).unwrap_or_default();
        let model = session.simulated_model.get();
        (Scenario::from(preset).limits(family(&model)), model)
    });
    let field = move |(label, unit, read, write, own_limit): (&'static str, &'static str, Read, Write, OwnLimit)| {
        let hint = move || {
            own.with(|(limits, model)| match own_limit(limits) {
                Some(limit) => format!("Empty: {} for {model}", number(limit)),
                None => "Empty: no such limit".to_owned(),
            })
        };
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let value = move || session.scenario.with(read).map(|limit| limit as f64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers from 0 only
        let change = move |limit: Option<f64>| {
            session.scenario.update(|choice| write(choice, limit.map(|limit| limit as u64)));
        };
        view! {
            <NumberField
                label=label
                unit=unit
                optional=true
                value=Signal::derive(value)
                on_change=change
                hint=Signal::derive(move || Some(hint()))
            />
        }
    };
    view! {
        <div class="connection-pair">{fields.map(field).into_iter().collect_view()}</div>
        <p class="muted">"0 takes a limit away."</p>
    }
}

/// How fast the simulated API's time runs.
#[component]
fn Speed(session: Session) -> impl IntoView {
    let speeds = SPEEDS.map(Choice::from).to_vec();
    view! {
        <RadioGroup
            label="Simulated speed"
            options=Signal::stored(speeds)
            value=Signal::derive(move || session.speed.get().to_string())
            on_change=move |speed: String| session.speed.set(speed.parse().unwrap_or(1.0))
            hint="Waits and answers come that much sooner; all figures stay those of the simulated clock."
        />
    }
}
