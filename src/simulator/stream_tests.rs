use super::*;
use crate::responses::stream::{NumberedEvent, StreamEvent, StreamReader};
use crate::responses::{ApiRequest, Input, ReasoningEffort};
use crate::simulator::{Faults, LatencyModel, Scenario, ScenarioPreset, Simulator, StreamFault};
use crate::time::{Instant, UnixTime};
use proptest::prelude::*;

fn asked(model: &str, prompt: &str, max_output_tokens: Option<u64>) -> CreateResponse {
    CreateResponse {
        model: model.into(),
        input: Input::Text(prompt.into()),
        max_output_tokens,
        stream: true,
        ..CreateResponse::default()
    }
}

fn answer(scenario: Scenario, seed: u64, request: CreateResponse) -> Answer {
    let mut simulator = Simulator::new(scenario, seed);
    simulator.answer(
        &ApiRequest::CreateResponse(request),
        Some("sk-simulated"),
        Instant::ORIGIN,
        UnixTime::from_secs(1),
    )
}

fn response(answer: &Answer) -> &Response {
    let AnswerBody::Response { response, .. } = &answer.body else { panic!("{answer:?}") };
    response
}

fn events(answer: &Answer) -> Vec<(Duration, NumberedEvent)> {
    answer.frames().iter().map(|timed| (timed.after, NumberedEvent::read(&timed.frame))).collect()
}

/// The kinds of the events, repeated deltas once and signs of life left out.
fn order(answer: &Answer) -> Vec<String> {
    let mut kinds: Vec<_> = answer.frames().into_iter().filter_map(|timed| timed.frame.event).collect();
    kinds.retain(|kind| kind != "keepalive");
    kinds.dedup();
    kinds
}

const WORDS: [&str; 6] = [
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
];

#[test]
fn a_plain_model_streams_in_the_real_order() {
    let answer = answer(Scenario::default(), 1, asked("gpt-4o-mini", "Say hello", None));
    let head = ["response.created", "response.in_progress", "response.output_item.added"];
    assert_eq!(order(&answer), [&head[..], &WORDS].concat());
    let numbers: Vec<_> = events(&answer).into_iter().map(|(_, numbered)| numbered.sequence).collect();
    assert!(numbers.iter().zip(0..).all(|(number, expected)| *number == Some(expected)), "{numbers:?}");
}

#[test]
fn a_reasoning_model_thinks_before_its_first_words() {
    let request =
        CreateResponse { reasoning_effort: Some(ReasoningEffort::High), ..asked("gpt-5-nano", "Say hello", None) };
    let answer = answer(Scenario::default(), 1, request);
    let item = ["response.output_item.added", "response.output_item.done"];
    let head = ["response.created", "response.in_progress", item[0], item[1], item[0]];
    assert_eq!(order(&answer), [&head[..], &WORDS].concat());
    // 512 tokens or more at 150 a second.
    assert!(answer.latency.first_token > Duration::from_secs(3), "{:?}", answer.latency);
    assert_eq!(answer.head_after(), OPENING);
}

#[test]
fn all_thought_and_no_word_ends_incomplete() {
    let request =
        CreateResponse { reasoning_effort: Some(ReasoningEffort::High), ..asked("gpt-5-nano", "Say hello", Some(64)) };
    let order = order(&answer(Scenario::default(), 1, request));
    assert_eq!(order.last().map(String::as_str), Some("response.incomplete"));
    assert!(!order.iter().any(|kind| kind.starts_with("response.output_text")), "{order:?}");
}

#[test]
fn a_long_silence_is_broken_by_signs_of_life() {
    let latency = LatencyModel { first_token: Duration::from_secs(17), spread: 0.0, ..LatencyModel::ORDINARY };
    let answer = answer(Scenario::default().latency(latency), 1, asked("gpt-4o-mini", "Say hello", None));
    let events = events(&answer);
    let alive: Vec<_> = events.iter().filter(|(_, numbered)| numbered.event == StreamEvent::KeepAlive).collect();
    let times: Vec<_> = alive.iter().map(|(after, _)| after.as_millis()).collect();
    assert_eq!(times, [5_200, 10_200, 15_200]);
    assert!(alive.iter().all(|(_, numbered)| numbered.sequence == Some(2)), "they take no number of their own");
}

#[test]
fn a_limit_in_mid_stream_comes_after_some_text() {
    let mut simulator = Simulator::new(ScenarioPreset::MidStream.into(), 1);
    let mut ask = |stream| {
        let request = CreateResponse { stream, ..asked("gpt-4o-mini", "Describe the sea", None) };
        let request = ApiRequest::CreateResponse(request);
        simulator.answer(&request, Some("sk-simulated"), Instant::ORIGIN, UnixTime::from_secs(1))
    };
    let (broken, whole, plain, again) = (ask(true), ask(true), ask(false), ask(true));
    for answer in [&broken, &again] {
        assert_eq!(answer.status, 200);
        let order = order(answer);
        assert_eq!(order[order.len() - 3..], ["response.output_text.delta", "error", "response.failed"]);
        let response = response(answer);
        assert!(response.output_text().starts_with("[simulated]") && response.usage == ReportedUsage::Missing);
        let message = &response.error.as_ref().unwrap().message;
        assert!(message.contains("(RPM): Limit 30, Used 30, Requested 1. Please try again in 2s."), "{message}");
    }
    assert_eq!(response(&whole).status, ResponseStatus::Completed);
    assert_eq!((response(&plain).status.clone(), plain.streams()), (ResponseStatus::Completed, false));
    assert!(plain.frames().is_empty());
}

