//! Test connection against a server on another origin: what a browser tells apart, and what it hides.

use serde_json::Value;
use sluice::base_url::BaseUrl;
use sluice::diagnosis::{Answer, HeadersRead, Probe, ProbeLog, Situation};
use sluice::key::ApiKey;
use sluice::platform::{BrowserClock, location, random};
use sluice::transport::fetch::{Connection, FetchTransport};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const FAILED: Answer = Answer::Nothing { is_offline: false };

fn connection(base_url: &str) -> Connection {
    Connection {
        base_url: BaseUrl::parse(base_url, &location::origin()).unwrap(),
        key: Some(ApiKey::parse("sk-canary-0123456789abcdef").unwrap().0),
        organization: None,
        project: Some("proj_1".to_owned()),
    }
}

/// A path below the fault server that no earlier test has used.
fn fresh(path: &str) -> String {
    format!("{path}/{:x}/v1", random::seed())
}

async fn probed(connection: Connection) -> (ProbeLog, Situation) {
    let situation = connection.situation(location::origin());
    let transport = FetchTransport::new(connection, BrowserClock::new());
    let mut log = ProbeLog::default();
    while let Some(probe) = log.next(&situation) {
        let answer = transport.probe(probe).await;
        log.steps.push((probe, answer));
    }
    (log, situation)
}

async fn probed_below(path: &str) -> (ProbeLog, &'static str) {
    let server = crate::FAULT_SERVER.expect("SLUICE_FAULT_SERVER was not set when the tests were compiled");
    let (log, situation) = probed(connection(&format!("{server}{path}"))).await;
    let title = log.verdict(&situation).expect("a verdict").title;
    (log, title)
}

/// The requests that the server saw below `path`, preflights left out: their method and, of the asked, the headers.
async fn seen(path: &str) -> Vec<Value> {
    let window = web_sys::window().unwrap();
    let log = format!("{}/_log", crate::FAULT_SERVER.unwrap());
    let response = JsFuture::from(window.fetch_with_str(&log)).await.unwrap();
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap();
    let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
    let below = |entry: &Value| entry["url"].as_str().unwrap().starts_with(path) && entry["method"] != "OPTIONS";
    entries.into_iter().filter(below).collect()
}

#[wasm_bindgen_test]
async fn one_readable_answer_is_enough() {
    let path = fresh("/exposed");
    let (log, title) = probed_below(&path).await;
    let read = |headers, whose| Answer::Read { status: 200, models: Some(1), headers, whose };
    assert_eq!(log.steps, [(Probe::Whole, read(HeadersRead::Full, Some("OpenAI's names")))]);
    assert_eq!((title, seen(&path).await.len()), ("It answers", 1));
    let (log, _) = probed_below(&fresh("/hidden")).await;
    assert_eq!(log.steps, [(Probe::Whole, read(HeadersRead::BodyOnly, None))]);
}

#[wasm_bindgen_test]
async fn a_server_that_no_page_may_read_is_there_all_the_same() {
    let path = fresh("/nocors");
    let (log, title) = probed_below(&path).await;
    assert_eq!(log.steps, [(Probe::Whole, FAILED), (Probe::NoCors, Answer::Reached), (Probe::Bare, FAILED)]);
    assert_eq!(title, "The server does not let this page read its answers");
    // The one with the key never left: its preflight was refused.
    for request in seen(&path).await {
        assert_eq!(request["method"], "GET");
        assert!(request["headers"].get("authorization").is_none(), "{request}");
    }
}

#[wasm_bindgen_test]
async fn the_header_that_a_preflight_refuses_is_named() {
    let (log, title) = probed_below(&fresh("/nopreflight/openai-project")).await;
    let names: Vec<Probe> = log.steps.iter().map(|(probe, _)| *probe).collect();
    let alone = [Probe::Alone("authorization"), Probe::Alone("openai-project")];
    assert_eq!(names, [Probe::Whole, Probe::NoCors, Probe::Bare, alone[0], alone[1]]);
    assert!(matches!(log.steps[3].1, Answer::Read { status: 200, .. }), "{log:?}");
    assert_eq!((&log.steps[4].1, title), (&FAILED, "A header is refused"));
}

#[wasm_bindgen_test]
async fn a_refused_key_that_is_hidden_leaves_both_possible() {
    let (log, title) = probed_below(&fresh("/hiddenkey")).await;
    assert_eq!(log.steps[3], (Probe::Alone("authorization"), FAILED));
    assert!(matches!(log.steps[4].1, Answer::Read { .. }), "{log:?}");
    assert_eq!(title, "With your key the answer is hidden");
}

#[wasm_bindgen_test]
async fn where_nobody_listens_nothing_is_reached() {
    let (log, situation) = probed(connection("http://127.0.0.1:9/v1")).await;
    assert_eq!(log.steps, [(Probe::Whole, FAILED), (Probe::NoCors, FAILED)]);
    assert_eq!(log.verdict(&situation).unwrap().title, "Nobody answers");
}

#[wasm_bindgen_test]
async fn on_the_page_s_own_origin_all_headers_are_read() {
    let (log, _) = probed(connection("/no-such-path/v1")).await;
    let [(Probe::Whole, Answer::Read { headers, .. })] = log.steps.as_slice() else { panic!("{log:?}") };
    assert_eq!(*headers, HeadersRead::Full);
}
