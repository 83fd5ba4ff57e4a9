//! A batch as an OpenAI job, against the simulated API on the virtual clock.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sluice::batch::estimate::{BatchLimits, Estimate};
use sluice::batch::input::{BatchFile, ReaderOptions};
use sluice::batch::job::{
    Comparison, JobBook, JobEnd, JobFault, JobFile, JobRecord, MOST_REQUESTS, Step, check, poll_interval,
};
use sluice::batch::journal::{Created, replay};
use sluice::batch::{BatchSettings, BatchState, FailureKind, LineState, Record, RequestDefaults, SendRefusal};
use sluice::client::Client;
use sluice::clock::{Clock, VirtualClock};
use sluice::random::Rng;
use sluice::redact::Redactor;
use sluice::reply::Reply;
use sluice::responses::{BatchCall, BatchStatus, FileBytes, FileUpload};
use sluice::retry::Preset;
use sluice::run::{JobEvent, JobRun, JobStop, run_job};
use sluice::simulator::{BatchQueue, ChargeRule, Scenario, ScenarioPreset, Simulator};
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{ApiRequest, Progress, Transport, TransportError};
use sluice::usage::Prices;

use crate::read;

const HOUR: Duration = Duration::from_secs(3_600);

/// A transport that logs which calls are made and when, and loses the answer to one of them.
pub struct Wire {
    pub inner: SimulatedTransport<VirtualClock>,
    clock: VirtualClock,
    calls: RefCell<Vec<(String, u64)>>,
    loses: Cell<Option<&'static str>>,
}

impl Transport for Wire {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let ApiRequest::Batches(call) = request else { panic!("{request:?}") };
        let name = match call {
            BatchCall::UploadFile(_) => "upload",
            BatchCall::Create(_) => "create",
            BatchCall::Retrieve(_) => "look",
            BatchCall::List(_) => "list",
            BatchCall::Cancel(_) => "cancel",
            BatchCall::FileContent(_) => "download",
            _ => "other",
        };
        self.calls.borrow_mut().push((name.to_owned(), self.clock.now().since_origin().as_secs()));
        let answer = self.inner.send_observed(request, observe).await;
        if self.loses.get() == Some(name) {
            self.loses.set(None);
            return Err(TransportError::Opaque("Failed to fetch".into()));
        }
        answer
    }
}

/// A job that is prepared, and the API that it meets.
pub struct World {
    pub clock: VirtualClock,
    pub wire: Wire,
    pub file: BatchFile,
    pub upload: FileUpload,
    pub journal: RefCell<Vec<Record>>,
    pub state: RefCell<BatchState>,
}

impl JobBook for World {
    type Error = ();

    fn state(&self) -> Ref<'_, BatchState> {
        self.state.borrow()
    }

    async fn keep(&self, records: Vec<Record>) -> Result<(), ()> {
        let mut journal = self.journal.borrow_mut();
        let first = u64::try_from(journal.len()).unwrap();
        for (sequence, record) in (first..).zip(&records) {
            self.state.borrow_mut().apply(record, sequence);
        }
        journal.extend(records);
        Ok(())
    }

    async fn called(&self) {
        std::future::pending::<()>().await;
    }
}

impl World {
    pub fn new(text: &str, scenario: Scenario) -> Self {
        let clock = VirtualClock::default();
        let simulator = Rc::new(RefCell::new(Simulator::new(scenario, 7)));
        let inner = SimulatedTransport::new(simulator, clock.clone());
        let wire = Wire { inner, clock: clock.clone(), calls: RefCell::default(), loses: Cell::new(None) };
        let file = read(text.as_bytes(), 100, ReaderOptions::default()).unwrap();
        let defaults = RequestDefaults { model: "gpt-5-nano".into(), max_output_tokens: Some(64), store: true };
        assert_eq!(check(&file.entries, &defaults), []);
        let source: Arc<[u8]> = Arc::from(text.as_bytes());
        let (mut job, mut bytes) = (JobFile::default(), String::new());
        for entry in &file.entries {
            let request = file.request(entry, &source, &defaults).now_or_never().unwrap().unwrap();
            bytes.push_str(&job.line(entry, &request).unwrap());
        }
        let created = Record::Created(Created {
            file: file.fingerprint,
            format: file.layout.format(),
            requests: u32::try_from(file.entries.len()).unwrap(),
            skipped: 0,
            settings: BatchSettings { defaults, ..BatchSettings::default() },
            at_ms: 0,
        });
        let upload =
            FileUpload { filename: "requests.jsonl".into(), bytes: FileBytes::Held(Arc::from(bytes.as_bytes())) };
        let journal = vec![created, Record::Job(job.prepared())];
        let state = RefCell::new(replay(&journal));
        Self { clock, wire, file, upload, journal: RefCell::new(journal), state }
    }

