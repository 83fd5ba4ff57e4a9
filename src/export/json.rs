//! Calls as JSON: one document, or a line each.

use serde::Serialize;
use serde_json::{Value, json};

use crate::redact::Redactor;
use crate::time::UnixTime;
use crate::usage::{AttemptRecord, CallRecord};

/// What a file is and was made from.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// When it was made.
    pub at: UnixTime,
    /// Whether prompts and answers stand in it, as far as they were kept.
    pub with_content: bool,
    /// Knows the key, which then stands nowhere in the file.
    pub redactor: &'a Redactor,
}

/// Writes one JSON document: `sluice-calls`, or another of its kind, a call a line.
#[derive(Debug)]
pub struct JsonWriter<'a> {
    making: Making<'a>,
    format: &'static str,
    is_first: bool,
}

impl<'a> JsonWriter<'a> {
    /// The name of the format.
    pub const FORMAT: &'static str = "sluice-calls";
    /// The version that is written.
    pub const VERSION: u32 = 1;

    /// A writer of a new file.
    pub const fn new(making: Making<'a>) -> Self {
        Self::of_format(making, Self::FORMAT)
    }

    pub(super) const fn of_format(making: Making<'a>, format: &'static str) -> Self {
        Self { making, format, is_first: true }
    }

    /// The beginning of the file.
    pub fn head(&self) -> String {
        let (format, made_at) = (json!(self.format), json!(self.making.at.iso8601()));
        let (version, with_content) = (Self::VERSION, self.making.with_content);
        format!(
            "{{\"format\":{format},\"version\":{version},\"made_at\":{made_at},\"with_content\":{with_content},\"calls\":["
        )
    }

    /// A call.
    pub fn call(&mut self, call: &CallRecord) -> String {
        let separator = if std::mem::replace(&mut self.is_first, false) { "\n" } else { ",\n" };
        format!("{separator}{}", line(&self.making, call))
    }

    /// The end of the file.
    pub fn tail(&self) -> String {
        "\n]}\n".to_owned()
    }
}

/// Writes JSON lines: a call each.
#[derive(Debug)]
pub struct JsonlWriter<'a> {
    making: Making<'a>,
}

impl<'a> JsonlWriter<'a> {
    /// A writer of a new file.
    pub const fn new(making: Making<'a>) -> Self {
        Self { making }
    }

    /// The beginning of the file: nothing.
    pub const fn head(&self) -> String {
        String::new()
    }

    /// A call.
    pub fn call(&mut self, call: &CallRecord) -> String {
        line(&self.making, call) + "\n"
    }

    /// The end of the file: nothing.
    pub const fn tail(&self) -> String {
        String::new()
    }
}

fn line(making: &Making<'_>, call: &CallRecord) -> String {
    if making.with_content { written(making.redactor, call) } else { written(making.redactor, &bare(call)) }
}

/// A value as JSON without the key, which is looked for in its texts alone: one that reads like a number must not break
/// the file.
pub(super) fn written(redactor: &Redactor, value: &impl Serialize) -> String {
    let in_order = || serde_json::to_string(value);
    // Texts, numbers and names: nothing that is written here can fail to be JSON.
    if !redactor.knows_a_key() {
        return in_order().unwrap_or_default();
    }
    let Ok(found) = serde_json::to_value(value) else { return String::new() };
    let clean = clean(redactor, &found);
    if clean == found { in_order().unwrap_or_default() } else { clean.to_string() }
}

fn clean(redactor: &Redactor, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(redactor.received(text)),
        Value::Array(items) => items.iter().map(|item| clean(redactor, item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, item)| (redactor.received(name), clean(redactor, item))).collect()
        }
        other => other.clone(),
    }
}

/// The call without what was asked and answered.
fn bare(call: &CallRecord) -> CallRecord {
    let attempts = call.attempts.iter().map(|attempt| AttemptRecord {
        headers: attempt.headers.clone(),
        outcome: attempt.outcome.clone(),
        counts_as: attempt.counts_as.clone(),
        response: attempt.response.clone(),
        wait: attempt.wait.clone(),
        body: None,
        ..*attempt
    });
    CallRecord {
        run: call.run.clone(),
        server: call.server.clone(),
        key_alias: call.key_alias.clone(),
        model: call.model.clone(),
        label: call.label.clone(),
        attempts: attempts.collect(),
        end: call.end.clone(),
        resumed_micros: call.resumed_micros.clone(),
        request: None,
        ..*call
    }
}
