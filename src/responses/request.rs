//! `POST /v1/responses`: what is asked.

use serde_json::{Map, Value};

/// A call of one endpoint of the API.
#[derive(Debug, Clone, PartialEq)]
pub enum ApiRequest {
    /// `GET /v1/models`.
    ListModels,
    /// `POST /v1/responses`.
    CreateResponse(CreateResponse),
    /// `POST /v1/responses/input_tokens`.
    CountInputTokens(CreateResponse),
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
