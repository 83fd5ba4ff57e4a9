//! Burst: several requests at once, a retry policy, and what comes of it.

mod compare;
mod form;
mod policy;
mod results;
mod scenario;

use leptos::context::Provider;
use leptos::prelude::*;

use crate::components::{Button, Callout, CalloutKind, FieldFaults};
use crate::platform::dom;
use crate::run::{BurstSettings, CostBound};
use crate::run_view::{ConfirmPaid, PaidQuestion, PresetLinks, RunAnnouncer, asks_before};
use crate::share::{SharedSettings, share_burst, take_burst};
use crate::simulator::{Scenario, ScenarioPreset};
use crate::state::api::{Api, ApiSource};
use crate::state::persisted::persisted;
use crate::state::run::Run;
use crate::state::session::{Session, use_session};
use crate::state::shortcuts::{on_command_enter, on_escape};
use crate::state::undo::{Undos, use_undos};
use crate::state::when_used;
use crate::usage::MadeIn;

/// What answers at first: the limit that people come here to meet.
const FIRST: ScenarioPreset = ScenarioPreset::First429;
/// The id of the results.
const RESULTS: &str = "burst-results";

/// What Burst keeps while other views are shown.
#[derive(Debug, Clone, Copy)]
pub struct Burst {
    settings: RwSignal<BurstSettings>,
    // A scenario of Burst's own, fresh for each run; empty for the session's.
    scenario: RwSignal<String>,
    run: Run,
    selected: RwSignal<Option<usize>>,
    failure: RwSignal<Option<String>>,
    faults: FieldFaults,
    question: RwSignal<Option<PaidQuestion>>,
    // What the run is of, and the figures of the one before it.
    ran: RwSignal<Option<compare::Ran>>,
    before: RwSignal<Option<compare::Figures>>,
    session: Session,
    undos: Undos,
}

fn provide() {
    provide_context(Burst {
        settings: persisted("burst", BurstSettings::default()),
        scenario: persisted("burst-scenario", FIRST.id().to_owned()),
        run: Run::new(Some(MadeIn::Burst)),
        selected: RwSignal::new(None),
        failure: RwSignal::new(None),
        faults: FieldFaults::new(),
        question: RwSignal::new(None),
        ran: RwSignal::new(None),
        before: RwSignal::new(None),
        session: use_session(),
        undos: use_undos(),
    });
}

/// What puts the burst's settings into a link's, tracked.
pub fn sharer() -> impl Fn(&mut SharedSettings) + Copy + Send + Sync + 'static {
    let burst = use_burst();
    move |settings| {
        let own_scenario = burst.scenario.get();
        burst.settings.with(|of_burst| share_burst(of_burst, &own_scenario, settings));
    }
}

/// What takes a link's settings over; it gives what takes them back.
pub fn opener() -> impl Fn(&SharedSettings) -> Callback<()> + Copy + 'static {
    let burst = use_burst();
    let set = move |(of_burst, own_scenario): (BurstSettings, String)| {
        burst.settings.set(of_burst);
        burst.scenario.set(own_scenario);
        burst.failure.set(None);
    };
    move |settings| {
        let before = (burst.settings.get_untracked(), burst.scenario.get_untracked());
        let (mut of_burst, mut own_scenario) = before.clone();
        take_burst(settings, &mut of_burst, &mut own_scenario);
        set((of_burst, own_scenario));
        Callback::new(move |()| set(before.clone()))
    }
}

/// What runs the burst as it is set; what runs already gives way.
pub fn runner() -> impl Fn() + Copy + 'static {
    let burst = use_burst();
    move || {
        burst.run.stop();
        burst.faults.clear();
        burst.run_or_ask();
    }
}

fn use_burst() -> Burst {
    when_used(provide)
}

impl Burst {
    /// The model that answers, tracked.
    fn model(self) -> String {
        self.session.model()
    }

    /// Puts all fields back to how they are at first; Undo brings them back.
    fn reset(self) {
        let before = (self.settings.get_untracked(), self.scenario.get_untracked());
        let set = move |(settings, scenario): (BurstSettings, String)| {
            self.settings.set(settings);
            self.scenario.set(scenario);
            self.faults.clear();
            self.failure.set(None);
        };
        let first = (BurstSettings::default(), FIRST.id().to_owned());
        let is_changed = before != first;
        set(first);
        if is_changed {
            self.undos.tell("The burst's fields are reset.", move || set(before.clone()));
        }
    }