    /// Runs until nothing more happens, or for `limit`.
    pub fn run_for(&self, limit: Option<Duration>) -> Option<JobStop<()>> {
        let (random, redactor) = (RefCell::new(Rng::from_seed(1)), Redactor::new(None));
        let run = JobRun {
            client: Client { transport: &self.wire, clock: &self.clock, random: &random },
            policy: Preset::Sluice.policy(),
            file: &self.file,
            upload: Some(self.upload.clone()),
            open: &FileBytes::held,
            redactor: &redactor,
            prices: &Prices::default(),
        };
        let observe = |_: JobEvent<'_>| {};
        let driven = run_job(&run, self, &observe);
        let Some(limit) = limit else { return Some(self.clock.run(driven).unwrap()) };
        let timed = async {
            futures_util::select_biased! {
                stop = std::pin::pin!(driven.fuse()) => Some(stop),
                () = std::pin::pin!(self.clock.sleep(limit).fuse()) => None,
            }
        };
        self.clock.run(timed).unwrap()
    }

    pub fn run(&self) -> JobStop<()> {
        self.run_for(None).unwrap()
    }

    pub fn note(&self, record: JobRecord) {
        let record = Record::Job(record);
        self.state.borrow_mut().apply(&record, 0);
        self.journal.borrow_mut().push(record);
    }

    pub fn count(&self, name: &str) -> usize {
        self.wire.calls.borrow().iter().filter(|(call, _)| call == name).count()
    }

    pub fn line(&self, line: u32) -> LineState {
        self.state.borrow().line(line)
    }

    pub fn batch(&self) -> sluice::responses::BatchObject {
        self.state.borrow().job().batch().unwrap().clone()
    }
}

pub fn prompts(count: usize) -> String {
    (0..count).map(|number| ["Prompt number ", &number.to_string(), "\n"].concat()).collect()
}

#[test]
fn from_upload_to_merged_results() {
    let world = World::new(&prompts(40), Scenario::default());
    assert_eq!(world.state.borrow().may_send(1, None), Err(SendRefusal::InJob));
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    let state = world.state.borrow();
    assert_eq!((state.counts().done, state.counts().total()), (40, 40));
    assert_eq!(replay(&*world.journal.borrow()), *state);
    assert_eq!((world.count("upload"), world.count("create"), world.count("download")), (1, 1, 1));
    // gpt-5-nano: $0.05 and $0.40 per million tokens, half of it in a job (OpenAI's price list, 2026-11-25).
    let tokens = state.tokens();
    let pico = i128::from(tokens.input) * 50_000 + i128::from(tokens.output) * 400_000;
    assert_eq!((state.spent().picodollars(), tokens.cached), (pico / 2, 0));
    let batch = world.batch();
    assert_eq!((batch.request_counts.completed, batch.request_counts.failed), (40, 0));
    assert!(batch.error_file_id.is_none() && batch.output_file_id.is_some());
    let times = batch.times;
    let course = [times.in_progress_at, times.finalizing_at, times.completed_at].map(Option::unwrap);
    assert!(times.created_at < course[0] && course.is_sorted() && times.expires_at == Some(times.created_at + 86_400));
    // Results come in the order in which they were run.
    let order: Vec<u32> = world
        .journal
        .borrow()
        .iter()
        .filter(|record| matches!(record, Record::Answered { .. }))
        .map(|record| record.line().unwrap())
        .collect();
    assert!(!order.is_sorted());
    assert!(state.may_send(1, None) == Err(SendRefusal::NotWaiting) && !state.job().is_open());
}

