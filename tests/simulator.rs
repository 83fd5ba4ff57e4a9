//! The simulated API from outside: its text is its decision, and both follow from seed, scenario and requests.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;
use serde_json::json;
use sluice::client::{CallEnd, CallEvent, Client, execute};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::{Constant, RandomSource, Rng};
use sluice::rate_limit::{Algorithm, LimitReached, RetryAfter, Visibility};
use sluice::reply::{Content, Endpoint, Reply, WireText};
use sluice::responses::{CreateResponse, Input, ReasoningEffort, ResponseStatus};
use sluice::retry::{Class, Preset};
use sluice::simulator::{
    Answer, AnswerBody, BadCall, ChargeRule, Faults, KeyRule, LatencyModel, RequestsHeader, Scenario, ScenarioPreset,
    Simulator,
};
use sluice::time::{Instant, UnixTime};
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{ApiRequest, Transport};

const KEY: Option<&str> = Some("sk-simulated");
const NANO: &str = "gpt-5-nano";
const NOVEMBER: UnixTime = UnixTime::from_secs(1_795_564_800);

fn create(model: &str, prompt: &str, max_output_tokens: Option<u64>) -> CreateResponse {
    CreateResponse {
        model: model.into(),
        input: Input::Text(prompt.into()),
        max_output_tokens,
        ..CreateResponse::default()
    }
}

fn ask(simulator: &mut Simulator, request: CreateResponse, at_ms: u64) -> Answer {
    let now = Instant::from_origin(Duration::from_millis(at_ms));
    simulator.answer(&ApiRequest::CreateResponse(request), KEY, now, NOVEMBER + now.since_origin())
}

fn error_of(answer: &Answer) -> (u16, String, Option<String>) {
    match &answer.body {
        AnswerBody::Error(error) => (answer.status, error.message.clone(), error.code.clone()),
        _ => (answer.status, String::new(), None),
    }
}

/// Requests as a client in trouble sends them: many models, prompts and budgets, some of them wrong.
fn scripted(simulator: &mut Simulator, script_seed: u64) -> Vec<(ApiRequest, Answer)> {
    let mut draws = Rng::from_seed(script_seed);
    let mut now = Instant::ORIGIN;
    let mut transcript = Vec::new();
    for _ in 0..200 {
        let prompts = ["Give me 3 synonyms for 'fast'.", "你好，速率限制是什么？", "", "Plan a week of 🐢 walks"];
        let models = [NANO, "gpt-4o-mini", "gpt-4.1-2025-04-14", "gpt-9-example", "o3"];
        let pick = |n: u64, draws: &mut Rng| usize::try_from(draws.below(n)).unwrap_or(0);
        let prompt = prompts.into_iter().nth(pick(4, &mut draws)).unwrap_or_default();
        let model = models.into_iter().nth(pick(5, &mut draws)).unwrap_or_default();
        let budget = Some(draws.below(400)).filter(|tokens| *tokens > 0);
        let mut request = create(model, prompt, budget);
        request.stream = draws.below(3) == 0;
        if draws.below(10) == 0 {
            request.temperature = Some(0.7);
        }
        if draws.below(4) == 0 {
            request.reasoning_effort = Some(ReasoningEffort::Low);
        }
        if draws.below(8) == 0 {
            request.instructions = Some("Answer at length. ".repeat(400));
        }
        let request = match draws.below(12) {
            0 => ApiRequest::ListModels,
            1 => ApiRequest::CountInputTokens(request),
            _ => ApiRequest::CreateResponse(request),
        };
        let key = KEY.filter(|_| draws.below(20) > 0);
        let answer = simulator.answer(&request, key, now, NOVEMBER + now.since_origin());
        transcript.push((request, answer));
        now = now + Duration::from_millis(draws.below(3_000));
    }
    transcript
}

