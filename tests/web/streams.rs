//! Event streams through the browser's fetch, from a server that really sends them in chunks.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::Value;
use sluice::client::{CallEnd, Client, execute};
use sluice::platform::random;
use sluice::random::Rng;
use sluice::reply::{Content, Reply, TransportError};
use sluice::responses::Unreadable;
use sluice::responses::stream::Cut;
use sluice::retry::{Class, Preset, classify};
use sluice::run::RunLog;
use sluice::transport::fetch::{FetchLimits, FetchTransport};
use sluice::transport::{ApiRequest, Progress, TextChange, Transport};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fetch_adapter::{CLOCK, KEY, connection, create, fresh, get, seen};
use crate::judges::{Case, judge_by, sse};

/// What is told of a stream while it comes.
#[derive(Debug, Default)]
struct Told {
    heads: u32,
    kinds: Vec<String>,
    text: String,
}

impl Told {
    fn note(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::Head { .. } => self.heads += 1,
            Progress::Event { kind, text, .. } => {
                self.kinds.push(kind.to_owned());
                match text {
                    TextChange::None => {}
                    TextChange::More(more) => self.text.push_str(more),
                    TextChange::Whole(whole) => whole.clone_into(&mut self.text),
                }
            }
        }
    }
}

fn streamed() -> ApiRequest {
    let ApiRequest::CreateResponse(mut create) = create() else { panic!("another request") };
    create.stream = true;
    ApiRequest::CreateResponse(create)
}

async fn sent(path: &str, limits: FetchLimits) -> (Result<Reply, TransportError>, Told) {
    let mut told = Told::default();
    let transport = FetchTransport::new(connection(path), CLOCK).with_limits(limits);
    let result = transport.send_observed(&streamed(), &mut |progress| told.note(progress)).await;
    (result, told)
}

/// All sse cases, as the server has read them.
async fn cases() -> Vec<Case> {
    let cases: Vec<Value> = serde_json::from_str(&get("/sse/cases").await).unwrap();
    let cases: Vec<_> = cases.iter().map(|case| Case::read(&case.to_string()).unwrap()).collect();
    assert!(cases.len() >= 27, "only {} cases", cases.len());
    cases
}

/// Every case, cut as `how` says, is answered as the native judge says, and told as its bytes are read at once.
async fn judge_all(how: &str) {
    let mut faults = Vec::new();
    for case in &cases().await {
        let (result, told) = sent(&format!("/sse/{}/{how}/v1", case.id), FetchLimits::default()).await;
        let reply = result.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let bytes = sse::chunks(&case.input).concat();
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let (events, streamed) = sse::events(&[bytes]);
        let is_stream = reply.status < 300;
        // Reading ends with the last event, which may have come in one packet with what follows it.
        if is_stream && !whole.starts_with(&reply.wire.body()) {
            faults.push(format!("{} {how}: other bytes than were sent", case.id));
        }
        if is_stream && (told.heads, told.kinds.len()) != (1, events.len()) {
            faults.push(format!("{} {how}: told {:?} of {} events", case.id, told.kinds, events.len()));
        }
        let words = streamed.response.words();
        if is_stream && !words.starts_with(&told.text) {
            faults.push(format!("{} {how}: told {:?} of {words:?}", case.id, told.text));
        }
        if is_stream
            && reply.response().is_some_and(|response| response.output_text() != streamed.response.output_text())
        {
            faults.push(format!("{} {how}: another text in the end", case.id));
        }
        let found = judge_by(case, &sse::received(case, reply));
        faults.extend(found.into_iter().map(|fault| format!("{} {how}: {fault}", case.id)));
    }
    assert!(faults.is_empty(), "{} faults:\n  {}", faults.len(), faults.join("\n  "));
}

#[wasm_bindgen_test]
async fn every_case_is_read_as_it_is_cut() {
    judge_all("given").await;
}

#[wasm_bindgen_test]
async fn every_case_is_read_in_one_piece() {
    judge_all("whole").await;
}

#[wasm_bindgen_test]
async fn every_case_is_read_in_small_pieces() {
    for how in ["7", "64", "1000"] {
        judge_all(how).await;
    }
}

#[wasm_bindgen_test]
async fn every_case_is_read_byte_by_byte() {
    judge_all("bytes").await;
}

#[wasm_bindgen_test]
async fn the_last_event_ends_it_though_the_connection_stays_open() {
    let path = fresh("/sse/sse-001-plain/given+open/v1");
    let (result, _) = sent(&path, FetchLimits::default()).await;
    assert_eq!(result.unwrap().response().unwrap().output_text(), "Hello there!");
    assert!(seen(&path, |entry| entry["closed"] == true).await, "the server still holds the connection");
}

