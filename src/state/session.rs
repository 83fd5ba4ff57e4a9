//! Which API answers, with which model, under which limits.

mod choice;
mod key;

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::activity::{Activity, use_activity};
use super::api::{Api, ApiSource, LiveServer, PageClock, PageTransport};
use super::limits::{Limits, use_limits};
use super::locked_origin::{self, NotReachable};
use super::persisted::{persisted_as, persisted_text};
use super::secrets::{Secrets, use_secrets};
use crate::clock::{Clock, ScaledClock};
use crate::key::ApiKey;
use crate::models;
use crate::platform::{PageTime, location, random};
use crate::random::Rng;
use crate::reply::Content;
use crate::responses::ModelEntry;
use crate::retry::classify;
use crate::simulator::{Scenario, ScenarioPreset, Simulator};
use crate::transport::fetch::{Connection, FetchTransport};
use crate::transport::simulated::SimulatedTransport;
use crate::transport::{ApiRequest, Transport};

pub use choice::ScenarioChoice;
pub use key::{drop_kept_key, kept_key_is_there};

/// The models that the live API lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ModelList {
    /// Not asked for.
    #[default]
    NotAsked,
    /// On its way.
    Loading,
    /// Here.
    Loaded(Vec<ModelEntry>),
    /// Not to be had, and why.
    Failed(String),
}

/// The model at first, before one is chosen.
const FIRST_MODEL: &str = "gpt-5-nano";

/// Why the live API cannot be used yet.
pub const NOT_CONNECTED: &str =
    "Live is not connected: open Connection and give a key first, or a base URL that needs none.";

/// What is known of the live connection, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSummary {
    /// The base URL.
    pub base_url: String,
    /// The one origin that requests, and the key, go to.
    pub origin: String,
    /// The key as it may be shown, `sk-…wxyz`; `None` without one.
    pub key_label: Option<String>,
    /// Whether the page shares its origin, so that all headers can be read.
    pub same_origin: bool,
}

impl ConnectionSummary {
    fn of(connection: &Connection) -> Self {
        Self {
            base_url: connection.base_url.as_str().to_owned(),
            origin: connection.base_url.origin().to_owned(),
            key_label: connection.key.as_ref().map(ApiKey::label),
            same_origin: connection.base_url.is_same_origin(),
        }
    }
}

/// The page's session.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Which API answers.
    pub source: RwSignal<ApiSource>,
    /// The simulated API's scenario.
    pub scenario: RwSignal<ScenarioChoice>,
    /// How much faster than life the simulated API's clock runs.
    pub speed: RwSignal<f64>,
    /// The default model of the simulated API.
    pub simulated_model: RwSignal<String>,
    /// The default model of the live API.
    pub live_model: RwSignal<String>,
    // The base URL of the server that the live model was chosen of.
    live_model_of: RwSignal<String>,
    /// The live API's models.
    pub live_models: RwSignal<ModelList>,
    /// The live connection; `None` before one is made.
    pub connection: RwSignal<Option<ConnectionSummary>>,
    /// Whether the key stays in this tab's session storage.
    pub keeps_key: RwSignal<bool>,
    /// Grows each time the key is forgotten, for whatever else holds one.
    pub forgotten: RwSignal<u32>,
    /// Whether the Connection dialog is open: whatever lacks a connection can lead there.
    pub connection_open: RwSignal<bool>,
    limits: Limits,
    secrets: Secrets,
    activity: Activity,
    inner: StoredValue<Inner, LocalStorage>,
}

struct Inner {
    // Made when it is first asked: most of the page needs none.
    simulator: RefCell<Option<Rc<RefCell<Simulator>>>>,
    time: PageTime,
    simulated_clock: PageClock,
    live_clock: PageClock,
    live: Option<Rc<PageTransport>>,
    server: Option<LiveServer>,
    seed: u64,
    // The seed that a link asks for with a scenario.
    asked_seed: Option<(ScenarioChoice, u64)>,
    was_put_away: bool,
    // Which connection the model list was asked for: a late answer of an earlier one is dropped.
    generation: u64,
}

