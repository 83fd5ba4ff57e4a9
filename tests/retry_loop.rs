//! The retry loop on a virtual clock, against answers written down here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use futures_util::future::{Either, select};
use sluice::client::{CallEnd, CallEvent, CallResult, Client, execute};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::Constant;
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply, TransportError};
use sluice::responses::{ApiRequest, CreateResponse};
use sluice::retry::{Class, Preset, RetryPolicy, StopReason};
use sluice::run::{BurstPlan, CallState, RunCounts, RunLog, run_burst};
use sluice::transport::{Progress, Transport};

const LATENCY: Duration = Duration::from_millis(250);

/// Gives its answers one after the other, each after a quarter of a second.
struct Scripted {
    clock: VirtualClock,
    answers: RefCell<VecDeque<Result<Reply, TransportError>>>,
    sent: RefCell<Vec<Duration>>,
}

impl Scripted {
    fn new(clock: &VirtualClock, answers: impl IntoIterator<Item = Result<Reply, TransportError>>) -> Self {
        Self { clock: clock.clone(), answers: RefCell::new(answers.into_iter().collect()), sent: RefCell::default() }
    }
}

impl Transport for Scripted {
    async fn send_observed(&self, _: &ApiRequest, _: &mut dyn FnMut(Progress<'_>)) -> Result<Reply, TransportError> {
        self.sent.borrow_mut().push(self.clock.now().since_origin());
        self.clock.sleep(LATENCY).await;
        self.answers.borrow_mut().pop_front().expect("an answer for every request")
    }
}

#[allow(clippy::unnecessary_wraps)] // an answer as a transport gives it
fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Reply, TransportError> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok(Reply::from_http(
        status,
        headers,
        body.to_owned(),
        Visibility::Full,
        VirtualClock::default().wall(),
        Endpoint::Responses,
    ))
}

fn success() -> Result<Reply, TransportError> {
    answer(
        200,
        &[],
        r#"{"object":"response","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":4}}"#,
    )
}

