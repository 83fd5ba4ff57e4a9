//! A job as the page watches it: called to look, kept in a store, found again by a simulator that had forgotten it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use sluice::batch::estimate::CostRange;
use sluice::batch::job::{JobBook, JobEnd, JobFault, JobRecord, Stage, Step, fault_words, line_at_fault, over_cap};
use sluice::batch::{LineState, Record};
use sluice::client::Client;
use sluice::clock::Clock;
use sluice::key::ApiKey;
use sluice::random::Rng;
use sluice::rate_limit::Visibility;
use sluice::redact::Redactor;
use sluice::reply::{Endpoint, Reply};
use sluice::responses::{BatchFault, BatchObject, BatchStatus, FileBytes};
use sluice::retry::{Class, Preset};
use sluice::run::batch::{BatchBook, StoredBook, begin_batch, reopen_batch};
use sluice::run::{GatedTransport, JobEvent, JobRun, JobStop, SpendGate, run_job};
use sluice::simulator::{Scenario, ScenarioPreset, Simulator};
use sluice::store::{MemoryStore, StoreError};
use sluice::time::UnixTime;
use sluice::transport::{ApiRequest, Progress, Transport, TransportError};
use sluice::usage::{Money, Prices};

use crate::job::{World, prompts};

/// Runs the job of `world` by a book in `store`; `during` runs beside it and has the book.
fn run_stored<F: Future<Output = ()>>(
    world: &World,
    (store, book): (&MemoryStore<()>, &BatchBook),
    observe: &dyn Fn(JobEvent<'_>),
    during: F,
) -> JobStop<StoreError> {
    let (random, redactor) = (RefCell::new(Rng::from_seed(1)), Redactor::new(None));
    let stored = StoredBook { book, store, id: "b", redactor: &redactor };
    let run = JobRun {
        client: Client { transport: &world.wire, clock: &world.clock, random: &random },
        policy: Preset::Sluice.policy(),
        file: &world.file,
        upload: Some(world.upload.clone()),
        open: &FileBytes::held,
        redactor: &redactor,
        prices: &Prices::default(),
    };
    let driven = async { futures_util::join!(run_job(&run, &stored, observe), during).0 };
    world.clock.run(driven).unwrap()
}

/// The book of a world's batch in a store of its own, with its job prepared.
fn stored(world: &World) -> (MemoryStore<()>, BatchBook) {
    let (store, redactor) = (MemoryStore::new(), Redactor::new(None));
    let journal = world.journal.borrow();
    let [Record::Created(created), Record::Job(prepared)] = &journal[..] else { panic!("{journal:?}") };
    let begun = async {
        let book = begin_batch(&store, "b", "label", created.clone(), &redactor).await.unwrap();
        let stored = StoredBook { book: &book, store: &store, id: "b", redactor: &redactor };
        stored.keep_job(prepared.clone()).await.unwrap();
        book
    };
    let book = world.clock.run(begun).unwrap();
    (store, book)
}

#[test]
fn a_stored_job_is_what_its_journal_says() {
    let world = World::new(&prompts(230), Scenario::default());
    let (store, book) = stored(&world);
    let stop = run_stored(&world, (&store, &book), &|_| {}, async {});
    assert_eq!(stop, JobStop::Over(JobEnd::Completed));
    let again = world.clock.run(reopen_batch(&store, "b")).unwrap().unwrap();
    assert_eq!(*again.state(), *book.state());
    assert_eq!((again.state().counts().done, again.state().job().is_open()), (230, false));
}

#[test]
fn each_response_of_a_job_is_told_once_with_its_tokens() {
    let world = World::new(&prompts(45), Scenario::default());
    let (store, book) = stored(&world);
    let told = Cell::new((0, 0, 0));
    let observe = |event: JobEvent<'_>| {
        if let JobEvent::Answered { tokens: Some(tokens), .. } = event {
            let (calls, input, output) = told.get();
            told.set((calls + 1, input + tokens.input, output + tokens.output));
        }
    };
    assert_eq!(run_stored(&world, (&store, &book), &observe, async {}), JobStop::Over(JobEnd::Completed));
    let tokens = book.state().tokens();
    assert_eq!(told.get(), (45, tokens.input, tokens.output));
    assert!(tokens.input > 0 && tokens.output > 0);
}

#[test]
fn a_cancel_does_not_wait_for_the_next_look() {
    let world = World::new(&prompts(50), Scenario::default());
    let (store, book) = stored(&world);
    let (cancelled, asked) = (Cell::new(None), Cell::new(None));
    let observe = |event: JobEvent<'_>| {
        if let JobEvent::Call(
            sluice::batch::job::Step::Cancel(_),
            sluice::client::CallEvent::AttemptStarted { at, .. },
        ) = event
        {
            cancelled.set(Some(*at));
        }
    };
    let during = async {
        // In the middle of a wait: looks come 5, 12.5, 23.75, 40.6 s after the job was made.
        world.clock.sleep(Duration::from_secs(30)).await;
        asked.set(Some(world.clock.now()));
        book.note(Record::Job(JobRecord::CancelWanted));
        book.call_job();
    };
    let stop = run_stored(&world, (&store, &book), &observe, during);
    assert_eq!(stop, JobStop::Over(JobEnd::Cancelled));
    assert_eq!((cancelled.get(), world.count("cancel")), (asked.get(), 1));
    // The decision stands in the journal.
    let again = world.clock.run(reopen_batch(&store, "b")).unwrap().unwrap();
    assert!(again.state().job().is_cancel_wanted());
}