fn text_of(transcript: &[(ApiRequest, Answer)]) -> String {
    let line =
        |answer: &Answer| format!("{} {:?} {:?}\n{}", answer.status, answer.latency, answer.headers(), answer.body());
    transcript.iter().map(|(_, answer)| line(answer)).collect()
}

fn troubled(preset: ScenarioPreset) -> Scenario {
    Scenario::from(preset).rpm(5).tpm(1_500)
}

#[test]
fn the_same_seed_gives_the_same_transcript_to_the_byte() {
    for preset in [ScenarioPreset::Tier1, ScenarioPreset::Overloaded, ScenarioPreset::Free] {
        let transcript = |seed| text_of(&scripted(&mut Simulator::new(troubled(preset), seed), 1));
        assert_eq!(transcript(7), transcript(7));
        assert_ne!(transcript(7), transcript(8));
    }
}

#[test]
fn a_typed_reply_is_what_its_text_reads_as() {
    for preset in ScenarioPreset::ALL {
        for (request, answer) in scripted(&mut Simulator::new(troubled(preset), 3), 5) {
            let read = Reply::from_http(
                answer.status,
                answer.headers(),
                answer.body(),
                Visibility::Full,
                NOVEMBER,
                Endpoint::from(&request),
            );
            let typed = answer.into_reply();
            assert_eq!((read.status, &read.headers, &read.content), (typed.status, &typed.headers, &typed.content));
            assert_eq!(read.wire.body(), typed.wire.body());
        }
    }
}

