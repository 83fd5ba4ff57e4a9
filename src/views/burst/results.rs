//! What came of a burst.

use leptos::prelude::*;

use super::{RESULTS, use_burst};
use crate::components::{Button, ButtonKind, EmptyState, Glyph, Panel};
use crate::platform::dom;
use crate::run_view::{
    AskedWaits, AttemptsLog, CallInspector, RunOutcome, RunTimeline, RunUndone, SpeedControl, followed,
};
use crate::simulator::ScenarioPreset;
use crate::state::api::ApiSource;

/// The timeline, what is left to do, the outcome, the log and the inspector.
#[component]
pub fn Results() -> impl IntoView {
    let burst = use_burst();
    let run = burst.run;
    let inspected = followed(burst.selected);
    view! {
        <Panel title="Timeline" actions=|| view! { <Speed /> }>
            <TimelineOrEmpty />
        </Panel>
        <Show when=move || inspected.get().is_some()>
            <Panel title="Attempts">
                <CallInspector run=run selected=burst.selected on_close=|()| { dom::focus(RESULTS); } />
            </Panel>
        </Show>
        <AskedWaits run=run />
        <RunUndone run=run />
        <Panel title="Outcome">
            <RunOutcome run=run />
            <super::compare::Compare />
        </Panel>
        <Panel title="Log">
            <AttemptsLog run=run />
        </Panel>
    }
}

/// The speed of simulated waits, where they are simulated.
#[component]
fn Speed() -> impl IntoView {
    let burst = use_burst();
    let is_simulated = move || {
        let answers = burst.session.source.get() == ApiSource::Simulated;
        match burst.run.source().map(|source| source == ApiSource::Simulated) {
            Some(ran) if burst.run.is_running() => ran,
            // Between runs it sets the pace of the next one, and of what is left of the last.
            ran => answers || ran == Some(true),
        }
    };
    let is_simulated = Memo::new(move |_| is_simulated());
    view! {
        <Show when=move || is_simulated.get()>
            <SpeedControl />
        </Show>
    }
}

#[component]
fn TimelineOrEmpty() -> impl IntoView {
    let burst = use_burst();
    let has_run = Memo::new(move |_| burst.run.with_log(|log| !log.calls.is_empty()));
    let select = move |call: usize| burst.selected.set(Some(call));
    view! {
        <Show when=move || has_run.get() fallback=|| view! { <FirstRun /> }>
            <RunTimeline run=burst.run on_select=select />
        </Show>
    }
}

/// Before the first run: the one click that shows what this view is for.
#[component]
fn FirstRun() -> impl IntoView {
    let burst = use_burst();
    let provoke = move |()| {
        burst.scenario.set(ScenarioPreset::First429.id().to_owned());
        burst.run_or_ask();
        // This button goes away with the first lane.
        dom::focus(RESULTS);
    };
    let is_simulated = move || burst.session.source.get() == ApiSource::Simulated;
    view! {
        <EmptyState text="Each request becomes a lane here: queued, in flight, refused, waiting, done.">
            <Show
                when=is_simulated
                fallback=move || view! { <Button on_click=move |()| burst.run_or_ask()>"Run it"</Button> }
            >
                <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=provoke>
                    "Provoke a 429 at 3 requests per minute"
                </Button>
            </Show>
        </EmptyState>
    }
}
