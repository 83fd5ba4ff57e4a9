//! An entry of a HAR file. Members that begin with `_` are Sluice's own, but for Chrome's `_error` and `_resourceType`.

use std::time::Duration;

use serde::Serialize;

use crate::retry::{Class, WaitSource};
use crate::time::UnixTime;
use crate::usage::{AttemptRecord, CallId, CallRecord, PlannedWait};

/// What stands in place of a text that is not there.
const NOT_KEPT: &str = "The body is not part of this file.";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    started_date_time: String,
    // Milliseconds, as all of them here.
    time: f64,
    request: Request<'a>,
    response: Response<'a>,
    cache: Cache,
    timings: Timings,
    #[serde(rename = "_resourceType")]
    resource_type: &'static str,
    #[serde(rename = "_callId")]
    call: CallId,
    #[serde(rename = "_run")]
    run: &'a str,
    #[serde(rename = "_label")]
    label: &'a str,
    #[serde(rename = "_attempt")]
    attempt: usize,
    #[serde(rename = "_class", skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    #[serde(rename = "_wait", skip_serializing_if = "Option::is_none")]
    wait: Option<Wait>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: &'static str,
    url: String,
    http_version: &'static str,
    cookies: [(); 0],
    headers: Vec<Header<'a>>,
    query_string: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
    headers_size: i64,
    body_size: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: &'static str,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [(); 0],
    headers: Vec<Header<'a>>,
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i64,
    body_size: i64,
    // Chrome's word for why there is no answer.
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: usize,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'static str>,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Cache {}

#[derive(Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Serialize)]
struct Wait {
    planned: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<f64>,
    source: WaitSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<f64>,
}

/// The HTTP requests of a call, in order.
pub(super) fn entries(call: &CallRecord, with_content: bool) -> impl Iterator<Item = Entry<'_>> {
    call.attempts.iter().zip(1..).map(move |(attempt, number)| entry(call, attempt, number, with_content))
}

fn entry<'a>(call: &'a CallRecord, attempt: &'a AttemptRecord, number: usize, with_content: bool) -> Entry<'a> {
    let started = attempt.started_micros;
    // What had not ended when it was written down has no length that is known.
    let took = attempt.ended_micros.unwrap_or(started).saturating_sub(started);
    let to_first_words = attempt.first_token_micros.map_or(took, |first| first.saturating_sub(started).min(took));
    let began = UnixTime::from_epoch(Duration::from_micros(call.queued_at_micros.saturating_add(started)));
    let asked = with_content.then_some(call.request.as_ref()).flatten().map(ToString::to_string);
    let answered = with_content.then_some(attempt.body.as_deref()).flatten();
    Entry {
        started_date_time: began.iso8601(),
        time: millis(took),
        request: request(call, asked),
        response: response(attempt, answered),
        cache: Cache {},
        timings: Timings { send: 0.0, wait: millis(to_first_words), receive: millis(took - to_first_words) },
        resource_type: "fetch",
        call: call.id,
        run: &call.run,
        label: &call.label,
        attempt: number,
        class: attempt.outcome.as_ref().map(|outcome| outcome.class),
        wait: attempt.wait.as_ref().map(wait),
    }
}

/// The request without its key: of its headers, only the kind of its body.
fn request(call: &CallRecord, body: Option<String>) -> Request<'_> {
    Request {
        method: "POST",
        url: url(&call.server),
        http_version: "",
        cookies: [],
        headers: vec![Header { name: "content-type", value: "application/json" }],
        query_string: [],
        headers_size: -1,
        body_size: body.as_ref().and_then(|text| i64::try_from(text.len()).ok()).unwrap_or(-1),
        comment: body.is_none().then_some(NOT_KEPT),
        post_data: body.map(|text| PostData { mime_type: "application/json", text }),
    }
}

fn response<'a>(attempt: &'a AttemptRecord, body: Option<&'a str>) -> Response<'a> {
    let status = attempt.outcome.as_ref().and_then(|outcome| outcome.status);
    let error = match (&attempt.outcome, attempt.ended_micros) {
        (Some(outcome), _) => outcome.message.as_str(),
        (None, Some(_)) => "Stopped in flight. The request may have been processed.",
        (None, None) => "Still in flight when this was written down.",
    };
    let content_type = attempt.headers.iter().find(|(name, _)| name == "content-type");
    let size = body.map_or(0, str::len);
    Response {
        status: status.unwrap_or(0),
        // HTTP/2 has none, and a page is not told which version it was.
        status_text: "",
        http_version: "",
        cookies: [],
        headers: attempt.headers.iter().map(|(name, value)| Header { name, value }).collect(),
        content: Content {
            size,
            // What Chrome writes where no header tells.
            mime_type: content_type.map_or("x-unknown", |(_, value)| value),
            text: body,
            comment: (status.is_some() && body.is_none()).then_some(NOT_KEPT),
        },
        redirect_url: "",
        headers_size: -1,
        body_size: -1,
        error: status.is_none().then_some(error),
    }
}

/// Where it was sent; the API inside the page has an address that nothing answers at (RFC 6761).
fn url(server: &str) -> String {
    let base = if server == "simulated" { "https://simulated.invalid/v1" } else { server.trim_end_matches('/') };
    format!("{base}/responses")
}

fn wait(wait: &PlannedWait) -> Wait {
    let actual = wait.ended_micros.map(|ended| ended.saturating_sub(wait.started_micros));
    Wait {
        planned: millis(wait.planned_micros),
        actual: actual.map(millis),
        source: wait.source,
        asked: wait.asked_micros.map(millis),
    }
}

#[allow(clippy::cast_precision_loss)] // beyond 2^53 µs, 285 years, a microsecond does not count
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
