//! A batch sent as a job: begun, watched, cancelled, given up.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::state::{Batch, Phase};
use super::file::Results;
use super::state::{Question, Trouble};
use crate::batch::job::{JobBook, JobRecord, NotTaken, Stage, Step};
use crate::client::{CallEvent, Client};
use crate::clock::Clock;
use crate::format::format_count;
use crate::platform::{BrowserClock, PageStore, WindowedFile, WorkerClock};
use crate::responses::ReportedUsage;
use crate::retry::{Class, Outcome, Preset};
use crate::run::batch::{BatchBook, BatchJob, StoredBook};
use crate::run::{GatedTransport, JobEvent, JobRun, JobStop, SpendGate, run_job};
use crate::state::api::{Api, ApiSource};
use crate::store::StoreError;
use crate::usage::{CountsAs, MadeIn, Tier};

/// What a job is made of and kept in.
struct Parts {
    job: Rc<BatchJob<WindowedFile>>,
    book: BatchBook,
    store: PageStore,
}

impl Batch {
    /// Whether the batch at hand is, or was, a job; tracked.
    pub fn has_job(self) -> bool {
        self.job.watched.get().is_some()
            || self.with_book(|book| Stage::of(book.state().job()).is_some()).unwrap_or_default()
    }

    /// Sends what waits as a job, asking first where it is paid.
    pub fn send_job_or_ask(self) {
        match self.api_for_job() {
            Err(why) => self.say_why_not("The job was not sent", why),
            Ok(api) if api.source == ApiSource::Live => self.job.question.set(Some(Question::Send)),
            Ok(_) => self.send_job(),
        }
    }

    fn api_for_job(self) -> Result<Api, String> {
        match untrack(|| self.phase()) {
            Phase::Opened => self.ready(),
            Phase::Paused(_) => self.api_of_batch(),
            _ => Err("Nothing waits that could be sent.".to_owned()),
        }
    }

    /// Sends what waits as a job.
    pub(super) fn send_job(self) {
        let (api, job) = match (self.api_for_job(), self.with(|inner| inner.job.clone())) {
            (Ok(api), Some(job)) => (api, job),
            (Err(why), _) => return self.say_why_not("The job was not sent", why),
            _ => return,
        };
        self.see_to_job(api.source, "The job was not sent", async move {
            let budgets = self.accounts.budgets();
            budgets.ready(api.source.into()).await;
            // Before the file goes out: without a job it would lie there for nothing.
            if let Some(why) = budgets.refusal(api.source.into()) {
                return Err(why);
            }
            if self.with(|inner| inner.book.is_none()) {
                self.begun(&api, &job).await?;
            }
            let parts = self.parts().ok_or("The batch was closed.")?;
            let made = self.job_file(&api, &parts.job, &parts.book).await?;
            self.keep_job(&parts, made.file.prepared()).await?;
            self.relabel().await;
            self.drive(api, parts, Some(made)).await
        });
    }

    /// Goes on with a job that was found open, as far as nothing new comes of it: what could create it, a person starts.
    pub(in crate::views::batch) fn take_up_job(self) {
        let step = untrack(|| self.with_book(|book| book.state().job().step()));
        match step {
            Some(Step::Upload | Step::Create(_)) => self.job.trouble.set(Some(Trouble {
                title: "The job was not created yet",
                why: "The page was closed before that, so there is no job and nothing is billed. Go on, or give it up."
                    .to_owned(),
                is_unclear: false,
            })),
            Some(Step::Prepare | Step::Over(_)) | None => {}
            Some(_) => self.watch_job(),
        }
    }

    /// Goes on with the job at hand.
    pub fn watch_job(self) {
        if self.job.watched.get_untracked().is_some() {
            return;
        }
        if self.wants_file.get_untracked().is_some() {
            return self.say_why_not("The job does not go on", "Choose its file again first.".to_owned());
        }
        let (api, parts) = match (self.api_of_batch(), self.parts()) {
            (Ok(api), Some(parts)) => (api, parts),
            (Err(why), _) => return self.say_why_not("The job is not looked at", why),
            _ => return,
        };
        self.see_to_job(api.source, "The job does not go on", async move {
            let needs_file = parts.book.state().job().step() == Step::Upload;
            let made = if needs_file { Some(self.job_file(&api, &parts.job, &parts.book).await?) } else { None };
            self.remind_simulator(&api, &parts.job, &parts.book).await?;
            self.drive(api, parts, made).await
        });
    }

