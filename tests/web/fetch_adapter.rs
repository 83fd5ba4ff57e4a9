//! The fetch transport against a server on another origin that answers as badly as real ones do.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use serde_json::Value;
use sluice::base_url::BaseUrl;
use sluice::clock::Clock;
use sluice::key::ApiKey;
use sluice::platform::{BrowserClock, location, random};
use sluice::rate_limit::{Field, RetryAfter};
use sluice::reply::{Content, Reply};
use sluice::responses::{CreateResponse, Input, Unreadable};
use sluice::transport::fetch::{BODY_LIMIT, Connection, FetchLimits, FetchTransport};
use sluice::transport::{ApiRequest, Transport, TransportError};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

pub const CLOCK: BrowserClock = BrowserClock::new();
pub const KEY: &str = "sk-canary-0123456789abcdef";

fn server() -> &'static str {
    crate::FAULT_SERVER.expect("SLUICE_FAULT_SERVER was not set when the tests were compiled")
}

pub fn connection(path: &str) -> Connection {
    let base_url = BaseUrl::parse(&format!("{}{path}", server()), &location::origin()).unwrap();
    Connection { base_url, key: Some(key(KEY)), organization: None, project: None }
}

fn key(text: &str) -> ApiKey {
    ApiKey::parse(text).unwrap().0
}

fn transport(path: &str) -> FetchTransport<BrowserClock> {
    FetchTransport::new(connection(path), CLOCK)
}

pub fn create() -> ApiRequest {
    let input = Input::Text("Say hello.".to_owned());
    ApiRequest::CreateResponse(CreateResponse {
        model: "gpt-5-nano".to_owned(),
        input,
        max_output_tokens: Some(64),
        ..CreateResponse::default()
    })
}

/// A path that no earlier run against the same server has used.
pub fn fresh(path: &str) -> String {
    format!("{path}/{:x}", random::seed())
}

async fn sent(path: &str) -> Result<Reply, TransportError> {
    transport(path).send(&create()).await
}

/// What the server answers to a plain GET.
pub async fn get(path: &str) -> String {
    let window = web_sys::window().unwrap();
    let response = JsFuture::from(window.fetch_with_str(&format!("{}{path}", server()))).await.unwrap();
    let response: web_sys::Response = response.unchecked_into();
    JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap()
}

/// The requests that the server saw below `path`, preflights left out.
async fn log(path: &str) -> Vec<Value> {
    let entries: Vec<Value> = serde_json::from_str(&get("/_log").await).unwrap();
    let below = |entry: &Value| entry["url"].as_str().unwrap().starts_with(path) && entry["method"] != "OPTIONS";
    entries.into_iter().filter(below).collect()
}

/// Waits until the server has seen a request below `path` for which `condition` holds.
pub async fn seen(path: &str, condition: impl Fn(&Value) -> bool) -> bool {
    for _ in 0..40 {
        if log(path).await.iter().any(&condition) {
            return true;
        }
        CLOCK.sleep(Duration::from_millis(50)).await;
    }
    false
}

#[wasm_bindgen_test]
async fn hidden_headers_are_hidden_not_absent_and_not_zero() {
    let reply = sent("/hidden/429/v1").await.unwrap();
    assert_eq!(reply.status, 429);
    let limits = &reply.headers.limits;
    assert_eq!(limits.requests.limit, Field::Hidden);
    assert_eq!(limits.requests.remaining, Field::Hidden);
    assert_eq!(limits.tokens.remaining, Field::Hidden);
    assert_eq!(limits.requests.reset, Field::Hidden);
    assert_eq!(reply.headers.retry_after, Field::Hidden);
    assert_eq!(reply.headers.request_id, Field::Hidden);
    let Content::Error(error) = &reply.content else { panic!("{:?}", reply.content) };
    assert!(error.message.contains("Please try again in 20s"));
}

#[wasm_bindgen_test]
async fn exposed_headers_are_read() {
    let reply = sent("/exposed/429/v1").await.unwrap();
    assert_eq!(reply.status, 429);
    let limits = &reply.headers.limits;
    assert_eq!(limits.requests.limit, Field::Exposed(3));
    assert_eq!(limits.requests.remaining, Field::Exposed(0));
    assert_eq!(limits.requests.reset, Field::Exposed(Duration::from_secs(60)));
    assert_eq!(limits.tokens.remaining, Field::Exposed(59_952));
    assert_eq!(reply.headers.retry_after, Field::Exposed(RetryAfter::Wait(Duration::from_secs(20))));
    assert_eq!(reply.headers.request_id, Field::Exposed("req_fault_server".to_owned()));
    let wire = reply.wire.headers();
    assert!(wire.iter().all(|(name, _)| *name == name.to_ascii_lowercase()));
    assert!(wire.iter().any(|(name, value)| name == "x-ratelimit-limit-requests" && value == "3"));
}

