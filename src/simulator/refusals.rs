//! The simulated API's errors, to the letter of the real one's.

use std::time::Duration;

use serde_json::Value;

use super::admission::Rejection;
use super::compose::efforts;
use super::scenario::StreamFault;
use super::tiers::Limits;
use crate::models::{family, takes_temperature};
use crate::rate_limit::arithmetic::refill_wait;
use crate::rate_limit::{LimitReached, LimitScope, LimitWindow};
use crate::responses::{ApiError, CreateResponse, Input, InvalidRequest};

/// The organization that the simulated API's 429 texts and headers name.
pub const ORGANIZATION: &str = "org-simulated";
/// The least `max_output_tokens` the real API takes.
const LEAST_OUTPUT: u64 = 16;

/// What is wrong with a call besides its content: things that only a raw HTTP request can get wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadCall {
    /// A body that is not JSON.
    NotJson,
    /// JSON that is no request.
    Invalid(InvalidRequest),
    /// A form that is no upload of a batch's file, and why.
    NotAnUpload(String),
    /// A path that does not exist.
    UnknownPath {
        /// The HTTP method.
        method: String,
        /// The path.
        path: String,
    },
    /// A path that exists, for another method.
    WrongMethod {
        /// The HTTP method.
        method: String,
        /// The path.
        path: String,
    },
}

impl BadCall {
    /// Status and error body.
    pub(super) fn into_error(self) -> (u16, ApiError) {
        match self {
            Self::NotJson => (400, invalid(NOT_JSON.to_owned(), None, None)),
            Self::Invalid(wrong) => (400, wrong.to_error()),
            Self::UnknownPath { method, path } => {
                // Real paths that are not simulated: the real API's text would send one looking for a typing error.
                let is_real = matches!(path.as_str(), "/v1/chat/completions" | "/v1/completions" | "/v1/embeddings");
                let why = if is_real { NOT_SIMULATED } else { "" };
                (404, invalid(format!("Invalid URL ({method} {path}){why}"), None, None))
            }
            Self::NotAnUpload(why) => (400, invalid(why, None, None)),
            Self::WrongMethod { method, path } => {
                let hint = "(HINT: Perhaps you meant to use a different HTTP method?)";
                let message = format!("Not allowed to {method} on {path}. {hint}");
                (405, invalid(message, None, Some("method_not_supported")))
            }
        }
    }
}

const INVALID: &str = "invalid_request_error";
const NOT_JSON: &str = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)";
const NOT_SIMULATED: &str = ". The simulated API serves the Responses API alone: POST /v1/responses, POST /v1/responses/input_tokens, GET /v1/models.";
const QUOTA: &str = "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.";
const SERVER: &str = "The server had an error while processing your request. Sorry about that!";
/// What a limit in mid-stream says where the scenario has none: tier 1's.
const UNLIMITED_RPM: u64 = 500;
const OVERLOADED: &str = "The server is currently overloaded with other requests. Please try again later.";

/// 401: no key.
pub(super) fn missing_key() -> (u16, ApiError) {
    (401, invalid("Missing bearer or basic authentication in header".to_owned(), None, None))
}

/// 401: not this key. The real API echoes its beginning and end, short ones whole; so clients must redact it.
pub(super) fn wrong_key(key: &str) -> (u16, ApiError) {
    let characters: Vec<char> = key.chars().collect();
    let masked = match characters.len().checked_sub(12) {
        None | Some(0) => key.to_owned(),
        Some(hidden) => {
            let (start, end) = (characters.iter().take(8), characters.iter().skip(8 + hidden));
            start.copied().chain(std::iter::repeat_n('*', hidden)).chain(end.copied()).collect()
        }
    };
    let message = format!(
        "Incorrect API key provided: {masked}. You can find your API key at https://platform.openai.com/account/api-keys."
    );
    (401, invalid(message, None, Some("invalid_api_key")))
}

/// 404: no such model.
pub(super) fn unknown_model(name: &str) -> (u16, ApiError) {
    let message = format!("The model `{name}` does not exist or you do not have access to it.");
    (404, invalid(message, None, Some("model_not_found")))
}

/// 429: no money.
pub(super) fn quota_exhausted() -> (u16, ApiError) {
    let kind = "insufficient_quota";
    (429, error(QUOTA.to_owned(), kind, None, Some(kind)))
}

/// 503: too much load.
pub(super) fn overloaded() -> (u16, ApiError) {
    (503, error(OVERLOADED.to_owned(), "service_unavailable_error", None, Some("server_is_overloaded")))
}

