//! What a burst sends, and its two buttons.

use leptos::prelude::*;

use super::policy::PolicyFields;
use super::scenario::ScenarioPicker;
use super::{Burst, use_burst};
use crate::components::{Button, ButtonKind, Checkbox, Glyph, NumberField, NumberRange, Panel, Shortcut, TextArea};
use crate::run::{BurstSettings, CostBound};
use crate::run_view::{BudgetOutlook, TokenLine, cost_words};
use crate::state::api::ApiSource;

/// The settings of a burst.
#[component]
pub fn BurstForm() -> impl IntoView {
    let burst = use_burst();
    let is_simulated = move || burst.session.source.get() == ApiSource::Simulated;
    view! {
        <Panel title="Requests" actions=move || view! { <ResetFields /> }>
            <div class="burst-form">
                <Counts />
                <Prompt />
                <PolicyFields />
                <Show when=is_simulated fallback=|| view! { <LiveCost /> }>
                    <ScenarioPicker />
                </Show>
                <Actions />
            </div>
        </Panel>
    }
}

#[component]
fn ResetFields() -> impl IntoView {
    let burst = use_burst();
    view! {
        <Button kind=ButtonKind::Quiet icon=Glyph::Reset on_click=move |()| burst.reset()>"Reset fields"</Button>
    }
}

#[component]
fn Counts() -> impl IntoView {
    let settings = use_burst().settings;
    let set_requests = move |value: Option<f64>| {
        if let Some(count) = value.and_then(whole) {
            settings.update(|settings| settings.requests = count);
        }
    };
    let set_concurrency =
        move |value: Option<f64>| settings.update(|settings| settings.concurrency = value.and_then(whole));
    let concurrency_hint = Signal::derive(move || {
        settings.with(|settings| settings.concurrency.is_none()).then(|| "Empty: all at once".to_owned())
    });
    view! {
        <div class="form-grid">
            <NumberField
                label="Number of requests"
                value=Signal::derive(move || settings.with(|settings| number(settings.requests)))
                on_change=set_requests
                range=NumberRange::new(1.0, number(BurstSettings::MOST_REQUESTS).unwrap_or(1.0), 1.0)
            />
            <NumberField
                label="Concurrency"
                value=Signal::derive(move || settings.with(|settings| settings.concurrency.and_then(number)))
                on_change=set_concurrency
                range=NumberRange::new(1.0, number(BurstSettings::MOST_REQUESTS).unwrap_or(1.0), 1.0)
                optional=true
                hint=concurrency_hint
            />
        </div>
    }
}

#[component]
fn Prompt() -> impl IntoView {
    let burst = use_burst();
    let settings = burst.settings;
    let set_prompt = move |prompt: String| settings.update(|settings| settings.prompt = prompt);
    let set_tokens = move |value: Option<f64>| {
        settings.update(|settings| {
            settings.max_output_tokens = value.and_then(whole).and_then(|tokens| u64::try_from(tokens).ok());
        });
    };
    let tokens = Signal::derive(move || {
        settings
            .with(|settings| settings.max_output_tokens.and_then(|tokens| u32::try_from(tokens).ok()).map(f64::from))
    });
    view! {
        <TextArea
            label="Prompt"
            value=Signal::derive(move || settings.with(|settings| settings.prompt.clone()))
            on_input=set_prompt
            rows=2
        />
        <TokenLine
            name="Each prompt"
            texts=Signal::from(Memo::new(move |_| settings.with(|settings| vec![settings.prompt.clone()])))
            model=Signal::derive(move || burst.model())
            exact=RwSignal::new(None)
        />
        <NumberField
            label="Max output tokens"
            value=tokens
            on_change=set_tokens
            range=NumberRange::new(16.0, 128_000.0, 1.0)
            unit="tokens"
            optional=true
        />
        <Checkbox
            label="Stream"
            checked=Signal::derive(move || settings.with(|settings| settings.stream))
            on_change=move |stream| settings.update(|settings| settings.stream = stream)
            hint="Each attempt then tells its time to first token"
        />
    }
}

/// What the burst can cost, where it costs anything.
#[component]
fn LiveCost() -> impl IntoView {
    let burst = use_burst();
    view! { <p class="live-cost num">{move || cost_words(&bound(burst))}</p> }
}

/// The most it can come to, tracked.
fn bound(burst: Burst) -> CostBound {
    let model = burst.model();
    burst.settings.with(|settings| CostBound::of(settings, &model, &burst.run.prices().get()))
}

#[component]
fn Actions() -> impl IntoView {
    let burst = use_burst();
    let running = move || burst.run.is_running();
    view! {
        <div class="burst-actions">
            <BudgetOutlook source=burst.session.source planned=move || Some(bound(burst).planned()) />
            <Button
                kind=ButtonKind::Primary
                icon=Glyph::Play
                busy=Signal::derive(running)
                shortcut=Shortcut::Run
                on_click=move |()| burst.run_or_ask()
            >
                "Run burst"
            </Button>
            <Button
                kind=ButtonKind::Danger
                icon=Glyph::Stop
                disabled=Signal::derive(move || !running())
                shortcut=Shortcut::Stop
                on_click=move |()| burst.run.stop()
            >
                "Stop burst"
            </Button>
        </div>
    }
}

/// A count from a field; `None` for what is none.
fn whole(value: f64) -> Option<usize> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range, checked just before
    let count = (0.0..=1e9).contains(&value).then_some(value as usize);
    count
}

fn number(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}
