//! The response object.

use serde_json::{Map, Value, json};

use super::error::Unreadable;
use super::json::{describe, text_of};
use super::request::{CreateResponse, ReasoningEffort};
use super::usage::ReportedUsage;

/// A response object, as far as Sluice reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// `resp_…`.
    pub id: Option<String>,
    /// Seconds since the epoch.
    pub created_at: Option<u64>,
    /// Where the response stands.
    pub status: ResponseStatus,
    /// Why it failed.
    pub error: Option<ResponseError>,
    /// Why it is incomplete: `max_output_tokens`, `content_filter`, …
    pub incomplete_reason: Option<String>,
    /// The model that answered, usually a dated snapshot.
    pub model: Option<String>,
    /// What came back, in order.
    pub output: Vec<OutputItem>,
    /// The tokens.
    pub usage: ReportedUsage,
    /// The tier that served it.
    pub service_tier: Option<String>,
}

/// `status` of a response.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ResponseStatus {
    /// All is there.
    #[default]
    Completed,
    /// Cut off; see `incomplete_reason`.
    Incomplete,
    /// Failed; see `error`.
    Failed,
    /// Still running.
    InProgress,
    /// Not begun.
    Queued,
    /// Cancelled on request.
    Cancelled,
    /// A status this version does not know.
    Other(String),
}

/// `error` of a failed response: it can come inside an HTTP 200.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseError {
    /// `server_error`, `rate_limit_exceeded`, …
    pub code: Option<String>,
    /// `type`, which only an error in a stream has.
    pub kind: Option<String>,
    /// The sentence for people.
    pub message: String,
}

/// One item of `output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputItem {
    /// What the model says.
    Message {
        /// `msg_…`.
        id: Option<String>,
        /// `completed`, `incomplete`, `in_progress`.
        status: Option<String>,
        /// The parts, in order.
        content: Vec<ContentPart>,
    },
    /// What the model thought; only summaries are ever shown.
    Reasoning {
        /// `rs_…`.
        id: Option<String>,
        /// Summary texts, in order.
        summary: Vec<String>,
    },
    /// A call of one of the caller's functions.
    FunctionCall {
        /// `fc_…`.
        id: Option<String>,
        /// `call_…`: what the function's result must name.
        call_id: Option<String>,
        /// The function's name.
        name: String,
        /// A JSON string.
        arguments: String,
    },
    /// An item type this version does not know, by its name.
    Other(String),
}

/// One part of a message's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPart {
    /// Text.
    OutputText(String),
    /// The model declines.
    Refusal(String),
    /// A part type this version does not know, by its name.
    Other(String),
}

impl Response {
    /// All words that a person reads: text and refusals.
    pub fn words(&self) -> String {
        self.output_text() + &self.refusal().unwrap_or_default()
    }

    /// The pieces of the text, in order.
    pub fn output_texts_mut(&mut self) -> Vec<&mut String> {
        let parts = self.output.iter_mut().flat_map(|item| match item {
            OutputItem::Message { content, .. } => content.as_mut_slice(),
            _ => &mut [],
        });
        parts
            .filter_map(|part| match part {
                ContentPart::OutputText(text) => Some(text),
                _ => None,
            })
            .collect()
    }