impl Session {
    /// A session with the simulated API.
    pub fn new() -> Self {
        let scenario =
            persisted_as("scenario", ScenarioChoice::preset(ScenarioPreset::default()), choice::read, choice::written);
        let seed = random::seed();
        let time = PageTime::default();
        let session = Self {
            source: RwSignal::new(ApiSource::Simulated),
            scenario,
            speed: RwSignal::new(1.0),
            simulated_model: persisted_text("simulated-model", FIRST_MODEL),
            // OpenAI's, until a server is connected and lists its own.
            live_model: persisted_text("live-model", FIRST_MODEL),
            live_model_of: persisted_text("live-model-of", "https://api.openai.com/v1"),
            live_models: RwSignal::default(),
            connection: RwSignal::new(None),
            keeps_key: RwSignal::new(false),
            forgotten: RwSignal::new(0),
            connection_open: RwSignal::new(false),
            limits: use_limits(),
            secrets: use_secrets(),
            activity: use_activity(),
            inner: StoredValue::new_local(Inner {
                simulator: RefCell::default(),
                simulated_clock: ScaledClock::new(time.clone()),
                live_clock: ScaledClock::new(time.clone()),
                time,
                live: None,
                server: None,
                seed,
                asked_seed: None,
                was_put_away: false,
                generation: 0,
            }),
        };
        Effect::watch(
            move || session.scenario.get(),
            move |choice, _, _| {
                let asked = session.inner.try_update_value(|inner| inner.asked_seed.take()).flatten();
                let seed = asked.filter(|(of, _)| of == choice).map_or_else(random::seed, |(_, seed)| seed);
                session.start_simulator(seed);
            },
            false,
        );
        Effect::watch(
            move || session.speed.get(),
            move |speed, _, _| session.inner.with_value(|inner| inner.simulated_clock.set_speed(*speed)),
            false,
        );
        session
    }

    // The next request finds a fresh one, in the scenario of then.
    fn start_simulator(self, seed: u64) {
        self.inner.update_value(|inner| {
            inner.simulator = RefCell::default();
            inner.seed = seed;
        });
        self.limits.forget(ApiSource::Simulated);
    }

    /// Starts the simulated API anew, in `choice` and with that seed for its chance.
    pub fn simulate(self, choice: ScenarioChoice, seed: u64) {
        self.start_simulator(seed);
        self.inner.update_value(|inner| inner.asked_seed = Some((choice.clone(), seed)));
        self.scenario.set(choice);
    }

    /// The seed of the simulated API's chance.
    pub fn seed(self) -> u64 {
        self.inner.with_value(|inner| inner.seed)
    }

    /// What the page knows of secrets.
    pub const fn secrets(self) -> Secrets {
        self.secrets
    }

    /// The default model of the API that answers, tracked.
    pub fn model(self) -> String {
        self.model_signal(self.source.get()).get()
    }

    /// The default model of an API.
    pub const fn model_signal(self, source: ApiSource) -> RwSignal<String> {
        match source {
            ApiSource::Simulated => self.simulated_model,
            ApiSource::Live => self.live_model,
        }
    }

    /// The models to choose from, tracked: the simulator's, or the live API's list.
    pub fn models(self) -> Vec<ModelEntry> {
        match self.source.get() {
            ApiSource::Simulated => crate::simulator::model_list(),
            ApiSource::Live => match self.live_models.get() {
                ModelList::Loaded(entries) => entries,
                _ => Vec::new(),
            },
        }
    }

