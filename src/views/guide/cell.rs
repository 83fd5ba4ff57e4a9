//! A cell: code on one side, what happened on the other, and a button that runs it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::price::worst_cost;
use super::state::{CellState, scenario};
use crate::components::{Badge, Button, ButtonKind, Callout, CalloutKind, Choice, CodeBlock, Select, unique_id};
use crate::highlight::Language;
use crate::run::BurstPlan;
use crate::simulator::ScenarioPreset;
use crate::state::api::ApiSource;
use crate::state::session::use_session;

/// A cell in the guide: a region named by its title, with `Run` and a region `Result`.
#[component]
pub fn Cell(
    /// Its name: "Cell 1: set-up".
    title: &'static str,
    /// What it remembers.
    state: CellState,
    /// What it runs; `None` where its parameters do not allow a run.
    #[prop(into)]
    plan: Callback<(), Option<BurstPlan>>,
    /// Its Python.
    #[prop(into)]
    code: Signal<String>,
    /// What came of it.
    #[prop(into)]
    result: ViewFn,
    /// Runs instead of starting the state's run, for cells with more than one.
    #[prop(optional, into)]
    start: Option<Callback<bool>>,
    /// The parameters, above the code.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let session = use_session();
    let heading = unique_id("cell");
    let go = move |confirmed: bool| match start {
        Some(start) => start.run(confirmed),
        None => state.start_if(session, plan.run(()), confirmed),
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !state.run.is_running_untracked() {
            event.prevent_default();
            go(false);
        }
    };
    view! {
        <section class="guide-cell" aria-labelledby=heading.clone() on:keydown=on_key>
            <header class="guide-cell-head">
                <h3 id=heading.clone() class="guide-cell-title">{title}</h3>
                <ScenarioOf state=state />
                <RunButtons state=state on_run=Callback::new(move |()| go(false)) />
            </header>
            <CostQuestion state=state plan=plan on_yes=Callback::new(move |()| go(true)) />
            <div class="guide-cell-body">
                <div class="guide-cell-code">
                    {children.map(|children| view! { <div class="guide-cell-fields">{children()}</div> })}
                    <CodeBlock code=code label="Python code" language=Language::Python />
                </div>
                <section class="guide-cell-result" aria-label="Result" aria-busy=move || state.run.is_running().to_string()>
                    <Problem state=state />
                    {move || result.run()}
                </section>
            </div>
        </section>
    }
}

/// Run, and Stop while it runs.
#[component]
fn RunButtons(state: CellState, on_run: Callback<()>) -> impl IntoView {
    let running = Signal::derive(move || state.run.is_running());
    view! {
        <div class="guide-cell-buttons">
            <Button on_click=on_run busy=running>"Run"</Button>
            <Show when=move || running.get()>
                <Button kind=ButtonKind::Danger on_click=move |()| state.run.stop()>"Stop"</Button>
            </Show>
        </div>
    }
}

/// The choice of the cell's own scenario; on Live, that it is live.
#[component]
pub fn ScenarioOf(state: CellState) -> impl IntoView {
    let session = use_session();
    let options = Signal::derive(|| {
        ScenarioPreset::ALL.iter().map(|preset| Choice::new(preset.id(), preset.name())).collect::<Vec<_>>()
    });
    let hint = Signal::derive(move || Some(scenario(&state.scenario.get()).description().to_owned()));
    move || match session.source.get() {
        ApiSource::Simulated => view! {
            <div class="guide-cell-scenario">
                <Select
                    label="Scenario"
                    options=options
                    value=state.scenario
                    on_change=move |id| state.scenario.set(id)
                    hint=hint
                    inline=true
                />
            </div>
        }
        .into_any(),
        ApiSource::Live => view! { <Badge text="Runs on Live" title="The scenario is the real one." /> }.into_any(),
    }
}

/// Asks before many paid calls go out at once.
#[component]
pub fn CostQuestion(
    /// The cell.
    state: CellState,
    /// What it would run.
    plan: Callback<(), Option<BurstPlan>>,
    /// Runs it.
    on_yes: Callback<()>,
) -> impl IntoView {
    let text = move || {
        let Some(plan) = plan.run(()) else { return String::new() };
        let cost = worst_cost(&plan).map_or_else(
            || "the price of this model is not known here".to_owned(),
            |cost| format!("at most about {cost} if all of them are answered in full"),
        );
        format!("{} calls go out at once to the live API: {cost}.", plan.requests.len())
    };
    view! {
        <Show when=move || state.asking.get()>
            <Callout kind=CalloutKind::Warn title="These calls are paid">
                <p>{text}</p>
                <div class="guide-row">
                    <Button kind=ButtonKind::Primary on_click=on_yes>"Send paid calls"</Button>
                    <Button on_click=move |()| state.asking.set(false)>"Not now"</Button>
                </div>
            </Callout>
        </Show>
    }
}

/// Why the cell could not start.
#[component]
pub fn Problem(state: CellState) -> impl IntoView {
    view! {
        <Show when=move || state.problem.with(Option::is_some)>
            <Callout kind=CalloutKind::Error title="Nothing was sent" alert=true>
                <p>{move || state.problem.get()}</p>
                <p>"Earlier results are kept. You can also switch the API to Simulated, at the top, and go on without a key."</p>
            </Callout>
        </Show>
    }
}
