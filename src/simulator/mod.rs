//! The embedded API: limits, latency, faults, texts and headers. Everything follows from (seed, scenario, the order
//! and times of the requests).
//!
//! A request is admitted and charged, or refused, at the moment it arrives; the [`Answer`] says how long it takes.
//! Two doors lead here: [`crate::transport::simulated`] in the page and the tests, `simulated_api` over HTTP.

mod admission;
mod answer;
mod cache;
mod compose;
mod decision;
mod in_words;
mod jobs;
mod latency;
mod presets;
mod refusals;
mod scenario;
mod stream;
mod text;
mod tiers;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

pub use admission::{Readings, Rejection};
pub use answer::{Answer, AnswerBody};
pub use compose::{default_effort, efforts};
pub use decision::{Decision, Demand, Verdict};
pub use latency::{Latency, LatencyModel};
pub use presets::ScenarioPreset;
pub use refusals::{BadCall, ORGANIZATION};
pub use scenario::{BatchQueue, ChargeRule, Faults, KeyRule, RequestsHeader, Scenario, StreamFault};
pub use stream::TimedFrame;
pub use text::LABEL;
pub use tiers::{Limits, Tier};
pub use tokens::{estimate_frame, estimate_input_tokens, estimate_tokens};

use admission::Gate;
use cache::PromptCache;
use compose::{Ask, break_off, compose, hex_id};
use jobs::Jobs;

use crate::models::{CATALOG, ModelFacts, facts, family};
use crate::random::{RandomSource, Rng};
use crate::responses::{ApiError, CreateResponse, ModelEntry, ResponseStatus, Usage};
use crate::responses::{ApiRequest, BatchObject};
use crate::time::{Instant, UnixTime};

/// The simulated API, with the state of all its limits.
#[derive(Debug, Clone)]
pub struct Simulator {
    scenario: Scenario,
    seed: u64,
    answered: u64,
    gate: Gate,
    cache: PromptCache,
    first_create: Option<Instant>,
    streams: u64,
    jobs: Jobs,
}

/// What an error needs besides its status and body.
#[derive(Default)]
struct Extras {
    limits: Readings,
    reached: Option<crate::rate_limit::LimitReached>,
    retry_after: Option<Duration>,
}

