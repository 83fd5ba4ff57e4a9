use std::time::Duration;

use super::*;
use crate::rate_limit::LimitScope;
use crate::reply::Endpoint;
use crate::retry::WaitSource;
use serde_json::{Value, json};

const WALL: UnixTime = UnixTime::from_secs(1_696_004_797);

fn outcome(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let reply = Reply::from_http(status, headers, body.to_owned(), Visibility::Full, WALL, Endpoint::Responses);
    classify(&Ok(reply), WALL)
}

fn error(message: &str, kind: &str, code: &Value) -> String {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}}).to_string()
}

#[test]
fn billing_is_no_rate_limit() {
    for (status, kind, code, message) in [
        (429, "insufficient_quota", json!("insufficient_quota"), "You exceeded your current quota"),
        (429, "insufficient_quota", Value::Null, "m"),
        (429, "requests", Value::Null, "You exceeded your current quota, please check your plan and billing details."),
        (429, "insufficient_quota", json!("organization_usage_limit_exceeded"), "m"),
        (429, "insufficient_quota", json!("organization_spend_limit_exceeded"), "m"),
        (429, "x", json!("project_spend_limit_exceeded"), "m"),
        (400, "invalid_request_error", json!("billing_hard_limit_reached"), "Billing hard limit has been reached"),
        (429, "billing_not_active", json!("billing_not_active"), "Your account is not active"),
        (402, "x", json!(402), "Insufficient credits"),
    ] {
        assert_eq!(outcome(status, &[], &error(message, kind, &code)).class, Class::Quota, "{code} {message}");
    }
    let gemini = "You exceeded your current quota, please check your plan and billing details. Please retry in 37.5s.";
    assert_eq!(outcome(429, &[], &error(gemini, "RESOURCE_EXHAUSTED", &json!(429))).class, Class::RateLimit);
}

#[test]
fn what_never_fits_is_told_by_word_or_number() {
    let words = error(
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 36278.",
        "tokens",
        &json!("rate_limit_exceeded"),
    );
    let numbers = error(
        "Rate limit reached for m on tokens per min (TPM): Limit 100, Used 0, Requested 200. Please try again in 60s.",
        "tokens",
        &json!("rate_limit_exceeded"),
    );
    for body in [words, numbers] {
        let outcome = outcome(429, &[], &body);
        assert_eq!((outcome.class, outcome.wait), (Class::RequestTooLarge, None), "{body}");
    }
    assert_eq!(outcome(413, &[], "").class, Class::RequestTooLarge);
}

#[test]
fn overload_by_any_name() {
    for (status, kind, code, message) in [
        (429, "rate_limit_error", json!("slow_down"), "m"),
        (503, "rate_limit_error", json!("slow_down"), "m"),
        (503, "service_unavailable_error", json!("server_is_overloaded"), "m"),
        (429, "server_error", Value::Null, "That model is currently overloaded with other requests."),
        (529, "overloaded_error", Value::Null, "Overloaded"),
    ] {
        assert_eq!(outcome(status, &[], &error(message, kind, &code)).class, Class::Overload, "{status} {message}");
    }
    assert_eq!(outcome(529, &[], "").class, Class::Overload);
}

#[test]
fn the_status_decides_where_nothing_else_does() {
    for (status, class) in [
        (400, Class::BadRequest),
        (401, Class::Auth),
        (403, Class::Forbidden),
        (404, Class::NotFound),
        (408, Class::Timeout),
        (409, Class::Conflict),
        (422, Class::BadRequest),
        (429, Class::RateLimit),
        (500, Class::Server),
        (502, Class::Server),
        (504, Class::Server),
        (520, Class::Server),
        (524, Class::Server),
        (302, Class::BadRequest),
    ] {
        let outcome = outcome(status, &[], "");
        assert_eq!((outcome.class, outcome.status), (class, Some(status)));
        assert_eq!(outcome.message, format!("The server answered {status} without saying why."));
    }
}