#[test]
fn looks_come_ever_less_often_and_counts_grow() {
    let queue = BatchQueue { turnaround: Duration::from_secs(600), ..BatchQueue::default() };
    let world = World::new(&prompts(200), Scenario { batches: queue, ..Scenario::default() });
    world.run();
    let calls = world.wire.calls.borrow();
    let looks: Vec<u64> = calls.iter().filter(|(name, _)| name == "look").map(|(_, at)| *at).collect();
    let gaps: Vec<u64> = looks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(looks.len() < 25 && *gaps.iter().max().unwrap() >= 60, "{gaps:?}");
    let journal = world.journal.borrow();
    let counts: Vec<u64> = journal
        .iter()
        .filter_map(|record| match record {
            Record::Job(JobRecord::Seen(batch)) => Some(batch.request_counts.completed),
            _ => None,
        })
        .collect();
    assert!(counts.is_sorted() && counts.iter().filter(|count| (1..200).contains(*count)).count() > 5, "{counts:?}");
    assert_eq!([0, 1, 2, 100].map(|looks| poll_interval(looks).as_millis()), [5_000, 7_500, 11_250, 60_000]);
}

#[test]
fn lines_that_the_api_refuses_fail_alone() {
    let text = concat!(
        r#"{"custom_id":"good","body":{"model":"gpt-5-nano","input":"x"}}"#,
        "\n",
        r#"{"custom_id":"hot","body":{"model":"gpt-5-nano","input":"x","temperature":0.5}}"#,
        "\n",
    );
    let world = World::new(text, Scenario::default());
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    assert_eq!((world.line(1), world.line(2)), (LineState::Done, LineState::Failed(FailureKind::BadRequest)));
    assert_eq!(world.count("download"), 2);
    let journal = world.journal.borrow();
    let failed = journal.iter().find(|record| matches!(record, Record::Failed { .. })).unwrap().output().unwrap();
    assert!(failed.text().contains("'temperature' is not supported with this model"), "{}", failed.text());
}

#[test]
fn an_overloaded_server_fails_some() {
    let world = World::new(&prompts(200), ScenarioPreset::Overloaded.into());
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    let counts = world.state.borrow().counts();
    assert!(counts.done + counts.failed == 200 && (5..40).contains(&counts.failed), "{counts:?}");
}

#[test]
fn what_a_cancelled_job_had_run_is_kept_and_the_rest_waits_again() {
    let world = World::new(&prompts(100), Scenario::default());
    assert_eq!(world.run_for(Some(Duration::from_secs(50))), None);
    world.note(JobRecord::CancelWanted);
    assert_eq!(world.run(), JobStop::Over(JobEnd::Cancelled));
    assert_eq!(world.count("cancel"), 1);
    let state = world.state.borrow();
    let counts = state.counts();
    assert!(counts.done > 20 && counts.waiting > 20 && counts.done + counts.waiting == 100, "{counts:?}");
    let batch = world.batch();
    assert_eq!(u64::from(counts.done), batch.request_counts.completed);
    // They may go out one by one now.
    let waiting = (1..=100).find(|line| state.line(*line) == LineState::Waiting).unwrap();
    assert_eq!(state.may_send(waiting, None), Ok(()));
}

#[test]
fn what_a_job_brings_counts_also_once_its_batch_is_cancelled() {
    let world = World::new(&prompts(100), Scenario::default());
    world.run_for(Some(Duration::from_secs(50)));
    world.state.borrow_mut().apply(&Record::Cancelled, 0);
    world.journal.borrow_mut().push(Record::Cancelled);
    world.note(JobRecord::CancelWanted);
    assert_eq!(world.run(), JobStop::Over(JobEnd::Cancelled));
    let counts = world.state.borrow().counts();
    assert!(counts.done > 20 && counts.done + counts.cancelled == 100, "{counts:?}");
    assert_eq!(replay(&*world.journal.borrow()), *world.state.borrow());
}

#[test]
fn a_job_that_is_over_is_not_cancelled_and_its_results_are_fetched() {
    let world = World::new(&prompts(5), Scenario::default());
    world.run_for(Some(Duration::from_secs(50)));
    assert_eq!(world.batch().status, BatchStatus::InProgress);
    // By then it is over, and nobody has looked.
    world.clock.run(world.clock.sleep(HOUR)).unwrap();
    world.note(JobRecord::CancelWanted);
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    assert_eq!((world.count("cancel"), world.state.borrow().counts().done), (1, 5));
}

