//! What an event of a stream says, read leniently: nothing a server sends breaks the reading of the next event.

use serde_json::Value;

use super::frames::Frame;
use crate::responses::json;
use crate::responses::{ApiError, ContentPart, OutputItem, Response, ResponseStatus, Unreadable};

/// Where in the output a piece belongs; what a server leaves out is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// `output_index`: which item.
    pub item: Option<u64>,
    /// `content_index` or `summary_index`: which part of it.
    pub part: Option<u64>,
}

/// How a stream ended by its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terminal {
    /// `response.completed`.
    Completed,
    /// `response.incomplete`, in the place of `response.completed`.
    Incomplete,
    /// `response.failed`.
    Failed,
    /// `response.cancelled`, of background responses.
    Cancelled,
    /// An `error` event; a `response.failed` that says the same may follow it.
    Error,
}

impl Terminal {
    /// The event's name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "response.completed",
            Self::Incomplete => "response.incomplete",
            Self::Failed => "response.failed",
            Self::Cancelled => "response.cancelled",
            Self::Error => "error",
        }
    }
}

/// One event (openai-python 3.57.0, `types/responses/response_*_event.py`), as far as Sluice reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// `response.created`: the response so far.
    Created(Box<Response>),
    /// `response.in_progress`.
    InProgress(Box<Response>),
    /// `response.queued`.
    Queued(Box<Response>),
    /// `response.output_item.added`: an item, still empty.
    ItemAdded(Place, OutputItem),
    /// `response.output_item.done`: the item, whole.
    ItemDone(Place, OutputItem),
    /// `response.content_part.added`: a part of a message, still empty; `None` for a text that is null.
    PartAdded(Place, Option<ContentPart>),
    /// `response.content_part.done`: the part, whole.
    PartDone(Place, Option<ContentPart>),
    /// `response.output_text.delta`: more text.
    TextDelta(Place, String),
    /// `response.output_text.done`: the part's whole text.
    TextDone(Place, String),
    /// `response.refusal.delta`: more of a refusal.
    RefusalDelta(Place, String),
    /// `response.refusal.done`: the whole refusal.
    RefusalDone(Place, String),
    /// `response.reasoning_summary_text.delta`: more of a summary of the reasoning.
    SummaryDelta(Place, String),
    /// `response.reasoning_summary_text.done`: the whole summary; so do `response.reasoning_summary_part.*` events.
    SummaryDone(Place, String),
    /// `response.function_call_arguments.delta`: more of a call's arguments.
    ArgumentsDelta(Place, String),
    /// `response.function_call_arguments.done`: all of them, a JSON string.
    ArgumentsDone(Place, String),
    /// The response's end, and the response as far as the event holds it.
    Ended(Terminal, Box<Response>),
    /// `error`, flat as documented or nested as captured, or an error without any type.
    Error(ApiError),
    /// A sign of life: `keepalive`, an empty event, a comment sent as data by mistake.
    KeepAlive,
    /// `[DONE]`, which compatible servers append.
    DoneMarker,
    /// An event this version does not know, by its type.
    Unknown(String),
    /// Data that could not be read, and why.
    Unreadable(Unreadable),
    /// An event over the cap of [`super::MAX_EVENT_BYTES`], passed over.
    TooLong,
}

/// An event with its `sequence_number`. Numbers repeat, jump and may be missing: nothing depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedEvent {
    /// Its type as it was sent, known or not; of what has none, a word for what it is.
    pub kind: String,
    /// `sequence_number`.
    pub sequence: Option<u64>,
    /// The event.
    pub event: StreamEvent,
}

impl NumberedEvent {
    /// Reads a frame. `type` inside the data names the event; where there is none, the frame's own name does.
    pub fn read(frame: &Frame) -> Self {
        let data = frame.data.trim();
        let name = frame.event.as_deref().unwrap_or_default();
        let unnumbered = |word: &str, event| Self {
            kind: if name.is_empty() { word } else { name }.to_owned(),
            sequence: None,
            event,
        };
        // OpenRouter's ": OPENROUTER PROCESSING" and others' ": ping" also come as data.
        if data.is_empty() || data.starts_with(':') {
            return unnumbered("keepalive", StreamEvent::KeepAlive);
        }
        if data.starts_with("[DONE]") {
            return unnumbered("[DONE]", StreamEvent::DoneMarker);
        }
        match json::parse(data) {
            Ok(value) => {
                let kind = kind_of(name, &value);
                let event = StreamEvent::read(kind, &value);
                let kind = if kind.is_empty() { event.word() } else { kind }.to_owned();
                Self { kind, sequence: value.get("sequence_number").and_then(Value::as_u64), event }
            }
            Err(_) if name == "error" => unnumbered(name, StreamEvent::Error(ApiError::from_body(data))),
            Err(_) if is_ping(name) || is_ping(data) => unnumbered("keepalive", StreamEvent::KeepAlive),
            Err(why) => unnumbered("unreadable", StreamEvent::Unreadable(why)),
        }
    }
}

impl StreamEvent {
    /// True where the event brings words a person reads: text or a refusal.
    pub fn brings_text(&self) -> bool {
        match self {
            Self::TextDelta(_, text)
            | Self::TextDone(_, text)
            | Self::RefusalDelta(_, text)
            | Self::RefusalDone(_, text) => !text.is_empty(),
            Self::Ended(_, response) => !response.output_text().is_empty(),
            _ => false,
        }
    }