    /// Looks at the job no more. It goes on where it runs, and nothing of it is lost.
    pub fn stop_watching_job(self) {
        if let Some(abort) = self.update(|inner| inner.watching_job.take()).flatten() {
            abort.abort();
        }
        self.job.rest();
        self.nudge();
    }

    /// Looks at the job at once.
    pub fn look_at_job_now(self) {
        self.with(|inner| inner.book.iter().for_each(BatchBook::call_job));
    }

    /// Wants the job cancelled.
    pub(super) fn cancel_job(self) {
        self.decide(JobRecord::CancelWanted);
    }

    /// Creates the job again, though nobody knows whether it was.
    pub(super) fn create_job_again(self) {
        self.decide(JobRecord::CreateAgain);
    }

    /// Fetches nothing more of the job: what waits may be sent otherwise.
    pub(super) fn give_up_job(self) {
        self.stop_watching_job();
        let Some(parts) = self.parts() else { return };
        spawn_local(async move {
            match self.keep_job(&parts, JobRecord::Closed).await {
                Ok(()) => self.job.trouble.set(None),
                Err(why) => self.say_why_not("The job was not given up", why),
            }
            self.relabel().await;
        });
    }

    /// Notes a person's decision durably, and goes on by it.
    fn decide(self, record: JobRecord) {
        let Some(parts) = self.parts() else { return };
        self.job.trouble.set(None);
        spawn_local(async move {
            if let Err(why) = self.keep_job(&parts, record).await {
                return self.say_why_not("That was not written down", why);
            }
            if self.job.watched.get_untracked().is_some() {
                self.look_at_job_now();
            } else {
                self.watch_job();
            }
        });
    }

    async fn keep_job(self, parts: &Parts, record: JobRecord) -> Result<(), String> {
        let redactor = self.session.secrets().redactor();
        let stored = StoredBook { book: &parts.book, store: &parts.store, id: &parts.job.id, redactor: &redactor };
        let kept = stored.keep_job(record).await;
        self.nudge();
        kept.map_err(|error| error.to_string())
    }

    fn parts(self) -> Option<Parts> {
        self.with(|inner| {
            Some(Parts { job: inner.job.clone()?, book: inner.book.clone()?, store: inner.store.clone()? })
        })
    }

    /// Runs `work` as the one thing that is done about the job.
    fn see_to_job(
        self,
        source: ApiSource,
        if_not: &'static str,
        work: impl Future<Output = Result<(), String>> + 'static,
    ) {
        let (abort, registration) = AbortHandle::new_pair();
        self.failure.set(None);
        self.job.trouble.set(None);
        self.job.watched.set(Some(source));
        self.update(|inner| inner.watching_job = Some(abort));
        // A hidden page's own timers come once a minute.
        let time = self.session.time();
        if !time.is_kept() {
            time.keep_by(WorkerClock::start());
        }
        spawn_local(async move {
            match Abortable::new(work, registration).await {
                // Whoever stopped it has put things in order.
                Err(_) => return,
                Ok(Err(why)) => self.say_why_not(if_not, why),
                Ok(Ok(())) => {}
            }
            self.update(|inner| inner.watching_job = None);
            self.job.rest();
            self.relabel().await;
        });
    }