#[test]
fn who_calls_is_told_at_once() {
    let world = World::new(&prompts(3), Scenario::default());
    let (store, book) = stored(&world);
    let during = async {
        world.clock.sleep(Duration::from_secs(30)).await;
        let before = world.count("look");
        book.call_job();
        world.clock.sleep(Duration::from_millis(1)).await;
        assert_eq!(world.count("look"), before + 1);
    };
    assert_eq!(run_stored(&world, (&store, &book), &|_| {}, during), JobStop::Over(JobEnd::Completed));
}

/// What came of each line, as the journal has it, but for the times to the second.
fn outputs(world: &World) -> Vec<(u32, String)> {
    let journal = world.journal.borrow();
    let output = |record: &Record| {
        let mut output: serde_json::Value = serde_json::from_str(record.output()?.text()).unwrap();
        output["response"]["body"]["created_at"].take();
        Some((record.line()?, output.to_string()))
    };
    let mut outputs: Vec<_> = journal.iter().filter_map(output).collect();
    outputs.sort();
    outputs
}

/// Answers every download with one text.
struct Echo(String);

impl Transport for Echo {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        _: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let endpoint = Endpoint::from(request);
        Ok(Reply::from_http(200, Vec::new(), self.0.clone(), Visibility::Full, UnixTime::default(), endpoint))
    }
}

#[test]
fn a_key_that_results_spell_out_is_in_no_journal() {
    const KEY: &str = "sk-canary-0123456789";
    let world = World::new(&prompts(2), Scenario::default());
    let done = BatchObject {
        id: "batch_1".into(),
        status: BatchStatus::Completed,
        output_file_id: Some("file-out".into()),
        ..BatchObject::default()
    };
    world.note(JobRecord::Uploaded { file_id: "file-1".into() });
    world.note(JobRecord::Seen(Box::new(done)));
    let response = r#"{"object":"response","status":"completed","model":"gpt-5-nano","output":[{"type":"message","content":[{"type":"output_text","text":"Your key is KEY."}]}]}"#;
    let line = |id: &str| {
        r#"{"id":"batch_req_1","custom_id":"ID","response":{"status_code":200,"request_id":"KEY","body":BODY},"error":null}"#
            .replace("BODY", response)
            .replace("KEY", KEY)
            .replace("ID", id)
    };
    // A line of nobody's is kept as it came, but for the key.
    let echo = Echo([line("line-000001"), line(KEY), line("line-000002")].join("\n"));
    let (random, redactor) = (RefCell::new(Rng::from_seed(1)), Redactor::new(Some(&ApiKey::parse(KEY).unwrap().0)));
    let run = JobRun {
        client: Client { transport: &echo, clock: &world.clock, random: &random },
        policy: Preset::Sluice.policy(),
        file: &world.file,
        upload: None,
        open: &FileBytes::held,
        redactor: &redactor,
        prices: &Prices::default(),
    };
    let stop = world.clock.run(run_job(&run, &world, &|_| {})).unwrap();
    assert_eq!(stop, JobStop::Over(JobEnd::Completed));
    assert_eq!((world.state.borrow().counts().done, world.state.borrow().job().strays()), (2, 1));
    let journal = world.journal.borrow();
    let kept: Vec<String> = journal.iter().map(|record| record.to_json(&Redactor::new(None))).collect();
    assert!(kept.iter().any(|record| record.contains("Your key is [key].")));
    assert!(kept.iter().all(|record| !record.contains("canary")));
}

#[test]
fn a_simulator_that_forgot_a_job_goes_on_with_it_as_if_it_had_not() {
    let whole = World::new(&prompts(60), ScenarioPreset::Overloaded.into());
    whole.run();
    for seconds in [2, 4, 30, 60, 99, 130] {
        let world = World::new(&prompts(60), ScenarioPreset::Overloaded.into());
        world.run_for(Some(Duration::from_secs(seconds)));
        let seen = world.state.borrow().job().batch().cloned();
        let before = seen.clone().unwrap_or_default();
        let file_id = world.state.borrow().job().file_id().unwrap().to_owned();
        let now = (world.clock.now(), world.clock.wall());
        {
            let mut simulator = world.wire.inner.simulator().borrow_mut();
            *simulator = Simulator::new(ScenarioPreset::Overloaded.into(), 99);
            assert!(!simulator.has_job(&file_id, None));
            let bytes = world.upload.bytes.held().unwrap();
            simulator.take_over_job(&file_id, &bytes, seen.as_ref(), now);
            assert!(simulator.has_job(&file_id, seen.as_ref().map(|seen| seen.id.as_str())));
        }
        assert_eq!(world.run(), JobStop::Over(JobEnd::Completed), "{seconds} s");
        let after = world.batch();
        assert!(after.request_counts.completed >= before.request_counts.completed);
        assert_eq!((after.id.clone(), after.times.created_at), (before.id, before.times.created_at), "{seconds} s");
        assert_eq!(world.count("create"), 1);
        assert!(outputs(&world) == outputs(&whole), "{seconds} s");
    }
}