/// An answer that was cut after "Half an answer ", why, and what was told.
async fn cut(path: &str, limits: FetchLimits) -> (Reply, Cut) {
    let path = fresh(path);
    let (result, told) = sent(&path, limits).await;
    assert!(seen(&path, |entry| entry["closed"] == true).await, "the server still holds the connection");
    let reply = result.unwrap();
    assert!(told.text.starts_with("Half an answer"), "{told:?}");
    assert_eq!(classify(&Ok(reply.clone()), sluice::clock::Clock::wall(&CLOCK)).class, Class::Unknown);
    let Content::Unreadable(Unreadable::EndedEarly { cut, text }) = &reply.content else {
        panic!("{:?}", reply.content)
    };
    assert_eq!(text, "Half an answer ");
    assert!(reply.wire.body().contains("Half an "));
    let cut = cut.clone();
    (reply, cut)
}

#[wasm_bindgen_test]
async fn silence_ends_it_with_the_text_kept() {
    let idle = Duration::from_millis(200);
    let (_, why) = cut("/stream/idle/v1", FetchLimits { idle, ..FetchLimits::default() }).await;
    assert_eq!(why, Cut::Silent(idle));
}

#[wasm_bindgen_test]
async fn signs_of_life_do_not_make_it_last_for_ever() {
    let stream = Duration::from_millis(400);
    let (_, why) = cut("/stream/drip/v1", FetchLimits { stream, ..FetchLimits::default() }).await;
    assert_eq!(why, Cut::Late(stream));
}

#[wasm_bindgen_test]
async fn a_flood_is_cut_off_at_the_limit() {
    let limits = FetchLimits::default();
    let (reply, why) = cut("/stream/flood/v1", limits).await;
    assert_eq!(why, Cut::TooLarge(limits.body));
    assert!(reply.wire.body().len() <= 64 * 1024);
}

#[wasm_bindgen_test]
async fn an_event_without_end_is_cut_off() {
    assert_eq!(cut("/stream/large/v1", FetchLimits::default()).await.1, Cut::EventTooLong);
}

#[wasm_bindgen_test]
async fn a_connection_that_breaks_keeps_the_text() {
    assert!(
        matches!(cut("/stream/cut/v1", FetchLimits::default()).await.1, Cut::Broken(message) if !message.is_empty())
    );
}

#[wasm_bindgen_test]
async fn dropping_the_future_in_mid_stream_aborts_at_once() {
    let path = &fresh("/stream/drip/v1/dropped");
    let has_text = Cell::new(false);
    {
        let transport = FetchTransport::new(connection(path), CLOCK);
        let request = streamed();
        let mut observe = |progress: Progress<'_>| {
            let brings = matches!(progress, Progress::Event { brings_text: true, .. });
            has_text.set(has_text.get() || brings);
        };
        let sending = pin!(transport.send_observed(&request, &mut observe));
        let arrived = pin!(seen(path, |entry| entry["closed"] == false && has_text.get()));
        match select(sending, arrived).await {
            Either::Left((result, _)) => panic!("it cannot have ended: {result:?}"),
            Either::Right((arrived, _)) => assert!(arrived, "no text came"),
        }
    }
    assert!(seen(path, |entry| entry["closed"] == true).await, "the server still holds the connection");
}

#[wasm_bindgen_test]
async fn a_key_echoed_in_pieces_is_neither_told_nor_kept() {
    let (result, told) = sent("/stream/echo/v1", FetchLimits::default()).await;
    let reply = result.unwrap();
    let kept = format!("{told:?} {reply:?} {}", reply.wire.body());
    assert!(!kept.contains(KEY), "{kept}");
    assert_eq!(told.text, "Half an answer and [key] whole and [key] in two");
    assert_eq!(reply.response().unwrap().output_text(), told.text);
    assert!(told.kinds.contains(&"say.[key]".to_owned()), "{:?}", told.kinds);
}

#[wasm_bindgen_test]
async fn a_server_that_ignores_stream_is_read_as_ever() {
    let (result, told) = sent("/exposed/v1/ignores-stream", FetchLimits::default()).await;
    assert_eq!(result.unwrap().response().unwrap().output_text(), "Hello from the fault server.");
    assert_eq!((told.heads, told.kinds.len()), (1, 0));
}

#[wasm_bindgen_test]
async fn a_limit_in_mid_stream_is_backed_off_from_by_the_one_loop() {
    let transport = FetchTransport::new(connection(&fresh("/stream/limited/v1")), CLOCK);
    let random = RefCell::new(Rng::from_seed(random::seed()));
    let client = Client { transport: &transport, clock: &CLOCK, random: &random };
    let mut log = RunLog::default();
    log.queue("#1".to_owned(), sluice::clock::Clock::now(&CLOCK));
    let policy = Preset::Sluice.policy();
    let result = execute(&client, &policy, &streamed(), |event| log.record(0, &event)).await;
    assert_eq!((result.end, result.attempts), (CallEnd::Succeeded, 2));
    let [failed, succeeded] = &log.calls[0].attempts[..] else { panic!("{log:?}") };
    assert_eq!(failed.outcome.as_ref().map(|outcome| outcome.class), Some(Class::RateLimit));
    assert!(failed.wait.unwrap().actual().unwrap() >= Duration::from_millis(21));
    for attempt in [failed, succeeded] {
        assert_eq!(attempt.stream.as_ref().unwrap().text, "Half an answer ");
    }
}
