//! `POST /v1/responses`: what is asked.

use std::sync::Arc;

use serde_json::{Map, Number, Value, json};

use super::batch_calls::BatchCall;

/// A call of one endpoint of the API.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiRequest {
    /// `GET /v1/models`.
    ListModels,
    /// `POST /v1/responses`.
    CreateResponse(CreateResponse),
    /// `POST /v1/responses/input_tokens`.
    CountInputTokens(CreateResponse),
    /// A request about files or batch jobs.
    Batches(BatchCall),
}

impl ApiRequest {
    /// Whether it asks for its answer as an event stream.
    pub const fn streams(&self) -> bool {
        matches!(self, Self::CreateResponse(CreateResponse { stream: true, .. }))
    }

    /// Whether its body is JSON: others have none, or are a form whose boundary its sender chooses.
    pub const fn has_json_body(&self) -> bool {
        match self {
            Self::ListModels => false,
            Self::CreateResponse(_) | Self::CountInputTokens(_) => true,
            Self::Batches(call) => matches!(call, BatchCall::Create(_)),
        }
    }
}

/// A request for a response. Members this type does not name are kept in `extra` and sent unchanged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateResponse {
    /// The model's name.
    pub model: String,
    /// The prompt.
    pub input: Input,
    /// Instructions put before the input.
    pub instructions: Option<String>,
    /// Upper bound of output tokens, reasoning included.
    pub max_output_tokens: Option<u64>,
    /// 0 to 2; reasoning models refuse it.
    pub temperature: Option<f64>,
    /// How much a reasoning model thinks.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Whether the answer comes as an event stream.
    pub stream: bool,
    /// Whether the server keeps the response; OpenAI's own default is true, ours is to say false.
    pub store: Option<bool>,
    /// All other members, as given.
    pub extra: Map<String, Value>,
    /// The body as somebody wrote it, which is then sent to the byte in place of one made from the members above;
    /// they must say the same.
    pub as_written: Option<Arc<str>>,
}

/// The `input` member.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// One user message.
    Text(String),
    /// A list of items (messages, earlier output), as given.
    Items(Vec<Value>),
}

impl Default for Input {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// `reasoning.effort` (openai-python 3.57.0). Which values a model takes depends on the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasoningEffort {
    /// No reasoning.
    None,
    /// As little as possible.
    Minimal,
    /// Little.
    Low,
    /// The default of most models.
    Medium,
    /// Much.
    High,
    /// More than high.
    XHigh,
    /// As much as the model can.
    Max,
}

/// Why a JSON value is no request: what the API answers with a 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidRequest {
    /// The sentence for people.
    pub message: String,
    /// The member at fault.
    pub param: Option<String>,
    /// The machine-readable code.
    pub code: Option<String>,
}

impl CreateResponse {
    /// Reads a request body, and refuses what the API refuses, in its words.
    ///
    /// Members this type does not name are kept as they are, be they known to the API or not.
    ///
    /// # Errors
    /// [`InvalidRequest`]: the body of the 400 that the API gives.
    pub fn from_value(value: Value) -> Result<Self, InvalidRequest> {
        let Value::Object(mut members) = value else { return Err(InvalidRequest::not_an_object()) };
        members.retain(|_, value| !value.is_null());
        let model = text(&mut members, "model")?.ok_or_else(|| InvalidRequest::missing("model"))?;
        let input = match members.remove("input") {
            Some(Value::String(text)) => Input::Text(text),
            Some(Value::Array(items)) => Input::Items(items),
            Some(other) => {
                return Err(InvalidRequest::wrong_type("input", "one of a string or an array of input items", &other));
            }
            None if members.contains_key("messages") => return Err(InvalidRequest::moved("messages", "input")),
            // These bring an input of their own.
            None if ["previous_response_id", "prompt", "conversation"]
                .iter()
                .any(|name| members.contains_key(*name)) =>
            {
                Input::Items(Vec::new())
            }
            None => return Err(InvalidRequest::missing("input")),
        };
        let request = Self {
            model,
            input,
            instructions: text(&mut members, "instructions")?,
            max_output_tokens: integer(&mut members, "max_output_tokens", MIN_OUTPUT_TOKENS)?,
            temperature: decimal(members.remove("temperature").as_ref(), "temperature", 2)?,
            reasoning_effort: effort(&mut members)?,
            stream: boolean(&mut members, "stream")?.unwrap_or(false),
            store: boolean(&mut members, "store")?,
            extra: members,
            as_written: None,
        };
        decimal(request.extra.get("top_p"), "top_p", 1)?;
        Ok(request)
    }

    /// The text to send: the body as it was written, else one made from the members.
    pub fn body(&self) -> String {
        self.as_written.as_deref().map_or_else(|| self.to_value().to_string(), str::to_owned)
    }

    /// The members as a body: what is set, and `extra` as it is.
    pub fn to_value(&self) -> Value {
        let mut members = self.extra.clone();
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        set("model", Value::from(self.model.as_str()));
        let has_own_input =
            ["previous_response_id", "prompt", "conversation"].iter().any(|name| self.extra.contains_key(*name));
        match &self.input {
            Input::Items(items) if items.is_empty() && has_own_input => {}
            Input::Items(items) => drop(set("input", Value::from(items.clone()))),
            Input::Text(text) => drop(set("input", Value::from(text.as_str()))),
        }
        if let Some(instructions) = &self.instructions {
            set("instructions", Value::from(instructions.as_str()));
        }
        if let Some(tokens) = self.max_output_tokens {
            set("max_output_tokens", Value::from(tokens));
        }
        if let Some(temperature) = self.temperature.and_then(Number::from_f64) {
            set("temperature", Value::Number(temperature));
        }
        if self.stream {
            set("stream", Value::Bool(true));
        }
        if let Some(store) = self.store {
            set("store", Value::Bool(store));
        }
        if let Some(effort) = self.reasoning_effort {
            let reasoning = members.entry("reasoning").or_insert_with(|| json!({}));
            if let Some(reasoning) = reasoning.as_object_mut() {
                reasoning.insert("effort".to_owned(), Value::from(effort.name()));
            }
        }
        Value::Object(members)
    }
}

