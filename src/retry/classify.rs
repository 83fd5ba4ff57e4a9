//! What happened, named once and in one place. What to do about it is the policy's business.

use serde::{Deserialize, Serialize};

use crate::rate_limit::{LimitReached, ReplyHeaders, Visibility};
use crate::redact::Redactor;
use crate::reply::{Content, Reply, TransportError};
use crate::responses::{ApiError, ResponseStatus, Unreadable};
use crate::retry::hint::ServerWait;
use crate::retry::wait_headers::WaitHeaders;
use crate::time::UnixTime;

/// What kind of outcome an attempt had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A response, completed or incomplete.
    Success,
    /// A rate limit that waiting cures.
    RateLimit,
    /// Requested more than the limit holds: it can never succeed unchanged.
    RequestTooLarge,
    /// Billing: no waiting cures it.
    Quota,
    /// The server is overloaded, or asks to slow down.
    Overload,
    /// The server failed.
    Server,
    /// The server gave up waiting (408).
    Timeout,
    /// A lock was held (409).
    Conflict,
    /// The key was refused or is missing.
    Auth,
    /// Not allowed.
    Forbidden,
    /// No such model or path.
    NotFound,
    /// The request is wrong.
    BadRequest,
    /// A success that could not be read.
    Unreadable,
    /// The browser hides what happened: wrong key, CORS, offline, blocked or wrong address.
    Opaque,
    /// No answer in time, or one that broke off: the request may have been processed.
    Unknown,
    /// It was never sent.
    NotSent,
}

/// What happened to an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The kind.
    pub class: Class,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `error.code`, or the failed response's.
    pub code: Option<String>,
    /// A sentence for people, redacted and short: never markup, never a key.
    pub message: String,
    /// The wait the server asks for.
    pub wait: Option<ServerWait>,
    /// The headers of it, for clients that read them alone and their own way.
    pub wait_headers: WaitHeaders,
    /// `x-should-retry`: the server's own verdict, which outranks the class.
    pub should_retry: Option<bool>,
    /// What a rate-limit text says of the limit.
    pub limit: Option<LimitReached>,
}

/// An answer that can be named: the retry loop asks nothing else of it.
pub trait Answer {
    /// What happened. `wall` is the time of arrival, against which dates in it are read.
    fn outcome(&self, wall: UnixTime) -> Outcome;
}

/// Names what happened. `wall` is the time of arrival, against which dates in bodies are read.
pub fn classify<A: Answer>(result: &Result<A, TransportError>, wall: UnixTime) -> Outcome {
    match result {
        Ok(answer) => answer.outcome(wall),
        Err(error) => unanswered(error),
    }
}

impl Answer for Reply {
    fn outcome(&self, wall: UnixTime) -> Outcome {
        of_reply(self, wall)
    }
}

fn of_reply(reply: &Reply, wall: UnixTime) -> Outcome {
    let mut outcome = match &reply.content {
        Content::Response(response) if response.status == ResponseStatus::Failed => {
            let failed = response.error.clone().unwrap_or_default();
            let error =
                ApiError { message: failed.message, code: failed.code, kind: failed.kind, ..ApiError::default() };
            classify_error(None, &error, &reply.headers, wall)
        }
        Content::Error(error) => {
            // A 200 that holds an error says nothing by its status; its code may.
            let status = Some(reply.status).filter(|status| !(200..300).contains(status));
            classify_error(status, error, &reply.headers, wall)
        }
        // Unlike a body that makes no sense, one that stops short may be the half of an answer.
        Content::Unreadable(why @ Unreadable::EndedEarly { .. }) => {
            Outcome { message: why.to_string(), ..Outcome::of(Class::Unknown) }
        }
        Content::Unreadable(why) => Outcome { message: why.to_string(), ..Outcome::of(Class::Unreadable) },
        Content::Response(_) | Content::Models(_) | Content::InputTokens(_) | Content::Batches(_) => {
            Outcome::of(Class::Success)
        }
    };
    outcome.status = Some(reply.status);
    outcome.should_retry = reply.headers.should_retry.exposed().copied();
    outcome
}