#[test]
fn a_refused_stream_is_plain_json() {
    let refused = answer(Scenario::default().rpm(3).tpm(5), 1, asked("gpt-4o-mini", "Say hello", None));
    assert_eq!((refused.status, refused.streams(), refused.head_after()), (429, false, refused.latency.total));
}

#[test]
fn odd_latencies_make_no_endless_streams() {
    let latency = LatencyModel { scale: f64::INFINITY, ..LatencyModel::ORDINARY };
    let answer = answer(Scenario::default().latency(latency), 1, asked("gpt-4o-mini", "Say hello", None));
    assert!(answer.frames().len() < 10_000);
}

#[test]
fn pieces_are_the_text() {
    for (text, expected) in [
        ("", &[][..]),
        ("Hello there,  you\n- all ", &["Hello", " there,", "  you", "\n-", " all", " "]),
        ("速率限制是一种对请求数量的约束", &["速率限制是一种对请求数量", "的约束"]),
    ] {
        assert_eq!(pieces(text), expected);
    }
}

/// Responses of every kind, not only of those that the simulated models give.
fn any_response() -> impl Strategy<Value = Response> {
    let text = "[a-zé👍 \n]{1,40}";
    let part = prop_oneof![text.prop_map(ContentPart::OutputText), text.prop_map(ContentPart::Refusal),];
    let id = || prop::option::of("[a-z]{4,8}");
    let item = prop_oneof![
        (id(), prop::collection::vec(part, 1..3)).prop_map(|(id, content)| OutputItem::Message {
            id,
            status: Some("completed".into()),
            content
        }),
        (id(), prop::collection::vec(text, 0..3)).prop_map(|(id, summary)| OutputItem::Reasoning { id, summary }),
        (id(), id(), "[a-z]{1,8}", "\\{[a-z\": ]{0,20}\\}")
            .prop_map(|(id, call_id, name, arguments)| { OutputItem::FunctionCall { id, call_id, name, arguments } }),
        "web_[a-z]{1,5}".prop_map(OutputItem::Other),
    ];
    (id(), prop::collection::vec(item, 0..4)).prop_map(|(id, output)| Response {
        id,
        created_at: Some(1),
        model: Some("gpt-5-nano".into()),
        service_tier: Some("default".into()),
        output,
        ..Response::default()
    })
}

fn streamed(response: &Response, latency: Latency) -> Vec<TimedFrame> {
    let mut script = Script::new(latency, response);
    script.play(response, &CreateResponse { model: "gpt-5-nano".into(), ..CreateResponse::default() });
    script.frames
}

fn bytes(frames: &[TimedFrame]) -> String {
    frames.iter().map(|timed| timed.frame.to_string()).collect()
}

proptest! {
    #[test]
    fn folding_the_frames_gives_back_the_response(
        model in prop::sample::select(vec!["gpt-5-nano", "gpt-4o-mini", "gpt-5.1", "o3"]),
        prompt in ".{0,60}", budget in prop::option::of(16u64..400), seed in any::<u64>(),
        fault in prop::sample::select(vec![Faults::None, Faults::MidStream(StreamFault::RateLimit), Faults::MidStream(StreamFault::Server)]),
    ) {
        let answer = answer(Scenario::default().faults(fault), seed, asked(model, &prompt, budget));
        let frames = answer.frames();
        let folded = StreamReader::read(bytes(&frames).as_bytes());
        prop_assert_eq!(&folded.response, response(&answer));
        prop_assert!(!folded.corrected);
        prop_assert_eq!(folded.unreadable, 0);
        prop_assert!(frames.is_sorted_by_key(|timed| timed.after));
        prop_assert_eq!(frames.first().map(|timed| timed.after), Some(answer.head_after()));
        prop_assert_eq!(frames.last().map(|timed| timed.after), Some(answer.latency.total));
        let events = events(&answer);
        let first_text = events.iter().find(|(_, numbered)| matches!(numbered.event, StreamEvent::TextDelta(..)));
        prop_assert!(first_text.is_none_or(|(after, _)| *after == answer.latency.first_token));
    }

    #[test]
    fn the_pieces_alone_make_the_output(response in any_response(), total in 0u64..60) {
        let latency = Latency { first_token: Duration::from_secs(total / 2), total: Duration::from_secs(total) };
        let frames = streamed(&response, latency);
        prop_assert_eq!(StreamReader::read(bytes(&frames).as_bytes()).response, response.clone());
        // Without the terminal event, which holds the whole response once more.
        let (_, pieces) = frames.split_last().unwrap();
        prop_assert_eq!(StreamReader::read(bytes(pieces).as_bytes()).response.output, response.output);
    }
}