/// The least `max_output_tokens` the Responses API takes.
const MIN_OUTPUT_TOKENS: u64 = 16;

impl Input {
    /// All text of the input: parts of an item joined, items on lines of their own.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Items(items) => {
                let texts: Vec<String> = items.iter().map(text_of_item).filter(|text| !text.is_empty()).collect();
                texts.join("\n")
            }
        }
    }
}

fn text_of_item(item: &Value) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match item.get("content") {
        Some(Value::String(content)) => content.clone(),
        Some(Value::Array(parts)) => parts.iter().map(|part| text(part, "text")).collect(),
        _ => text(item, "output"),
    }
}

impl ReasoningEffort {
    /// All values, from least to most.
    pub const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::XHigh, Self::Max];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// Reads its name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.name() == name)
    }
}

impl InvalidRequest {
    /// The error as the API wraps it in a 400.
    pub fn to_error(&self) -> super::ApiError {
        super::ApiError {
            message: self.message.clone(),
            kind: Some("invalid_request_error".to_owned()),
            param: self.param.clone(),
            code: self.code.clone(),
            headers: Vec::new(),
        }
    }

    fn new(param: &str, code: &str, message: String) -> Self {
        Self { message, param: Some(param.to_owned()), code: Some(code.to_owned()) }
    }

    fn not_an_object() -> Self {
        let message = "We could not parse the JSON body of your request. The API expects a JSON object.";
        Self { message: message.to_owned(), param: None, code: None }
    }

    fn missing(param: &str) -> Self {
        Self::new(param, "missing_required_parameter", format!("Missing required parameter: '{param}'."))
    }

    fn moved(param: &str, to: &str) -> Self {
        let message = format!(
            "Unsupported parameter: '{param}'. In the Responses API, this parameter has moved to '{to}'. \
             Try again with the new parameter."
        );
        Self::new(param, "unsupported_parameter", message)
    }

    fn wrong_type(param: &str, expected: &str, got: &Value) -> Self {
        let message = format!("Invalid type for '{param}': expected {expected}, but got {} instead.", type_name(got));
        Self::new(param, "invalid_type", message)
    }

    fn out_of_range(param: &str, kind: &str, (side, sign): (&str, &str), bound: u64, got: &Value) -> Self {
        let (word, short) = if side == "above" { ("maximum", "max") } else { ("minimum", "min") };
        let message = format!(
            "Invalid '{param}': {kind} {side} {word} value. Expected a value {sign} {bound}, but got {got} instead."
        );
        Self::new(param, &format!("{kind}_{side}_{short}_value"), message)
    }
}

const ABOVE: (&str, &str) = ("above", "<=");
const BELOW: (&str, &str) = ("below", ">=");

fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, InvalidRequest> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(InvalidRequest::wrong_type(name, "a string", &other)),
    }
}

fn boolean(members: &mut Map<String, Value>, name: &str) -> Result<Option<bool>, InvalidRequest> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(flag)),
        Some(other) => Err(InvalidRequest::wrong_type(name, "a boolean", &other)),
    }
}

fn integer(members: &mut Map<String, Value>, name: &str, least: u64) -> Result<Option<u64>, InvalidRequest> {
    let Some(value) = members.remove(name) else { return Ok(None) };
    match value.as_u64() {
        Some(number) if number >= least => Ok(Some(number)),
        None if !value.is_i64() => Err(InvalidRequest::wrong_type(name, "an integer", &value)),
        _ => Err(InvalidRequest::out_of_range(name, "integer", BELOW, least, &value)),
    }
}

fn decimal(value: Option<&Value>, name: &str, most: u32) -> Result<Option<f64>, InvalidRequest> {
    let Some(value) = value else { return Ok(None) };
    let Some(number) = value.as_f64() else { return Err(InvalidRequest::wrong_type(name, "a decimal", value)) };
    if number > f64::from(most) {
        return Err(InvalidRequest::out_of_range(name, "decimal", ABOVE, most.into(), value));
    }
    if number < 0.0 {
        return Err(InvalidRequest::out_of_range(name, "decimal", BELOW, 0, value));
    }
    Ok(Some(number))
}

/// Takes `reasoning.effort` out; what else `reasoning` holds stays where it is.
fn effort(members: &mut Map<String, Value>) -> Result<Option<ReasoningEffort>, InvalidRequest> {
    let Some(reasoning) = members.get_mut("reasoning") else { return Ok(None) };
    let Some(reasoning) = reasoning.as_object_mut() else {
        return Err(InvalidRequest::wrong_type("reasoning", "an object", reasoning));
    };
    let effort = match reasoning.remove("effort") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(ReasoningEffort::from_name(&name).ok_or_else(|| {
            let message = format!(
                "Invalid value: '{name}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'."
            );
            InvalidRequest::new("reasoning.effort", "invalid_value", message)
        })?),
        Some(other) => return Err(InvalidRequest::wrong_type("reasoning.effort", "a string", &other)),
    };
    if reasoning.is_empty() {
        members.remove("reasoning");
    }
    Ok(effort)
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
