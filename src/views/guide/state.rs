//! What the guide remembers: each cell's run, its scenario and its parameters. It lives as long as the page.

use std::time::Duration;

use leptos::prelude::*;

pub use super::cell_state::{CellState, Problem, model_now, scenario};
use super::course::Course;
use super::dotenv::EnvFile;
use crate::course::Section;
use crate::notebook::{LoopStyle, prompts, seen};
use crate::responses::{ApiRequest, CreateResponse, Input};
use crate::retry::{Backoff, Jitter, Preset, RetryPolicy};
use crate::run::{BurstPlan, BurstSettings, RunLog};
use crate::state::persisted::{persisted_count, persisted_number, persisted_text};
use crate::state::run::Run;

/// The most calls a cell makes at once.
pub const MOST_REQUESTS: u32 = 100;
/// The most attempts of each call.
pub const MOST_ATTEMPTS: u32 = 20;
/// The shortest and the longest first delay, in seconds.
pub const BASE_DELAYS: (f64, f64) = (0.1, 60.0);

/// The guide's state.
#[derive(Debug, Clone, Copy)]
pub struct Guide {
    /// Pictures, questions, and how far a reader is.
    pub course: Course,
    /// The run that is told to those who listen: the one started last.
    pub told: RwSignal<Option<Run>>,
    /// Whether there is one.
    pub is_told: Memo<bool>,
    /// Whether the reader has come to what is below the opening.
    pub article: RwSignal<bool>,
    /// The section that was gone to last.
    pub followed: StoredValue<Option<Section>>,
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
        let guide = Self {
            course: Course::new(),
            told,
            is_told: Memo::new(move |_| told.with(Option::is_some)),
            article: RwSignal::new(false),
            followed: StoredValue::new(None),
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
        };
        guide.mark_what_ran();
        guide
    }

    /// Each cell that has shown what it is there for is a step of the course.
    fn mark_what_ran(self) {
        let cells = [
            ("first", self.first),
            ("cell-1", self.setup),
            ("cell-2", self.basic),
            ("cell-3", self.tracking),
            ("cell-4", self.headers),
            ("cell-5", self.provoke),
            ("cell-6", self.backoff),
            ("cell-7", self.herd),
        ];
        for (step, cell) in cells {
            Effect::watch(
                move || cell.is_done(),
                move |done, _, _| {
                    if *done {
                        self.course.mark(step);
                    }
                },
                false,
            );
        }
    }

    /// Chooses the backoff cell's policy, with its own idea of how often is enough.
    pub fn choose(self, policy: Preset) {
        self.max_attempts.set(policy.policy().max_attempts);
        self.policy.set(policy.id().to_owned());
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

/// The guide's state.
pub fn use_guide() -> Guide {
    expect_context()
}
