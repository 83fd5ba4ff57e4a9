//! A request's body as it was written: read, checked, and sent with nothing but what the batch puts in.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fault::FaultKind;
use super::members::Members;
use crate::batch::RequestDefaults;
use crate::responses::CreateResponse;

/// Where in a line something is wrong, and what: the place in bytes from the line's beginning.
pub(super) type Misread = (usize, FaultKind);

/// Names under which keys are found in the wild; their values are never read.
const SECRETS: [&str; 8] =
    ["api_key", "apiKey", "apikey", "api-key", "authorization", "Authorization", "headers", "extra_headers"];
/// Names under which other destinations are found.
const DESTINATIONS: [&str; 7] = ["base_url", "baseURL", "baseUrl", "api_base", "endpoint", "organization", "project"];

/// A body of a line, read.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// As it is to be sent, but for the defaults.
    pub text: Cow<'a, str>,
    /// What it says. Its model is empty where it names none.
    pub request: CreateResponse,
    /// Which members are there, of those that have defaults.
    pub has: Present,
}

/// Which members that have defaults a body brings itself, null or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Present {
    pub model: bool,
    pub max_output_tokens: bool,
    pub store: bool,
}

/// Reads a JSON text as an object's members. `base` is where it begins in its line.
pub(super) fn members(text: &str, base: usize) -> Result<Members<'_>, Misread> {
    let found = match text.trim_start().bytes().next() {
        Some(b'{') => return serde_json::from_str(text).map_err(|error| not_json(text, base, &error)),
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b'-' | b'0'..=b'9') => "a number",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => {
            let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err();
            let message = error.map_or_else(String::new, |error| said(&error));
            return Err((base + leading_blanks(text), FaultKind::NotJson { message }));
        }
    };
    // What is not even that is no JSON.
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Err((base + leading_blanks(text), FaultKind::NotAnObject { found })),
        Err(error) => Err(not_json(text, base, &error)),
    }
}

/// Refuses what would send elsewhere, or holds a key: by the names of an object's members.
fn foreign<'a>(names: impl Iterator<Item = &'a str>) -> Option<(&'a str, FaultKind)> {
    names.into_iter().find_map(|name| {
        let member = || name.to_owned();
        if SECRETS.contains(&name) {
            Some((name, FaultKind::Secret { member: member() }))
        } else if DESTINATIONS.contains(&name) {
            Some((name, FaultKind::Destination { member: member() }))
        } else {
            None
        }
    })
}

/// The same of a line's own members. `line` is the whole line, to find places in.
pub(super) fn refuse_foreign(members: &Members<'_>, line: &str) -> Result<(), Misread> {
    match foreign(members.0.iter().map(|(name, _)| name.as_ref())) {
        Some((name, kind)) => Err((members.get(name).map_or(0, |value| place(value, line)), kind)),
        None => Ok(()),
    }
}

impl<'a> Body<'a> {
    /// Reads the body `text`, which is part of `line`, with what stands for the API's own checks.
    pub fn read(text: &'a str, line: &str) -> Result<Self, Misread> {
        let base = offset(text, line);
        let value = match serde_json::from_str(text) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return members(text, base).and(Err((base, FaultKind::NoBody))),
            Err(error) => return members(text, base).and(Err(not_json(text, base, &error))),
        };
        Self::of_members(text, value).map_err(|(member, kind)| {
            // Only now is it worth finding out where the member stands.
            let members = members(text, base).ok();
            let found = members.as_ref().and_then(|members| members.get(&member?)).map(|value| place(value, line));
            (found.unwrap_or(base), kind)
        })
    }

    /// Says which member is at fault, where one is.
    fn of_members(text: &'a str, mut members: Map<String, Value>) -> Result<Self, (Option<String>, FaultKind)> {
        if let Some((name, kind)) = foreign(members.keys().map(String::as_str)) {
            return Err((Some(name.to_owned()), kind));
        }
        for (name, kind) in [("stream", FaultKind::Streams), ("background", FaultKind::Background)] {
            if members.get(name) == Some(&Value::Bool(true)) {
                return Err((Some(name.to_owned()), kind));
            }
        }
        if members.get("model") == Some(&Value::Null) {
            return Err((None, FaultKind::NullModel));
        }
        let has = Present {
            model: members.contains_key("model"),
            max_output_tokens: members.contains_key("max_output_tokens"),
            store: members.contains_key("store"),
        };
        members.entry("model").or_insert_with(|| Value::from(""));
        let request = CreateResponse::from_value(Value::Object(members))
            .map_err(|wrong| (wrong.param, FaultKind::WouldBeRefused { message: wrong.message }))?;
        Ok(Self { text: Cow::Borrowed(text.trim()), request, has })
    }

    /// A body of a prompt alone.
    pub fn of_prompt(prompt: String) -> Self {
        let request = CreateResponse { input: crate::responses::Input::Text(prompt), ..CreateResponse::default() };
        let text = format!(
            "{{\"input\":{}}}",
            Value::from(match &request.input {
                crate::responses::Input::Text(text) => text.as_str(),
                crate::responses::Input::Items(_) => "",
            })
        );
        Self { text: Cow::Owned(text), request, has: Present::default() }
    }

    /// The request to send: the body as written, and behind its last member whatever the batch puts in.
    pub fn into_request(self, defaults: &RequestDefaults) -> Result<CreateResponse, FaultKind> {
        let Self { text, mut request, has } = self;
        let mut added = Vec::new();
        if !has.model {
            if defaults.model.trim().is_empty() {
                return Err(FaultKind::NoModel);
            }
            defaults.model.trim().clone_into(&mut request.model);
            added.push(format!("\"model\":{}", Value::from(request.model.as_str())));
        }
        if let (false, Some(tokens)) = (has.max_output_tokens, defaults.max_output_tokens) {
            request.max_output_tokens = Some(tokens);
            added.push(format!("\"max_output_tokens\":{tokens}"));
        }
        if !has.store && !defaults.store {
            request.store = Some(false);
            added.push("\"store\":false".to_owned());
        }
        request.as_written = Some(with_members(&text, &added));
        Ok(request)
    }
}

/// The object `text` with more members at its end.
fn with_members(text: &str, added: &[String]) -> Arc<str> {
    let Some(open) = text.strip_suffix('}').filter(|_| !added.is_empty()) else { return Arc::from(text) };
    let is_empty = open.trim_end().ends_with('{') && open.trim().len() == 1;
    let comma = if is_empty { "" } else { "," };
    Arc::from(format!("{}{comma}{}}}", open.trim_end(), added.join(",")))
}

/// Where a member's value stands in its line, in bytes.
pub(super) fn place(value: &RawValue, line: &str) -> usize {
    offset(value.get(), line)
}

/// Where `part` begins in `line`; 0 where it is no part of it.
fn offset(part: &str, line: &str) -> usize {
    let distance = part.as_ptr().addr().wrapping_sub(line.as_ptr().addr());
    if distance <= line.len() { distance } else { 0 }
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn not_json(text: &str, base: usize, error: &serde_json::Error) -> Misread {
    // Its columns count bytes from 1, and lines break where a raw line feed stands.
    let lines_before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (lines_before + error.column().saturating_sub(1)).min(text.len());
    let message = said(error);
    let kind = if message.starts_with("recursion limit") {
        FaultKind::TooDeep
    } else if error.is_eof() {
        FaultKind::EndsEarly
    } else {
        FaultKind::NotJson { message }
    };
    (base + at, kind)
}

/// The parser's words without its own idea of the place.
fn said(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.as_str(), |(message, _)| message).to_owned()
}