#[wasm_bindgen_test]
async fn on_the_same_origin_what_is_not_there_was_not_sent() {
    let base_url = BaseUrl::parse("/no-such-path/v1", &location::origin()).unwrap();
    assert!(base_url.is_same_origin());
    let connection = Connection { base_url, key: None, organization: None, project: None };
    let reply = FetchTransport::new(connection, CLOCK).send(&ApiRequest::ListModels).await.unwrap();
    assert_eq!(reply.headers.limits.requests.remaining, Field::Absent);
    assert_eq!(reply.headers.retry_after, Field::Absent);
}

#[wasm_bindgen_test]
async fn a_response_is_read_and_nothing_but_the_agreed_headers_goes_out() {
    let path = &fresh("/exposed/v1/agreed");
    let mut connection = connection(path);
    connection.organization = Some(" org-1 ".to_owned());
    connection.project = Some("  ".to_owned());
    let reply = FetchTransport::new(connection, CLOCK).send(&create()).await.unwrap();
    let response = reply.response().expect("a response");
    assert_eq!(response.output_text(), "Hello from the fault server.");

    let requests = log(path).await;
    assert_eq!(requests.len(), 1, "exactly one fetch");
    let headers = requests[0]["headers"].as_object().unwrap();
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["openai-organization"], "org-1");
    for unwanted in ["openai-project", "cookie", "referer", "x-stainless-lang"] {
        assert!(!headers.contains_key(unwanted), "{unwanted} was sent");
    }
    let body: Value = serde_json::from_str(requests[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["model"], "gpt-5-nano");
    assert_eq!(requests[0]["url"], format!("{path}/responses"));
    assert_eq!(requests[0]["method"], "POST");
}

#[wasm_bindgen_test]
async fn models_are_listed_without_a_body() {
    let path = &fresh("/hidden/v1/list");
    let reply = transport(path).send(&ApiRequest::ListModels).await.unwrap();
    let Content::Models(models) = &reply.content else { panic!("{:?}", reply.content) };
    assert_eq!(models[0].id, "gpt-5-nano");
    let requests = log(path).await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["method"], "GET");
    assert_eq!(requests[0]["url"], format!("{path}/models"));
    assert!(requests[0]["headers"].get("content-type").is_none());
}

#[wasm_bindgen_test]
async fn dropping_the_future_aborts_the_request() {
    let path = &fresh("/hang/v1/dropped");
    // An abort that nobody waits for must not show up in the console either.
    let unhandled = Rc::new(Cell::new(0));
    let counting = Rc::clone(&unhandled);
    let on_unhandled = Closure::<dyn FnMut()>::new(move || counting.set(counting.get() + 1));
    let window = web_sys::window().unwrap();
    let listener = on_unhandled.as_ref().unchecked_ref();
    window.add_event_listener_with_callback("unhandledrejection", listener).unwrap();
    {
        let transport = transport(path);
        let request = create();
        let sending = pin!(transport.send(&request));
        let arrived = pin!(seen(path, |entry| entry["closed"] == false));
        match select(sending, arrived).await {
            Either::Left((result, _)) => panic!("it cannot have been answered: {result:?}"),
            Either::Right((arrived, _)) => assert!(arrived, "the request never arrived"),
        }
    }
    assert!(seen(path, |entry| entry["closed"] == true).await, "the server still holds the connection");
    window.remove_event_listener_with_callback("unhandledrejection", listener).unwrap();
    assert_eq!(unhandled.get(), 0);
}

#[wasm_bindgen_test]
async fn an_attempt_that_takes_too_long_is_aborted() {
    let path = &fresh("/hang/v1/late");
    let timeout = Duration::from_millis(300);
    let begun = CLOCK.now();
    let result = transport(path).with_limits(FetchLimits { timeout, ..FetchLimits::default() }).send(&create()).await;
    assert_eq!(result.unwrap_err(), TransportError::TimedOut(timeout));
    assert!(CLOCK.now().saturating_since(begun) >= timeout);
    assert!(seen(path, |entry| entry["closed"] == true).await, "the server still holds the connection");
}