#[test]
fn after_24_hours_a_job_expires_with_what_it_has() {
    let queue = BatchQueue { turnaround: 48 * HOUR, ..BatchQueue::default() };
    let world = World::new(&prompts(100), Scenario { batches: queue, ..Scenario::default() });
    assert_eq!(world.run(), JobStop::Over(JobEnd::Expired));
    let counts = world.state.borrow().counts();
    assert!(counts.done > 20 && counts.waiting > 20 && counts.done + counts.waiting == 100, "{counts:?}");
    let batch = world.batch();
    assert_eq!(batch.times.expired_at, batch.times.expires_at);
    assert!(world.clock.now().since_origin() < 24 * HOUR + Duration::from_secs(120));
    assert_eq!(batch.request_counts.completed + batch.request_counts.failed, 100);
}

#[test]
fn a_reload_goes_on_where_it_was() {
    let world = World::new(&prompts(30), Scenario::default());
    for seconds in [1, 7, 20, 40, 25] {
        world.run_for(Some(Duration::from_secs(seconds)));
        let after = replay(&*world.journal.borrow());
        *world.state.borrow_mut() = after;
    }
    world.run();
    assert_eq!((world.count("upload"), world.count("create")), (1, 1));
    assert_eq!(world.state.borrow().counts().done, 30);
}

#[test]
fn a_merge_that_was_cut_short_is_done_again_and_counts_once() {
    let world = World::new(&prompts(250), Scenario::default());
    world.run();
    let whole = world.state.borrow().clone();
    let merged = |record: &Record| matches!(record, Record::Answered { .. });
    let first = world.journal.borrow().iter().position(merged).unwrap();
    world.journal.borrow_mut().truncate(first + 201);
    let cut = replay(&*world.journal.borrow());
    assert!((100..250).contains(&cut.counts().done));
    *world.state.borrow_mut() = cut;
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    let again = world.state.borrow();
    assert_eq!((again.counts(), again.spent(), again.tokens()), (whole.counts(), whole.spent(), whole.tokens()));
}

#[test]
fn a_job_whose_creation_was_not_answered_is_found_and_not_made_twice() {
    let world = World::new(&prompts(3), Scenario::default());
    world.wire.loses.set(Some("create"));
    assert_eq!(world.run(), JobStop::Over(JobEnd::Completed));
    assert_eq!((world.count("create"), world.count("list"), world.state.borrow().counts().done), (1, 1, 3));
}

#[test]
fn a_job_that_cannot_be_found_is_not_made_again_unless_a_person_says_so() {
    let world = World::new(&prompts(3), Scenario::default());
    world.run_for(Some(Duration::from_millis(500)));
    world.journal.borrow_mut().retain(|record| !matches!(record, Record::Job(JobRecord::Seen(_))));
    // Another file: its job is nowhere.
    world.note(JobRecord::Uploaded { file_id: "file-other".into() });
    *world.state.borrow_mut() = replay(&*world.journal.borrow());
    assert_eq!(world.state.borrow().job().step(), Step::Find("file-other".into()));
    let JobStop::Unclear(Step::Find(_), why) = world.run() else { panic!("it went on") };
    assert!(why.to_string().contains("Nobody knows whether the job was made"));
    assert_eq!(world.count("create"), 1);
    world.note(JobRecord::CreateAgain);
    assert_eq!(world.state.borrow().job().step(), Step::Create("file-other".into()));
}

#[test]
fn connections_that_break_in_the_middle_cost_time_alone() {
    for lost in ["look", "download", "cancel"] {
        let world = World::new(&prompts(5), Scenario::default());
        world.wire.loses.set(Some(lost));
        if lost == "cancel" {
            world.run_for(Some(Duration::from_secs(20)));
            world.note(JobRecord::CancelWanted);
        }
        assert!(matches!(world.run(), JobStop::Over(_)), "{lost}");
        assert!(world.count(lost) > 1 && world.state.borrow().job().strays() == 0, "{lost}");
    }
}