#[test]
fn every_429_tells_one_state_in_status_headers_and_text() {
    let mut seen = 0;
    for algorithm in Algorithm::ALL {
        let scenario = troubled(ScenarioPreset::Tier1).algorithm(algorithm);
        for (_, answer) in scripted(&mut Simulator::new(scenario, 3), 6) {
            let (429, message, _) = error_of(&answer) else { continue };
            let said = LimitReached::parse(&message).unwrap();
            assert_eq!(Some(&said), answer.reached.as_ref(), "{message}");
            let reading = match said.scope {
                Some(sluice::rate_limit::LimitScope::Requests) => answer.limits.requests,
                _ => answer.limits.tokens,
            };
            let reading = reading.unwrap();
            assert_eq!(said.limit, Some(reading.quota.limit()));
            assert_eq!(said.used, (!said.too_large).then_some(reading.used), "{message}");
            if algorithm == Algorithm::TokenBucket && !said.too_large {
                let (limit, used, requested) = (said.limit.unwrap(), said.used.unwrap(), said.requested.unwrap());
                let stated = u64::try_from(said.try_again_in.unwrap().as_millis()).unwrap();
                assert_eq!(stated, (used + requested - limit) * 60_000 / limit, "{message}");
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} limits met");
}

#[test]
fn who_waits_as_told_gets_in_and_who_comes_at_once_does_not() {
    let mut simulator = Simulator::new(Scenario::default().rpm(7).latency(LatencyModel::ZERO), 1);
    let turtle = || create(NANO, "turtles", Some(64));
    assert!((0..7).all(|_| ask(&mut simulator, turtle(), 0).status == 200));
    let refused = ask(&mut simulator, turtle(), 0).into_reply();
    let Some(RetryAfter::Wait(wait)) = refused.headers.retry_after_ms.exposed() else { panic!("no retry-after-ms") };
    // 60 s / 7 is 8571.43 ms: the text cuts it off, the header rounds it up.
    assert_eq!(wait.as_millis(), 8_572);
    assert_eq!(refused.headers.retry_after.exposed(), Some(&RetryAfter::Wait(Duration::from_secs(9))));
    assert_eq!(ask(&mut simulator, turtle(), 8_571).status, 429);
    assert_eq!(ask(&mut simulator, turtle(), 8_572).status, 200);
}

#[test]
fn the_presets_do_what_they_say() {
    let first = |preset: ScenarioPreset, count: usize| {
        let mut simulator = Simulator::new(Scenario::from(preset), 1);
        (0..count).map(|_| ask(&mut simulator, create(NANO, "Say hello", Some(64)), 0)).collect::<Vec<_>>()
    };
    let last = |preset, count| error_of(first(preset, count).last().unwrap());
    let (status, message, code) = last(ScenarioPreset::First429, 4);
    assert_eq!((status, code.as_deref()), (429, Some("rate_limit_exceeded")));
    assert!(message.contains("on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s."));
    assert!(message.starts_with("Rate limit reached for gpt-5-nano in organization org-"));
    let (_, message, _) = last(ScenarioPreset::TokenBound, 5);
    assert!(message.contains("(TPM): Limit 300, Used 256, Requested 64. Please try again in 4s."), "{message}");
    let (_, message, _) = last(ScenarioPreset::DailyLimit, 3);
    assert!(message.contains("(RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s."), "{message}");
    let (status, message, code) = last(ScenarioPreset::RequestTooLarge, 1);
    assert_eq!((status, code.as_deref()), (429, Some("rate_limit_exceeded")));
    assert!(message.starts_with("Request too large for gpt-5-nano") && message.contains("Limit 5, Requested 64."));
    assert_eq!(last(ScenarioPreset::QuotaExhausted, 1).2.as_deref(), Some("insufficient_quota"));
    assert_eq!(last(ScenarioPreset::Overloaded, 1).0, 503);
    assert!(first(ScenarioPreset::Slow, 1).iter().all(|answer| answer.latency.total > Duration::from_secs(3)));
    let free = first(ScenarioPreset::Free, 1);
    assert!(free[0].headers().contains(&("x-ratelimit-limit-requests".into(), "200".into())));
    assert!(free[0].headers().contains(&("x-ratelimit-reset-requests".into(), "7m12s".into())));
    for preset in [ScenarioPreset::Tier1, ScenarioPreset::Tier5] {
        assert!(first(preset, 20).iter().all(|answer| answer.status == 200));
    }
}

#[test]
fn what_no_waiting_cures_says_of_no_wait() {
    for preset in [ScenarioPreset::QuotaExhausted, ScenarioPreset::RequestTooLarge] {
        let answer = ask(&mut Simulator::new(preset.into(), 1), create(NANO, "hello", None), 0);
        assert_eq!((answer.status, answer.retry_after), (429, None));
        assert!(answer.headers().iter().all(|(name, _)| !name.starts_with("retry-after")));
    }
}

#[test]
fn an_overloaded_server_recovers() {
    let mut simulator = Simulator::new(ScenarioPreset::Overloaded.into(), 1);
    let mut failures = |from_ms: u64| {
        (0..50).filter(|n| ask(&mut simulator, create(NANO, "hello", None), from_ms + n).status == 503).count()
    };
    let counts = [failures(0), failures(10_000), failures(20_000), failures(30_000)];
    assert!(counts[0] >= 48 && counts[3] == 0 && counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
}

#[test]
fn keys_are_asked_for_and_a_wrong_one_is_echoed_masked() {
    let scenario = Scenario { key: KeyRule::Exactly("sk-right".into()), ..Scenario::default() };
    let mut simulator = Simulator::new(scenario, 1);
    let mut list = |key| error_of(&simulator.answer(&ApiRequest::ListModels, key, Instant::ORIGIN, NOVEMBER));
    assert_eq!(list(None).1, "Missing bearer or basic authentication in header");
    assert_eq!(list(Some(" ")).0, 401);
    let (status, message, code) = list(Some("sk-EXAMPLE0000wxyz"));
    assert_eq!((status, code.as_deref()), (401, Some("invalid_api_key")));
    assert!(message.contains(": sk-EXAMP******wxyz. "), "{message}");
    assert!(list(Some("short")).1.contains(": short. "));
    assert_eq!(list(Some("sk-right")).0, 200);
}

#[test]
fn wrong_requests_are_refused_in_the_apis_words_and_cost_nothing() {
    let mut simulator = Simulator::new(Scenario::default(), 1);
    let effort = |model, effort| CreateResponse { reasoning_effort: Some(effort), ..create(model, "hi", None) };
    let temperature = |model, t| CreateResponse { temperature: Some(t), ..create(model, "hi", None) };
    for (request, status, words) in [
        (create("gpt-9-example", "hi", None), 404, "The model `gpt-9-example` does not exist"),
        (create(NANO, "hi", Some(10)), 400, "Expected a value >= 16, but got 10 instead."),
        (temperature(NANO, 0.5), 400, "Unsupported parameter: 'temperature' is not supported with this model."),
        (temperature("gpt-4o", 2.5), 400, "Invalid 'temperature': decimal above maximum value."),
        (effort("gpt-4o", ReasoningEffort::Low), 400, "Unsupported parameter: 'reasoning.effort'"),
        (effort(NANO, ReasoningEffort::None), 400, "Supported values are: 'minimal', 'low', 'medium', and 'high'."),
        (
            CreateResponse { input: Input::Items(vec![]), ..create(NANO, "", None) },
            400,
            "Invalid 'input': empty array.",
        ),
    ] {
        let (given, message, _) = error_of(&ask(&mut simulator, request, 0));
        assert_eq!(given, status, "{message}");
        assert!(message.contains(words), "{message}");
    }
    let mut continued = create(NANO, "and then?", None);
    continued.extra.insert("previous_response_id".into(), json!("resp_1"));
    let (status, message, _) = error_of(&ask(&mut simulator, continued, 0));
    assert_eq!((status, message.as_str()), (400, "Previous response with id 'resp_1' not found."));
    let readings = simulator.readings(NANO, Instant::ORIGIN);
    assert_eq!(readings.requests.map(|reading| reading.used), Some(0));
    let path = BadCall::UnknownPath { method: "POST".into(), path: "/v1/foo".into() };
    assert_eq!(error_of(&simulator.answer_bad_call(path, KEY)).1, "Invalid URL (POST /v1/foo)");
    let path = BadCall::UnknownPath { method: "POST".into(), path: "/v1/chat/completions".into() };
    let (status, message, _) = error_of(&simulator.answer_bad_call(path, KEY));
    assert!(status == 404 && message.contains("serves the Responses API alone"), "{status} {message}");
    assert_eq!(error_of(&simulator.answer_bad_call(BadCall::NotJson, None)).0, 401);
}

#[test]
fn switches_change_the_charge() {
    let remaining_after = |scenario: Scenario, at_ms| {
        let mut simulator = Simulator::new(scenario, 1);
        ask(&mut simulator, create("gpt-4o-mini", "Say hello", Some(10_000)), 0);
        let now = Instant::from_origin(Duration::from_millis(at_ms));
        simulator.readings("gpt-4o-mini", now).tokens.unwrap().remaining
    };
    let plain = Scenario::default().tpm(20_000).latency(LatencyModel::ZERO);
    assert_eq!(remaining_after(plain.clone(), 0), 10_000);
    assert!(remaining_after(plain.clone().charge(ChargeRule::Sum), 0) < 10_000);
    let settled = Scenario { settle: true, ..plain };
    assert!(remaining_after(settled, 0) > 19_000);
}

#[test]
fn requests_headers_can_tell_the_day() {
    let mut scenario = Scenario::default().rpd(10_000);
    scenario.requests_header = RequestsHeader::PerDay;
    let answer = ask(&mut Simulator::new(scenario, 1), create(NANO, "hi", None), 0);
    for (name, value) in [("limit", "10000"), ("remaining", "9999"), ("reset", "8.64s")] {
        assert!(answer.headers().contains(&(format!("x-ratelimit-{name}-requests"), value.to_owned())), "{name}");
    }
}

#[test]
fn a_response_says_that_it_is_simulated_in_text_and_metadata() {
    let mut request = create("gpt-4o-mini", "Say hello", None);
    request.extra.insert("metadata".into(), json!({"run": "7"}));
    let answer = ask(&mut Simulator::new(Scenario::default(), 1), request, 0);
    let body: serde_json::Value = serde_json::from_str(&answer.body()).unwrap();
    assert_eq!(body["metadata"], json!({"run": "7", "simulated": "true"}));
    let reply = answer.into_reply();
    assert!(reply.response().unwrap().output_text().starts_with("[simulated]"));
    assert_eq!(reply.response().unwrap().status, ResponseStatus::Completed);
}

#[test]
fn an_abandoned_request_stays_charged() {
    let clock = VirtualClock::default();
    let scenario = Scenario::default().rpm(3).faults(Faults::None);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 1))), clock.clone());
    let request = ApiRequest::CreateResponse(create(NANO, "hi", None));
    {
        let mut sending = Box::pin(transport.send(&request));
        assert!((&mut sending).now_or_never().is_none(), "the answer takes its time");
    }
    let reading = transport.simulator().borrow_mut().readings(NANO, clock.now()).requests;
    assert_eq!(reading.map(|reading| reading.used), Some(1));
    let reply = clock.run(transport.send(&request)).unwrap().unwrap();
    assert!(matches!(reply.content, Content::Response(_)));
    assert!(clock.now() > Instant::ORIGIN, "the clock has waited for the answer");
    let keyless = transport.with_key(None);
    assert_eq!(clock.run(keyless.send(&request)).unwrap().unwrap().status, 401);
}