#[wasm_bindgen_test]
async fn a_bad_character_is_an_error_and_no_panic() {
    let path = &fresh("/exposed/v1/bad-character");
    for bad in ["org\n1", "org-\u{201c}1\u{201d}", "org \u{1f6a7}", "org\u{0}", "орг"] {
        let mut connection = connection(path);
        connection.organization = Some(bad.to_owned());
        let error = FetchTransport::new(connection, CLOCK).send(&create()).await.unwrap_err();
        let TransportError::NotSent(message) = &error else { panic!("{bad:?}: {error:?}") };
        assert!(message.contains("organization"), "{message}");
    }
    assert!(log(path).await.is_empty(), "something was sent");
}

#[wasm_bindgen_test]
async fn an_opaque_401_is_opaque() {
    let error = sent("/opaque/v1").await.unwrap_err();
    let TransportError::Opaque(message) = &error else { panic!("{error:?}") };
    assert!(!message.is_empty() && !message.contains(KEY));
}

#[wasm_bindgen_test]
async fn nobody_listening_is_opaque() {
    let base_url = BaseUrl::parse("http://127.0.0.1:9/v1", &location::origin()).unwrap();
    let connection = Connection { base_url, key: None, organization: None, project: None };
    let error = FetchTransport::new(connection, CLOCK).send(&create()).await.unwrap_err();
    assert!(matches!(error, TransportError::Opaque(_)), "{error:?}");
}

#[wasm_bindgen_test]
async fn a_redirect_is_refused_and_not_followed() {
    let path = &fresh("/redirect/v1");
    let error = sent(path).await.unwrap_err();
    assert!(matches!(error, TransportError::Opaque(_)), "{error:?}");
    assert_eq!(log(path).await.len(), 1);
    let target = path.replacen("redirect", "redirected", 1);
    assert!(log(&target).await.is_empty(), "the redirect was followed");
}

#[wasm_bindgen_test]
async fn a_web_page_is_unreadable_and_says_so() {
    let reply = sent("/html/v1").await.unwrap();
    assert_eq!(reply.content, Content::Unreadable(Unreadable::Html));
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_off_keeps_what_arrived() {
    let error = sent("/cut/v1").await.unwrap_err();
    let TransportError::CutOff { received, message } = &error else { panic!("{error:?}") };
    assert_eq!(received, r#"{"id":"resp_cut","object":"resp"#);
    assert!(!message.is_empty());
}

#[wasm_bindgen_test]
async fn a_body_without_end_is_cut_off_at_the_limit() {
    let path = &fresh("/flood/v1/endless");
    let reply = sent(path).await.unwrap();
    assert_eq!(reply.content, Content::Unreadable(Unreadable::TooLarge { limit_bytes: BODY_LIMIT }));
    assert!(reply.wire.body().len() <= 64 * 1024);
    assert!(seen(path, |entry| entry["closed"] == true).await, "the server goes on sending");
}

#[wasm_bindgen_test]
async fn a_key_that_is_echoed_is_not_kept() {
    let reply = sent("/echo/v1").await.unwrap();
    let kept = format!("{reply:?} {} {:?}", reply.wire.body(), reply.wire.headers());
    assert!(!kept.contains(KEY), "{kept}");
    assert!(reply.wire.headers().iter().any(|(name, _)| name == "x-echo"));
}

#[wasm_bindgen_test]
async fn parallel_requests_each_go_out_once() {
    let path = &fresh("/hidden/v1/parallel");
    let transport = transport(path);
    let request = create();
    let replies = join_all((0..12).map(|_| transport.send(&request))).await;
    assert!(replies.iter().all(|reply| reply.as_ref().is_ok_and(|reply| reply.status == 200)));
    assert_eq!(log(path).await.len(), 12);
}

#[wasm_bindgen_test]
async fn what_an_extension_makes_of_fetch_is_no_panic() {
    let window = web_sys::window().unwrap();
    let original = js_sys::Reflect::get(&window, &"fetch".into()).unwrap();
    for body in ["return Promise.reject(undefined)", "return Promise.reject('no')", "return Promise.resolve(42)"] {
        let wrapped = js_sys::Function::new_no_args(body);
        js_sys::Reflect::set(&window, &"fetch".into(), &wrapped).unwrap();
        let result = sent("/exposed/v1/extension").await;
        js_sys::Reflect::set(&window, &"fetch".into(), &original).unwrap();
        assert!(matches!(result, Err(TransportError::Opaque(_))), "{body}: {result:?}");
    }
}