/// 429: what its text says. The wait is cut off to whole milliseconds, as OpenAI does.
pub(super) fn limit_reached(model: &str, rejection: &Rejection) -> LimitReached {
    let refusal = rejection.refusal;
    let shared = family(model);
    LimitReached {
        scope: Some(rejection.scope),
        window: Some(refusal.window),
        model: Some(model.to_owned()),
        shared_limit: (shared != model).then(|| shared.to_owned()),
        limit: Some(refusal.limit),
        used: refusal.used,
        requested: Some(refusal.requested),
        organization: Some(ORGANIZATION.to_owned()),
        try_again_in: refusal.wait.map(whole_millis),
        too_large: refusal.wait.is_none(),
        ..LimitReached::default()
    }
}

/// 429: the error around that text.
pub(super) fn rate_limited(reached: &LimitReached) -> (u16, ApiError) {
    let kind = if reached.scope == Some(LimitScope::Requests) { "requests" } else { "tokens" };
    (429, error(reached.render(), kind, None, Some("rate_limit_exceeded")))
}

/// What fails in mid-stream. No bucket is behind it: the text says what one would say that is just full.
pub(super) fn in_stream(fault: StreamFault, model: &str, limits: Limits) -> ApiError {
    match fault {
        StreamFault::Server => error(SERVER.to_owned(), "server_error", None, Some("server_error")),
        StreamFault::RateLimit => {
            let limit = limits.rpm.unwrap_or(UNLIMITED_RPM);
            let wait = refill_wait(limit, limit, 1, LimitWindow::Minute.length());
            let shared = family(model);
            let reached = LimitReached {
                scope: Some(LimitScope::Requests),
                window: Some(LimitWindow::Minute),
                model: Some(model.to_owned()),
                shared_limit: (shared != model).then(|| shared.to_owned()),
                limit: Some(limit),
                used: Some(limit),
                requested: Some(1),
                organization: Some(ORGANIZATION.to_owned()),
                try_again_in: Some(whole_millis(wait)),
                ..LimitReached::default()
            };
            rate_limited(&reached).1
        }
    }
}

/// 400: what the real API would not take. `None` where it would.
pub(super) fn unacceptable(request: &CreateResponse) -> Option<(u16, ApiError)> {
    let model = request.model.as_str();
    let refuse = |message: String, param, code| Some((400, invalid(message, Some(param), Some(code))));
    let unsupported = |param| {
        let message = format!("Unsupported parameter: '{param}' is not supported with this model.");
        refuse(message, param, "unsupported_parameter")
    };
    // Nothing is kept here, so there is no earlier response to continue.
    if let Some(id) = request.extra.get("previous_response_id").and_then(Value::as_str) {
        let message = format!("Previous response with id '{id}' not found.");
        return refuse(message, "previous_response_id", "previous_response_not_found");
    }
    let has_own_input = request.extra.contains_key("prompt") || request.extra.contains_key("conversation");
    if matches!(&request.input, Input::Items(items) if items.is_empty()) && !has_own_input {
        let message =
            "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.";
        return refuse(message.to_owned(), "input", "empty_array");
    }
    // Typed requests have not been through the reading of JSON, which knows the bounds and the words for them.
    let out_of_bounds = request.max_output_tokens.is_some_and(|max| max < LEAST_OUTPUT)
        || request.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature));
    if out_of_bounds && let Err(wrong) = CreateResponse::from_value(request.to_value()) {
        return Some((400, wrong.to_error()));
    }
    if !takes_temperature(model) {
        if request.temperature.is_some() {
            return unsupported("temperature");
        }
        if request.extra.contains_key("top_p") {
            return unsupported("top_p");
        }
    }
    if let Some(effort) = request.reasoning_effort {
        if takes_temperature(model) {
            return unsupported("reasoning.effort");
        }
        let accepted = efforts(family(model));
        if !accepted.contains(&effort) {
            let names: Vec<String> = accepted.iter().map(|effort| format!("'{}'", effort.name())).collect();
            let message = format!(
                "Unsupported value: '{}' is not supported with the '{model}' model. Supported values are: {}.",
                effort.name(),
                listed(&names)
            );
            return refuse(message, "reasoning.effort", "unsupported_value");
        }
    }
    None
}

pub(super) fn whole_millis(wait: Duration) -> Duration {
    Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}, and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn invalid(message: String, param: Option<&str>, code: Option<&str>) -> ApiError {
    error(message, INVALID, param, code)
}

fn error(message: String, kind: &str, param: Option<&str>, code: Option<&str>) -> ApiError {
    ApiError {
        message,
        kind: Some(kind.to_owned()),
        param: param.map(str::to_owned),
        code: code.map(str::to_owned),
        headers: Vec::new(),
    }
}