#[test]
fn a_limit_in_mid_stream_is_waited_out_by_the_one_retry_loop() {
    let clock = VirtualClock::default();
    let scenario = Scenario::from(ScenarioPreset::MidStream).latency(LatencyModel::ZERO);
    let transport = SimulatedTransport::new(Rc::new(RefCell::new(Simulator::new(scenario, 1))), clock.clone());
    let random = RefCell::new(Constant(0.0));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let request = ApiRequest::CreateResponse(CreateResponse { stream: true, ..create("gpt-4o-mini", "hi", None) });
    let mut classes = Vec::new();
    let policy = Preset::Sluice.policy();
    let call = execute(&client, &policy, &request, |event| {
        if let CallEvent::AttemptEnded { outcome, .. } = event {
            classes.push((outcome.status, outcome.class));
        }
    });
    let result = clock.run(call).unwrap();
    assert_eq!(classes, [(Some(200), Class::RateLimit), (Some(200), Class::Success)]);
    assert_eq!(result.end, CallEnd::Succeeded);
    // The text says 2s, cut off to whole milliseconds.
    assert_eq!(clock.now().since_origin(), Duration::from_millis(2_001));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_interval_admits_more_than_the_limits_allow(
        rpm in 1u64..40, tpm in 200u64..5_000, seed in any::<u64>(),
        arrivals in prop::collection::vec((0u64..4_000, 16u64..400), 1..150),
    ) {
        let scenario = Scenario::default().rpm(rpm).tpm(tpm).latency(LatencyModel::ZERO);
        let mut simulator = Simulator::new(scenario, seed);
        let (mut now_ms, mut admitted) = (0, vec![]);
        for (gap_ms, tokens) in arrivals {
            now_ms += gap_ms;
            if ask(&mut simulator, create("gpt-4o-mini", "hi", Some(tokens)), now_ms).status == 200 {
                admitted.push((now_ms, tokens));
            }
        }
        for (start, (from, _)) in admitted.iter().enumerate() {
            let (mut requests, mut tokens) = (0, 0);
            for (at, charged) in &admitted[start..] {
                requests += 1;
                tokens += charged;
                prop_assert!(requests * 60_000 <= rpm * (60_000 + at - from));
                prop_assert!(tokens * 60_000 <= tpm * (60_000 + at - from));
            }
        }
    }
}
