//! The routes: HTTP in, the simulator's answer out, after its latency.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use sluice::reply::WireText;
use sluice::responses::CreateResponse;
use sluice::simulator::{Answer, BadCall, Simulator};
use sluice::time::{Instant, UnixTime};
use sluice::transport::ApiRequest;

use crate::audit::Audit;
use crate::cors;
use crate::files;
use crate::options::{ExposeHeaders, Options};

/// The largest request body that is read, in bytes.
const LARGEST_BODY: usize = 64 << 20;
/// The largest upload: a batch's file of 200 MB, and the form around it.
const LARGEST_UPLOAD: usize = 201_000_000;

#[derive(Clone)]
struct Server {
    simulator: Arc<Mutex<Simulator>>,
    origin: tokio::time::Instant,
    expose: ExposeHeaders,
    verbose: bool,
    audit: Option<Audit>,
}

/// All routes. Everything but `/healthz`, the audit and preflights is decided by the simulator, wrong paths included.
pub fn router(options: &Options) -> Router {
    let origin = tokio::time::Instant::now();
    let server = Server {
        simulator: Arc::new(Mutex::new(Simulator::new(options.scenario(), options.seed))),
        origin,
        expose: options.expose_headers,
        verbose: options.verbose,
        audit: options.audit.then(|| Audit::new(origin)),
    };
    Router::new().fallback(handle).layer(DefaultBodyLimit::max(LARGEST_UPLOAD)).with_state(server)
}

async fn handle(State(server): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method == Method::OPTIONS {
        return cors::preflight(&parts.headers);
    }
    if parts.uri.path() == "/healthz" {
        return "ok\n".into_response();
    }
    if let Some(audit) = server.audit.as_ref().filter(|_| parts.uri.path() == "/_audit") {
        return Json(audit.to_json()).into_response();
    }
    let call = if files::is_upload(&parts) {
        files::read_upload(Request::from_parts(parts.clone(), body)).await
    } else {
        match to_bytes(body, LARGEST_BODY).await {
            Ok(body) => read_call(&parts.method, &parts.uri, &body),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    };
    let arrival_noted = server.audit.as_ref().zip(call.as_ref().ok()).and_then(|(audit, call)| audit.arrived(call));
    let answer = server.decide(&call, bearer(&parts.headers));
    let (arrival, wait) = (tokio::time::Instant::now(), answer.head_after());
    // A client that hangs up drops this future here, or the stream below: its request is aborted, its charge stays.
    sleep_until(arrival, wait).await;
    if server.verbose {
        let path = parts.uri.path();
        eprintln!("{} {} {path} after {} ms {}", answer.status, parts.method, wait.as_millis(), answer.request_id);
    }
    let response = render(&answer, arrival, server.expose);
    if let Some(noted) = arrival_noted {
        noted.answered(response.status());
    }
    response
}

async fn sleep_until(arrival: tokio::time::Instant, after: Duration) {
    tokio::time::sleep_until(arrival.checked_add(after).unwrap_or(arrival)).await;
}

impl Server {
    fn decide(&self, call: &Result<ApiRequest, BadCall>, key: Option<&str>) -> Answer {
        let now = Instant::from_origin(self.origin.elapsed());
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        // A panic elsewhere leaves plain counters behind: nothing that could be half written.
        let mut simulator = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
        match call {
            Ok(request) => simulator.answer(request, key, now, UnixTime::from_epoch(wall)),
            Err(wrong) => simulator.answer_bad_call(wrong.clone(), key),
        }
    }
}

fn read_call(method: &Method, uri: &Uri, body: &[u8]) -> Result<ApiRequest, BadCall> {
    let path = uri.path();
    if let Some(call) = files::read_call(method, uri, body) {
        return call.map(ApiRequest::Batches);
    }
    let wrong_method = || BadCall::WrongMethod { method: method.to_string(), path: path.to_owned() };
    let asked = |wrap: fn(CreateResponse) -> ApiRequest| {
        let value = serde_json::from_slice(body).map_err(|_| BadCall::NotJson)?;
        CreateResponse::from_value(value).map(wrap).map_err(BadCall::Invalid)
    };
    match (path, method) {
        ("/v1/models", &Method::GET) => Ok(ApiRequest::ListModels),
        ("/v1/responses", &Method::POST) => asked(ApiRequest::CreateResponse),
        ("/v1/responses/input_tokens", &Method::POST) => asked(ApiRequest::CountInputTokens),
        ("/v1/models" | "/v1/responses" | "/v1/responses/input_tokens", _) => Err(wrong_method()),
        _ => Err(BadCall::UnknownPath { method: method.to_string(), path: path.to_owned() }),
    }
}

/// The key of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The answer's frames, each at its time.
fn streamed(answer: &Answer, arrival: tokio::time::Instant) -> Body {
    let frames = stream::iter(answer.frames()).then(move |timed| async move {
        sleep_until(arrival, timed.after).await;
        Ok::<_, Infallible>(timed.frame.to_string())
    });
    Body::from_stream(frames)
}

fn render(answer: &Answer, arrival: tokio::time::Instant, expose: ExposeHeaders) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = if answer.streams() { streamed(answer, arrival) } else { Body::from(answer.body()) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in answer.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    cors::expose(headers, status, expose);
    response
}
