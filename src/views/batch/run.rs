//! Running a batch: begun, paused, taken up, cancelled, put back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kept::lock_name;
use super::opening::UNUSED_TEMPLATE;
use super::state::{Batch, Phase};
use crate::admission::PacedAdmission;
use crate::batch::Record;
use crate::batch::estimate::Totals;
use crate::batch::journal::Created;
use crate::client::{CallEvent, Client};
use crate::clock::Clock;
use crate::format::format_count;
use crate::platform::lock::{LockError, try_lock};
use crate::platform::online::PageNetwork;
use crate::platform::{BrowserClock, WindowedFile, WorkerClock, dom, quota, visibility};
use crate::run::batch::{BatchEnd, BatchJob, BatchWorld, begin_batch, run_batch};
use crate::run::batch_form::BatchForm;
use crate::run::{CostBound, SpendGate};
use crate::run_view::{PaidQuestion, asks_before};
use crate::state::api::{Api, ApiSource};
use crate::state::attempts::take_in;
use crate::state::ledger::CallSource;
use crate::store::Store;
use crate::time::{Instant, UnixTime};
use crate::usage::{CallId, MadeIn, Planned};

/// From how many requests on the browser is asked not to clear what is kept.
const WORTH_KEEPING: usize = 100;
/// How often the batch's line in the list of kept ones is written while it runs.
const LABELLED: Duration = Duration::from_secs(5);
const NOT_STARTED: &str = "The batch did not start";

type Job = BatchJob<WindowedFile>;

// The lines of a run that are under way, in the ledger.
struct Recorded {
    of: CallSource,
    // On the API's clock, and by the page's own on the wall: a simulated clock can be sped up.
    began: (Instant, UnixTime),
    calls: RefCell<HashMap<u32, CallId>>,
}

impl Batch {
    /// Runs the file that is open, asking first where it is large and paid.
    pub fn run_or_ask(self) {
        if untrack(|| self.phase()) != Phase::Opened {
            return;
        }
        match self.ready() {
            Err(why) => self.fail(NOT_STARTED, &why),
            Ok(api) => {
                let calls = untrack(|| self.with_file(|file| file.entries.len())).unwrap_or(0);
                let totals =
                    self.estimate.with_untracked(|estimate| estimate.as_ref().map(|estimate| *estimate.totals()));
                self.ask_about_cost(api.source, calls, totals, Callback::new(move |()| self.begin()));
            }
        }
    }

    /// What keeps the file from being run, else the API that answers.
    pub(super) fn ready(self) -> Result<Api, String> {
        if let Some(fault) = self.faults.first() {
            dom::focus(&fault.id);
            return Err(format!("{}: {}.", fault.label, fault.error));
        }
        let leaves_out = self.form.with_untracked(|form| form.leaves_out_bad_lines);
        let model = untrack(|| self.model());
        let of_file = untrack(|| {
            self.with_file(|file| {
                let lacks_model = file.entries.iter().any(|entry| entry.model.is_none());
                (file.entries.len(), file.faults.len(), lacks_model)
            })
        });
        let (requests, faults, lacks_model) = of_file.ok_or("Choose a file of requests first.")?;
        if faults > 0 && !leaves_out {
            return Err(format!(
                "{} of its lines cannot be sent. Mend them and open the file again, or choose “Leave bad lines out”.",
                format_count(faults as u64)
            ));
        }
        if !untrack(|| self.uses_template()) {
            return Err(format!("{UNUSED_TEMPLATE}: mend it, or empty it."));
        }
        if requests == 0 {
            return Err("No line of the file holds a request.".to_owned());
        }
        if lacks_model && model.trim().is_empty() {
            return Err("Some lines name no model: choose the Default model in the top bar.".to_owned());
        }
        self.session.api().map_err(str::to_owned)
    }

    pub(super) fn ask_about_cost(self, source: ApiSource, calls: usize, totals: Option<Totals>, go: Callback<()>) {
        if !asks_before(source, calls) {
            return go.run(());
        }
        let policy = self.form.with_untracked(BatchForm::retry_policy);
        let planned = totals.map_or(Planned { calls: calls as u64, tokens: None, cost: None }, |totals| Planned {
            calls: calls as u64,
            ..totals.planned(&totals.cost)
        });
        let bound = Some(CostBound::of_planned(planned, &policy));
        self.question.set(Some(PaidQuestion { calls, bound, go }));
    }

    fn begin(self) {
        let (Ok(api), Some(job)) = (self.ready(), self.with(|inner| inner.job.clone())) else { return };
        self.failure.set(None);
        self.running.set(Some(api.source));
        spawn_local(async move {
            match self.begun(&api, &job).await {
                Ok(()) => self.launch(api, job),
                Err(why) => {
                    self.running.set(None);
                    self.fail(NOT_STARTED, &format!("{why} Nothing was sent."));
                }
            }
        });
        request_animation_frame(|| dom::reveal(super::kept::RESULTS));
    }

