//! What happened, and what our own policy does about it.

use serde_json::{Value, json};
use sluice::random::Constant;
use sluice::rate_limit::{LimitScope, LimitWindow, Visibility};
use sluice::reply::{Content, Endpoint, Reply, TransportError};
use sluice::responses::ApiError;
use sluice::retry::{Class, Decision, Outcome, Preset, RetryState, ServerWait, StopReason, WaitSource, classify};
use sluice::time::{Instant, UnixTime};

use super::{Case, Finding, Judge, body, pairs};

/// An answer, judged by the engine.
pub struct Judged {
    pub result: Result<Reply, TransportError>,
    pub outcome: Outcome,
    pub error: Option<ApiError>,
    decision: Decision,
}

impl Judged {
    pub fn of(case: &Case, endpoint: Endpoint) -> Self {
        let result = match case.input["fetch_outcome"].as_str() {
            Some(text) => Err(TransportError::Opaque(text.to_owned())),
            None => Ok(reply(case, endpoint)),
        };
        Self::by(result, case.now())
    }

    pub fn by(result: Result<Reply, TransportError>, now: UnixTime) -> Self {
        let outcome = classify(&result, now);
        let policy = Preset::Sluice.policy();
        let mut state = RetryState::new(&policy, Instant::ORIGIN);
        let decision = state.after(&outcome, Instant::ORIGIN, &mut Constant(0.5));
        let error = result.as_ref().ok().and_then(|reply| match &reply.content {
            Content::Error(error) => Some(error.clone()),
            _ => None,
        });
        Self { result, outcome, error, decision }
    }

    pub fn find(&self, name: &str, expected: &Value) -> Finding {
        let outcome = &self.outcome;
        let limit = outcome.limit.as_ref();
        let text = |text: Option<&String>| json!(text);
        Finding::Is(match name {
            "class_" => return Finding::AnyOf(class_names(outcome.class).iter().map(|name| json!(name)).collect()),
            "retry" => json!(outcome.class != Class::Success && matches!(self.decision, Decision::Retry(_))),
            "decision" => json!(self.decision_name()),
            "wait_s" => self.stated_wait(),
            "wait_source" => outcome.wait.map_or(Value::Null, |wait| json!(source_name(wait.source()))),
            "server_value_s" => match outcome.wait {
                Some(ServerWait::Astronomic { seconds, .. }) => json!(seconds),
                _ => self.stated_wait(),
            },
            "usable" => json!(matches!(outcome.wait, Some(ServerWait::For { wait, .. }) if !wait.is_zero())),
            "status" => json!(outcome.status),
            "code" | "error_code" => text(outcome.code.as_ref()),
            "type" | "error_type" => text(self.error.as_ref().and_then(|error| error.kind.as_ref())),
            "param" => text(self.error.as_ref().and_then(|error| error.param.as_ref())),
            "message" => json!(outcome.message),
            "should_retry" => json!(outcome.should_retry),
            "scope" => limit.and_then(|limit| limit.scope).map_or(Value::Null, |scope| json!(scope_name(scope))),
            "window" => limit.and_then(|limit| limit.window).map_or(Value::Null, |window| json!(window_name(window))),
            "model" => text(limit.and_then(|limit| limit.model.as_ref())),
            "shared_limit" => text(limit.and_then(|limit| limit.shared_limit.as_ref())),
            "limit" => json!(limit.and_then(|limit| limit.limit)),
            "used" => json!(limit.and_then(|limit| limit.used)),
            "requested" => json!(limit.and_then(|limit| limit.requested)),
            "must_redact" | "message_must_not_contain" => return self.hides(expected),
            "message_must_contain" => return self.tells(expected),
            "shown_message_must_not_contain_key_fragments" => {
                let shows = ["sk-", "**"].iter().any(|part| outcome.message.contains(part));
                let fault = || format!("{:?} shows parts of a key", outcome.message);
                return Finding::Checked(if shows { Err(fault()) } else { Ok(()) });
            }
            _ => return Finding::Unknown,
        })
    }