#[test]
fn a_failure_inside_a_success_is_named() {
    for (code, class) in [
        (json!("server_error"), Class::Server),
        (json!("rate_limit_exceeded"), Class::RateLimit),
        (json!("insufficient_quota"), Class::Quota),
        (json!("server_is_overloaded"), Class::Overload),
        (json!("invalid_prompt"), Class::BadRequest),
        (json!("image_too_small"), Class::BadRequest),
        (Value::Null, Class::Server),
    ] {
        let body = json!({"object": "response", "status": "failed", "error": {"code": code, "message": "m"}});
        let outcome = outcome(200, &[], &body.to_string());
        assert_eq!((outcome.class, outcome.status), (class, Some(200)), "{code}");
    }
    assert_eq!(outcome(200, &[], r#"{"error":{"message":"m","code":429}}"#).class, Class::RateLimit);
    assert_eq!(outcome(200, &[], r#"{"object":"response","status":"incomplete"}"#).class, Class::Success);
    assert_eq!(outcome(200, &[], "").class, Class::Unreadable);
}

#[test]
fn a_rate_limit_in_a_stream_is_known_by_its_text() {
    // The documented flat event, the nested one of captures, and a failed response (Responses API, streaming), with
    // the text of a public report: (29937 + 385 − 30000) × 60 s ÷ 30000 = 644 ms.
    let fits = "Rate limit reached for gpt-5-nano in organization org-x on tokens per min (TPM): Limit 30000, Used 29937, Requested 385. Please try again in 644ms.";
    let never = "Rate limit reached for gpt-5-nano in organization org-x on tokens per min (TPM): Limit 30000, Used 0, Requested 35364. Please try again in 10.728s.";
    for (message, class) in [(fits, Class::RateLimit), (never, Class::RequestTooLarge), ("m", Class::Server)] {
        for event in [
            json!({"type": "error", "code": null, "message": message, "param": null}),
            json!({"type": "error", "error": {"type": null, "code": null, "message": message, "param": null}}),
            json!({"type": "response.failed", "response":
                {"object": "response", "status": "failed", "error": {"code": null, "message": message}}}),
        ] {
            let stream = outcome(200, &[("content-type", "text/event-stream")], &format!("data: {event}\n\n"));
            assert_eq!((stream.class, stream.status), (class, Some(200)), "{event}");
            let limit = stream.limit.as_ref().and_then(|limit| limit.limit);
            assert_eq!(limit, (class != Class::Server).then_some(30_000), "{event}");
        }
    }
    let stream = |kind: &str, code: &Value, message: &str| {
        let event = json!({"type": "error", "error": {"type": kind, "code": code, "message": message}});
        outcome(200, &[("content-type", "text/event-stream")], &format!("data: {event}\n\n")).class
    };
    assert_eq!(stream("invalid_request_error", &Value::Null, fits), Class::RateLimit);
    assert_eq!(stream("invalid_request_error", &Value::Null, "m"), Class::BadRequest);
    assert_eq!(stream("invalid_request_error", &json!("string_too_long"), "Too long: Limit 10."), Class::BadRequest);
    // Under a status, the status tells.
    assert_eq!(outcome(400, &[], &error(fits, "invalid_request_error", &Value::Null)).class, Class::BadRequest);
}

#[test]
fn the_finest_wait_wins_and_zero_is_none() {
    let body = error(
        "Rate limit reached for m on requests per min (RPM): Limit 3. Please try again in 20s.",
        "requests",
        &Value::Null,
    );
    let wait = |headers: &[(&str, &str)]| outcome(429, headers, &body).wait.unwrap();
    let of = |ms, source| ServerWait::For { wait: Duration::from_millis(ms), source };
    assert_eq!(wait(&[("retry-after", "2"), ("retry-after-ms", "1500")]), of(1_500, WaitSource::RetryAfterMs));
    assert_eq!(wait(&[("retry-after", "30"), ("retry-after-ms", "soon")]), of(30_000, WaitSource::RetryAfter));
    assert_eq!(wait(&[("retry-after", "30"), ("retry-after-ms", "0")]), of(30_000, WaitSource::RetryAfter));
    assert_eq!(wait(&[("retry-after", "-3")]), of(20_000, WaitSource::Message));
    assert_eq!(wait(&[("x-ratelimit-reset-requests", "6m0s")]), of(20_000, WaitSource::Message));
    assert_eq!(wait(&[]).sufficient(), Duration::from_millis(20_001));
    let zero = outcome(429, &[("retry-after", "0")], "").wait;
    assert_eq!(zero, Some(of(0, WaitSource::RetryAfter)));
    assert_eq!(outcome(429, &[("x-ratelimit-reset-requests", "6m0s")], "").wait, None, "a reset is no wait");
}

#[test]
fn nothing_secret_and_no_markup_gets_through() {
    let masked =
        error("Incorrect API key provided: sk-EXAMP****wxyz. You can find your key.", "x", &json!("invalid_api_key"));
    let shown = outcome(401, &[], &masked);
    assert!(!shown.message.contains("EXAMP") && !shown.message.contains("wxyz"), "{}", shown.message);
    let limit = error(
        "Rate limit reached for m in organization org-EXAMPLE0000 on tokens per min (TPM): Limit 5, Used 5, Requested 1.",
        "tokens",
        &Value::Null,
    );
    let limited = outcome(429, &[], &limit);
    assert!(!format!("{limited:?}").contains("org-EXAMPLE0000"));
    assert_eq!(limited.limit.unwrap().scope, Some(LimitScope::Tokens));
    let html = error("Upstream said: <HTML><script>alert(1)</script>", "x", &Value::Null);
    assert_eq!(outcome(502, &[], &html).message, "Upstream said:");
    assert!(outcome(500, &[], &error(&"x".repeat(9_000), "x", &Value::Null)).message.chars().count() <= 401);
}

#[test]
fn no_answer_is_told_apart() {
    for (error, class) in [
        (TransportError::Opaque("TypeError: Failed to fetch".into()), Class::Opaque),
        (TransportError::TimedOut(Duration::from_secs(30)), Class::Unknown),
        (TransportError::CutOff { message: "m".into(), received: String::new() }, Class::Unknown),
        (TransportError::NotSent("no key".into()), Class::NotSent),
    ] {
        let outcome = classify(&Err::<Reply, _>(error), WALL);
        assert_eq!((outcome.class, outcome.status), (class, None));
        assert!(!outcome.message.is_empty());
    }
}
