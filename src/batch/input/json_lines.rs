//! Lines of JSON: OpenAI's Batch lines, and the bare bodies of the cookbook's processor.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use super::body::{Body, Misread, members, place, refuse_foreign};
use super::fault::FaultKind;
use super::layout::BatchLine;

const PATH: &str = "/v1/responses";

/// Reads `{"custom_id", "method", "url", "body"}` (OpenAI's Batch guide, read 2026-11). `method` and `url` may be left
/// out, since only one of each is taken.
pub(super) fn batch_line(line: &str) -> Result<BatchLine<'_>, Misread> {
    let members = members(line, 0)?;
    refuse_foreign(&members, line)?;
    let custom_id = members.get("custom_id").map(|value| custom_id(value, line)).transpose()?;
    if let Some(value) = members.get("method") {
        let method: Option<Cow<'_, str>> = serde_json::from_str(value.get()).ok();
        if !method.is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            return Err((place(value, line), FaultKind::WrongMethod { found: short(value.get()) }));
        }
    }
    if let Some(value) = members.get("url") {
        check_url(value, line)?;
    }
    let Some(body) = members.get("body") else {
        return Err((line.len() - line.trim_start().len(), FaultKind::NoBody));
    };
    Ok(BatchLine { custom_id, body: Body::read(body.get(), line)?, metadata: None })
}

/// Reads a bare body. Its `metadata`, which the cookbook's processor never sends, comes back with the answer; it is also
/// sent where it is such as the API takes.
pub(super) fn cookbook_line(line: &str) -> Result<BatchLine<'_>, Misread> {
    let members = members(line, 0)?;
    let metadata = members.get("metadata").map(|value| value.get().to_owned());
    let mut body = Body::read(line, line)?;
    if metadata.as_deref().is_some_and(|metadata| !is_sendable(metadata)) {
        body.text = Cow::Owned(members.without("metadata"));
        body.request.extra.remove("metadata");
    }
    Ok(BatchLine { custom_id: None, body, metadata })
}

/// Whether the API takes it as `metadata`: at most 16 pairs of text, names of 64 and values of 512 characters (openai-openapi
/// 2.3.0).
fn is_sendable(metadata: &str) -> bool {
    let Ok(Value::Object(pairs)) = serde_json::from_str(metadata) else { return false };
    pairs.len() <= 16
        && pairs.iter().all(|(name, value)| {
            name.chars().count() <= 64 && value.as_str().is_some_and(|value| value.chars().count() <= 512)
        })
}

fn custom_id<'a>(value: &'a RawValue, line: &str) -> Result<Cow<'a, str>, Misread> {
    let found = match value.get().bytes().next() {
        Some(b'"') => match serde_json::from_str::<Cow<'a, str>>(value.get()) {
            Ok(id) if !id.trim().is_empty() => return Ok(id),
            Ok(_) => "empty",
            Err(_) => "text with half a character",
        },
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        _ => "a number",
    };
    Err((place(value, line), FaultKind::BadCustomId { found }))
}

fn check_url(value: &RawValue, line: &str) -> Result<(), Misread> {
    let url: Cow<'_, str> = serde_json::from_str(value.get()).unwrap_or_default();
    if url == PATH {
        return Ok(());
    }
    let url = short(if url.is_empty() { value.get() } else { &url });
    let kind = if url.starts_with("/v1/") { FaultKind::OtherEndpoint { url } } else { FaultKind::ForeignUrl { url } };
    Err((place(value, line), kind))
}

/// Enough of a text to know it by. What follows `?` or `@` may be a secret.
fn short(text: &str) -> String {
    let plain = text.split(['?', '@']).next().unwrap_or_default();
    let mut short: String = plain.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