    /// The wait as the server states it, in seconds.
    fn stated_wait(&self) -> Value {
        match self.outcome.wait {
            Some(ServerWait::For { wait, .. }) => json!(wait.as_secs_f64()),
            Some(ServerWait::Astronomic { seconds, .. }) => json!(seconds),
            None => Value::Null,
        }
    }

    fn decision_name(&self) -> &'static str {
        match self.decision {
            Decision::Retry(wait) if wait.hint.is_some() => "wait_hint",
            Decision::Retry(_) => "own_backoff",
            Decision::Stop(StopReason::NotRetried) => "do_not_retry",
            Decision::Ask(_) | Decision::Stop(_) => "stop_or_ask_user",
        }
    }

    fn hides(&self, expected: &Value) -> Finding {
        let message = self.outcome.message.to_lowercase();
        let debug = format!("{:?}", self.outcome).to_lowercase();
        let shown: Vec<&str> = texts(expected)
            .into_iter()
            .filter(|text| message.contains(&text.to_lowercase()) || debug.contains(&text.to_lowercase()))
            .collect();
        Finding::Checked(if shown.is_empty() { Ok(()) } else { Err(format!("{shown:?} is shown in {message:?}")) })
    }

    fn tells(&self, expected: &Value) -> Finding {
        let missing: Vec<&str> =
            texts(expected).into_iter().filter(|text| !self.outcome.message.contains(text)).collect();
        Finding::Checked(if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} is not told")) })
    }
}

pub fn outcome(case: &Case) -> Judge {
    let judged = Judged::of(case, Endpoint::Responses);
    Box::new(move |name, expected| judged.find(name, expected))
}

fn reply(case: &Case, endpoint: Endpoint) -> Reply {
    let status = case.input["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status");
    let seen_by = case.input["visible_to"].as_str().unwrap_or_default();
    let visibility = if seen_by.contains("cross-origin") { Visibility::CorsFiltered } else { Visibility::Full };
    Reply::from_http(status, pairs(&case.input["headers"]), body(&case.input), visibility, case.now(), endpoint)
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

/// The names cases give a class. A 408 has no name of its own among them.
fn class_names(class: Class) -> &'static [&'static str] {
    match class {
        Class::Success => &["success", "none"],
        Class::RateLimit => &["rate_limit"],
        Class::RequestTooLarge => &["request_too_large"],
        Class::Quota => &["quota"],
        Class::Overload => &["overload"],
        Class::Server => &["server"],
        Class::Timeout => &["timeout", "server"],
        Class::Conflict => &["conflict"],
        Class::Auth => &["auth"],
        Class::Forbidden => &["forbidden"],
        Class::NotFound => &["not_found"],
        Class::BadRequest => &["bad_request"],
        Class::Unreadable => &["unreadable"],
        Class::Opaque => &["opaque_network_or_cors"],
        Class::Unknown => &["unknown"],
        Class::NotSent => &["not_sent"],
    }
}

fn source_name(source: WaitSource) -> &'static str {
    match source {
        WaitSource::RetryAfterMs => "retry-after-ms",
        WaitSource::RetryAfter | WaitSource::BodyRetryAfter => "retry-after",
        WaitSource::UpstreamRetryAfter => "llm_provider-retry-after",
        WaitSource::Message => "message",
        WaitSource::EarliestFit => "earliest_fit",
        WaitSource::BodyReset => "body",
        WaitSource::Backoff => "backoff",
    }
}

fn scope_name(scope: LimitScope) -> &'static str {
    match scope {
        LimitScope::Requests => "requests",
        LimitScope::Tokens => "tokens",
        LimitScope::InputTokens => "input_tokens",
        LimitScope::Images => "images",
    }
}

fn window_name(window: LimitWindow) -> &'static str {
    match window {
        LimitWindow::Second => "second",
        LimitWindow::Minute => "minute",
        LimitWindow::Day => "day",
    }
}