    /// Every text that a model has written, in order: text, refusals, summaries, arguments.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        let mut texts = Vec::new();
        for item in &mut self.output {
            match item {
                OutputItem::Message { content, .. } => texts.extend(content.iter_mut().filter_map(|part| match part {
                    ContentPart::OutputText(text) | ContentPart::Refusal(text) => Some(text),
                    ContentPart::Other(_) => None,
                })),
                OutputItem::Reasoning { summary, .. } => texts.extend(summary),
                OutputItem::FunctionCall { arguments, .. } => texts.push(arguments),
                OutputItem::Other(_) => {}
            }
        }
        texts
    }

    /// Reads a response object. Members that are missing, null or unknown never break it.
    ///
    /// # Errors
    /// [`Unreadable::OtherShape`] where the value is something else.
    pub fn from_value(value: &Value) -> Result<Self, Unreadable> {
        let member = |name: &str| value.get(name);
        let text = |name: &str| text_of(member(name));
        let is_response = member("object").and_then(Value::as_str) == Some("response")
            || member("output").is_some_and(Value::is_array)
            || (member("status").is_some_and(Value::is_string) && text("id").is_some());
        if !is_response {
            return Err(Unreadable::OtherShape { found: describe(value) });
        }
        Ok(Self::read(value))
    }

    /// The same of a value that is known to be a response, however little it holds: in a stream, its event says so.
    pub(super) fn read(value: &Value) -> Self {
        let member = |name: &str| value.get(name);
        let text = |name: &str| text_of(member(name));
        let error = member("error").filter(|error| !error.is_null()).map(ResponseError::from_value);
        let incomplete = member("incomplete_details").filter(|details| !details.is_null());
        let status = match text("status") {
            Some(status) => ResponseStatus::from_name(&status),
            None if error.is_some() => ResponseStatus::Failed,
            None if incomplete.is_some() => ResponseStatus::Incomplete,
            None => ResponseStatus::Completed,
        };
        let items = member("output").and_then(Value::as_array);
        Self {
            id: text("id"),
            created_at: member("created_at").and_then(seconds),
            status,
            error,
            incomplete_reason: incomplete.and_then(|details| text_of(details.get("reason"))),
            model: text("model"),
            output: items.into_iter().flatten().map(OutputItem::from_value).collect(),
            usage: ReportedUsage::from_value(member("usage")),
            service_tier: text("service_tier"),
        }
    }

    /// The whole object as the API sends it, with what it repeats of the request.
    pub fn to_value(&self, echo: &CreateResponse) -> Value {
        let given = |name: &str, default: Value| echo.extra.get(name).cloned().unwrap_or(default);
        let reasons = self.output.iter().any(|item| matches!(item, OutputItem::Reasoning { .. }));
        let effort = echo.reasoning_effort.map(ReasoningEffort::name).or(reasons.then_some("medium"));
        json!({
            "id": self.id,
            "object": "response",
            "created_at": self.created_at.unwrap_or(0),
            "status": self.status.name(),
            "background": given("background", json!(false)),
            "error": self.error.as_ref().map(ResponseError::to_value),
            "incomplete_details": self.incomplete_reason.as_ref().map(|reason| json!({ "reason": reason })),
            "instructions": echo.instructions,
            "max_output_tokens": echo.max_output_tokens,
            "max_tool_calls": given("max_tool_calls", Value::Null),
            "model": self.model.as_ref().unwrap_or(&echo.model),
            "output": self.output.iter().map(OutputItem::to_value).collect::<Vec<_>>(),
            "parallel_tool_calls": given("parallel_tool_calls", json!(true)),
            "previous_response_id": given("previous_response_id", Value::Null),
            "prompt_cache_key": given("prompt_cache_key", Value::Null),
            "reasoning": { "effort": effort, "summary": null },
            "safety_identifier": given("safety_identifier", Value::Null),
            "service_tier": self.service_tier.as_deref().unwrap_or("default"),
            "store": echo.store.unwrap_or(true),
            "temperature": echo.temperature.unwrap_or(1.0),
            "text": given("text", json!({ "format": { "type": "text" }, "verbosity": "medium" })),
            "tool_choice": given("tool_choice", json!("auto")),
            "tools": given("tools", json!([])),
            "top_logprobs": given("top_logprobs", json!(0)),
            "top_p": given("top_p", json!(1.0)),
            "truncation": given("truncation", json!("disabled")),
            "user": given("user", Value::Null),
            "metadata": given("metadata", json!({})),
            "usage": self.usage.known().map(|usage| usage.to_value()),
        })
    }

    /// All text, as the SDKs' `output_text` joins it: every text part of every message, with nothing in between.
    pub fn output_text(&self) -> String {
        self.parts()
            .filter_map(|part| if let ContentPart::OutputText(text) = part { Some(text.as_str()) } else { None })
            .collect()
    }

    /// What the model said in declining, if it did.
    pub fn refusal(&self) -> Option<String> {
        let mut refusals = self
            .parts()
            .filter_map(|part| if let ContentPart::Refusal(text) = part { Some(text.as_str()) } else { None });
        let first = refusals.next()?;
        Some(refusals.fold(first.to_owned(), |all, next| all + next))
    }

    /// The calls of the caller's functions: names and arguments (a JSON string).
    pub fn tool_calls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.output.iter().filter_map(|item| match item {
            OutputItem::FunctionCall { name, arguments, .. } => Some((name.as_str(), arguments.as_str())),
            _ => None,
        })
    }

    fn parts(&self) -> impl Iterator<Item = &ContentPart> {
        self.output
            .iter()
            .filter_map(|item| if let OutputItem::Message { content, .. } = item { Some(content) } else { None })
            .flatten()
    }
}

