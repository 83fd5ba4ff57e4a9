//! Lab: experiments in virtual time, with the engine that runs live. Which policy, what concurrency, how long.

mod charts;
mod code;
mod columns;
mod contention;
mod form;
mod pace;
mod planner;
mod policies;
mod policy_editor;
mod pool;
mod replay;
mod results;
mod scorecards;
mod spread;
mod state;

use leptos::context::Provider;
use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, Choice, TabPanel, Tabs};
use crate::share::{SharedSettings, share_lab, take_lab};
use crate::state::shortcuts::on_command_enter;
use state::{use_lab, use_settings};

/// The id of what is beside the form.
const RESULTS: &str = "lab-results";

/// What puts the experiment into a link's settings, tracked.
pub fn sharer() -> impl Fn(&mut SharedSettings) + Copy + Send + Sync + 'static {
    let form = use_settings();
    move |settings| form.with(|form| share_lab(form, settings))
}

/// What takes a link's experiment over; it gives what takes it back.
pub fn opener() -> impl Fn(&SharedSettings) -> Callback<()> + Copy + 'static {
    let form = use_settings();
    move |settings| {
        let before = form.get_untracked();
        form.update(|form| take_lab(settings, form));
        Callback::new(move |()| form.set(before.clone()))
    }
}

/// The view.
#[component]
pub fn LabView() -> impl IntoView {
    let lab = use_lab();
    on_command_enter(Callback::new(move |()| lab.run()));
    let tabs = || {
        vec![
            Choice::new("results", "Results"),
            Choice::new("plan", "Plan"),
            Choice::new("rules", "Rules and layers"),
            Choice::new("contention", "AWS’ experiment"),
        ]
    };
    view! {
        <div class="view">
            <header class="view-head">
                <h1>"Lab"</h1>
                <p class="muted">
                    "Which retry policy, what concurrency, how long: experiments with the engine that runs live, in virtual time. Nothing is sent."
                </p>
                <form::Presets />
            </header>
            <div class="split">
                <div>
                    <Provider value=lab.faults>
                        <form::LabSettings />
                    </Provider>
                </div>
                <div class="lab-side" id=RESULTS tabindex="-1">
                    <Failure />
                    <Tabs
                        name="lab"
                        label="What to look at"
                        tabs=Signal::derive(tabs)
                        selected=lab.tab
                        on_select=move |tab| lab.tab.set(tab)
                    />
                    <TabPanel name="lab" tab="results" selected=lab.tab>
                        <results::Results />
                    </TabPanel>
                    <TabPanel name="lab" tab="plan" selected=lab.tab>
                        <Shown tab="plan" view=|| view! { <planner::Planner /> }.into_any() />
                    </TabPanel>
                    <TabPanel name="lab" tab="rules" selected=lab.tab>
                        <Shown tab="rules" view=|| view! { <scorecards::Scorecards /> }.into_any() />
                    </TabPanel>
                    <TabPanel name="lab" tab="contention" selected=lab.tab>
                        <Shown tab="contention" view=|| view! { <contention::Contention /> }.into_any() />
                    </TabPanel>
                </div>
            </div>
        </div>
    }
}

/// What a tab holds, made while it is shown: nobody computes for a panel that nobody looks at.
#[component]
fn Shown(tab: &'static str, view: fn() -> AnyView) -> impl IntoView {
    let lab = use_lab();
    let is_shown = Memo::new(move |_| lab.tab.with(|shown| shown == tab));
    view! { <Show when=move || is_shown.get()>{view}</Show> }
}

/// Why the last press did nothing.
#[component]
fn Failure() -> impl IntoView {
    let lab = use_lab();
    view! {
        <Show when=move || lab.failure.with(Option::is_some)>
            <Callout kind=CalloutKind::Error title="That did not work" alert=true>
                <p>{move || lab.failure.get()}</p>
                <p class="muted">"Your settings and the last results are kept."</p>
            </Callout>
        </Show>
    }
}