impl Simulator {
    /// A simulated API with all its limits unused (but for what the scenario says).
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        Self {
            scenario,
            seed,
            answered: 0,
            gate: Gate::default(),
            cache: PromptCache::default(),
            first_create: None,
            streams: 0,
            jobs: Jobs::default(),
        }
    }

    /// What it enforces.
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// How many requests it has answered, refusals included.
    pub const fn answered(&self) -> u64 {
        self.answered
    }

    /// A model's limits at `now`, as headers would tell them.
    pub fn readings(&mut self, model: &str, now: Instant) -> Readings {
        self.gate.readings(&self.scenario, family(model), now)
    }

    /// Answers a request that arrives at `now`; `key` is what its `Authorization: Bearer` holds.
    pub fn answer(&mut self, request: &ApiRequest, key: Option<&str>, now: Instant, wall: UnixTime) -> Answer {
        let mut draws = self.next_draws();
        if let Some(refused) = self.check_key(key) {
            return self.refuse(refused, Extras::default(), &mut draws);
        }
        match request {
            ApiRequest::ListModels => {
                self.give(AnswerBody::Models(model_list()), Readings::default(), Usage::default(), &mut draws)
            }
            ApiRequest::CountInputTokens(request) if facts(&request.model).is_none() => {
                self.refuse(refusals::unknown_model(&request.model), Extras::default(), &mut draws)
            }
            ApiRequest::CountInputTokens(request) => {
                let count = AnswerBody::InputTokens(estimate_input_tokens(request));
                self.give(count, Readings::default(), Usage::default(), &mut draws)
            }
            ApiRequest::CreateResponse(request) => self.create(request, now, wall, &mut draws),
            ApiRequest::Batches(call) => {
                let world = jobs::World { scenario: &self.scenario, now, wall };
                match self.jobs.answer(call, &world, &mut draws.content) {
                    Ok(body) => self.give(body, Readings::default(), Usage::default(), &mut draws),
                    Err(refused) => self.refuse(*refused.0, Extras::default(), &mut draws),
                }
            }
        }
    }

    /// Does a slice of the work that answering `request` takes long, as reading or composing a file of 50,000 lines; says
    /// whether nothing is left of it. The answer is the same without.
    pub fn prepare(&mut self, request: &ApiRequest, (now, wall): (Instant, UnixTime)) -> bool {
        match request {
            ApiRequest::Batches(call) => self.jobs.prepare(call, &jobs::World { scenario: &self.scenario, now, wall }),
            _ => true,
        }
    }

    /// Whether it has that file and that batch job.
    pub fn has_job(&self, file_id: &str, job: Option<&str>) -> bool {
        self.jobs.has(file_id, job)
    }

    /// Takes over the file of a batch job and, where it was made, the job as it was last `seen` of another simulator: one
    /// that went with its page. The job goes on from there, and gives the same results.
    pub fn take_over_job(
        &mut self,
        file_id: &str,
        bytes: &Arc<[u8]>,
        seen: Option<&BatchObject>,
        (now, wall): (Instant, UnixTime),
    ) {
        let world = jobs::World { scenario: &self.scenario, now, wall };
        self.jobs.take_over(file_id, bytes, seen, &world);
    }

    /// Answers a call that is no [`ApiRequest`]: only a raw HTTP request can be that wrong.
    pub fn answer_bad_call(&mut self, wrong: BadCall, key: Option<&str>) -> Answer {
        let mut draws = self.next_draws();
        let refused = self.check_key(key).unwrap_or_else(|| wrong.into_error());
        self.refuse(refused, Extras::default(), &mut draws)
    }

    fn create(&mut self, request: &CreateResponse, now: Instant, wall: UnixTime, draws: &mut Draws) -> Answer {
        let Some(model) = facts(&request.model) else {
            return self.refuse(refusals::unknown_model(&request.model), Extras::default(), draws);
        };
        if let Some(refused) = refusals::unacceptable(request) {
            return self.refuse(refused, Extras::default(), draws);
        }
        let family = family(&request.model);
        let input_tokens = estimate_input_tokens(request);
        let charged = self.scenario.charge.tokens(input_tokens, request.max_output_tokens);
        let turned_away = match self.let_in(family, charged, now, draws) {
            Verdict::Admitted => None,
            Verdict::QuotaExhausted => Some((refusals::quota_exhausted(), Extras::default())),
            Verdict::Overloaded { retry_after } => {
                Some((refusals::overloaded(), Extras { retry_after: Some(retry_after), ..Extras::default() }))
            }
            Verdict::Limited(rejection) => {
                let reached = refusals::limit_reached(&request.model, &rejection);
                let refused = refusals::rate_limited(&reached);
                let extras = Extras {
                    limits: self.gate.readings(&self.scenario, family, now),
                    reached: Some(reached),
                    retry_after: rejection.refusal.wait,
                };
                Some((refused, extras))
            }
        };
        if let Some((refused, extras)) = turned_away {
            return self.refuse(refused, extras, draws);
        }
        let limits = self.gate.readings(&self.scenario, family, now);
        self.respond(request, model, (input_tokens, charged), limits, (now, wall), draws)
    }

    /// Lets a request in and charges it, or says why not.
    fn let_in(&mut self, family: &str, charged: u64, now: Instant, draws: &mut Draws) -> Verdict {
        let started = *self.first_create.get_or_insert(now);
        if let Some(fault) = self.fault(now.saturating_since(started), draws) {
            return fault;
        }
        self.gate.admit(&self.scenario, family, charged, now).map_or_else(Verdict::Limited, |()| Verdict::Admitted)
    }

    fn respond(
        &mut self,
        request: &CreateResponse,
        model: &ModelFacts,
        (input_tokens, charged): (u64, u64),
        limits: Readings,
        (now, wall): (Instant, UnixTime),
        draws: &mut Draws,
    ) -> Answer {
        let cached_tokens = self.cache.read_through(request, input_tokens, now);
        let ask = Ask { request, model, input_tokens, cached_tokens, wall };
        let mut response = compose(&ask, &mut draws.content);
        let mut usage = response.usage.known().unwrap_or_default();
        if let Some(fault) = self.stream_fault(request) {
            let limits = self.scenario.limits(family(&request.model));
            usage.output_tokens = break_off(&mut response, refusals::in_stream(fault, &request.model, limits));
        }
        let failed = response.status == ResponseStatus::Failed;
        let body = AnswerBody::Response { response: Box::new(response), echo: Box::new(labelled(request, model)) };
        let answer = self.give(body, limits, usage, draws);
        if self.scenario.settle && !failed {
            let due = (now + answer.latency.total, self.answered);
            self.gate.correct_later(family(&request.model), due, charged, usage.total_tokens);
        }
        answer
    }

    /// What goes wrong in the middle of a stream, if it is this one's turn.
    fn stream_fault(&mut self, request: &CreateResponse) -> Option<StreamFault> {
        let Faults::MidStream(fault) = self.scenario.faults else { return None };
        self.streams += u64::from(request.stream);
        (request.stream && self.streams % 2 == 1).then_some(fault)
    }

    /// What goes wrong with a request that comes `since_first` after the first one.
    fn fault(&self, since_first: Duration, draws: &mut Draws) -> Option<Verdict> {
        match self.scenario.faults {
            Faults::None | Faults::MidStream(_) => None,
            Faults::QuotaExhausted => Some(Verdict::QuotaExhausted),
            Faults::Overloaded { recovery } => {
                let passed = since_first.as_secs_f64() / recovery.as_secs_f64().max(f64::MIN_POSITIVE);
                // The first request always fails; then the share of failures falls in a straight line.
                let fails = draws.content.unit() >= passed;
                let retry_after = Duration::from_secs(1 + draws.content.below(5));
                fails.then_some(Verdict::Overloaded { retry_after })
            }
        }
    }

    fn check_key(&self, key: Option<&str>) -> Option<(u16, ApiError)> {
        match (key.map(str::trim).filter(|key| !key.is_empty()), &self.scenario.key) {
            (None, _) => Some(refusals::missing_key()),
            (Some(key), KeyRule::Exactly(right)) if key != right => Some(refusals::wrong_key(key)),
            (Some(_), _) => None,
        }
    }

    fn give(&self, body: AnswerBody, limits: Readings, usage: Usage, draws: &mut Draws) -> Answer {
        Answer {
            status: 200,
            latency: self.scenario.latency.answer(usage.output_tokens, usage.reasoning_tokens, &mut draws.timing),
            request_id: draws.request_id(),
            authenticated: true,
            limits,
            reached: None,
            retry_after: None,
            body,
        }
    }

    fn refuse(&self, (status, error): (u16, ApiError), extras: Extras, draws: &mut Draws) -> Answer {
        Answer {
            status,
            latency: self.scenario.latency.refusal(&mut draws.timing),
            request_id: draws.request_id(),
            authenticated: status != 401,
            limits: extras.limits,
            reached: extras.reached,
            retry_after: extras.retry_after,
            body: AnswerBody::Error(error),
        }
    }

    fn next_draws(&mut self) -> Draws {
        self.answered += 1;
        let mut content = Rng::for_stream(self.seed, self.answered);
        let timing = Rng::from_seed(content.next_u64());
        Draws { content, timing }
    }
}

/// The random numbers of one request: its own, so that no request shifts another's.
struct Draws {
    content: Rng,
    timing: Rng,
}

impl Draws {
    fn request_id(&mut self) -> String {
        hex_id("req_", 32, &mut self.content)
    }
}

/// The models that it lists, shut-down ones included.
pub fn model_list() -> Vec<ModelEntry> {
    CATALOG
        .iter()
        .map(|model| ModelEntry {
            id: model.id.to_owned(),
            created: Some(model.created),
            owned_by: Some("system".to_owned()),
            shutdown_date: model.shutdown_date.map(str::to_owned),
        })
        .collect()
}

/// The request as the response repeats it, with the metadata that tells it was simulated.
fn labelled(request: &CreateResponse, model: &ModelFacts) -> CreateResponse {
    let mut echo = request.clone();
    if model.reasoning {
        echo.reasoning_effort.get_or_insert(default_effort(family(model.id)));
    }
    let metadata = echo.extra.entry("metadata").or_insert_with(|| serde_json::json!({}));
    if !metadata.is_object() {
        *metadata = serde_json::json!({});
    }
    if let Some(pairs) = metadata.as_object_mut() {
        pairs.insert("simulated".to_owned(), "true".into());
    }
    echo
}