    /// The API that answers now, for work that begins now.
    ///
    /// # Errors
    /// Where Live is chosen and not connected: a sentence that says what to do.
    pub fn api(self) -> Result<Api, &'static str> {
        match self.source.get_untracked() {
            ApiSource::Simulated => {
                let choice = self.scenario.get_untracked();
                Ok(self.inner.with_value(|inner| {
                    let made = || Rc::new(RefCell::new(Simulator::new(choice.scenario(), inner.seed)));
                    simulated(inner, Rc::clone(inner.simulator.borrow_mut().get_or_insert_with(made)), None)
                }))
            }
            ApiSource::Live => self.inner.with_value(|inner| {
                let transport = inner.live.clone().ok_or(NOT_CONNECTED)?;
                Ok(Api {
                    source: ApiSource::Live,
                    transport,
                    clock: inner.live_clock.clone(),
                    server: inner.server.clone(),
                    lesson: None,
                    random: fresh_random(),
                })
            }),
        }
    }

    /// A simulated API of its own, fresh, in `scenario`: for a lesson that must not be spoiled by what came before.
    pub fn simulated_api(self, scenario: Scenario) -> Api {
        let lesson = Some(scenario.name());
        let simulator = Rc::new(RefCell::new(Simulator::new(scenario, random::seed())));
        self.inner.with_value(|inner| simulated(inner, simulator, lesson))
    }

    /// The time on the clock of an API.
    pub fn now(self, source: ApiSource) -> crate::time::Instant {
        self.inner.with_value(|inner| match source {
            ApiSource::Simulated => inner.simulated_clock.now(),
            ApiSource::Live => inner.live_clock.now(),
        })
    }

    /// The time that the clocks of both APIs run by.
    pub fn time(self) -> PageTime {
        self.inner.with_value(|inner| inner.time.clone())
    }

    /// Uses `connection` for Live from now on, and asks it for its models.
    ///
    /// # Errors
    /// Where this page cannot, or must not, reach its address; then nothing has changed.
    pub fn connect(self, connection: Connection) -> Result<(), NotReachable> {
        locked_origin::check(&connection.base_url)?;
        let summary = ConnectionSummary::of(&connection);
        self.secrets.know(connection.key.as_ref());
        self.keep_if_asked(&connection);
        let generation = self.inner.try_update_value(|inner| {
            inner.server = Some(LiveServer::new(connection.situation(location::origin())));
            let transport = FetchTransport::new(connection, inner.live_clock.clone());
            inner.live = Some(Rc::new(PageTransport::Live(transport)));
            inner.generation += 1;
            inner.generation
        });
        self.limits.forget(ApiSource::Live);
        self.connection.set(Some(summary));
        self.source.set(ApiSource::Live);
        if let Some(generation) = generation {
            self.load_models(generation);
        }
        Ok(())
    }

    /// Forgets the key and the connection.
    pub fn disconnect(self) {
        self.inner.update_value(|inner| {
            inner.live = None;
            inner.server = None;
            inner.generation += 1;
        });
        self.secrets.know(None);
        self.connection.set(None);
        self.live_models.set(ModelList::NotAsked);
    }

    /// The live connection itself, for Test connection; `None` before one is made.
    pub fn live_connection(self) -> Option<Connection> {
        self.inner.with_value(|inner| match inner.live.as_deref() {
            Some(PageTransport::Live(transport)) => Some(transport.connection().clone()),
            _ => None,
        })
    }

    /// The simulated API's clock, which runs as fast as a person has set it.
    pub fn simulated_clock(self) -> PageClock {
        self.inner.with_value(|inner| inner.simulated_clock.clone())
    }

    /// A transport to `connection` on the live API's clock, for requests that are no work.
    pub fn transport_to(self, connection: Connection) -> FetchTransport<PageClock> {
        self.inner.with_value(|inner| FetchTransport::new(connection, inner.live_clock.clone()))
    }

    /// The live server; `None` before a connection is made.
    pub fn live_server(self) -> Option<LiveServer> {
        self.inner.with_value(|inner| inner.server.clone())
    }

    /// Asks the live API for its models again.
    pub fn reload_models(self) {
        let generation = self.inner.with_value(|inner| inner.generation);
        self.load_models(generation);
    }

    fn load_models(self, generation: u64) {
        let Some((transport, clock)) =
            self.inner.with_value(|inner| inner.live.clone().map(|live| (live, inner.live_clock.clone())))
        else {
            return;
        };
        self.live_models.set(ModelList::Loading);
        spawn_local(async move {
            let result = transport.send(&ApiRequest::ListModels).await;
            if self.inner.try_with_value(|inner| inner.generation) != Some(generation) {
                return;
            }
            let outcome = classify(&result, clock.wall());
            if let (Ok(_), Some(server)) = (&result, self.live_server()) {
                server.has_answered();
            }
            let list = if let Ok(Content::Models(entries)) = result.map(|reply| reply.content) {
                self.choose_live_model(&entries, clock.wall());
                ModelList::Loaded(entries)
            } else {
                self.forget_others_model();
                ModelList::Failed(outcome.message)
            };
            let _ = self.live_models.try_set(list);
        });
    }

    // Without a list nothing says that this server has the model of another; what is typed from now on is its own.
    fn forget_others_model(self) {
        if self.claim_live_model() {
            self.live_model.set(String::new());
        }
    }

    // Notes that the live model is of the server in use; says whether it was another's.
    fn claim_live_model(self) -> bool {
        let server = self.connection.with_untracked(|summary| summary.as_ref().map(|summary| summary.base_url.clone()));
        let Some(server) = server else { return false };
        let was_others = self.live_model_of.with_untracked(|of| !of.is_empty() && *of != server);
        self.live_model_of.set(server);
        was_others
    }

    // Keeps the model chosen before if it is still listed; else the cheapest living one, else the first.
    fn choose_live_model(self, entries: &[ModelEntry], now: crate::time::UnixTime) {
        self.claim_live_model();
        let chosen = self.live_model.get_untracked();
        if entries.iter().any(|entry| entry.id == chosen) {
            return;
        }
        let ids = entries.iter().map(|entry| entry.id.as_str());
        let best = models::cheapest_living(ids, now).or_else(|| entries.first().map(|entry| entry.id.as_str()));
        if let Some(best) = best {
            self.live_model.set(best.to_owned());
        }
    }
}

fn simulated(inner: &Inner, simulator: Rc<RefCell<Simulator>>, lesson: Option<&'static str>) -> Api {
    let clock = inner.simulated_clock.clone();
    let transport = Rc::new(PageTransport::Simulated(SimulatedTransport::new(simulator, clock.clone())));
    Api { source: ApiSource::Simulated, transport, clock, server: None, lesson, random: fresh_random() }
}

fn fresh_random() -> Rc<RefCell<Rng>> {
    Rc::new(RefCell::new(Rng::from_seed(random::seed())))
}

/// The page's session.
pub fn use_session() -> Session {
    expect_context()
}