    async fn drive(self, api: Api, parts: Parts, made: Option<super::file::Made>) -> Result<(), String> {
        self.update(|inner| inner.clock = Some(api.clock.clone()));
        let redactor = self.session.secrets().redactor();
        let (upload, blob) = made.map_or((None, None), |made| (Some(made.upload), made.blob));
        let blob = RefCell::new(blob);
        let stored = StoredBook { book: &parts.book, store: &parts.store, id: &parts.job.id, redactor: &redactor };
        let (budgets, prices) = (self.accounts.budgets(), self.accounts.prices().now());
        budgets.ready(api.source.into()).await;
        let may_spend = || budgets.refusal(api.source.into());
        let transport = GatedTransport::new(&*api.transport, SpendGate::new(&may_spend));
        let run = JobRun {
            client: Client { transport: &transport, clock: &api.clock, random: &*api.random },
            policy: Preset::Sluice.policy(),
            file: &parts.job.file,
            upload,
            open: &Results::of,
            redactor: &redactor,
            prices: &prices,
        };
        let ledger = self.accounts.ledger();
        let recorded = ledger.begin_run(&api, MadeIn::BatchJob);
        let model = parts.book.state().job().model().unwrap_or_default().to_owned();
        let observe = |event: JobEvent<'_>| match event {
            JobEvent::Waits(until) => {
                let _ = self.job.next_look.try_set(Some(until));
            }
            JobEvent::Call(step, CallEvent::AttemptStarted { .. }) => {
                let _ = self.job.next_look.try_set(None);
                if *step != Step::Upload {
                    // The browser may let go of 200 MB.
                    drop(blob.borrow_mut().take());
                }
            }
            JobEvent::Call(_, CallEvent::AttemptEnded { result: Ok(_), .. }) => {
                if let Some(server) = &api.server {
                    server.has_answered();
                }
            }
            JobEvent::Answered { line, tokens } => {
                let usage = tokens.map_or(ReportedUsage::Missing, |tokens| ReportedUsage::Known(tokens.into()));
                let counts_as = CountsAs::response(&usage);
                self.accounts.record(api.source, (&model, Tier::Batch), &counts_as);
                let label = parts.job.file.entry(line).map_or("", |entry| &entry.custom_id);
                let lane = usize::try_from(line).unwrap_or(usize::MAX);
                ledger.record_job_call(&recorded, (lane, label), &model, counts_as, BrowserClock.wall());
            }
            // The ticker tells of what the book notes: with each of 50,000 results would be too often.
            JobEvent::Changed | JobEvent::Call(..) | JobEvent::Merged(_) => {}
        };
        let stop = run_job(&run, &stored, &observe).await;
        self.job_stopped(&stop);
        Ok(())
    }

    fn job_stopped(self, end: &JobStop<StoreError>) {
        let trouble = match end {
            JobStop::Over(how) => {
                let counts = untrack(|| self.with_book(|book| book.state().counts())).unwrap_or_default();
                self.announcer.say(format!(
                    "The job is over: {}. {} of {} lines done, {} failed, {} waiting.",
                    Stage::Over(*how).name(),
                    format_count(counts.done.into()),
                    format_count(counts.total().into()),
                    format_count(counts.failed.into()),
                    format_count(counts.waiting.into())
                ));
                return;
            }
            JobStop::NotPrepared => return,
            JobStop::FileNeeded => Trouble {
                title: "The job's file is needed",
                why: "It was not uploaded yet. Go on, and it is written again.".to_owned(),
                is_unclear: false,
            },
            JobStop::Refused(step, outcome) => {
                Trouble { title: refused_title(step), why: refused_words(outcome), is_unclear: false }
            }
            JobStop::Unclear(Step::Find(_), why @ NotTaken::NotFound) => {
                Trouble { title: "Nobody knows whether the job was created", why: why.to_string(), is_unclear: true }
            }
            JobStop::Unclear(_, why) => {
                Trouble { title: "The answer was not understood", why: why.to_string(), is_unclear: false }
            }
            JobStop::Unreadable(error) => {
                Trouble { title: "The results could not be read", why: error.to_string(), is_unclear: false }
            }
            JobStop::NotKept(error) => {
                Trouble { title: "The browser's storage does not take it", why: error.to_string(), is_unclear: false }
            }
        };
        let _ = self.job.trouble.try_set(Some(trouble));
    }

    fn say_why_not(self, title: &'static str, why: String) {
        let _ = self.job.trouble.try_set(Some(Trouble { title, why, is_unclear: false }));
    }
}

const fn refused_title(step: &Step) -> &'static str {
    match step {
        Step::Upload => "The file was not uploaded",
        Step::Create(_) => "The job was not created",
        Step::Cancel(_) => "The job was not cancelled",
        Step::Download(_) => "The results were not fetched",
        _ => "The job could not be looked at",
    }
}

/// What the server or the browser said, with the status where there was one.
fn refused_words(outcome: &Outcome) -> String {
    let status = outcome.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let hidden = match outcome.class {
        Class::Opaque => {
            " A wrong key, a server that lets no page use its files (CORS) and a lost connection look alike: check the key, \
             or connect by a relay."
        }
        _ => "",
    };
    format!("{}{status}{hidden}", outcome.message.trim_end())
}
