//! Errors within other text, as logs, tracebacks and consoles print them.

use super::assumed;
use super::paste::{Parts, PasteKind, failure_status};
use super::{json_shapes, literal};
use crate::rate_limit::LimitReached;
use crate::responses::ApiError;

/// What the values in a text hold together: one may have the headers, another the body. Of several errors the last
/// counts.
pub(super) fn values(text: &str, read_text: &dyn Fn(&str) -> Option<Parts>) -> Option<Parts> {
    let mut whole: Option<Parts> = None;
    let (mut from, mut lead) = (0, "");
    // Headers after a whole answer: the next one's, if there is one.
    let mut headers_of_next = Vec::new();
    for (range, value) in literal::values(text) {
        let Some(mut parts) = json_shapes::parts(&value, read_text) else { continue };
        let before = text.get(from..range.start).unwrap_or_default();
        from = range.end;
        parts.status = parts.status.or_else(|| status_in(before));
        let Some(known) = &mut whole else {
            lead = before;
            if parts.kind == PasteKind::ErrorBody && !before.trim().is_empty() {
                parts.kind = PasteKind::LogLine;
            }
            whole = Some(parts);
            continue;
        };
        if !known.body.is_empty() && known.body != parts.body && tells_failure(&parts) {
            let mut earlier = std::mem::take(&mut known.earlier);
            earlier.extend(known_status(known).filter(|_| tells_failure(known)));
            if parts.headers.is_empty() {
                parts.headers = std::mem::take(&mut headers_of_next);
            }
            parts.kind = if parts.headers.is_empty() { PasteKind::LogLine } else { PasteKind::HttpAnswer };
            (*known, lead) = (Parts { earlier, ..parts }, before);
            continue;
        }
        known.status = known.status.or(parts.status);
        if known.headers.is_empty() {
            known.headers = parts.headers;
        } else if !known.body.is_empty() {
            headers_of_next = parts.headers;
        }
        if known.body.is_empty() {
            known.body = parts.body;
        }
        if !known.headers.is_empty() && !known.body.is_empty() {
            known.kind = PasteKind::HttpAnswer;
        }
    }
    whole.map(|whole| with_message(whole, lead))
}

/// An error's sentence, with or without the words of a library before it. Of several the last counts.
pub(super) fn sentences(text: &str) -> Option<Parts> {
    let mut refusals = refusals(text);
    let last = if refusals.len() > 1 { refusals.pop() } else { None };
    let Some(last) = last else { return sentence(text) };
    let earlier = refusals.into_iter().filter_map(sentence).filter_map(|parts| known_status(&parts)).collect();
    Some(Parts { earlier, ..sentence(last)? })
}

fn sentence(text: &str) -> Option<Parts> {
    let status = status_in(text);
    let says_limit = LimitReached::parse(text).is_some_and(|reached| {
        reached.too_large || reached.limit.is_some() || reached.try_again_in.is_some() || reached.scope.is_some()
    });
    if status.is_none() && !says_limit && assumed::status_by_words(text).is_none() {
        return None;
    }
    let body = ApiError { message: text.trim().to_owned(), ..ApiError::default() }.to_value().to_string();
    Some(Parts { status, body, ..Parts::of(PasteKind::Message) })
}

/// The stretches of a text that each tell of a limit of their own, the words before each on its line included.
fn refusals(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let mut heads: Vec<usize> = ["rate limit reached", "request too large"]
        .into_iter()
        .flat_map(|head| lower.match_indices(head).map(|(at, _)| at))
        .collect();
    heads.sort_unstable();
    let ends = heads.iter().skip(1).copied().chain([text.len()]);
    let mut starts: Vec<usize> = Vec::new();
    let mut known = None;
    for (at, end) in heads.iter().copied().zip(ends) {
        let reached = text.get(at..end).and_then(LimitReached::parse).filter(|reached| reached.limit.is_some());
        // A traceback repeats its error.
        if reached.is_none() || reached == known {
            continue;
        }
        known = reached;
        let line = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        starts.push(if starts.last().is_some_and(|start| *start >= line) { at } else { line });
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

/// An answer whose body has no message gets that of the lines before it: Node prints an error's message first, then
/// its members.
fn with_message(parts: Parts, lead: &str) -> Parts {
    let error = ApiError::from_body(&parts.body);
    if !matches!(parts.kind, PasteKind::Headers | PasteKind::HttpAnswer) || !error.message.is_empty() {
        return parts;
    }
    let Some(said) = lead.lines().find_map(sentence) else { return parts };
    let message = ApiError::from_body(&said.body).message;
    let body = ApiError { message, ..error }.to_value().to_string();
    Parts { kind: PasteKind::HttpAnswer, status: parts.status.or(said.status), body, ..parts }
}

/// Whether it is a failure's answer, and no other line of a log.
fn tells_failure(parts: &Parts) -> bool {
    if parts.body.is_empty() || parts.status.is_some_and(|status| status < 400) {
        return false;
    }
    let error = ApiError::from_body(&parts.body);
    error.code.is_some()
        || (!error.message.is_empty() && (parts.body.contains("\"error\":") || sentence(&error.message).is_some()))
}

fn known_status(parts: &Parts) -> Option<u16> {
    parts.status.or_else(|| assumed::status_of(&parts.headers, &parts.body))
}

/// The status that a log line names: `Error code: 429`, `HTTP 503`, `RateLimitError: 429 …`.
fn status_in(text: &str) -> Option<u16> {
    const LEADS: [&str; 5] = ["error", "code", "status", "http", "rejected"];
    let lower = text.to_ascii_lowercase();
    lower.match_indices(|c: char| c.is_ascii_digit()).find_map(|(at, _)| {
        let before = lower.get(..at)?;
        if before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '_')) {
            return None;
        }
        let rest = lower.get(at..)?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if rest.get(end..)?.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':')) {
            return None;
        }
        let status = failure_status(rest.get(..end)?)?;
        let near: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        LEADS.iter().any(|lead| near.contains(lead)).then_some(status)
    })
}