impl ResponseStatus {
    /// Reads its name on the wire.
    pub fn from_name(name: &str) -> Self {
        match name {
            "completed" => Self::Completed,
            "incomplete" => Self::Incomplete,
            "failed" => Self::Failed,
            "in_progress" => Self::InProgress,
            "queued" => Self::Queued,
            "cancelled" => Self::Cancelled,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::InProgress => "in_progress",
            Self::Queued => "queued",
            Self::Cancelled => "cancelled",
            Self::Other(other) => other,
        }
    }
}

impl ResponseError {
    /// Reads `response.error`; some servers send a bare string.
    pub fn from_value(value: &Value) -> Self {
        match value {
            Value::String(message) => Self { message: message.clone(), ..Self::default() },
            _ => Self {
                code: text_of(value.get("code")),
                kind: text_of(value.get("type")),
                message: text_of(value.get("message")).unwrap_or_default(),
            },
        }
    }

    fn to_value(&self) -> Value {
        json!({ "code": self.code, "message": self.message })
    }
}

impl OutputItem {
    /// Reads one item of `output`.
    pub fn from_value(value: &Value) -> Self {
        let text = |name: &str| text_of(value.get(name));
        let raw = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match value.get("type").and_then(Value::as_str).unwrap_or_default() {
            "message" => Self::Message { id: text("id"), status: text("status"), content: parts(value.get("content")) },
            "reasoning" => {
                let summary = value.get("summary").and_then(Value::as_array);
                let text_in = |part: &Value| part.get("text").and_then(Value::as_str).map(str::to_owned);
                Self::Reasoning { id: text("id"), summary: summary.into_iter().flatten().filter_map(text_in).collect() }
            }
            "function_call" => Self::FunctionCall {
                id: text("id"),
                call_id: text("call_id"),
                name: raw("name"),
                arguments: raw("arguments"),
            },
            other => Self::Other(other.to_owned()),
        }
    }

    /// The item as the API sends it; of unknown items, the type alone.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Message { id, status, content } => json!({
                "id": id,
                "type": "message",
                "role": "assistant",
                "status": status.as_deref().unwrap_or("completed"),
                "content": content.iter().map(ContentPart::to_value).collect::<Vec<_>>(),
            }),
            Self::Reasoning { id, summary } => json!({
                "id": id,
                "type": "reasoning",
                "summary": summary.iter().map(|text| json!({ "type": "summary_text", "text": text })).collect::<Vec<_>>(),
            }),
            Self::FunctionCall { id, call_id, name, arguments } => json!({
                "id": id,
                "type": "function_call",
                "status": "completed",
                "call_id": call_id,
                "name": name,
                "arguments": arguments,
            }),
            Self::Other(kind) => Value::Object(Map::from_iter([("type".to_owned(), Value::from(kind.as_str()))])),
        }
    }
}

impl ContentPart {
    /// Reads one part of a message's content; `None` for a text that is null.
    pub fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match value.get("type").and_then(Value::as_str).unwrap_or_default() {
            "output_text" => text("text").map(Self::OutputText),
            "refusal" => text("refusal").map(Self::Refusal),
            other => Some(Self::Other(other.to_owned())),
        }
    }

    /// The part as the API sends it; of unknown parts, the type alone.
    pub fn to_value(&self) -> Value {
        match self {
            Self::OutputText(text) => json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] }),
            Self::Refusal(refusal) => json!({ "type": "refusal", "refusal": refusal }),
            Self::Other(kind) => json!({ "type": kind }),
        }
    }
}

/// The parts of a message; some servers send a bare string.
fn parts(content: Option<&Value>) -> Vec<ContentPart> {
    match content {
        Some(Value::Array(parts)) => parts.iter().filter_map(ContentPart::from_value).collect(),
        Some(Value::String(text)) => vec![ContentPart::OutputText(text.clone())],
        _ => Vec::new(),
    }
}

/// Seconds since the epoch; older servers send them as floats.
fn seconds(value: &Value) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a float cast saturates
    value.as_u64().or_else(|| value.as_f64().map(|seconds| seconds as u64))
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
