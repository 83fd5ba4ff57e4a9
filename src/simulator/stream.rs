//! An answer as the event stream that `stream: true` asks for: which frames, in which order, and when.
//!
//! The order is that of openai-openapi's streaming example and of streams captured by vercel/ai (plain, reasoning,
//! failed in the middle). `obfuscation`, which pads events against eavesdroppers, is left out, as it may be.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, AnswerBody};
use super::latency::Latency;
use crate::responses::stream::{Frame, Terminal};
use crate::responses::{ContentPart, CreateResponse, OutputItem, ReportedUsage, Response, ResponseStatus};

/// How soon an admitted stream opens, where its first words take longer.
const OPENING: Duration = Duration::from_millis(200);
/// How long a stream is silent before it says that it is alive. Chosen; what the real one does is not documented.
const SILENCE: Duration = Duration::from_secs(5);
/// The most signs of life in a stream: an hour of them.
const MOST_SIGNS: u32 = 720;
/// The longest piece of a text without blanks, in characters: Chinese and its like come in short pieces too.
const LONGEST_PIECE: usize = 12;

/// A frame, and when it goes out, counted from the request's arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedFrame {
    /// From the request's arrival.
    pub after: Duration,
    /// The frame.
    pub frame: Frame,
}

impl Answer {
    /// True where it comes as an event stream: a response that was asked for so. Refusals never do.
    pub fn streams(&self) -> bool {
        matches!(&self.body, AnswerBody::Response { echo, .. } if echo.stream)
    }

    /// Its event stream: the first text at `latency.first_token`, the last frame at `latency.total`. Empty where it
    /// does not stream.
    pub fn frames(&self) -> Vec<TimedFrame> {
        match &self.body {
            AnswerBody::Response { response, echo } if echo.stream => {
                let mut script = Script::new(self.latency, response);
                script.play(response, echo);
                script.frames
            }
            _ => Vec::new(),
        }
    }

    /// When the answer's head goes out: a stream's long before its body is complete.
    pub fn head_after(&self) -> Duration {
        if self.streams() { opening(self.latency) } else { self.latency.total }
    }
}

fn opening(latency: Latency) -> Duration {
    latency.first_token.min(OPENING)
}

/// A stream being written.
struct Script {
    latency: Latency,
    /// All characters that come in pieces, and those that have.
    characters: u64,
    written: u64,
    sequence: u64,
    /// Signs of life still to give.
    signs: u32,
    frames: Vec<TimedFrame>,
}

impl Script {
    fn new(latency: Latency, response: &Response) -> Self {
        let characters = response.output.iter().map(characters_of).sum();
        Self { latency, characters, written: 0, sequence: 0, signs: MOST_SIGNS, frames: Vec::new() }
    }

    fn play(&mut self, response: &Response, echo: &CreateResponse) {
        let opening = opening(self.latency);
        // Nothing but the head is known at first.
        let begun = Response {
            status: ResponseStatus::InProgress,
            error: None,
            incomplete_reason: None,
            output: Vec::new(),
            usage: ReportedUsage::Missing,
            ..response.clone()
        };
        self.send(opening, "response.created", json!({ "response": begun.to_value(echo) }));
        self.send(opening, "response.in_progress", json!({ "response": begun.to_value(echo) }));
        for (item, index) in response.output.iter().zip(0..) {
            match item {
                OutputItem::Message { content, .. } => self.message(index, item, content),
                OutputItem::Reasoning { summary, .. } => self.reasoning(index, item, summary, opening),
                OutputItem::FunctionCall { arguments, .. } => self.call(index, item, arguments),
                OutputItem::Other(_) => self.whole_item(index, item),
            }
        }
        let terminal = match response.status {
            ResponseStatus::Failed => Terminal::Failed,
            ResponseStatus::Incomplete => Terminal::Incomplete,
            ResponseStatus::Cancelled => Terminal::Cancelled,
            _ => Terminal::Completed,
        };
        let end = self.latency.total;
        if let (Terminal::Failed, Some(error)) = (terminal, &response.error) {
            // Nested, as captured, whatever the documents say.
            let error = json!({ "type": error.kind, "code": error.code, "message": error.message, "param": null });
            self.send(end, Terminal::Error.name(), json!({ "error": error }));
        }
        self.send(end, terminal.name(), json!({ "response": response.to_value(echo) }));
    }

    fn message(&mut self, index: u64, item: &OutputItem, content: &[ContentPart]) {
        let OutputItem::Message { id, status, .. } = item else { return };
        let added = OutputItem::Message { id: id.clone(), status: Some("in_progress".to_owned()), content: Vec::new() };
        self.item_event("added", index, &added);
        let broken_off = status.as_deref() == Some("in_progress");
        for (part, part_index) in content.iter().zip(0u64..) {
            let place = json!({ "item_id": id, "output_index": index, "content_index": part_index });
            let (kind, words, empty) = match part {
                ContentPart::OutputText(text) => ("output_text", text.as_str(), ContentPart::OutputText(String::new())),
                ContentPart::Refusal(text) => ("refusal", text.as_str(), ContentPart::Refusal(String::new())),
                other @ ContentPart::Other(_) => ("", "", other.clone()),
            };
            self.send_now("response.content_part.added", with(&place, &json!({ "part": empty.to_value() })));
            let is_text = kind == "output_text";
            for piece in pieces(words) {
                let delta = if is_text { json!({ "delta": piece, "logprobs": [] }) } else { json!({ "delta": piece }) };
                self.send_now(&format!("response.{kind}.delta"), with(&place, &delta));
                self.written += count(piece);
            }
            if broken_off {
                return;
            }
            if !kind.is_empty() {
                let all = if is_text { json!({ "text": words, "logprobs": [] }) } else { json!({ "refusal": words }) };
                self.send_now(&format!("response.{kind}.done"), with(&place, &all));
            }
            self.send_now("response.content_part.done", with(&place, &json!({ "part": part.to_value() })));
        }
        if !broken_off {
            self.item_event("done", index, item);
        }
    }

