//! Streamed calls through the one retry loop, on the virtual clock and the simulator's own times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use sluice::client::{CallEvent, Client};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::Constant;
use sluice::responses::{ApiRequest, CreateResponse, Input, Usage};
use sluice::retry::{Class, Preset};
use sluice::run::{Attempt, BurstPlan, CallState, RunLog, TokenRate, run_burst};
use sluice::simulator::{LatencyModel, Scenario, ScenarioPreset, Simulator};
use sluice::transport::Transport;
use sluice::transport::simulated::SimulatedTransport;

/// 400 ms to the first token, reasoning or not, then 10 ms a token.
const STEADY: LatencyModel = LatencyModel { spread: 0.0, tokens_per_second: 100.0, ..LatencyModel::ORDINARY };

fn request(model: &str) -> ApiRequest {
    ApiRequest::CreateResponse(CreateResponse {
        model: model.into(),
        input: Input::Text("Explain what API rate limits are.".into()),
        stream: true,
        ..CreateResponse::default()
    })
}

fn plan(model: &str) -> BurstPlan {
    BurstPlan { requests: vec![("#1".into(), request(model))], concurrency: 1, policy: Preset::Sluice.policy() }
}

fn transport(scenario: Scenario, clock: &VirtualClock) -> SimulatedTransport<VirtualClock> {
    SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 7))), clock.clone())
}

/// Runs the plan until its end, or for as long as is given.
fn run(scenario: Scenario, plan: &BurstPlan, stop_after: Option<Duration>) -> RunLog {
    let clock = VirtualClock::default();
    let transport = transport(scenario, &clock);
    let random = RefCell::new(Constant(0.0));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let log = RefCell::new(RunLog::default());
    let lengths = RefCell::new(Vec::new());
    let observe = |index: usize, event: &CallEvent<'_>| {
        if let CallEvent::AttemptProgress { .. } = event {
            let log = log.borrow();
            lengths.borrow_mut().push(log.calls[index].attempts.last().unwrap().stream.as_ref().unwrap().text.len());
        }
    };
    clock.run(async {
        let burst = pin!(run_burst(&client, plan, &log, &observe));
        let stop = pin!(clock.sleep(stop_after.unwrap_or(Duration::from_secs(3_600))));
        if let Either::Right(_) = select(burst, stop).await {
            log.borrow_mut().cancel_all(clock.now());
        }
    });
    let lengths = lengths.into_inner();
    assert!(lengths.contains(&0) && lengths.iter().any(|length| *length > 0), "{lengths:?}");
    log.into_inner()
}

fn usage(attempt: &Attempt) -> Usage {
    attempt.result.as_ref().unwrap().as_ref().unwrap().usage().known().unwrap()
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn the_time_to_the_first_token_and_the_rate_are_the_simulators_own() {
    let log = run(Scenario::default().latency(STEADY), &plan("gpt-4o-mini"), None);
    let attempt = &log.calls[0].attempts[0];
    let stream = attempt.stream.as_ref().unwrap();
    let usage = usage(attempt);
    assert_eq!(stream.head_at.unwrap().since_origin(), millis(200));
    assert_eq!(stream.time_to_first_token(), Some(millis(400)));
    // From the first token at 400 ms to the last, 10 ms for each: the first one is not timed.
    let TokenRate { tokens_per_second, is_estimate } = stream.token_rate(Some(usage)).unwrap();
    #[allow(clippy::cast_precision_loss)]
    let expected = (usage.output_tokens - 1) as f64 / (usage.output_tokens as f64 * 0.01);
    assert!((tokens_per_second - expected).abs() < 0.01 && !is_estimate, "{tokens_per_second} of {expected}");
    assert!(stream.token_rate(None).unwrap().is_estimate);
    let reply = attempt.result.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(stream.text, reply.response().unwrap().output_text());
    assert_eq!(reply.wire.body().matches("\n\n").count(), stream.events_in_all);
}

#[test]
fn reasoning_comes_before_the_first_token_and_is_part_of_its_time() {
    let log = run(Scenario::default().latency(STEADY), &plan("gpt-5-nano"), None);
    let attempt = &log.calls[0].attempts[0];
    let usage = usage(attempt);
    assert!(usage.reasoning_tokens > 0);
    let stream = attempt.stream.as_ref().unwrap();
    assert_eq!(stream.time_to_first_token(), Some(millis(400 + 10 * usage.reasoning_tokens)));
}

#[test]
fn a_long_silence_is_bridged_by_signs_of_life() {
    let slow = LatencyModel { first_token: Duration::from_secs(12), ..STEADY };
    let log = run(Scenario::default().latency(slow), &plan("gpt-4o-mini"), None);
    let stream = log.calls[0].attempts[0].stream.as_ref().unwrap();
    let signs = stream.events.iter().filter(|event| event.kind == "keepalive");
    assert_eq!(signs.map(|event| event.at.since_origin().as_millis()).collect::<Vec<_>>(), [5_200, 10_200]);
    assert_eq!(stream.time_to_first_token(), Some(Duration::from_secs(12)));
}

#[test]
fn a_limit_in_mid_stream_keeps_what_had_come_and_is_waited_out() {
    let log = run(Scenario::from(ScenarioPreset::MidStream).latency(STEADY), &plan("gpt-4o-mini"), None);
    let call = &log.calls[0];
    let [failed, succeeded] = &call.attempts[..] else { panic!("{:?}", call.attempts.len()) };
    assert_eq!(
        failed.outcome.as_ref().map(|outcome| (outcome.status, outcome.class)),
        Some((Some(200), Class::RateLimit))
    );
    let half = failed.stream.as_ref().unwrap();
    assert!(half.text.starts_with("[simulated]"), "{:?}", half.text);
    assert_eq!(half.events.last().map(|event| event.kind.as_str()), Some("error"));
    // The text says 2s; one millisecond is added to what it cut off.
    assert_eq!(succeeded.started.saturating_since(failed.ended.unwrap()), millis(2_001));
    // Counted from the attempt, not from the call.
    assert_eq!(succeeded.stream.as_ref().unwrap().time_to_first_token(), Some(millis(400)));
    assert!(succeeded.stream.as_ref().unwrap().text.len() > half.text.len());
}

#[test]
fn a_stop_in_mid_stream_keeps_the_text_and_guesses_no_usage() {
    let log = run(Scenario::default().latency(STEADY), &plan("gpt-4o-mini"), Some(millis(500)));
    let call = &log.calls[0];
    assert_eq!(call.state, CallState::Cancelled { was_in_flight: true });
    let attempt = &call.attempts[0];
    assert!(attempt.result.is_none());
    assert!(attempt.stream.as_ref().unwrap().text.starts_with("[simulated]"));
}

#[test]
fn a_refusal_and_an_answer_in_one_piece_are_what_they_ever_were() {
    let clock = VirtualClock::default();
    let transport = transport(Scenario::default().rpm(1).latency(STEADY), &clock);
    let told = RefCell::new(0);
    let send = |stream: bool| {
        let ApiRequest::CreateResponse(create) = request("gpt-4o-mini") else { panic!("no request") };
        let request = ApiRequest::CreateResponse(CreateResponse { stream, ..create });
        let mut observe = |_: sluice::transport::Progress<'_>| *told.borrow_mut() += 1;
        clock.run(transport.send_observed(&request, &mut observe)).unwrap().unwrap()
    };
    assert_eq!(send(false).status, 200);
    let refused = send(true);
    assert_eq!((refused.status, *told.borrow()), (429, 0));
    assert!(refused.wire.headers().iter().any(|(name, value)| name == "content-type" && value == "application/json"));
}
