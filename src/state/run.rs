//! A run on the page: the retry loop under way, its log, and a handle to stop it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::accounts::{Accounts, use_accounts};
use super::activity::use_activity;
use super::api::{Api, ApiSource, LiveServer, PageClock};
use super::attempts::take_in;
use super::ledger::RecordedRun;
use super::limits::{Limits, use_limits};
use super::prices::PricesState;
use crate::client::{CallEvent, Client};
use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::platform::frames::FrameLoop;
use crate::retry::RetryPolicy;
use crate::run::{
    BurstPlan, CallState, CostBound, GatedTransport, RunCounts, RunLanes, RunLog, SpendGate, resume_burst, run_burst,
};
use crate::time::{Instant, UnixTime};
use crate::transport::ApiRequest;
use crate::usage::{CountsAs, MadeIn, Tier};

/// From how many calls on a run is told of ten times a second instead of with every frame: one call in hundreds is no
/// picture that has to move smoothly.
const MANY: usize = 200;
const REST: Duration = Duration::from_millis(100);

/// Who hears what becomes of a run's calls.
pub trait CallListener {
    /// Hears an event of a call.
    fn hear(&self, call: &QueuedCall<'_>, event: &CallEvent<'_>);

    /// Hears that a person has stopped all of them at `at`.
    fn stopped(&self, at: Instant);

    /// Hears that calls that had ended are taken up again at `at`.
    fn taken_up(&self, lanes: &[usize], at: Instant);
}

/// A call as it was queued.
#[derive(Debug)]
pub struct QueuedCall<'a> {
    /// Its lane.
    pub lane: usize,
    /// What it is called.
    pub label: &'a str,
    /// What it asks.
    pub request: &'a ApiRequest,
    /// When it was queued, on the API's clock and on the wall.
    pub queued: (Instant, UnixTime),
}

/// A run: empty at first, startable again and again. Copies are handles on the same run.
///
/// Create it where it shall live as long as the page (at the root), not in a view: a view that goes away
/// must not take its results with it.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    inner: StoredValue<Inner, LocalStorage>,
    revision: RwSignal<u64>,
    running: RwSignal<bool>,
    accounts: Accounts,
    limits: Limits,
    made_in: Option<MadeIn>,
}

#[derive(Default)]
struct Inner {
    log: Rc<RefCell<RunLog>>,
    lanes: RefCell<RunLanes>,
    source: Option<ApiSource>,
    clock: Option<PageClock>,
    server: Option<LiveServer>,
    started_wall: UnixTime,
    // By the page's own clock: a simulated one can be sped up, and the ledger's days are real.
    really_started: UnixTime,
    started: Instant,
    models: Vec<String>,
    // A run that can be stopped from everywhere must not bring the ledger along: it knows only that somebody listens.
    listener: Option<Rc<dyn CallListener>>,
    plan: Option<Rc<BurstPlan>>,
    // The simulated API alone may outlive its run here: a live one holds a key that a person can forget.
    simulated: Option<Api>,
    abort: Option<AbortHandle>,
    frames: Option<FrameLoop>,
}

impl Run {
    /// An empty run, watched by the page's Stop. What it sends is in the ledger as made in `made_in`; `None` for one that
    /// sends nothing.
    pub fn new(made_in: Option<MadeIn>) -> Self {
        let run = Self {
            inner: StoredValue::new_local(Inner::default()),
            revision: RwSignal::new(0),
            running: RwSignal::new(false),
            accounts: use_accounts(),
            limits: use_limits(),
            made_in,
        };
        use_activity().watch(run);
        run
    }

    /// Starts `plan` on `api`; a run already under way is stopped first, and its log replaced.
    pub fn start(self, api: Api, plan: BurstPlan) {
        self.stop();
        self.inner.set_value(Inner {
            listener: self.made_in.map(|made_in| self.listener(&api, made_in)),
            source: Some(api.source),
            clock: Some(api.clock.clone()),
            started_wall: api.clock.wall(),
            really_started: BrowserClock.wall(),
            started: api.clock.now(),
            models: plan.requests.iter().map(|(_, request)| model_of(request).to_owned()).collect(),
            plan: Some(Rc::new(plan.clone())),
            simulated: (api.source == ApiSource::Simulated).then(|| api.clone()),
            ..Inner::default()
        });
        self.launch(api, plan, None);
    }

