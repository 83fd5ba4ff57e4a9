//! A whole batch through the one retry loop and the simulator, journaled as it goes, in virtual time.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use sluice::batch::input::{BatchFile, ReaderOptions};
use sluice::batch::journal::{Created, Tokens, replay};
use sluice::batch::output::{OutputError, OutputFormat, OutputLine, chunks};
use sluice::batch::{BatchSettings, FailureKind, LineState, Record, RequestDefaults};
use sluice::client::{CallEnd, CallEvent, Client, execute};
use sluice::clock::VirtualClock;
use sluice::models;
use sluice::random::Rng;
use sluice::redact::Redactor;
use sluice::reply::Reply;
use sluice::retry::Preset;
use sluice::simulator::{Scenario, Simulator};
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{ApiRequest, Transport, TransportError};

use crate::{fixture, read};

fn settings() -> BatchSettings {
    let defaults = RequestDefaults { model: "gpt-6-luna".into(), max_output_tokens: Some(256), store: false };
    BatchSettings { defaults, ..BatchSettings::default() }
}

/// Runs every line of a file, one after the other, and gives the journal.
fn run(file: &BatchFile, bytes: &[u8], scenario: Scenario) -> Vec<Record> {
    let clock = VirtualClock::default();
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 1))), clock.clone());
    let random = RefCell::new(Rng::from_seed(1));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let source: Arc<[u8]> = Arc::from(bytes);
    let settings = settings();
    let mut journal = vec![Record::Created(Created {
        file: file.fingerprint,
        format: file.layout.format(),
        requests: u32::try_from(file.entries.len()).unwrap(),
        skipped: u32::try_from(file.faults.len()).unwrap(),
        settings: settings.clone(),
        at_ms: 0,
    })];
    for entry in &file.entries {
        let line = entry.line;
        let asked = file.request(entry, &source, &settings.defaults).now_or_never().unwrap().unwrap();
        let request = ApiRequest::CreateResponse(asked.request);
        let result = clock
            .run(execute(&client, &Preset::Sluice.policy(), &request, |event| match event {
                CallEvent::AttemptStarted { attempt, .. } => {
                    journal.push(Record::AboutToSend { line, attempt, most: None });
                }
                CallEvent::WaitStarted { attempt, .. } => {
                    journal.push(Record::WillRetry { line, attempt, kind: FailureKind::RateLimit });
                }
                _ => {}
            }))
            .unwrap();
        let reply = result.result.unwrap();
        let output = OutputLine::of_reply(file.fingerprint, entry, &reply, &result.outcome);
        journal.push(match (result.end, FailureKind::of(result.outcome.class)) {
            (CallEnd::Succeeded, _) => {
                let usage = reply.usage().known().unwrap();
                let price = models::facts(reply.response().unwrap().model.as_deref().unwrap()).unwrap().price;
                let cost = u64::try_from(price.cost(&usage).picodollars()).ok();
                Record::Answered { line, attempt: result.attempts, tokens: Some(Tokens::from(&usage)), cost, output }
            }
            (_, kind) => Record::Failed { line, attempt: result.attempts, kind: kind.unwrap(), output },
        });
    }
    journal
}

fn written(name: &str, journal: &[Record], wanted: fn(&Record) -> bool) -> Vec<String> {
    let redactor = Redactor::new(None);
    let lines = journal.iter().filter(|record| wanted(record)).filter_map(Record::output).map(|line| (line, ""));
    let text: String = chunks(lines, OutputFormat::Jsonl, &redactor, &sluice::usage::Prices::default()).collect();
    // For tests/python, which reads it with the official package.
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), &text).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_format_runs_and_every_line_has_one_result() {
    for name in ["batch.jsonl", "cookbook.jsonl", "prompts.txt", "prompts.csv"] {
        let bytes = fixture(name);
        let file = read(&bytes, 100, ReaderOptions { file_name: name.into(), ..ReaderOptions::default() }).unwrap();
        let journal = run(&file, &bytes, Scenario::default().rpm(3));
        let state = replay(&journal);
        assert_eq!(state.counts().done as usize, file.entries.len(), "{name}: {:?}", state.counts());
        assert!(state.is_settled() && state.unpriced() == 0);
        let results =
            written(&format!("batch_results_of_{name}"), &journal, |record| matches!(record, Record::Answered { .. }));
        let ids: Vec<String> = results
            .iter()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["custom_id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids, file.entries.iter().map(|entry| entry.custom_id.to_string()).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn refusals_are_journaled_and_waited_for() {
    let text = "one\ntwo\nthree\nfour\nfive\n";
    let file = read(text.as_bytes(), 100, ReaderOptions::default()).unwrap();
    let journal = run(&file, text.as_bytes(), Scenario::default().rpm(3));
    let retries = journal.iter().filter(|record| matches!(record, Record::WillRetry { .. })).count();
    assert!(retries > 0);
    let state = replay(&journal);
    assert_eq!((state.counts().done, state.next_attempt(5) > 2), (5, true));
}

#[test]
fn what_the_api_refuses_goes_to_the_errors_file() {
    let text = concat!(
        r#"{"custom_id":"good","body":{"model":"gpt-5-nano","input":"x"}}"#,
        "\n",
        r#"{"custom_id":"hot","body":{"model":"gpt-5-nano","input":"x","temperature":0.5}}"#,
        "\n",
        r#"{"custom_id":"who","body":{"model":"gpt-9","input":"x"}}"#,
        "\n",
    );
    let file = read(text.as_bytes(), 100, ReaderOptions::default()).unwrap();
    let journal = run(&file, text.as_bytes(), Scenario::default());
    let state = replay(&journal);
    assert_eq!(state.line(2), LineState::Failed(FailureKind::BadRequest));
    assert_eq!(state.line(3), LineState::Failed(FailureKind::NotFound));
    let errors = written("batch_errors.jsonl", &journal, |record| matches!(record, Record::Failed { .. }));
    assert_eq!(errors.len(), 2);
    assert!(errors[0].contains(r#""custom_id":"hot","response":{"status_code":400"#), "{}", errors[0]);
    assert!(errors[1].contains(r#""code":"model_not_found""#), "{}", errors[1]);
}

/// A transport that keeps what is sent.
struct Wire(RefCell<Vec<String>>);

impl Transport for Wire {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        _: &mut dyn FnMut(sluice::transport::Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let ApiRequest::CreateResponse(create) = request else { panic!("{request:?}") };
        self.0.borrow_mut().push(create.body());
        Err(TransportError::NotSent("no".into()))
    }
}

#[test]
fn what_goes_over_the_wire_is_what_was_written() {
    let bytes = fixture("batch.jsonl");
    let file = read(&bytes, 100, ReaderOptions::default()).unwrap();
    let source: Arc<[u8]> = Arc::from(bytes.as_slice());
    let wire = Wire(RefCell::default());
    let kept = RequestDefaults { store: true, ..settings().defaults };
    let asked = file.request(&file.entries[3], &source, &kept).now_or_never().unwrap().unwrap();
    let _ = wire.send(&ApiRequest::CreateResponse(asked.request)).now_or_never();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(&wire.0.borrow()[0]), "{}", wire.0.borrow()[0]);
}

#[test]
fn an_error_without_an_answer_is_written_too() {
    let error = OutputError { code: "not_sent".into(), message: "The file is gone.".into() };
    let file = read(b"x", 1, ReaderOptions::default()).unwrap();
    let line = OutputLine::without_answer(file.fingerprint, 1, "line-000001", error);
    assert!(line.text().ends_with(r#""response":null,"error":{"code":"not_sent","message":"The file is gone."}}"#));
}
