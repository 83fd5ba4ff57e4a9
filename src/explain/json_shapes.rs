//! JSON that holds an answer: error bodies, lists of headers, HAR entries, and what SDKs print of their errors.

use serde_json::{Map, Value};

use super::http_text::is_known_header;
use super::paste::{Parts, PasteKind};
use crate::responses::ApiError;

/// How deep answers are looked for inside answers.
const DEEPEST: u8 = 4;

/// What of an answer `value` holds, if it holds one. `read_text` reads a string that is itself a paste.
pub(super) fn parts(value: &Value, read_text: &dyn Fn(&str) -> Option<Parts>) -> Option<Parts> {
    inside(value, read_text, DEEPEST)
}

fn inside(value: &Value, read_text: &dyn Fn(&str) -> Option<Parts>, depth: u8) -> Option<Parts> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => read_text(text),
        Value::Array(items) => {
            if let Some(headers) = header_list(value) {
                return Some(Parts { headers, ..Parts::of(PasteKind::Headers) });
            }
            let first = items.first().filter(|first| first.is_object())?;
            let parts = inside(first, read_text, depth)?;
            Some(if parts.kind == PasteKind::ErrorBody { Parts { body: value.to_string(), ..parts } } else { parts })
        }
        Value::Object(members) => object(members, value, read_text, depth),
        _ => None,
    }
}

fn object(
    members: &Map<String, Value>,
    value: &Value,
    read_text: &dyn Fn(&str) -> Option<Parts>,
    depth: u8,
) -> Option<Parts> {
    if let Some((entry, earlier)) = members.get("log").and_then(|log| log.get("entries")).and_then(har_entry) {
        return inside(entry, read_text, depth).map(|parts| Parts { kind: PasteKind::Har, earlier, ..parts });
    }
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_event = kind.starts_with("response.") || (kind == "error" && members.contains_key("sequence_number"));
    if is_event {
        let body = format!("event: {kind}\ndata: {value}\n\n");
        return Some(Parts { status: Some(200), body, ..Parts::of(PasteKind::EventStream) });
    }
    if members.get("object").and_then(Value::as_str) == Some("response") {
        return Some(Parts { status: Some(200), body: value.to_string(), ..Parts::of(PasteKind::Response) });
    }
    let of_any = |names: &[&str]| names.iter().find_map(|name| members.get(*name));
    if let Some(response) = members.get("response").filter(|response| response.is_object())
        && let Some(parts) = inside(response, read_text, depth)
    {
        return Some(parts);
    }
    let status = of_any(&["status", "statusCode", "status_code", "raw_status_code"])
        .and_then(Value::as_u64)
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (100..600).contains(status));
    let headers = of_any(&["headers", "responseHeaders", "response_headers"]).and_then(header_list);
    let body = of_any(&["responseBody", "body_text", "body", "content", "data", "error"]).and_then(body_text);
    if let Some(headers) = headers {
        let body = body.or_else(|| error_text(value)).unwrap_or_default();
        return Some(Parts { status, headers, body, ..Parts::of(PasteKind::HttpAnswer) });
    }
    if let Some(headers) = header_list(value) {
        return Some(Parts { headers, ..Parts::of(PasteKind::Headers) });
    }
    let own = error_text(value).map(|body| Parts { status, body, ..Parts::of(PasteKind::ErrorBody) });
    own.or_else(|| Some(Parts { status: Some(status?), body: body?, ..Parts::of(PasteKind::HttpAnswer) }))
}

/// The entry of a HAR to explain, the last that failed, else the last; and the statuses of the failures before it.
fn har_entry(entries: &Value) -> Option<(&Value, Vec<u16>)> {
    let entries = entries.as_array()?;
    let failure = |entry: &Value| {
        let status = u16::try_from(entry.pointer("/response/status")?.as_u64()?).ok()?;
        (status >= 400).then_some(status)
    };
    let mut failed: Vec<_> = entries.iter().filter_map(|entry| Some((entry, failure(entry)?))).collect();
    let Some((last, _)) = failed.pop() else { return Some((entries.last()?, Vec::new())) };
    Some((last, failed.into_iter().map(|(_, status)| status).collect()))
}

/// A value as the body of an error, if it is one.
fn error_text(value: &Value) -> Option<String> {
    let error = ApiError::from_value(value)?;
    let says = !error.message.is_empty() || error.code.is_some() || value.get("error").is_some_and(Value::is_object);
    says.then(|| value.to_string())
}

fn body_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // HAR's content.
        Value::Object(members) if members.contains_key("mimeType") => {
            Some(members.get("text").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        Value::Object(_) | Value::Array(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Headers as an object, as pairs, or as HAR's `{name, value}`; one at least is known.
fn header_list(value: &Value) -> Option<Vec<(String, String)>> {
    let headers: Vec<(String, String)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| Some((name.clone(), plain(value)?))).collect::<Option<_>>()?
        }
        Value::Array(items) => items.iter().map(pair).collect::<Option<_>>()?,
        _ => return None,
    };
    headers.iter().any(|(name, _)| is_known_header(name)).then_some(headers)
}

fn pair(item: &Value) -> Option<(String, String)> {
    match item {
        Value::Object(_) => Some((item.get("name")?.as_str()?.to_owned(), plain(item.get("value")?)?)),
        Value::Array(two) => match two.as_slice() {
            [name, value] => Some((name.as_str()?.to_owned(), plain(value)?)),
            _ => None,
        },
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        // Several headers of one name.
        Value::Array(values) => values.first().and_then(plain),
        _ => None,
    }
}
