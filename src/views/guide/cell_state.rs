//! What a cell remembers: its run, its scenario, and what its result was made with.

use leptos::prelude::*;

use crate::retry::Preset;
use crate::run::{BurstPlan, CostBound, RunLog};
use crate::run_view::{PaidQuestion, asks_before};
use crate::simulator::{Scenario, ScenarioPreset};
use crate::state::api::ApiSource;
use crate::state::run::Run;
use crate::state::session::{ModelList, NOT_CONNECTED, Session};
use crate::usage::MadeIn;

/// Why a cell could not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Live is chosen, and there is no connection.
    NotConnected,
    /// Something else, in a sentence that says what to do.
    Other(&'static str),
}

impl Problem {
    /// What is wrong, and what to do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotConnected => NOT_CONNECTED,
            Self::Other(words) => words,
        }
    }
}

/// One cell.
#[derive(Debug, Clone, Copy)]
pub struct CellState {
    /// What it ran.
    pub run: Run,
    /// What it ran beside it, where it compares two runs.
    twin: Option<Run>,
    /// Its scenario's id, for when the simulated API answers.
    pub scenario: RwSignal<String>,
    /// Why it could not start.
    pub problem: RwSignal<Option<Problem>>,
    /// What it asks before it spends money.
    pub question: RwSignal<Option<PaidQuestion>>,
    /// What its result was made with: API, scenario, policy.
    pub made_with: RwSignal<String>,
    // Memos: with the run itself, what is drawn would be made anew with every frame.
    has_result: Memo<bool>,
    done: Memo<bool>,
    // The simulated scenario and the policy of its result.
    ran: RwSignal<Option<(String, Preset)>>,
}

impl CellState {
    /// A cell that is done once its run, and the one beside it, have shown what `seen` looks for.
    pub fn new(scenario: RwSignal<String>, twin: Option<Run>, seen: fn(&RunLog) -> bool) -> Self {
        let run = Run::new(Some(MadeIn::Guide));
        let has_seen = move || run.with_log(seen) && twin.is_none_or(|twin| twin.with_log(seen));
        Self {
            run,
            twin,
            scenario,
            problem: RwSignal::new(None),
            question: RwSignal::new(None),
            made_with: RwSignal::new(String::new()),
            has_result: Memo::new(move |_| run.source().is_some()),
            // What was seen once stays seen, also while it runs again.
            done: Memo::new(move |before| before == Some(&true) || has_seen()),
            ran: RwSignal::new(None),
        }
    }

    /// Whether anything of it runs, tracked.
    pub fn is_running(self) -> bool {
        self.run.is_running() || self.twin.is_some_and(Run::is_running)
    }

    /// Stops all of it.
    pub fn stop(self) {
        self.run.stop();
        if let Some(twin) = self.twin {
            twin.stop();
        }
    }

    /// Whether it has run, tracked.
    pub fn has_result(self) -> bool {
        self.has_result.get()
    }

    /// Whether it has shown what it is there for, tracked.
    pub fn is_done(self) -> bool {
        self.done.get()
    }

    /// Whether its result comes from that scenario of the simulated API, tracked.
    pub fn ran_in(self, scenario: &str) -> bool {
        self.ran.with(|ran| ran.as_ref().is_some_and(|(of, _)| of == scenario))
    }

    /// Whether its result comes from that policy, in its usual scenario of the simulated API, tracked.
    pub fn ran_with(self, policy: Preset) -> bool {
        self.ran.with(|ran| ran.as_ref().is_some_and(|(of, with)| of == "first-429" && *with == policy))
    }

    /// Runs what `plan` makes of the model, on the API that is chosen now; asks before many paid calls.
    pub fn start(self, session: Session, policy: Preset, bound: Option<CostBound>, plan: impl Fn(&str) -> BurstPlan) {
        let Some(model) = self.ready(session) else { return };
        let plan = plan(&model);
        let calls = plan.requests.len();
        self.ask_first(session, calls, bound, move || self.launch(session, policy, plan.clone()));
    }

    /// The model to ask, where there is one and an API to ask; else says why not.
    pub fn ready(self, session: Session) -> Option<String> {
        let ready = ready(session);
        self.problem.set(ready.as_ref().err().copied());
        ready.ok()
    }

    /// Calls `go` at once, or after a person has agreed to that many paid calls.
    pub fn ask_first(
        self,
        session: Session,
        calls: usize,
        bound: Option<CostBound>,
        go: impl Fn() + Send + Sync + 'static,
    ) {
        if asks_before(session.source.get_untracked(), calls) {
            self.question.set(Some(PaidQuestion { calls, bound, go: Callback::new(move |()| go()) }));
        } else {
            go();
        }
    }

    /// Starts `plan`, in the cell's own scenario where the simulated API answers.
    pub fn launch(self, session: Session, policy: Preset, plan: BurstPlan) {
        let scenario = scenario(&self.scenario.get_untracked());
        let (api, name) = match session.source.get_untracked() {
            ApiSource::Simulated => {
                let name = format!("Simulated API, scenario “{}”", scenario.name());
                (Ok(session.simulated_api(scenario)), name)
            }
            ApiSource::Live => {
                let at = session.connection.with_untracked(|to| to.as_ref().map(|to| to.base_url.clone()));
                (session.api(), format!("Live API at {}", at.unwrap_or_default()))
            }
        };
        match api {
            Ok(api) => {
                let simulated = api.source == ApiSource::Simulated;
                self.ran.set(simulated.then(|| (self.scenario.get_untracked(), policy)));
                self.made_with.set(format!("{name}, policy “{}”", policy.name()));
                self.run.start(api, plan);
            }
            Err(_) => self.problem.set(Some(Problem::NotConnected)),
        }
    }
}

/// The scenario of that id, or the default one.
pub fn scenario(id: &str) -> Scenario {
    ScenarioPreset::from_id(id).unwrap_or_default().into()
}

/// The model to ask, or why nothing can be asked. The connection comes first: without one, no model is the cause.
fn ready(session: Session) -> Result<String, Problem> {
    let is_live = session.source.get_untracked() == ApiSource::Live;
    if is_live && session.connection.with_untracked(Option::is_none) {
        return Err(Problem::NotConnected);
    }
    match model_now(session) {
        model if !model.is_empty() => Ok(model),
        _ if is_live && session.live_models.with_untracked(|list| *list == ModelList::Loading) => {
            Err(Problem::Other("The server's list of models is still on its way: run again in a moment."))
        }
        _ => Err(Problem::Other("There is no model to ask: choose one at the top.")),
    }
}

/// The model to ask now, empty where none is known.
pub fn model_now(session: Session) -> String {
    session.model_signal(session.source.get_untracked()).get_untracked()
}