    /// Takes up the calls `which` of a run that has ended, each in its own lane, `concurrency` at a time under `policy`.
    ///
    /// A simulated run goes on with the simulator it began with, a live one with `live`, the connection there is now.
    ///
    /// # Errors
    /// Where it is still under way, or live without a connection: a sentence that says what to do.
    pub fn resume(
        self,
        live: Result<Api, &'static str>,
        which: Vec<usize>,
        policy: RetryPolicy,
        concurrency: usize,
    ) -> Result<(), &'static str> {
        if self.running.get_untracked() {
            return Err("This run is still under way: stop it, or wait for its end.");
        }
        let (simulated, plan) = self.inner.with_value(|inner| (inner.simulated.clone(), inner.plan.clone()));
        let Some(plan) = plan else { return Err("There is no run to go on with.") };
        let api = match simulated {
            Some(api) => api,
            None => live?,
        };
        if self.inner.with_value(|inner| inner.source != Some(api.source)) {
            return Err("This run was answered by the live API: choose Live to go on with it.");
        }
        let plan = BurstPlan { policy, concurrency, requests: plan.requests.clone() };
        self.inner.with_value(|inner| inner.listener.iter().for_each(|it| it.taken_up(&which, api.clock.now())));
        self.launch(api, plan, Some(which));
        Ok(())
    }

    /// Plays on `clock` what `play` tells the log, of so many `calls`; a run already under way is stopped first, and its log
    /// replaced.
    pub fn play(self, clock: PageClock, calls: usize, play: impl AsyncFnOnce(&PageClock, &RefCell<RunLog>) + 'static) {
        self.stop();
        self.inner.set_value(Inner {
            source: Some(ApiSource::Simulated),
            started_wall: clock.wall(),
            started: clock.now(),
            clock: Some(clock.clone()),
            ..Inner::default()
        });
        let (abort, registration) = AbortHandle::new_pair();
        let frames = self.frames(calls);
        let begun = self.inner.try_update_value(|inner| {
            inner.abort = Some(abort);
            inner.frames = Some(frames);
            Rc::clone(&inner.log)
        });
        let Some(log) = begun else { return };
        self.running.set(true);
        spawn_local(async move {
            if Abortable::new(play(&clock, &log), registration).await.is_ok() {
                self.close();
            }
        });
    }

    /// Tells of changes once a frame, however many events there were: waits count down all the time anyway.
    fn frames(self, calls: usize) -> FrameLoop {
        let revision = self.revision;
        let rest = if calls > MANY { REST } else { Duration::ZERO };
        let mut told = Instant::ORIGIN;
        FrameLoop::start(move || {
            let now = BrowserClock.now();
            if now.saturating_since(told) >= rest {
                told = now;
                let _ = revision.try_update(|revision| *revision = revision.wrapping_add(1));
            }
        })
    }

    fn launch(self, api: Api, plan: BurstPlan, which: Option<Vec<usize>>) {
        let (abort, registration) = AbortHandle::new_pair();
        let frames = self.frames(plan.requests.len());
        let begun = self.inner.try_update_value(|inner| {
            inner.abort = Some(abort);
            inner.frames = Some(frames);
            inner.server.clone_from(&api.server);
            (Rc::clone(&inner.log), inner.models.clone())
        });
        let Some((log, models)) = begun else { return };
        self.running.set(true);
        spawn_local(async move {
            let budgets = self.accounts.budgets();
            budgets.ready(api.source.into()).await;
            let may_spend = || budgets.refusal(api.source.into());
            let in_flight = budgets.in_flight(api.source.into());
            let gate = SpendGate::new(&may_spend).counting(&in_flight);
            let transport = GatedTransport::new(&*api.transport, gate);
            let client = Client { transport: &transport, clock: &api.clock, random: &*api.random };
            let observe = |index: usize, event: &CallEvent<'_>| {
                let sent = self.sent_at(index);
                self.account(&api, models.get(index).map_or("", String::as_str), sent, event);
                self.tell(&plan, index, event);
            };
            let work = async {
                match &which {
                    None => run_burst(&client, &plan, &log, &observe).await,
                    Some(which) => resume_burst(&client, &plan, which, &log, &observe).await,
                }
            };
            // A stopped run was closed by stop(), and a new one may have begun since.
            if Abortable::new(work, registration).await.is_ok() {
                self.close();
            }
        });
    }

    /// Stops everything at once: requests in flight are aborted, waits end.
    pub fn stop(self) {
        if !self.running.try_get_untracked().unwrap_or(false) {
            return;
        }
        self.inner.update_value(|inner| {
            if let Some(abort) = inner.abort.take() {
                abort.abort();
            }
            let Some(clock) = &inner.clock else { return };
            let mut log = inner.log.borrow_mut();
            for (call, model) in log.calls.iter().zip(&inner.models) {
                if call.state == CallState::InFlight
                    && let Some(source) = inner.source
                {
                    let of = (model.as_str(), Tier::default());
                    self.accounts.record(source, of, &CountsAs::Unknown);
                }
            }
            log.cancel_all(clock.now());
            if let Some(listener) = &inner.listener {
                listener.stopped(clock.now());
            }
        });
        self.close();
    }

    fn close(self) {
        self.inner.update_value(|inner| {
            inner.abort = None;
            inner.frames = None;
        });
        let _ = self.running.try_set(false);
        let _ = self.revision.try_update(|revision| *revision = revision.wrapping_add(1));
    }

    /// Forgets the log; a run under way is stopped first.
    pub fn clear(self) {
        self.stop();
        self.inner.set_value(Inner::default());
        self.revision.update(|revision| *revision = revision.wrapping_add(1));
    }

    /// The policy it was started with, tracked; `None` before the first start.
    pub fn policy(self) -> Option<RetryPolicy> {
        self.revision.track();
        self.inner.with_value(|inner| inner.plan.as_ref().map(|plan| plan.policy.clone()))
    }

    /// The prices of what it sends.
    pub fn prices(self) -> PricesState {
        self.accounts.prices()
    }

    /// What sending the calls `which` again under `policy` can cost.
    pub fn cost_of(self, which: &[usize], policy: &RetryPolicy) -> Option<CostBound> {
        self.inner.with_value(|inner| {
            let requests = &inner.plan.as_ref()?.requests;
            let again = which.iter().filter_map(|index| requests.get(*index)).map(|(_, request)| request);
            Some(CostBound::of_requests(again, policy, &self.prices().now()))
        })
    }

    /// Whether it is under way, tracked.
    pub fn is_running(self) -> bool {
        self.running.get()
    }

    /// Reads the log; the caller runs again when it changes, and with each frame while the run lasts.
    pub fn with_log<O>(self, read: impl FnOnce(&RunLog) -> O) -> O {
        self.revision.track();
        self.inner.with_value(|inner| read(&inner.log.borrow()))
    }

    /// Reads its lanes, brought up to date with the log; not tracked.
    pub fn with_lanes<O>(self, read: impl FnOnce(&RunLanes, &RunLog) -> O) -> O {
        self.inner.with_value(|inner| {
            let log = inner.log.borrow();
            let mut lanes = inner.lanes.borrow_mut();
            lanes.update(&log);
            read(&lanes, &log)
        })
    }

    /// Its counts, tracked.
    pub fn counts(self) -> RunCounts {
        self.with_log(RunLog::counts)
    }

    /// The time on the run's own clock, tracked frame by frame while it lasts.
    pub fn now(self) -> Instant {
        self.revision.track();
        self.inner.with_value(|inner| inner.clock.as_ref().map_or(Instant::ORIGIN, Clock::now))
    }

    /// When the run began, on its own clock.
    pub fn started(self) -> Instant {
        self.revision.track();
        self.inner.with_value(|inner| inner.started)
    }

    /// When the run began, on the wall.
    pub fn started_wall(self) -> UnixTime {
        self.revision.track();
        self.inner.with_value(|inner| inner.started_wall)
    }

    /// Which API answered it; `None` before the first start.
    pub fn source(self) -> Option<ApiSource> {
        self.revision.track();
        self.inner.with_value(|inner| inner.source)
    }

    /// The server that answers it; `None` for the simulated API, and before the first start.
    pub fn server(self) -> Option<LiveServer> {
        self.inner.with_value(|inner| inner.server.clone())
    }

    /// The body that its call `index` sends; `None` where it sends none.
    pub fn body_of(self, index: usize) -> Option<serde_json::Value> {
        let plan = self.inner.with_value(|inner| inner.plan.clone())?;
        match plan.requests.get(index)? {
            (_, ApiRequest::CreateResponse(create)) => Some(create.to_value()),
            _ => None,
        }
    }

    /// The wall-clock time of a moment on the run's own clock.
    pub fn wall_at(self, at: Instant) -> UnixTime {
        self.inner.with_value(|inner| inner.started_wall + at.saturating_since(inner.started))
    }

    fn listener(self, api: &Api, made_in: MadeIn) -> Rc<dyn CallListener> {
        let ledger = self.accounts.ledger();
        Rc::new(RecordedRun::new(ledger, ledger.begin_run(api, made_in)))
    }

    fn tell(self, plan: &BurstPlan, lane: usize, event: &CallEvent<'_>) {
        let heard = self.inner.try_with_value(|inner| {
            let queued = inner.log.borrow().calls.get(lane)?.queued_at;
            let wall = inner.really_started + queued.saturating_since(inner.started);
            Some((inner.listener.clone()?, (queued, wall)))
        });
        if let Some((listener, queued)) = heard.flatten()
            && let Some((label, request)) = plan.requests.get(lane)
        {
            listener.hear(&QueuedCall { lane, label, request, queued }, event);
        }
    }

    // When the last attempt of the call `index` went out; events are logged before they are observed.
    fn sent_at(self, index: usize) -> Option<Instant> {
        self.inner.try_with_value(|inner| Some(inner.log.borrow().calls.get(index)?.attempts.last()?.started)).flatten()
    }

    fn account(self, api: &Api, model: &str, sent: Option<Instant>, event: &CallEvent<'_>) {
        let CallEvent::AttemptEnded { at, outcome, result, .. } = event else { return };
        let times = (sent.unwrap_or(*at), *at);
        take_in((self.accounts, self.limits), api, model, times, (outcome, result));
    }
}

fn model_of(request: &ApiRequest) -> &str {
    match request {
        ApiRequest::ListModels | ApiRequest::Batches(_) => "",
        ApiRequest::CreateResponse(create) | ApiRequest::CountInputTokens(create) => &create.model,
    }
}