/// Names a failure that a server described: in an error body, in a failed response, in a stream's error event.
///
/// `status` is the HTTP status where it tells of the failure: `None` inside a success.
pub fn classify_error(status: Option<u16>, error: &ApiError, headers: &ReplyHeaders, wall: UnixTime) -> Outcome {
    let limit = LimitReached::parse(&error.message).map(|reached| LimitReached { organization: None, ..reached });
    let class = class_of(status, error, limit.as_ref());
    let in_body = ReplyHeaders::parse(&error.headers, Visibility::Full, wall);
    let mut wait = ServerWait::of(headers, limit.as_ref(), &in_body);
    if class == Class::RequestTooLarge {
        // Whatever the text says, no wait makes it fit.
        wait = wait.filter(|wait| wait.source() != super::WaitSource::Message);
    }
    if class == Class::RateLimit && wait.is_none_or(|wait| wait.is_zero()) {
        wait = ServerWait::earliest_fit(headers, limit.as_ref()).or(wait);
    }
    let told = matches!(class, Class::RateLimit | Class::RequestTooLarge | Class::Overload);
    Outcome {
        status,
        code: error.code.clone(),
        message: sentence(&error.message, status),
        wait,
        wait_headers: WaitHeaders::of(headers),
        should_retry: headers.should_retry.exposed().copied(),
        limit: limit.filter(|_| told),
        ..Outcome::of(class)
    }
}

impl Outcome {
    /// Whether it is what the SDKs raise as `RateLimitError`: any 429, billing ones and requests too large included;
    /// and a rate limit told inside a 200.
    pub fn is_rate_limit_error(&self) -> bool {
        self.status == Some(429) || self.class == Class::RateLimit
    }

    /// An outcome of that class, of which nothing more is known.
    pub fn of(class: Class) -> Self {
        Self {
            class,
            status: None,
            code: None,
            message: String::new(),
            wait: None,
            wait_headers: WaitHeaders::default(),
            should_retry: None,
            limit: None,
        }
    }
}

fn unanswered(error: &TransportError) -> Outcome {
    let (class, message) = match error {
        TransportError::Opaque(_) => (
            Class::Opaque,
            "The browser hid the answer. A refused key looks like this (OpenAI answers 401 without CORS headers), and so do no \
             network, a server that is not there, a blocker, a wrong address, and a server that does not allow this page \
             (CORS). The request may have arrived."
                .to_owned(),
        ),
        TransportError::TimedOut(after) => {
            let waited = crate::rate_limit::duration::format_go(*after);
            (Class::Unknown, format!("No answer within {waited}. The request may have been processed."))
        }
        TransportError::CutOff { message, .. } => (
            Class::Unknown,
            format!("The answer broke off ({}). The request may have been processed.", sentence(message, None)),
        ),
        TransportError::NotSent(why) => (Class::NotSent, sentence(why, None)),
    };
    Outcome { message, ..Outcome::of(class) }
}

/// How long a sentence for people may be, in characters.
const LONGEST_SENTENCE: usize = 400;

/// The error's sentence, fit to be shown: without secrets, without markup, of bounded length.
fn sentence(message: &str, status: Option<u16>) -> String {
    let lower = message.to_ascii_lowercase();
    let markup = ["<html", "<!doctype", "<head", "<body", "<script"].iter().filter_map(|tag| lower.find(tag)).min();
    let text = markup.and_then(|at| message.get(..at)).unwrap_or(message);
    let redacted = Redactor::new(None).text(text);
    let mut short: String = redacted.trim().chars().take(LONGEST_SENTENCE).collect();
    if redacted.trim().chars().nth(LONGEST_SENTENCE).is_some() {
        short.push('…');
    }
    match (short.is_empty(), status) {
        (false, _) => short,
        (true, Some(status)) => format!("The server answered {status} without saying why."),
        (true, None) => "The server failed without saying why.".to_owned(),
    }
}