    /// Reasoning is over when the first words come. Its summary is told only where there is one.
    fn reasoning(&mut self, index: u64, item: &OutputItem, summary: &[String], opening: Duration) {
        let OutputItem::Reasoning { id, .. } = item else { return };
        let added = OutputItem::Reasoning { id: id.clone(), summary: Vec::new() };
        let at = if self.written == 0 { opening } else { self.now() };
        self.send(at, "response.output_item.added", json!({ "output_index": index, "item": added.to_value() }));
        for (text, part) in summary.iter().zip(0u64..) {
            let place = json!({ "item_id": id, "output_index": index, "summary_index": part });
            let whole = |text: &str| json!({ "part": { "type": "summary_text", "text": text } });
            self.send_now("response.reasoning_summary_part.added", with(&place, &whole("")));
            for piece in pieces(text) {
                self.send_now("response.reasoning_summary_text.delta", with(&place, &json!({ "delta": piece })));
            }
            self.send_now("response.reasoning_summary_text.done", with(&place, &json!({ "text": text })));
            self.send_now("response.reasoning_summary_part.done", with(&place, &whole(text)));
        }
        self.item_event("done", index, item);
    }

    fn call(&mut self, index: u64, item: &OutputItem, arguments: &str) {
        let OutputItem::FunctionCall { id, call_id, name, .. } = item else { return };
        let (id, call_id, name) = (id.clone(), call_id.clone(), name.clone());
        let place = json!({ "item_id": id, "output_index": index });
        let added = OutputItem::FunctionCall { id, call_id, name, arguments: String::new() };
        self.item_event("added", index, &added);
        for piece in pieces(arguments) {
            self.send_now("response.function_call_arguments.delta", with(&place, &json!({ "delta": piece })));
            self.written += count(piece);
        }
        self.send_now("response.function_call_arguments.done", with(&place, &json!({ "arguments": arguments })));
        self.item_event("done", index, item);
    }

    fn whole_item(&mut self, index: u64, item: &OutputItem) {
        self.item_event("added", index, item);
        self.item_event("done", index, item);
    }

    fn item_event(&mut self, what: &str, index: u64, item: &OutputItem) {
        let members = json!({ "output_index": index, "item": item.to_value() });
        self.send_now(&format!("response.output_item.{what}"), members);
    }

    /// Between the first words and the end, by how many are written.
    fn now(&self) -> Duration {
        let Latency { first_token, total } = self.latency;
        let micros = total.saturating_sub(first_token).as_micros();
        let passed = micros.saturating_mul(self.written.into()) / u128::from(self.characters.max(1));
        first_token.saturating_add(Duration::from_micros(u64::try_from(passed).unwrap_or(u64::MAX))).min(total)
    }

    fn send_now(&mut self, kind: &str, members: Value) {
        self.send(self.now(), kind, members);
    }

    fn send(&mut self, after: Duration, kind: &str, members: Value) {
        let mut next = self.frames.last().map_or(after, |frame| frame.after).saturating_add(SILENCE);
        while next < after && self.signs > 0 {
            // It has the number of the event after it, as captured (openai-node #1964).
            self.push(next, "keepalive", json!({}));
            next = next.saturating_add(SILENCE);
            self.signs -= 1;
        }
        self.push(after, kind, members);
        self.sequence += 1;
    }

    fn push(&mut self, after: Duration, kind: &str, members: Value) {
        let data = with(&members, &json!({ "type": kind, "sequence_number": self.sequence }));
        let frame = Frame { event: Some(kind.to_owned()), data: data.to_string() };
        self.frames.push(TimedFrame { after, frame });
    }
}

/// The members of both objects.
fn with(object: &Value, more: &Value) -> Value {
    let members = [object, more].into_iter().filter_map(Value::as_object).flatten();
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A text in the pieces it is streamed in: words with the blanks before them, long ones cut.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut length, mut has_word) = (0, 0, false);
    for (at, character) in text.char_indices() {
        let blank = character.is_whitespace();
        if (blank && has_word) || length == LONGEST_PIECE {
            found.extend(text.get(start..at));
            (start, length, has_word) = (at, 0, false);
        }
        length += 1;
        has_word |= !blank;
    }
    found.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    found
}

fn characters_of(item: &OutputItem) -> u64 {
    match item {
        OutputItem::Message { content, .. } => content
            .iter()
            .map(|part| match part {
                ContentPart::OutputText(text) | ContentPart::Refusal(text) => count(text),
                ContentPart::Other(_) => 0,
            })
            .sum(),
        OutputItem::FunctionCall { arguments, .. } => count(arguments),
        OutputItem::Reasoning { .. } | OutputItem::Other(_) => 0,
    }
}

fn count(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
