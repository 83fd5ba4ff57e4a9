//! A cell: code on one side, what happened on the other, and a button that runs it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::state::{CellState, Problem, scenario, use_guide};
use crate::components::{Badge, Button, ButtonKind, Callout, CalloutKind, Choice, CodeBlock, Glyph, Select, unique_id};
use crate::highlight::Language;
use crate::platform::dom;
use crate::run_view::ConfirmPaid;
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
    /// Runs it.
    #[prop(into)]
    on_run: Callback<()>,
    /// Its Python.
    #[prop(into)]
    code: Signal<String>,
    /// What came of it.
    #[prop(into)]
    result: ViewFn,
    /// The parameters, above the code.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = unique_id("cell");
    // Landmarks want names of their own, and none that a button's name is part of.
    let cell_name = title.split_once(':').map_or(title, |(cell, _)| cell);
    let code_name = cell_name.replace("Cell", "Code");
    let result_name = cell_name.replace("Cell", "Result of cell");
    let awaits = Memo::new(move |_| code.with(|code| code.contains("\nawait ")));
    let guide = use_guide();
    let go = Callback::new(move |()| {
        guide.told.set(Some(state.run));
        on_run.run(());
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !untrack(|| state.is_running()) {
            event.prevent_default();
            go.run(());
        }
    };
    view! {
        <section class="guide-cell" aria-labelledby=heading.clone() on:keydown=on_key>
            <header class="guide-cell-head">
                <h3 id=heading.clone() class="guide-cell-title">{title}</h3>
                <ScenarioOf state=state />
                <RunButtons state=state on_run=go />
            </header>
            <ConfirmPaid question=state.question />
            <div class="guide-cell-body">
                <div class="guide-cell-code">
                    {children.map(|children| view! { <div class="guide-cell-fields">{children()}</div> })}
                    <Show when=move || awaits.get()>
                        <p class="guide-aside">
                            "For a notebook, after cell 1: it awaits by itself, as a file does not. Section 6 has whole programs."
                        </p>
                    </Show>
                    <CodeBlock code=code label=code_name language=Language::Python />
                </div>
                <section class="guide-cell-result" aria-label=result_name aria-busy=move || state.is_running().to_string()>
                    <WhyNot state=state />
                    <MadeWith state=state />
                    {move || result.run()}
                </section>
            </div>
        </section>
    }
}

/// Run, and Stop while it runs.
#[component]
fn RunButtons(state: CellState, on_run: Callback<()>) -> impl IntoView {
    let running = Signal::derive(move || state.is_running());
    let run = unique_id("run");
    view! {
        <div class="guide-cell-buttons">
            <Button id=run.clone() on_click=on_run busy=running>"Run"</Button>
            <Show when=move || running.get()>
                <StopButton back_to=run.clone() on_stop=move |()| state.stop() />
            </Show>
        </div>
    }
}

/// Stop, which goes away once it is pressed: the focus goes back to what started the run.
#[component]
pub fn StopButton(
    /// The id of that.
    back_to: String,
    /// Stops.
    #[prop(into)]
    on_stop: Callback<()>,
) -> impl IntoView {
    let stop = move |()| {
        dom::focus(&back_to);
        on_stop.run(());
    };
    view! { <Button kind=ButtonKind::Danger icon=Glyph::Stop on_click=stop>"Stop"</Button> }
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

/// Why the cell could not start.
#[component]
pub fn WhyNot(state: CellState) -> impl IntoView {
    let session = use_session();
    // A connection made since then, or another API, has solved it.
    let lacks_connection = Memo::new(move |_| {
        state.problem.get() == Some(Problem::NotConnected)
            && session.source.get() == ApiSource::Live
            && session.connection.with(Option::is_none)
    });
    let stands = move || lacks_connection.get() || matches!(state.problem.get(), Some(Problem::Other(_)));
    view! {
        <Show when=stands>
            <Callout kind=CalloutKind::Error title="Nothing was sent" alert=true>
                <p>{move || state.problem.get().map(Problem::words)}</p>
                <p>"Earlier results are kept. You can also switch the API to Simulated, at the top, and go on without a key."</p>
                <Show when=move || lacks_connection.get()>
                    <Button on_click=move |()| session.connection_open.set(true)>"Open Connection"</Button>
                </Show>
            </Callout>
        </Show>
    }
}

/// What the result was made with: it stays when another API, scenario or policy is chosen.
#[component]
pub fn MadeWith(state: CellState) -> impl IntoView {
    view! {
        <Show when=move || state.has_result()>
            <p class="guide-aside">{move || state.made_with.get()}"."</p>
        </Show>
    }
}
