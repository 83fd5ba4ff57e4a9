//! A few calls in which all that a file has to tell occurs, and the files that are made of them.

use std::fs;
use std::path::Path;

use serde_json::json;
use sluice::export::csv::CsvWriter;
use sluice::export::har::HarWriter;
use sluice::export::session::SessionWriter;
use sluice::redact::Redactor;
use sluice::responses::Usage;
use sluice::retry::{Class, ServerWait, StopReason, WaitSource};
use sluice::usage::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, Money, OutcomeRecord, PlannedWait,
    ResponseFacts,
};
use std::time::Duration;

use super::making;

pub const REFUSAL: &str = "Rate limit reached for gpt-5-nano on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.";

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn attempt(started_micros: u64, ended_micros: u64, class: Class, status: Option<u16>) -> AttemptRecord {
    AttemptRecord {
        started_micros,
        ended_micros: Some(ended_micros),
        first_token_micros: None,
        outer_attempt: 1,
        outcome: Some(OutcomeRecord { class, status, code: None, message: String::new(), asked_wait: None }),
        counts_as: None,
        response: None,
        headers: Vec::new(),
        hides_headers: false,
        body: None,
        wait: None,
    }
}

fn call(number: u128, attempts: Vec<AttemptRecord>, end: Option<EndRecord>) -> CallRecord {
    CallRecord {
        id: CallId::new(number),
        run: "00000000000000a1".into(),
        lane: u32::try_from(number - 1).unwrap(),
        made_in: MadeIn::Burst,
        api: AnsweredBy::Live,
        server: "https://api.openai.com/v1".into(),
        key_alias: Some("work".into()),
        model: "gpt-5-nano".into(),
        label: format!("Request {number}"),
        // 2026-11-26T09:30:00.123Z.
        queued_at_micros: 1_795_685_400_123_000,
        ended_micros: attempts.last().and_then(|attempt| attempt.ended_micros),
        attempts,
        end,
        resumed_micros: Vec::new(),
        request: Some(json!({ "model": "gpt-5-nano", "input": format!("Prompt {number}"), "store": false })),
    }
}

/// Refused once, then answered.
fn refused_and_answered() -> CallRecord {
    let mut refused = attempt(1_500, 251_500, Class::RateLimit, Some(429));
    let asked_wait = Some(ServerWait::For { wait: Duration::from_secs(20), source: WaitSource::RetryAfter });
    refused.outcome = Some(OutcomeRecord {
        class: Class::RateLimit,
        status: Some(429),
        code: Some("rate_limit_exceeded".into()),
        message: REFUSAL.into(),
        asked_wait,
    });
    refused.counts_as = Some(CountsAs::Failed);
    refused.headers =
        headers(&[("content-type", "application/json"), ("retry-after", "20"), ("x-request-id", "req_1")]);
    refused.body =
        Some(json!({ "error": { "message": REFUSAL, "type": "requests", "code": "rate_limit_exceeded" } }).to_string());
    refused.wait = Some(PlannedWait {
        started_micros: 251_500,
        planned_micros: 20_250_000,
        ended_micros: Some(20_501_700),
        source: WaitSource::RetryAfter,
        asked_micros: Some(20_000_000),
        layer: 0,
        outer_attempt: 1,
    });
    let mut answered = answered(20_501_700, 21_234_567);
    answered.outer_attempt = 2;
    call(1, vec![refused, answered], Some(EndRecord::Succeeded))
}

fn answered(started: u64, ended: u64) -> AttemptRecord {
    let usage = Usage { input_tokens: 11, output_tokens: 7, total_tokens: 18, ..Usage::default() };
    let body = json!({ "id": "resp_1", "object": "response", "status": "completed", "model": "gpt-5-nano-2025-08-07",
        "output": [{ "type": "message", "content": [{ "type": "output_text", "text": "Turtles: \"é\" </script> 😀" }] }],
        "usage": { "input_tokens": 11, "output_tokens": 7, "total_tokens": 18 } });
    AttemptRecord {
        counts_as: Some(CountsAs::Usage(usage)),
        response: Some(ResponseFacts {
            id: Some("resp_1".into()),
            model: Some("gpt-5-nano-2025-08-07".into()),
            status: "completed".into(),
            ..ResponseFacts::default()
        }),
        headers: headers(&[("content-type", "application/json"), ("x-request-id", "req_2")]),
        body: Some(body.to_string()),
        ..attempt(started, ended, Class::Success, Some(200))
    }
}

/// The calls.
pub fn calls() -> Vec<CallRecord> {
    let mut streamed = answered(2_000, 902_000);
    streamed.first_token_micros = Some(402_000);
    streamed.headers = headers(&[("content-type", "text/event-stream; charset=utf-8")]);
    streamed.body = Some("event: response.completed\ndata: {}\n\n".into());
    let mut simulated = call(2, vec![streamed], Some(EndRecord::Succeeded));
    (simulated.api, simulated.server, simulated.key_alias) = (AnsweredBy::Simulated, "simulated".into(), None);

    let mut hidden = attempt(0, 30_000, Class::Opaque, None);
    hidden.counts_as = Some(CountsAs::Unknown);
    if let Some(outcome) = &mut hidden.outcome {
        outcome.message = "The browser hid the answer.".into();
    }
    let failed = call(3, vec![hidden], Some(EndRecord::Stopped(StopReason::NotRetried)));

    let mut in_flight = attempt(0, 500_000, Class::Success, None);
    (in_flight.outcome, in_flight.counts_as) = (None, Some(CountsAs::Unknown));
    let mut stopped = call(4, vec![in_flight], Some(EndRecord::Cancelled { was_in_flight: true }));
    stopped.label = "=HYPERLINK(\"https://evil.example\")".into();

    let mut bare = answered(0, 400_000);
    (bare.body, bare.counts_as) = (None, Some(CountsAs::NoUsage));
    let mut not_kept = call(5, vec![bare], Some(EndRecord::Succeeded));
    not_kept.request = None;

    let mut of_job = call(6, vec![answered(0, 400_000)], Some(EndRecord::Succeeded));
    of_job.made_in = MadeIn::BatchJob;
    vec![refused_and_answered(), simulated, failed, stopped, not_kept, of_job]
}

/// Holds a committed file to `text`, or writes it.
fn holds(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/golden").join(file);
    if std::env::var_os("SLUICE_WRITE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{file} is not what is written now; SLUICE_WRITE=1 writes it anew");
}

#[test]
fn the_golden_files_are_what_is_written_now() {
    let redactor = Redactor::default();
    let mut har = HarWriter::new(making(&redactor, true));
    let entries: String = calls().iter().map(|call| har.call(call)).collect();
    holds("calls.har", &(har.head() + &entries + &har.tail()));

    let mut csv = CsvWriter::new(&redactor);
    let price = |number: usize| (number == 0).then(|| Money::from_picodollars(3_350_000));
    let rows: String = calls().iter().enumerate().map(|(number, call)| csv.call(call, price(number))).collect();
    holds("calls.csv", &(csv.head() + &rows + &csv.tail()));

    let mut session = SessionWriter::new(making(&redactor, true));
    let lines: String = calls().iter().map(|call| session.call(call)).collect();
    holds("session.json", &(session.head() + &lines + &session.tail()));
}