    /// Runs the burst, asking first where it is large and paid.
    fn run_or_ask(self) {
        if self.run_is_under_way() {
            return;
        }
        // Another number than the one in sight would run.
        if let Some(fault) = self.faults.first() {
            self.failure.set(Some(format!("{}: {}.", fault.label, fault.error)));
            dom::focus(&fault.id);
            return;
        }
        if let Err(wrong) = self.settings.with_untracked(BurstSettings::check) {
            self.failure.set(Some(wrong));
            return;
        }
        if self.api().is_ok() && untrack(|| self.model()).trim().is_empty() {
            self.failure.set(Some("Default model: choose one in the top bar first.".to_owned()));
            return;
        }
        let prompt = self.settings.with_untracked(|settings| settings.prompt.clone());
        self.session.secrets().send(self.session.source.get_untracked(), &prompt, move || self.ask_about_cost());
    }

    fn ask_about_cost(self) {
        let api = self.api();
        let calls = self.settings.with_untracked(|settings| settings.requests);
        if asks_before(self.session.source.get_untracked(), calls) && api.is_ok() {
            let model = untrack(|| self.model());
            let bound = Some(
                self.settings.with_untracked(|settings| CostBound::of(settings, &model, &self.run.prices().now())),
            );
            self.question.set(Some(PaidQuestion { calls, bound, go: Callback::new(move |()| self.start()) }));
        } else {
            self.start();
        }
    }

    fn start(self) {
        match self.api() {
            Ok(api) => {
                self.failure.set(None);
                self.selected.set(None);
                let model = untrack(|| self.model());
                self.before.set(untrack(|| self.run.with_log(|log| compare::Figures::of(self.ran.get(), log))));
                let (settings, scenario) = (self.settings.get_untracked(), self.scenario.get_untracked());
                self.ran.set(Some(compare::Ran { settings, scenario }));
                self.run.start(api, self.settings.with_untracked(|settings| settings.plan(&model)));
                // On a narrow page they are below the form.
                request_animation_frame(|| dom::reveal(RESULTS));
            }
            Err(why) => self.failure.set(Some(why.to_owned())),
        }
    }

    /// The API of the next run: the session's, or a simulated one of Burst's own.
    fn api(self) -> Result<Api, &'static str> {
        let own = self.scenario.with_untracked(|id| ScenarioPreset::from_id(id)).map(Scenario::from);
        match own {
            Some(scenario) if self.session.source.get_untracked() == ApiSource::Simulated => {
                Ok(self.session.simulated_api(scenario))
            }
            _ => self.session.api(),
        }
    }

    fn run_is_under_way(self) -> bool {
        untrack(|| self.run.is_running())
    }
}

/// The view.
#[component]
pub fn BurstView() -> impl IntoView {
    let burst = use_burst();
    listen_to_keys(burst);
    view! {
        <div class="view">
            <header class="view-head">
                <h1>"Burst"</h1>
                <p class="muted">"Send requests in parallel, run into the limit, and watch a retry policy work it off."</p>
                <PresetLinks path="burst" />
            </header>
            <div class="split">
                <div>
                    <Provider value=burst.faults>
                        <form::BurstForm />
                    </Provider>
                </div>
                <div id=RESULTS tabindex="-1">
                    <Failure />
                    <results::Results />
                </div>
            </div>
            <RunAnnouncer run=burst.run />
            <ConfirmPaid question=burst.question />
        </div>
    }
}

/// Why the last press started nothing.
#[component]
fn Failure() -> impl IntoView {
    let burst = use_burst();
    let lacks_connection = Memo::new(move |_| {
        burst.session.source.get() == ApiSource::Live && burst.session.connection.with(Option::is_none)
    });
    view! {
        <Show when=move || burst.failure.with(Option::is_some)>
            <Callout kind=CalloutKind::Error title="The burst did not start" alert=true>
                <p>{move || burst.failure.get()}</p>
                <p class="muted">"Nothing was sent. Your settings and the last results are kept."</p>
                <Show when=move || lacks_connection.get()>
                    <Button on_click=move |()| burst.session.connection_open.set(true)>"Open Connection"</Button>
                </Show>
            </Callout>
        </Show>
    }
}

// Control or Command with Enter runs. Escape closes the inspector where nothing runs: what runs is stopped by the page.
fn listen_to_keys(burst: Burst) {
    on_command_enter(Callback::new(move |()| burst.run_or_ask()));
    on_escape(move || {
        let is_open = burst.selected.with_untracked(Option::is_some);
        if is_open {
            // What has the focus in the inspector goes away with it; elsewhere it stays, as on the picture.
            let goes_away = dom::finds(".inspector-head :focus, .attempts :focus");
            burst.selected.set(None);
            if goes_away {
                dom::focus(RESULTS);
            }
        }
        is_open
    });
}
