//! The experiment: limits, work, clients, seeds.

use std::time::Duration;

use leptos::prelude::*;

use super::pace::Stage;
use super::policies::PolicyList;
use super::state::use_lab;
use crate::components::{
    Button, ButtonKind, Checkbox, Choice, Disclosure, Glyph, NumberField, NumberRange, Panel, Select, Shortcut,
};
use crate::lab::{Arrival, Distribution, LabForm, LabPreset, MOST_CLIENTS, MOST_PAGE_SEEDS, MOST_REQUESTS, Neighbour};
use crate::rate_limit::Algorithm;
use crate::simulator::ChargeRule;

/// The largest limit and count of tokens.
const LARGEST: f64 = 1e9;

/// The settings of an experiment, and what runs it.
#[component]
pub fn LabSettings() -> impl IntoView {
    view! {
        <Panel title="Experiment" actions=|| view! { <ResetFields /> }>
            <div class="lab-form">
                <Limits />
                <Work />
                <Who />
                <PolicyList />
                <Actions />
            </div>
        </Panel>
    }
}

/// Experiments that people come for.
#[component]
pub fn Presets() -> impl IntoView {
    let lab = use_lab();
    let button = move |preset: LabPreset| {
        let choose = move |()| {
            lab.faults.clear();
            lab.form.set(preset.form());
            lab.run();
        };
        view! {
            <Button on_click=choose reason=Some(preset.question().to_owned())>{preset.name()}</Button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Experiments to try">
            <span class="muted" aria-hidden="true">"Try"</span>
            {LabPreset::ALL.map(button).into_iter().collect_view()}
        </div>
    }
}

#[component]
fn ResetFields() -> impl IntoView {
    let lab = use_lab();
    let reset = move |()| {
        let before = lab.form.get_untracked();
        lab.faults.clear();
        lab.form.set(LabForm::default());
        if before != LabForm::default() {
            let undo = move || lab.form.set(before.clone());
            lab.undos.tell("The experiment's fields are reset.", undo);
        }
    };
    view! { <Button kind=ButtonKind::Quiet icon=Glyph::Reset on_click=reset>"Reset fields"</Button> }
}

/// A number of the form.
#[component]
fn Number(
    label: &'static str,
    get: fn(&LabForm) -> Option<f64>,
    set: fn(&mut LabForm, Option<f64>),
    #[prop(default = NumberRange::new(1.0, LARGEST, 1.0))] range: NumberRange,
    #[prop(optional)] unit: Option<&'static str>,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let form = use_lab().form;
    view! {
        <NumberField
            label=label
            value=Signal::derive(move || form.with(get))
            on_change=move |value| form.update(|form| set(form, value))
            range=range
            unit=unit.unwrap_or_default().to_owned()
            hint=Signal::derive(move || hint.map(str::to_owned))
            optional=optional
            disabled=disabled
        />
    }
}

/// A switch of the form.
#[component]
fn Switch(
    label: &'static str,
    get: fn(&LabForm) -> bool,
    set: fn(&mut LabForm, bool),
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let form = use_lab().form;
    view! {
        <Checkbox
            label=label
            checked=Signal::derive(move || form.with(get))
            on_change=move |on| form.update(|form| set(form, on))
            hint=Signal::derive(move || hint.map(str::to_owned))
        />
    }
}

#[component]
fn Limits() -> impl IntoView {
    view! {
        <fieldset class="lab-group">
            <legend>"Limits"</legend>
            <div class="form-grid">
                <Number label="Requests per minute" get=|form| form.limits.rpm.and_then(number) set=|form, value| form.limits.rpm = whole(value) optional=true hint="Empty: none" />
                <Number label="Tokens per minute" get=|form| form.limits.tpm.and_then(number) set=|form, value| form.limits.tpm = whole(value) optional=true hint="Empty: none" />
            </div>
            <Disclosure summary="More about the server">
                <div class="lab-form">
                    <LimitDetails />
                </div>
            </Disclosure>
        </fieldset>
    }
}

#[component]
fn LimitDetails() -> impl IntoView {
    let form = use_lab().form;
    let algorithms = || {
        vec![
            Choice::new("bucket", "Token bucket, as OpenAI's"),
            Choice::new("fixed", "Fixed window"),
            Choice::new("sliding", "Sliding window"),
        ]
    };
    let algorithm = move || {
        form.with(|form| match form.limits.algorithm {
            Algorithm::TokenBucket => "bucket",
            Algorithm::FixedWindow => "fixed",
            Algorithm::SlidingWindow => "sliding",
        })
    };
    let set_algorithm = move |id: String| {
        form.update(|form| {
            form.limits.algorithm = match id.as_str() {
                "fixed" => Algorithm::FixedWindow,
                "sliding" => Algorithm::SlidingWindow,
                _ => Algorithm::TokenBucket,
            };
        });
    };
    view! {
        <div class="form-grid">
            <Number label="Requests per day" get=|form| form.limits.rpd.and_then(number) set=|form, value| form.limits.rpd = whole(value) optional=true hint="Empty: none" />
            <Number label="Requests at once" get=|form| form.limits.burst_requests.and_then(number) set=|form, value| form.limits.burst_requests = whole(value) optional=true hint="Empty: a whole minute's" />
            <Number label="Tokens at once" get=|form| form.limits.burst_tokens.and_then(number) set=|form, value| form.limits.burst_tokens = whole(value) optional=true hint="Empty: a whole minute's" />
            <Number label="Time to first token" unit="ms" get=|form| u64::try_from(form.limits.latency.first_token.as_millis()).ok().and_then(number) set=|form, value| form.limits.latency.first_token = millis(value) range=NumberRange::new(0.0, 600_000.0, 1.0) />
            <Number label="Output speed" unit="tokens/s" get=|form| Some(form.limits.latency.tokens_per_second) set=|form, value| form.limits.latency.tokens_per_second = value.unwrap_or(0.0) range=NumberRange::new(0.0, 100_000.0, 1.0) />
        </div>
            <Select
                label="Counts by"
                options=Signal::derive(algorithms)
                value=Signal::derive(move || algorithm().to_owned())
                on_change=set_algorithm
            />
            <Switch label="Charge input and max output together" get=|form| form.limits.charge == ChargeRule::Sum set=|form, on| form.limits.charge = if on { ChargeRule::Sum } else { ChargeRule::Larger } hint="Else the larger of the two, as OpenAI documents" />
            <Switch label="A refused call costs a request" get=|form| form.limits.charge_rejected set=|form, on| form.limits.charge_rejected = on />
            <Switch label="Unused tokens come back" get=|form| form.limits.settle set=|form, on| form.limits.settle = on hint="The charge is corrected when the answer is complete" />
            <Switch label="Headers can be read" get=|form| form.limits.headers_visible set=|form, on| form.limits.headers_visible = on hint="Off: as in a browser, where a 429's text alone tells the wait" />
    }
}

#[component]
fn Work() -> impl IntoView {
    let form = use_lab().form;
    let arrivals = || {
        vec![
            Choice::new("at-once", "All at once"),
            Choice::new("poisson", "At random"),
            Choice::new("steady", "Evenly"),
        ]
    };
    let arrival = move || {
        form.with(|form| match form.workload.arrival {
            Arrival::AtOnce => "at-once",
            Arrival::Poisson { .. } => "poisson",
            Arrival::Steady { .. } => "steady",
        })
    };
    let set_arrival = move |id: String| {
        form.update(|form| {
            let per_minute = rate_of(form.workload.arrival).unwrap_or(60.0);
            form.workload.arrival = match id.as_str() {
                "poisson" => Arrival::Poisson { per_minute },
                "steady" => Arrival::Steady { per_minute },
                _ => Arrival::AtOnce,
            };
        });
    };
    let comes_at_once = Signal::derive(move || arrival() == "at-once");
    view! {
        <fieldset class="lab-group">
            <legend>"Work"</legend>
            <div class="form-grid">
                <Number label="Number of requests" get=|form| Some(f64::from(form.workload.requests)) set=|form, value| set_count(&mut form.workload.requests, value) range=NumberRange::new(1.0, f64::from(MOST_REQUESTS), 1.0) />
                <Select label="Arrive" options=Signal::derive(arrivals) value=Signal::derive(move || arrival().to_owned()) on_change=set_arrival />
                <Number label="Arrivals per minute" get=|form| rate_of(form.workload.arrival) set=|form, value| set_rate(&mut form.workload.arrival, value) range=NumberRange::new(0.1, LARGEST, 1.0) disabled=comes_at_once />
                <Number label="Max output tokens" get=|form| form.workload.max_output_tokens.and_then(number) set=|form, value| form.workload.max_output_tokens = whole(value) range=NumberRange::new(16.0, 10_000_000.0, 1.0) optional=true hint="Empty: none" />
            </div>
            <Disclosure summary="Their tokens">
                <div class="form-grid">
                <Number label="Input tokens" hint="Half of the requests have fewer" get=|form| number(median(form.workload.input_tokens)) set=|form, value| form.workload.input_tokens = with_median(form.workload.input_tokens, value) />
                <Number label="Spread of input" hint="σ of the logarithm; 0: all alike" get=|form| Some(spread(form.workload.input_tokens)) set=|form, value| form.workload.input_tokens = with_spread(form.workload.input_tokens, value) range=NumberRange::new(0.0, 3.0, 0.1) />
                <Number label="Output tokens" hint="Half of the answers have fewer" get=|form| number(median(form.workload.output_tokens)) set=|form, value| form.workload.output_tokens = with_median(form.workload.output_tokens, value) />
                <Number label="Spread of output" hint="σ of the logarithm; 0: all alike" get=|form| Some(spread(form.workload.output_tokens)) set=|form, value| form.workload.output_tokens = with_spread(form.workload.output_tokens, value) range=NumberRange::new(0.0, 3.0, 0.1) />
                </div>
            </Disclosure>
        </fieldset>
    }
}

#[component]
fn Who() -> impl IntoView {
    view! {
        <fieldset class="lab-group">
            <legend>"Clients"</legend>
            <div class="form-grid">
                <Number label="Clients" hint="They share work and limits, and know nothing of each other" get=|form| Some(f64::from(form.clients.count)) set=|form, value| set_count(&mut form.clients.count, value) range=NumberRange::new(1.0, f64::from(MOST_CLIENTS), 1.0) />
                <Number label="Concurrency of each" get=|form| Some(f64::from(form.clients.concurrency)) set=|form, value| set_count(&mut form.clients.concurrency, value) range=NumberRange::new(1.0, f64::from(MOST_REQUESTS), 1.0) />
                <Number label="A neighbour's requests per minute" optional=true hint="Empty: nobody else" get=|form| form.clients.neighbours.first().and_then(|one| rate_of(one.arrival)) set=set_neighbour range=NumberRange::new(0.1, LARGEST, 1.0) />
                <Number label="Seeds" hint="A trial of each policy for each" get=|form| Some(f64::from(form.seeds.count)) set=|form, value| set_count(&mut form.seeds.count, value) range=NumberRange::new(1.0, f64::from(MOST_PAGE_SEEDS), 1.0) />
                <Number label="First seed" get=|form| number(form.seeds.first) set=|form, value| form.seeds.first = whole(value).unwrap_or(1) range=NumberRange::new(0.0, LARGEST, 1.0) />
            </div>
        </fieldset>
    }
}

#[component]
fn Actions() -> impl IntoView {
    let lab = use_lab();
    let runs = Memo::new(move |_| lab.stage.get() == Stage::Running);
    view! {
        <div class="lab-actions">
            <Button kind=ButtonKind::Primary icon=Glyph::Play shortcut=Shortcut::Run busy=runs on_click=move |()| lab.run()>
                "Run experiment"
            </Button>
            <Button
                icon=Glyph::Stop
                shortcut=Shortcut::Stop
                disabled=Signal::derive(move || !runs.get())
                reason=Signal::derive(move || (!runs.get()).then(|| "Nothing runs".to_owned()))
                on_click=move |()| lab.stop()
            >
                "Stop"
            </Button>
        </div>
    }
}

/// A count that a double holds exactly.
fn number(count: u64) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}