    /// Makes the journal, durably, and keeps the file beside it.
    pub(super) async fn begun(self, api: &Api, job: &Job) -> Result<(), String> {
        let lock = match try_lock(&lock_name(&job.id)).await {
            Ok(lock) => lock,
            Err(LockError::Unavailable) => None,
            Err(refused) => return Err(refused.to_string()),
        };
        let store = self.store().await;
        let model = self.session.model_signal(api.source).get_untracked();
        let origin = api.server.as_ref().map(|server| server.situation.base_url.origin().to_owned());
        let name = self.with(|inner| inner.name.clone());
        let count = |lines: usize| u32::try_from(lines).unwrap_or(u32::MAX);
        let created = Created {
            file: job.file.fingerprint,
            format: job.file.layout.format(),
            requests: count(job.file.entries.len()),
            skipped: count(job.file.faults.len()),
            settings: self.form.with_untracked(|form| form.settings(&name, &model, origin)),
            // By the page's own clock: a simulated one can be sped up.
            at_ms: u64::try_from(BrowserClock.wall().since_epoch().as_millis()).unwrap_or(0),
        };
        let redactor = self.session.secrets().redactor();
        let book = begin_batch(&store, &job.id, &name, created, &redactor).await.map_err(|error| error.to_string())?;
        self.update(|inner| {
            inner.book = Some(book);
            inner.lock = lock;
            inner.admission = None;
        });
        self.relabel().await;
        let keeps =
            self.form.with_untracked(|form| form.keeps_file) && job.source.file().size() <= BatchForm::LARGEST_COPY;
        if keeps && let Err(error) = store.keep_file(&job.id, job.source.file().blob()).await {
            self.store_trouble.set(Some(format!(
                "No copy of the file is kept ({error}) After a reload, choose the file again to go on."
            )));
        }
        if job.file.entries.len() > WORTH_KEEPING {
            spawn_local(async {
                let _ = quota::ask_to_persist().await;
            });
        }
        Ok(())
    }