#[test]
fn a_full_queue_fails_the_job_and_runs_nothing() {
    let queue = BatchQueue { enqueued_tokens: Some(20), ..BatchQueue::default() };
    let world = World::new(&prompts(50), Scenario { batches: queue, ..Scenario::default() });
    assert_eq!(world.run(), JobStop::Over(JobEnd::Failed));
    let batch = world.batch();
    assert_eq!(batch.errors[0].code.as_deref(), Some("token_limit_exceeded"));
    assert!(batch.errors[0].message.contains("Limit: 20 enqueued tokens."), "{:?}", batch.errors);
    assert_eq!((world.state.borrow().counts().waiting, world.count("download")), (50, 0));
}

#[test]
fn a_wrong_key_makes_no_job_and_says_so() {
    let mut world = World::new(&prompts(2), Scenario::default());
    world.wire.inner = world.wire.inner.clone().with_key(None);
    let JobStop::Refused(Step::Upload, outcome) = world.run() else { panic!("it went on") };
    assert_eq!((outcome.status, world.state.borrow().counts().waiting), (Some(401), 2));
}

#[test]
fn results_of_other_lines_are_kept_as_they_came() {
    let world = World::new(&prompts(2), Scenario::default());
    let prices = Prices::default();
    let mut merger = sluice::batch::job::Merger::new(&world.file, &prices);
    for text in [r#"{"id":"batch_req_1","custom_id":"nobody","response":null,"error":null}"#, "<html>"] {
        let records = merger.line(text, &world.state.borrow());
        assert_eq!(records, [Record::Job(JobRecord::Stray { text: text.into() })]);
    }
    assert_eq!(merger.merged().strays, 2);
}

#[test]
fn what_openai_does_not_take_is_said_beforehand() {
    let text = "{\"body\":{\"model\":\"gpt-5-nano\",\"input\":\"x\"}}\n{\"body\":{\"model\":\"gpt-5-mini\",\"input\":\"x\"}}\n";
    let file = read(text.as_bytes(), 100, ReaderOptions::default()).unwrap();
    let none = RequestDefaults::default();
    let faults = check(&file.entries, &none);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].to_string().contains("these lines name 2: gpt-5-mini, gpt-5-nano."), "{}", faults[0]);
    assert_eq!(check([], &none), [JobFault::Empty]);
    let plain = read(b"one\ntwo\n", 100, ReaderOptions::default()).unwrap();
    assert_eq!(check(&plain.entries, &none), [JobFault::NoModel { line: 1 }]);
    let many = std::iter::repeat_n(&file.entries[0], MOST_REQUESTS as usize + 1);
    assert_eq!(check(many, &none), [JobFault::TooManyRequests { requests: 50_001 }]);
    let stream = read(b"{\"body\":{\"model\":\"m\",\"input\":\"x\",\"stream\":true}}\n", 100, ReaderOptions::default());
    assert_eq!(stream.unwrap().faults.len(), 1);
}

#[test]
fn a_job_is_half_the_price_and_takes_a_day_at_most() {
    let defaults = RequestDefaults { model: "gpt-5-nano".into(), max_output_tokens: Some(1_000), store: false };
    let text = prompts(1_000);
    let file = read(text.as_bytes(), 100, ReaderOptions::default()).unwrap();
    let mut estimate = Estimate::new(defaults, ChargeRule::Larger, Prices::default());
    estimate.extend(&file.entries);
    let limits = BatchLimits { limits: Scenario::default().limits("gpt-5-nano"), ..BatchLimits::default() };
    let offers = Comparison::new(estimate.totals(), &estimate.forecast(|_| limits));
    // A million output tokens of gpt-5-nano: $0.40, in a job $0.20; at 200,000 tokens a minute, 4 minutes after the first.
    let output = 400_000_000_000;
    assert!(offers.paced.cost.most.picodollars() > output && offers.job.cost.most.picodollars() > output / 2);
    assert_eq!(offers.saves.1 + offers.job.cost.most, offers.paced.cost.most);
    assert_eq!((offers.paced.takes, offers.job.takes), (Duration::from_secs(240), 24 * HOUR));
}