fn class_of(status: Option<u16>, error: &ApiError, limit: Option<&LimitReached>) -> Class {
    let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
    let (code, kind, message) = (lower(&error.code), lower(&error.kind), error.message.to_ascii_lowercase());
    // Gateways put the status of the provider behind them into `code`.
    let status = status.or_else(|| code.parse().ok().filter(|status| (400..600).contains(status)));
    if is_quota(status, &code, &kind, &message, limit) {
        return Class::Quota;
    }
    let limits = matches!(status, None | Some(429 | 413)) && limit.is_some_and(LimitReached::can_never_fit);
    if limits || status == Some(413) || code == "request_too_large" {
        return Class::RequestTooLarge;
    }
    if is_overload(status, &code, &kind, &message) {
        return Class::Overload;
    }
    match status {
        Some(status) => class_of_status(status),
        None => match class_of_name(&code).or_else(|| class_of_name(&kind)) {
            // Streams tell a rate limit by its text alone, under "invalid_request_error" too.
            None | Some(Class::BadRequest) if limit.is_some_and(|limit| tells_rate_limit(limit, &code)) => {
                Class::RateLimit
            }
            Some(class) => class,
            // Failed, and no reason given: the server's own trouble.
            None if code.is_empty() => Class::Server,
            None => Class::BadRequest,
        },
    }
}

/// Whether a text tells of a reached rate limit: a code that names something else may have a limit, but no wait.
fn tells_rate_limit(limit: &LimitReached, code: &str) -> bool {
    limit.try_again_in.is_some() || (code.is_empty() && limit.limit.is_some())
}

fn is_quota(status: Option<u16>, code: &str, kind: &str, message: &str, limit: Option<&LimitReached>) -> bool {
    if !matches!(status, None | Some(400 | 402 | 403 | 429)) {
        return false;
    }
    let named = |name: &str| {
        matches!(
            name,
            "insufficient_quota"
                | "credit_balance_exhausted"
                | "billing_hard_limit_reached"
                | "billing_not_active"
                | "insufficient_credits"
                | "insufficient_balance"
                | "quota_exceeded"
                | "usage_limit_reached"
        ) || name.ends_with("_spend_limit_exceeded")
            || name.ends_with("_usage_limit_exceeded")
    };
    if status == Some(402) || named(code) || named(kind) {
        return true;
    }
    // 2023 bodies have no code. A text that names a wait is a rate limit, whatever it calls itself (Gemini).
    limit.and_then(|reached| reached.try_again_in).is_none()
        && ["exceeded your current quota", "billing hard limit", "plan and billing", "credit balance is too low"]
            .iter()
            .any(|words| message.contains(words))
}

fn is_overload(status: Option<u16>, code: &str, kind: &str, message: &str) -> bool {
    if !matches!(status, None | Some(429 | 500..=599)) {
        return false;
    }
    let named = |name: &str| {
        matches!(
            name,
            "slow_down"
                | "server_is_overloaded"
                | "overloaded_error"
                | "overloaded"
                | "engine_overloaded"
                | "engine_overloaded_error"
                | "model_overloaded"
                | "resource_unavailable"
                | "server_overloaded"
        )
    };
    status == Some(529)
        || named(code)
        || named(kind)
        || message.contains("overloaded")
        || (message.contains("at capacity") && status != Some(429))
}

fn class_of_status(status: u16) -> Class {
    match status {
        401 | 407 => Class::Auth,
        402 => Class::Quota,
        403 | 451 => Class::Forbidden,
        404 | 410 => Class::NotFound,
        408 => Class::Timeout,
        409 => Class::Conflict,
        429 => Class::RateLimit,
        500.. => Class::Server,
        _ => Class::BadRequest,
    }
}

/// What `code` or `type` name, where no status tells: inside a success, in a stream.
fn class_of_name(name: &str) -> Option<Class> {
    Some(match name {
        "rate_limit_exceeded"
        | "rate_limit_error"
        | "rate_limited"
        | "too_many_requests"
        | "tokens"
        | "requests"
        | "resource_exhausted" => Class::RateLimit,
        "server_error"
        | "internal_error"
        | "internal_server_error"
        | "api_error"
        | "service_unavailable_error"
        | "service_unavailable"
        | "bad_gateway"
        | "upstream_error"
        | "internal"
        | "unavailable" => Class::Server,
        "timeout" | "request_timeout" | "vector_store_timeout" | "timeout_error" => Class::Timeout,
        "invalid_api_key" | "authentication_error" | "unauthorized" | "unauthenticated" => Class::Auth,
        "permission_error"
        | "permission_denied"
        | "request_forbidden"
        | "forbidden"
        | "unsupported_country_region_territory" => Class::Forbidden,
        "model_not_found" | "not_found_error" | "not_found" => Class::NotFound,
        "conflict" | "conflict_error" => Class::Conflict,
        "invalid_request_error" | "invalid_prompt" => Class::BadRequest,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