fn limited(headers: &[(&str, &str)], message: &str) -> Result<Reply, TransportError> {
    answer(
        429,
        headers,
        &format!(r#"{{"error":{{"message":"{message}","type":"requests","code":"rate_limit_exceeded"}}}}"#),
    )
}

fn request() -> ApiRequest {
    ApiRequest::CreateResponse(CreateResponse { model: "gpt-5-nano".into(), ..CreateResponse::default() })
}

/// Runs one call; gives its result and when each request went out, in ms.
fn call(policy: &RetryPolicy, draw: f64, answers: Vec<Result<Reply, TransportError>>) -> (CallResult, Vec<u128>) {
    let clock = VirtualClock::default();
    let transport = Scripted::new(&clock, answers);
    let random = RefCell::new(Constant(draw));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let result = clock.run(execute(&client, policy, &request(), |_| {})).expect("the call ends");
    let sent = transport.sent.borrow().iter().map(Duration::as_millis).collect();
    (result, sent)
}

#[test]
fn the_notebook_waits_as_it_is_written_and_succeeds() {
    let text = "Rate limit reached. Please try again in 20s.";
    let answers = vec![limited(&[("retry-after", "20")], text), limited(&[], text), success()];
    let (result, sent) = call(&Preset::Notebook.policy(), 0.5, answers);
    assert_eq!(result.end, CallEnd::Succeeded);
    // 250 ms of latency, then 1.0 s × (0.5 + 0.5), then 2.0 s: it ignores the 20 s it was told.
    assert_eq!(sent, [0, 1_250, 3_500]);
}

#[test]
fn the_notebook_gives_up_and_says_so() {
    let answers = (0..5).map(|_| limited(&[], "Rate limit reached.")).collect();
    let (result, sent) = call(&Preset::Notebook.policy(), 0.0, answers);
    assert_eq!(result.end, CallEnd::Stopped(StopReason::AttemptsUsed { max_attempts: 5 }));
    assert_eq!((sent.len(), result.attempts), (5, 5));
}

#[test]
fn ours_takes_the_finest_hint_as_a_floor() {
    let hints = [("retry-after", "2"), ("retry-after-ms", "1500")];
    let (result, sent) = call(&Preset::Sluice.policy(), 0.0, vec![limited(&hints, "slow"), success()]);
    assert_eq!((result.end, sent), (CallEnd::Succeeded, vec![0, 250 + 1_500]));
    // From the text alone: truncated by the server, so one millisecond more.
    let (_, sent) = call(&Preset::Sluice.policy(), 0.0, vec![limited(&[], "Please try again in 644ms."), success()]);
    assert_eq!(sent, [0, 250 + 645]);
}

#[test]
fn what_waiting_cannot_cure_is_asked_once() {
    for (status, body, class) in [
        (
            429,
            r#"{"error":{"message":"No credit.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            Class::Quota,
        ),
        (401, r#"{"error":{"message":"Missing bearer or basic authentication in header"}}"#, Class::Auth),
        (404, r#"{"error":{"message":"No such model.","code":"model_not_found"}}"#, Class::NotFound),
        (200, "<!doctype html><html></html>", Class::Unreadable),
    ] {
        let (result, sent) = call(&Preset::Sluice.policy(), 0.5, vec![answer(status, &[], body)]);
        assert_eq!((result.outcome.class, sent.len()), (class, 1), "{status} {body}");
        assert_eq!(result.end, CallEnd::Stopped(StopReason::NotRetried));
    }
}

#[test]
fn an_unknown_outcome_is_never_resent_unless_a_policy_says_so() {
    let opaque = || Err(TransportError::Opaque("Failed to fetch".into()));
    let (result, sent) = call(&Preset::Sluice.policy(), 0.5, vec![opaque()]);
    assert_eq!((result.outcome.class, sent.len()), (Class::Opaque, 1));
    // openai-python 3.57.0 retries connection errors twice.
    let (_, sent) = call(&Preset::OpenAiPython.policy(), 0.5, vec![opaque(), opaque(), success()]);
    assert_eq!(sent.len(), 3);
}

#[test]
fn a_rate_limit_inside_a_200_is_backed_off_from_as_well() {
    let body = r#"{"object":"response","status":"failed","output":[],"error":{"code":"rate_limit_exceeded","message":"Rate limit reached for gpt-5-nano on tokens per min (TPM): Limit 200000, Used 199821, Requested 2295. Please try again in 634ms."}}"#;
    let (result, sent) = call(&Preset::Sluice.policy(), 0.0, vec![answer(200, &[], body), success()]);
    assert_eq!((result.end, sent), (CallEnd::Succeeded, vec![0, 250 + 635]));
}

#[test]
fn more_than_two_minutes_is_for_a_person_to_decide() {
    let (result, sent) = call(&Preset::Sluice.policy(), 0.5, vec![limited(&[("retry-after", "432")], "daily limit")]);
    assert!(matches!(result.end, CallEnd::Ask(_)), "{:?}", result.end);
    assert_eq!(sent.len(), 1);
}

#[test]
fn dropping_a_burst_stops_it_at_once() {
    let clock = VirtualClock::default();
    let hint = [("retry-after", "30")];
    let transport = Scripted::new(&clock, (0..4).map(|_| limited(&hint, "full")));
    let random = RefCell::new(Constant(0.0));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let plan = BurstPlan {
        requests: (0..4).map(|n| (format!("call {n}"), request())).collect(),
        concurrency: 2,
        policy: Preset::Sluice.policy(),
    };
    let log = RefCell::new(RunLog::default());
    let stopped_after = Duration::from_secs(10);
    clock.run(async {
        let observe = |_: usize, _: &CallEvent<'_>| {};
        let burst = std::pin::pin!(run_burst(&client, &plan, &log, &observe));
        let stop = std::pin::pin!(clock.sleep(stopped_after));
        assert!(matches!(select(burst, stop).await, Either::Right(_)), "the burst outlives ten seconds");
    });
    log.borrow_mut().cancel_all(clock.now());
    let log = log.into_inner();
    let counts = RunCounts::of(&log);
    assert_eq!((counts.http_requests, counts.cancelled, counts.waiting, counts.in_flight), (2, 4, 0, 0));
    assert!(!log.is_running());
    assert_eq!(log.calls[0].attempts[0].wait.unwrap().actual(), Some(Duration::from_millis(9_750)));
    assert_eq!(log.calls[3].state, CallState::Cancelled { was_in_flight: false });
    // Nothing goes on in the background: time passes and no further request is sent.
    clock.run(clock.sleep(Duration::from_secs(3_600)));
    assert_eq!(transport.sent.borrow().len(), 2);
}

#[test]
fn concurrency_counts_calls_with_their_waits() {
    let clock = VirtualClock::default();
    let transport = Scripted::new(&clock, (0..6).map(|_| success()));
    let random = RefCell::new(Constant(0.0));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let plan = BurstPlan {
        requests: (0..6).map(|n| (format!("call {n}"), request())).collect(),
        concurrency: 3,
        policy: Preset::None.policy(),
    };
    let log = RefCell::new(RunLog::default());
    clock.run(run_burst(&client, &plan, &log, &|_, _| {}));
    let sent: Vec<u128> = transport.sent.borrow().iter().map(Duration::as_millis).collect();
    assert_eq!(sent, [0, 0, 0, 250, 250, 250]);
    assert_eq!(RunCounts::of(&log.into_inner()).succeeded, 6);
}

#[test]
fn a_refused_key_stops_the_whole_run() {
    let clock = VirtualClock::default();
    let refused =
        answer(401, &[], r#"{"error":{"message":"Incorrect API key provided: x.","code":"invalid_api_key"}}"#);
    // The first waits, the second is refused its key, the third was out already: six of the eight never go out again.
    let transport =
        Scripted::new(&clock, [limited(&[("retry-after", "20")], "Please try again in 20s."), refused, success()]);
    let random = RefCell::new(Constant(0.5));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let plan = BurstPlan {
        requests: (1..=8).map(|number| (format!("#{number}"), request())).collect(),
        concurrency: 3,
        policy: Preset::Sluice.policy(),
    };
    let log = RefCell::new(RunLog::default());
    clock.run(run_burst(&client, &plan, &log, &|_, _| {})).unwrap();
    assert_eq!(transport.sent.borrow().len(), 3);
    let log = log.into_inner();
    let counts = RunCounts::of(&log);
    assert_eq!((counts.http_requests, counts.succeeded, counts.failed, counts.wasted_requests), (3, 1, 7, 2));
    let last = log.calls[7].attempts.last().and_then(|attempt| attempt.outcome.clone()).unwrap();
    assert_eq!((last.class, last.message.as_str()), (Class::NotSent, sluice::run::KEY_REFUSED));
    assert!(log.calls.iter().all(|call| matches!(call.state, CallState::Ended(_))), "nothing is left open");
}