#[test]
fn a_spend_cap_must_hold_all_of_a_job() {
    let dollars = |cents: i128| Money::from_picodollars(cents * 10_000_000_000);
    let cost = CostRange { least: dollars(1), most: dollars(30), unpriced: 0, unbounded: 0 };
    let world = World::new(&prompts(2), Scenario::default());
    let state = world.state.borrow();
    assert_eq!(over_cap(None, Some(&state), &cost), None);
    assert_eq!(over_cap(Some(dollars(30)), Some(&state), &cost), None);
    let fault = over_cap(Some(dollars(29)), Some(&state), &cost);
    assert_eq!(fault, Some(JobFault::OverCap { most: dollars(30), left: dollars(29) }));
    assert!(
        fault
            .unwrap()
            .to_string()
            .starts_with("The job could cost up to $0.30 (input estimated), and the spend cap leaves $0.29.")
    );
    let unbounded = CostRange { unbounded: 1, ..cost };
    assert_eq!(over_cap(Some(dollars(100)), None, &unbounded), Some(JobFault::CostUnknown));
}

#[test]
fn a_fault_names_the_line_of_the_file_that_was_opened() {
    // The blank line is none of the job's file.
    let world = World::new("first prompt\n\nsecond prompt\n", Scenario::default());
    let fault =
        BatchFault { code: Some("invalid_json_line".into()), message: "No.".into(), param: None, line: Some(2) };
    let state = world.state.borrow();
    let entry = line_at_fault(&world.file, &state, &fault).unwrap();
    assert_eq!((entry.line, &*entry.custom_id), (3, "line-000003"));
    assert_eq!(
        fault_words(&fault, Some(entry)),
        "Line 3 (line-000003): No. (invalid_json_line) Mend the line, and open the file again."
    );
    let beyond = BatchFault { line: Some(3), ..fault.clone() };
    assert_eq!(line_at_fault(&world.file, &state, &beyond), None);
    drop(state);
    // Once a line has gone elsewhere, the numbers tell nothing.
    world.state.borrow_mut().apply(&Record::AboutToSend { line: 1, attempt: 1, most: None }, 9);
    world.note(JobRecord::Closed);
    world.state.borrow_mut().apply(&Record::AboutToSend { line: 1, attempt: 1, most: None }, 9);
    assert_eq!(world.line(1), LineState::Sending { attempt: 1 });
    assert_eq!(line_at_fault(&world.file, &world.state.borrow(), &fault), None);
}

#[test]
fn a_job_that_is_given_up_is_called_so() {
    let world = World::new(&prompts(3), Scenario::default());
    world.run_for(Some(Duration::from_secs(20)));
    assert_eq!(world.batch().status, BatchStatus::InProgress);
    world.note(JobRecord::Closed);
    let state = world.state.borrow();
    assert_eq!(Stage::of(state.job()), Some(Stage::Over(JobEnd::GivenUp)));
    assert_eq!(state.may_send(1, None), Ok(()));
}

#[test]
fn no_job_is_created_once_a_budget_is_reached() {
    let world = World::new(&prompts(2), Scenario::default());
    let refuses = Cell::new(true);
    let gate = || refuses.get().then(|| "Today's budget (Live) is reached.".to_owned());
    let gated = GatedTransport::new(&world.wire, SpendGate::new(&gate));
    let (random, redactor) = (RefCell::new(Rng::from_seed(1)), Redactor::new(None));
    let run = JobRun {
        client: Client { transport: &gated, clock: &world.clock, random: &random },
        policy: Preset::Sluice.policy(),
        file: &world.file,
        upload: Some(world.upload.clone()),
        open: &FileBytes::held,
        redactor: &redactor,
        prices: &Prices::default(),
    };
    let stop = world.clock.run(run_job(&run, &world, &|_| {})).unwrap();
    let JobStop::Refused(Step::Create(_), outcome) = stop else { panic!("{stop:?}") };
    assert_eq!((outcome.class, outcome.message.as_str()), (Class::NotSent, "Today's budget (Live) is reached."));
    assert_eq!(world.state.borrow().job().batch(), None);
    // A job that is there is looked at and fetched whatever the budget.
    refuses.set(false);
    let created = |event: JobEvent<'_>| {
        if let JobEvent::Call(Step::Poll(_), _) = event {
            refuses.set(true);
        }
    };
    let stop = world.clock.run(run_job(&run, &world, &created)).unwrap();
    assert_eq!(stop, JobStop::Over(JobEnd::Completed));
    assert!(refuses.get() && world.state.borrow().counts().done == 2);
}