    pub(super) fn launch(self, api: Api, job: Rc<Job>) {
        let Some(book) = self.with(|inner| inner.book.clone()) else { return };
        // A hidden page's own timers come once a minute.
        let time = self.session.time();
        if !time.is_kept() {
            time.keep_by(WorkerClock::start());
        }
        let form = self.form.get_untracked();
        let pacing = self.pacing();
        let known = self.with(|inner| inner.admission.clone()).filter(|(source, _)| *source == api.source);
        let admission = known.map_or_else(
            || PacedAdmission::new(pacing.clone(), api.clock.clone()),
            |(_, admission)| {
                admission.configure(pacing.clone());
                admission
            },
        );
        self.update(|inner| {
            inner.admission = Some((api.source, admission.clone()));
            inner.clock = Some(api.clock.clone());
            inner.asks_before_leaving = Some(visibility::ask_before_leaving());
        });
        let policy = form.retry_policy();
        spawn_local(async move {
            let store = self.store().await;
            let redactor = self.session.secrets().redactor();
            let network = if api.source == ApiSource::Live { PageNetwork::Browser } else { PageNetwork::NotNeeded };
            let sent = RefCell::new(HashMap::new());
            let ledger = self.accounts.ledger();
            let recorded = Recorded {
                of: ledger.begin_run(&api, MadeIn::Batch),
                began: (api.clock.now(), BrowserClock.wall()),
                calls: RefCell::default(),
            };
            let observe = |line: u32, event: &CallEvent<'_>| {
                self.account(&api, &job, &sent, line, event);
                self.record(&api, &job, &recorded, line, event);
            };
            let client = Client { transport: &*api.transport, clock: &api.clock, random: &*api.random };
            let (budgets, prices) = (self.accounts.budgets(), self.accounts.prices().now());
            book.begin_run(api.clock.now());
            budgets.ready(api.source.into()).await;
            // It may have been paused or cancelled while that was awaited.
            if book.is_stopping() {
                let end = book.end_run();
                return self.ended(&end).await;
            }
            let in_flight = budgets.in_flight(api.source.into());
            // A batch that a budget stops pauses: what is out may still fail, and is waited for.
            let may_spend = || budgets.refusal_once_spent(api.source.into());
            let world = BatchWorld {
                client,
                admission: &admission,
                store: &store,
                redactor: &redactor,
                network: &network,
                prices: &prices,
                gate: SpendGate::new(&may_spend).counting(&in_flight),
            };
            // So that the list of a later visit is not far from the truth.
            let labelled = async {
                loop {
                    BrowserClock.sleep(LABELLED).await;
                    self.relabel().await;
                }
            };
            let run = run_batch(&world, &job, &book, &policy, &observe);
            let Either::Left((end, _)) = select(pin!(run), pin!(labelled)).await;
            // What was in flight is settled; what waited has not ended by itself.
            ledger.cancel(recorded.calls.borrow().values(), api.clock.now());
            ledger.let_go(recorded.calls.borrow().values());
            self.ended(&end).await;
        });
    }

    async fn ended(self, end: &BatchEnd) {
        let _ = self.running.try_set(None);
        self.update(|inner| inner.asks_before_leaving = None);
        let counts = untrack(|| self.with_book(|book| book.state().counts())).unwrap_or_default();
        let what = match end {
            BatchEnd::Settled => "The batch has ended".to_owned(),
            BatchEnd::Paused(why) => format!("The batch is paused: {}", why.trim_end_matches('.')),
            BatchEnd::Cancelled => "The batch is cancelled".to_owned(),
        };
        let count = |lines: u32| format_count(lines.into());
        self.announcer.say(format!(
            "{what}. {} of {} done, {} failed, {} unknown.",
            count(counts.done),
            count(counts.total()),
            count(counts.failed),
            count(counts.unknown)
        ));
        self.relabel().await;
    }

    /// Sends nothing more; what is in flight is settled.
    pub fn pause(self, reason: &str) {
        if self.running.get_untracked().is_some() {
            self.with(|inner| inner.book.iter().for_each(|book| book.pause(reason)));
            self.nudge();
        }
    }

    /// The same, and what waits is cancelled.
    pub fn cancel(self) {
        self.with(|inner| inner.book.iter().for_each(|book| book.cancel()));
        self.write_down();
    }

    /// Takes over settings that can be changed while it runs: the spend cap, how many are in flight, the longest wait.
    pub fn apply_settings(self) {
        let form = self.form.get_untracked();
        self.with(|inner| {
            if let Some((_, admission)) = &inner.admission {
                admission.configure(self.pacing());
            }
            if let Some(book) = &inner.book {
                let now = book.state().settings().clone();
                let origin = now.api_origin.clone();
                let wanted = form.settings(&now.name, &now.defaults.model, origin);
                let wanted = crate::batch::BatchSettings {
                    spend_cap_picodollars: wanted.spend_cap_picodollars,
                    concurrency: wanted.concurrency,
                    policy: wanted.policy,
                    ..now.clone()
                };
                if wanted != now {
                    book.note(Record::Settings(wanted));
                }
            }
        });
        self.write_down();
    }

    /// Writes what was decided while nothing runs; a run writes it itself.
    fn write_down(self) {
        self.nudge();
        if self.running.get_untracked().is_some() {
            return;
        }
        let parts = self.with(|inner| Some((inner.store.clone()?, inner.job.clone()?, inner.book.clone()?)));
        let Some((store, job, book)) = parts else { return };
        spawn_local(async move {
            let redactor = self.session.secrets().redactor();
            if let Err(error) = book.flush(&store, &job.id, &redactor).await {
                self.store_trouble.set(Some(error.to_string()));
            }
            self.relabel().await;
        });
    }

    fn model_of(self, job: &Job, line: u32, api: &Api) -> String {
        let own = job.file.entry(line).and_then(|entry| entry.model.as_deref());
        own.map_or_else(|| self.session.model_signal(api.source).get_untracked(), str::to_owned)
    }

    // Tells the ledger. A line's call is in it from its first request on.
    fn record(self, api: &Api, job: &Job, recorded: &Recorded, line: u32, event: &CallEvent<'_>) {
        let ledger = self.accounts.ledger();
        let known = recorded.calls.borrow().get(&line).copied();
        let id = match (known, event) {
            (Some(id), _) => id,
            (None, CallEvent::AttemptStarted { at, .. }) => {
                let label = job.file.entry(line).map_or("", |entry| &entry.custom_id);
                let number = usize::try_from(line).unwrap_or(usize::MAX);
                let id = ledger.queue_line(
                    &recorded.of,
                    (number, label),
                    self.model_of(job, line, api),
                    (*at, recorded.began.1 + at.saturating_since(recorded.began.0)),
                );
                recorded.calls.borrow_mut().insert(line, id);
                id
            }
            _ => return,
        };
        ledger.record(id, event);
        if matches!(event, CallEvent::Ended { .. }) {
            recorded.calls.borrow_mut().remove(&line);
            ledger.let_go([&id]);
        }
    }

    fn account(self, api: &Api, job: &Job, sent: &RefCell<HashMap<u32, Instant>>, line: u32, event: &CallEvent<'_>) {
        let (at, outcome, result) = match event {
            CallEvent::AttemptStarted { at, .. } => {
                sent.borrow_mut().insert(line, *at);
                return;
            }
            CallEvent::AttemptEnded { at, outcome, result, .. } => (*at, *outcome, *result),
            _ => return,
        };
        let started = sent.borrow_mut().remove(&line).unwrap_or(at);
        take_in((self.accounts, self.limits), api, &self.model_of(job, line, api), (started, at), (outcome, result));
    }
}
