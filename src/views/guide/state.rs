//! What the guide remembers: each cell's run, its scenario and its parameters. It lives as long as the page.

use std::time::Duration;

use leptos::prelude::*;

use super::dotenv::EnvFile;
use crate::notebook::{LoopStyle, prompts, seen};
use crate::responses::{ApiRequest, CreateResponse, Input};
use crate::retry::{Backoff, Jitter, Preset, RetryPolicy};
use crate::run::{BurstPlan, BurstSettings, CostBound, RunLog};
use crate::run_view::{PaidQuestion, asks_before};
use crate::simulator::{Scenario, ScenarioPreset};
use crate::state::api::ApiSource;
use crate::state::persisted::{persisted_count, persisted_number, persisted_text};
use crate::state::run::Run;
use crate::state::session::{ModelList, NOT_CONNECTED, Session};

/// The most calls a cell makes at once.
pub const MOST_REQUESTS: u32 = 100;
/// The most attempts of each call.
pub const MOST_ATTEMPTS: u32 = 20;
/// The shortest and the longest first delay, in seconds.
pub const BASE_DELAYS: (f64, f64) = (0.1, 60.0);

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
}

impl CellState {
    /// A cell that is done once its run, and the one beside it, have shown what `seen` looks for.
    fn new(scenario: RwSignal<String>, twin: Option<Run>, seen: fn(&RunLog) -> bool) -> Self {
        let run = Run::new();
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

/// The guide's state.
#[derive(Debug, Clone, Copy)]
pub struct Guide {
    /// The run that is told to those who listen: the one started last.
    pub told: RwSignal<Option<Run>>,
    /// Whether there is one.
    pub is_told: Memo<bool>,
    /// Whether the reader has come to what is below the opening.
    pub article: RwSignal<bool>,
    /// The landing view's first 429.
    pub first: CellState,
    /// Section 2.
    pub setup: CellState,
    /// What a pasted or dropped `.env` brought; never stored.
    pub env: EnvFile,
    /// Section 3.
    pub basic: CellState,
    /// Its prompt.
    pub basic_prompt: RwSignal<String>,
    /// Section 4: three calls.
    pub tracking: CellState,
    /// Section 4: headers.
    pub headers: CellState,
    /// Section 5: no retries.
    pub provoke: CellState,
    /// Section 5: backoff.
    pub backoff: CellState,
    /// How many requests the cells of section 5 send at once.
    pub num_requests: RwSignal<u32>,
    /// The backoff cell's policy.
    pub policy: RwSignal<String>,
    /// Its attempts in all.
    pub max_attempts: RwSignal<u32>,
    /// Its first delay in seconds.
    pub base_delay: RwSignal<f64>,
    /// Section 5: the herd without jitter.
    pub herd: CellState,
    /// The same herd with jitter.
    pub spread: CellState,
}

impl Guide {
    /// A guide in which nothing has run.
    pub fn new() -> Self {
        let cell = |key: &'static str, id: &str, seen: fn(&RunLog) -> bool| {
            CellState::new(persisted_text(key, id), None, seen)
        };
        let herd_scenario = persisted_text("guide.herd.scenario", "first-429");
        let spread = CellState::new(herd_scenario, None, seen::tried_again);
        let herd = CellState::new(herd_scenario, Some(spread.run), seen::tried_again);
        let told = RwSignal::new(None::<Run>);
        Self {
            told,
            is_told: Memo::new(move |_| told.with(Option::is_some)),
            article: RwSignal::new(false),
            first: cell("guide.first.scenario", "first-429", seen::met_429),
            setup: cell("guide.setup.scenario", "tier-1", seen::answered),
            env: EnvFile::new(),
            basic: cell("guide.basic.scenario", "tier-1", seen::answered),
            basic_prompt: persisted_text("guide.basic.prompt", prompts::BASIC),
            tracking: cell("guide.tracking.scenario", "tier-1", seen::answered),
            headers: cell("guide.headers.scenario", "tier-1", seen::told_limits),
            provoke: cell("guide.provoke.scenario", "first-429", seen::met_429),
            backoff: cell("guide.backoff.scenario", "first-429", seen::tried_again),
            num_requests: persisted_count("guide.num-requests", 10, (1, MOST_REQUESTS)),
            policy: persisted_text("guide.policy", Preset::Notebook.id()),
            max_attempts: persisted_count("guide.max-attempts", 5, (1, MOST_ATTEMPTS)),
            base_delay: persisted_number("guide.base-delay", 1.0, |seconds| {
                seconds.clamp(BASE_DELAYS.0, BASE_DELAYS.1)
            }),
            herd,
            spread,
        }
    }

    /// The burst that section 5 sends under `policy`.
    pub fn settings(self, policy: Preset) -> BurstSettings {
        BurstSettings {
            requests: usize::try_from(self.num_requests.get()).unwrap_or(1),
            policy: policy.id().to_owned(),
            ..BurstSettings::default()
        }
    }

    /// The backoff cell's burst.
    pub fn backoff_settings(self) -> BurstSettings {
        BurstSettings {
            max_attempts: Some(self.max_attempts.get()),
            base_delay: Some(self.base_delay.get()),
            ..self.settings(self.preset())
        }
    }

    /// The backoff cell's preset.
    pub fn preset(self) -> Preset {
        Preset::from_id(&self.policy.get()).unwrap_or(Preset::Notebook)
    }

    /// The loop that its code shows.
    pub fn loop_style(self) -> LoopStyle {
        match self.preset() {
            Preset::Sluice => LoopStyle::Sluice,
            Preset::NotebookAsWritten => LoopStyle::AsWritten,
            _ => LoopStyle::Notebook,
        }
    }
}

/// The notebook's loop with another jitter.
pub fn notebook_with(jitter: Jitter) -> RetryPolicy {
    RetryPolicy {
        backoff: Backoff::exponential(Duration::from_secs(1), Duration::MAX, jitter),
        ..Preset::Notebook.policy()
    }
}

/// A request for a response, not stored by the server.
pub fn ask(model: &str, prompt: &str, max_output_tokens: Option<u64>) -> ApiRequest {
    ApiRequest::CreateResponse(CreateResponse {
        model: model.to_owned(),
        input: Input::Text(prompt.to_owned()),
        max_output_tokens,
        store: Some(false),
        ..CreateResponse::default()
    })
}

/// Calls one after the other, none of them repeated.
pub fn in_sequence(requests: Vec<(String, ApiRequest)>) -> BurstPlan {
    BurstPlan { requests, concurrency: 1, policy: Preset::None.policy() }
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

/// The guide's state.
pub fn use_guide() -> Guide {
    expect_context()
}