/// A count from a field.
fn whole(value: Option<f64>) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range, checked just before
    let count = value.filter(|value| (0.0..=LARGEST).contains(value)).map(|value| value as u64);
    count
}

fn set_count(place: &mut u32, value: Option<f64>) {
    if let Some(count) = whole(value).and_then(|count| u32::try_from(count).ok()) {
        *place = count;
    }
}

fn millis(value: Option<f64>) -> Duration {
    Duration::from_millis(whole(value).unwrap_or(0))
}

fn rate_of(arrival: Arrival) -> Option<f64> {
    match arrival {
        Arrival::AtOnce => None,
        Arrival::Poisson { per_minute } | Arrival::Steady { per_minute } => Some(per_minute),
    }
}

fn set_rate(arrival: &mut Arrival, value: Option<f64>) {
    if let (Some(rate), Arrival::Poisson { per_minute } | Arrival::Steady { per_minute }) = (value, arrival) {
        *per_minute = rate;
    }
}

fn set_neighbour(form: &mut LabForm, value: Option<f64>) {
    form.clients.neighbours = value
        .map(|per_minute| Neighbour { arrival: Arrival::Poisson { per_minute }, tokens: 100, burst: 1 })
        .into_iter()
        .collect();
}

fn median(tokens: Distribution) -> u64 {
    tokens.quantile(0.5)
}

fn spread(tokens: Distribution) -> f64 {
    match tokens {
        Distribution::LogNormal { spread, .. } => spread,
        Distribution::Constant(_) | Distribution::Uniform { .. } => 0.0,
    }
}

fn with_median(tokens: Distribution, value: Option<f64>) -> Distribution {
    around(whole(value).unwrap_or_else(|| median(tokens)), spread(tokens))
}

fn with_spread(tokens: Distribution, value: Option<f64>) -> Distribution {
    around(median(tokens), value.unwrap_or(0.0))
}

fn around(median: u64, spread: f64) -> Distribution {
    if spread > 0.0 { Distribution::LogNormal { median, spread } } else { Distribution::Constant(median) }
}
