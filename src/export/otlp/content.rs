//! What a call asked and was answered.

use serde_json::{Map, Value};

use super::attributes::Attributes;
use crate::rate_limit::Visibility;
use crate::reply::{Endpoint, Reply};
use crate::responses::{CreateResponse, Input};
use crate::time::UnixTime;
use crate::usage::{AttemptRecord, CallRecord};

/// Members of a request that say how, not what: never words of a person.
const PARAMETERS: [&str; 13] = [
    "background",
    "max_output_tokens",
    "max_tool_calls",
    "parallel_tool_calls",
    "reasoning",
    "service_tier",
    "store",
    "stream",
    "temperature",
    "tool_choice",
    "top_logprobs",
    "top_p",
    "truncation",
];

/// How the call was to be answered.
pub(super) fn parameters(request: &Value, to: &mut Attributes<'_>) {
    let member = |name: &str| request.get(name).filter(|value| !value.is_null());
    if let Some(most) = member("max_output_tokens").and_then(Value::as_i64) {
        to.whole("gen_ai.request.max_tokens", most);
    }
    for (name, attribute) in [("temperature", "gen_ai.request.temperature"), ("top_p", "gen_ai.request.top_p")] {
        if let Some(number) = member(name).and_then(Value::as_f64) {
            to.number(attribute, number);
        }
    }
    to.text_if("openai.request.service_tier", member("service_tier").and_then(Value::as_str));
    to.flag("gen_ai.request.stream", member("stream") == Some(&Value::Bool(true)));
    let told = PARAMETERS.iter().filter_map(|name| Some(((*name).to_owned(), member(name)?.clone())));
    to.text("llm.invocation_parameters", &Value::Object(told.collect::<Map<_, _>>()).to_string());
}

/// The words of it.
pub(super) fn messages(call: &CallRecord, answered: Option<&AttemptRecord>, to: &mut Attributes<'_>) {
    if let Some(request) = &call.request {
        to.text("input.value", &request.to_string());
        to.text("input.mime_type", "application/json");
        for (place, (role, words)) in asked(request).into_iter().enumerate() {
            message(&format!("llm.input_messages.{place}.message"), &role, &words, to);
        }
    }
    if let Some(words) = answered.and_then(words_of) {
        to.text("output.value", &words);
        to.text("output.mime_type", "text/plain");
        message("llm.output_messages.0.message", "assistant", &words, to);
    }
}

fn message(prefix: &str, role: &str, words: &str, to: &mut Attributes<'_>) {
    to.text(&format!("{prefix}.role"), role);
    to.text(&format!("{prefix}.content"), words);
}

/// The messages of a request: who says what. The API takes instructions as the system's.
fn asked(request: &Value) -> Vec<(String, String)> {
    let Ok(request) = CreateResponse::from_value(request.clone()) else { return Vec::new() };
    let instructions = request.instructions.map(|words| ("system".to_owned(), words));
    let items = match request.input {
        Input::Text(words) => vec![("user".to_owned(), words)],
        Input::Items(items) => items
            .into_iter()
            .map(|item| {
                let role = item.get("role").and_then(Value::as_str).unwrap_or("user").to_owned();
                (role, Input::Items(vec![item]).text())
            })
            .collect(),
    };
    instructions.into_iter().chain(items).collect()
}

/// The words of an answer, streams included, where its body is kept.
fn words_of(attempt: &AttemptRecord) -> Option<String> {
    let status = attempt.outcome.as_ref()?.status?;
    let (headers, body) = (attempt.headers.clone(), attempt.body.clone()?);
    let reply = Reply::from_http(status, headers, body, Visibility::Full, UnixTime::from_secs(0), Endpoint::Responses);
    reply.response().map(|response| response.words())
}