    /// What an event without a type is called.
    const fn word(&self) -> &'static str {
        match self {
            Self::Ended(terminal, _) => terminal.name(),
            Self::Error(_) => "error",
            Self::InProgress(_) | Self::Queued(_) => "response",
            _ => "untyped",
        }
    }

    fn read(kind: &str, value: &Value) -> Self {
        let place = |part: &str| Place {
            item: value.get("output_index").and_then(Value::as_u64),
            part: value.get(part).and_then(Value::as_u64),
        };
        let content = || place("content_index");
        let summary = || place("summary_index");
        let text = |member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let response = || Box::new(value.get("response").map(Response::read).unwrap_or_default());
        let item = || value.get("item").map_or_else(|| OutputItem::Other(String::new()), OutputItem::from_value);
        let part = || value.get("part").and_then(ContentPart::from_value);
        match kind {
            "response.created" => Self::Created(response()),
            "response.in_progress" => Self::InProgress(response()),
            "response.queued" => Self::Queued(response()),
            "response.output_item.added" => Self::ItemAdded(content(), item()),
            "response.output_item.done" => Self::ItemDone(content(), item()),
            "response.content_part.added" => Self::PartAdded(content(), part()),
            "response.content_part.done" => Self::PartDone(content(), part()),
            "response.output_text.delta" => Self::TextDelta(content(), text("delta")),
            "response.output_text.done" => Self::TextDone(content(), text("text")),
            "response.refusal.delta" => Self::RefusalDelta(content(), text("delta")),
            "response.refusal.done" => Self::RefusalDone(content(), text("refusal")),
            "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done" => {
                let words = value.get("part").and_then(|part| part.get("text")).and_then(Value::as_str);
                Self::SummaryDone(summary(), words.unwrap_or_default().to_owned())
            }
            "response.reasoning_summary_text.delta" => Self::SummaryDelta(summary(), text("delta")),
            "response.reasoning_summary_text.done" => Self::SummaryDone(summary(), text("text")),
            "response.function_call_arguments.delta" => Self::ArgumentsDelta(content(), text("delta")),
            "response.function_call_arguments.done" => Self::ArgumentsDone(content(), text("arguments")),
            "response.completed" => Self::ended(Terminal::Completed, value.get("response")),
            "response.incomplete" => Self::ended(Terminal::Incomplete, value.get("response")),
            "response.failed" => Self::ended(Terminal::Failed, value.get("response")),
            "response.cancelled" => Self::ended(Terminal::Cancelled, value.get("response")),
            "error" => Self::Error(ApiError::from_value(value).unwrap_or_default()),
            // Gateways that fake streaming may send the whole response as one event.
            _ if value.get("object").and_then(Value::as_str) == Some("response") => Self::whole(value),
            // OmniRoute #13431: an error without a type, or with one of the gateway's own.
            _ if value.get("error").is_some_and(|error| !error.is_null()) => {
                Self::Error(ApiError::from_value(value).unwrap_or_default())
            }
            _ if is_ping(kind) => Self::KeepAlive,
            _ => Self::Unknown(kind.to_owned()),
        }
    }

    /// The end of a response. Its object may say less than its event: then the event's name is right.
    fn ended(terminal: Terminal, object: Option<&Value>) -> Self {
        let mut response = object.map(Response::read).unwrap_or_default();
        let unfinished = matches!(response.status, ResponseStatus::InProgress | ResponseStatus::Queued);
        response.status = match (terminal, response.status) {
            (Terminal::Failed | Terminal::Error, _) => ResponseStatus::Failed,
            (Terminal::Cancelled, _) => ResponseStatus::Cancelled,
            (Terminal::Incomplete, ResponseStatus::Completed) => ResponseStatus::Incomplete,
            (Terminal::Incomplete, _) if unfinished => ResponseStatus::Incomplete,
            (Terminal::Completed, _) if unfinished => ResponseStatus::Completed,
            (_, told) => told,
        };
        Self::Ended(terminal, Box::new(response))
    }

    fn whole(value: &Value) -> Self {
        let terminal = match Response::read(value).status {
            ResponseStatus::InProgress => return Self::InProgress(Box::new(Response::read(value))),
            ResponseStatus::Queued => return Self::Queued(Box::new(Response::read(value))),
            ResponseStatus::Failed => Terminal::Failed,
            ResponseStatus::Incomplete => Terminal::Incomplete,
            ResponseStatus::Cancelled => Terminal::Cancelled,
            ResponseStatus::Completed | ResponseStatus::Other(_) => Terminal::Completed,
        };
        Self::ended(terminal, Some(value))
    }
}

fn kind_of<'a>(name: &'a str, value: &'a Value) -> &'a str {
    value.get("type").and_then(Value::as_str).filter(|kind| !kind.is_empty()).unwrap_or(name)
}

/// The names under which servers say that they are still there (openai-node #1964; Anthropic's `ping`).
fn is_ping(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "keepalive" | "keep-alive" | "keep_alive" | "ping" | "heartbeat")
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
