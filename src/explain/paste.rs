//! What was pasted, recognised: status, headers and body, as a transport would have delivered them.

use std::fmt::Write as _;

use super::{http_text, json_shapes, literal, log_text};
use crate::redact::{KEY_MARK, Redactor};
use crate::reply::Reply;
use crate::responses::Unreadable;
use crate::responses::json::{self, MAX_BODY_BYTES};
use crate::responses::stream::BodyKind;

/// What kind of text was pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasteKind {
    /// The body of an error, in JSON or as Python prints it.
    ErrorBody,
    /// A line of a log or a traceback with an error in it.
    LogLine,
    /// The sentence of an error alone.
    Message,
    /// An HTTP status alone.
    Status,
    /// Headers alone.
    Headers,
    /// Headers and a body, with or without a status line.
    HttpAnswer,
    /// A response object.
    Response,
    /// An event stream, or an event of one.
    EventStream,
    /// An entry of a HAR file.
    Har,
}

impl PasteKind {
    /// The kind in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ErrorBody => "an error body",
            Self::LogLine => "a log line with an error in it",
            Self::Message => "the text of an error",
            Self::Status => "an HTTP status alone",
            Self::Headers => "headers",
            Self::HttpAnswer => "an HTTP answer",
            Self::Response => "a response object",
            Self::EventStream => "an event stream",
            Self::Har => "an entry of a HAR file",
        }
    }
}

/// What was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paste {
    /// What kind of text it is.
    pub kind: PasteKind,
    /// The HTTP status, where the text names one.
    pub status: Option<u16>,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub body: String,
    /// The statuses of earlier answers in the text, which are left out.
    pub earlier: Vec<u16>,
    /// Whether the text holds what looks like an API key.
    pub holds_key: bool,
}

impl Paste {
    /// Whether the text itself names the status: a bare stream or response object comes with the 200 it must have had.
    pub const fn names_status(&self) -> bool {
        self.status.is_some() && !matches!(self.kind, PasteKind::EventStream | PasteKind::Response)
    }
}

/// Why a text could not be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Nothing was pasted.
    #[error("Nothing is pasted yet: paste an answer, or choose an example.")]
    Empty,
    /// More than is read at once.
    #[error("This is {size} MB, and {most} MB is the most that is read: paste the one answer that failed.", size = .bytes.div_ceil(1_048_576), most = MAX_BODY_BYTES / 1_048_576)]
    TooLarge {
        /// The size of the text.
        bytes: usize,
    },
    /// JSON, with nothing of an answer in it.
    #[error(
        "This is JSON ({found}), but it holds no error, no headers and no HTTP answer. Paste the answer's body, or what curl -i prints."
    )]
    OtherJson {
        /// What it is.
        found: String,
    },
    /// JSON that does not end, or is malformed.
    #[error("This looks like JSON, but it cannot be read to its end: {why} Paste it from its first brace to its last.")]
    BrokenJson {
        /// Why, with the place.
        why: Unreadable,
    },
    /// A web page, of which no status is known.
    #[error(
        "This is a web page{title}, not an answer of the API: a proxy, a login page or another address answered. It names no status: paste the output of curl -i to have it explained."
    )]
    WebPage {
        /// Its title in quotes after a blank, without secrets; empty where it has none.
        title: String,
    },
    /// Nothing in it is known.
    #[error(
        "Nothing in this text is known: no status, no rate-limit header, no error in JSON, no wording of a rate limit. Paste the answer itself, or what curl -i prints."
    )]
    Unknown,
}

impl NotUnderstood {
    /// What it is, in a line.
    pub const fn headline(&self) -> &'static str {
        match self {
            Self::Empty => "Nothing is pasted yet",
            Self::TooLarge { .. } => "Too much to read at once",
            Self::WebPage { .. } => "A web page, not an answer of the API",
            Self::OtherJson { .. } | Self::BrokenJson { .. } | Self::Unknown => "Not understood",
        }
    }

    /// What can be pasted, for the hint beneath.
    pub const WHAT_CAN_BE_PASTED: &'static str = "What can be pasted: an error body in JSON, a line of a log or a Python traceback, the error's text, response headers, the output of curl -i or curl -v, an event stream, or a HAR entry.";
}

/// An answer's parts, before they are a [`Paste`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub kind: PasteKind,
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub earlier: Vec<u16>,
}

impl Parts {
    pub fn of(kind: PasteKind) -> Self {
        Self { kind, status: None, headers: Vec::new(), body: String::new(), earlier: Vec::new() }
    }
}

/// Recognises what was pasted. Nothing of it is lost by an error: the text is the caller's.
///
/// # Errors
/// Where the text holds nothing that can be explained: what was found, and what can be pasted instead.
pub fn read(text: &str) -> Result<Paste, NotUnderstood> {
    if text.len() > MAX_BODY_BYTES {
        return Err(NotUnderstood::TooLarge { bytes: text.len() });
    }
    let text = text.trim_start_matches('\u{feff}').replace('\0', "");
    if text.trim().is_empty() {
        return Err(NotUnderstood::Empty);
    }
    let parts = bare_status(&text).or_else(|| parts_of(&text, 3)).ok_or_else(|| why_not(&text))?;
    let holds_key = Redactor::new(None).text(&text).contains(KEY_MARK);
    let Parts { kind, status, headers, body, earlier } = parts;
    Ok(Paste { kind, status, headers, body, earlier, holds_key })
}

/// An answer as a text that [`read`] reads back, without secrets: how other views hand theirs over.
pub fn as_pasted(reply: &Reply) -> String {
    let redactor = Redactor::new(None);
    let mut text = format!("HTTP/1.1 {}\n", reply.status);
    for (name, value) in reply.wire.headers() {
        let value = redactor.header(&name, &value).replace(['\r', '\n'], " ");
        let _ = writeln!(text, "{name}: {value}");
    }
    text.push('\n');
    text.push_str(&redactor.text(&reply.wire.body()));
    text
}

fn parts_of(text: &str, depth: u8) -> Option<Parts> {
    let depth = depth.checked_sub(1)?;
    let read_text = |text: &str| parts_of(text, depth);
    if let Ok(value) = json::parse(text) {
        return json_shapes::parts(&value, &read_text);
    }
    if BodyKind::of(None, text.as_bytes()) == Some(BodyKind::EventStream) {
        let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
        return Some(Parts { headers, body: text.to_owned(), status: Some(200), ..Parts::of(PasteKind::EventStream) });
    }
    if let Some(answer) = http_text::dump(text).or_else(|| http_text::headers(text)) {
        return Some(from_http(answer));
    }
    log_text::values(text, &read_text)
        .or_else(|| text.contains("\\\"").then(|| log_text::values(&text.replace("\\\"", "\""), &read_text))?)
        .or_else(|| from_web_page(text))
        .or_else(|| log_text::sentences(text))
}

/// A failure's status alone, or with its reason: `429`, `503 Service Unavailable`.
fn bare_status(text: &str) -> Option<Parts> {
    let text = text.trim();
    let status = failure_status(text)?;
    let is_reason = text.len() <= 40 && text.chars().skip(3).all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '-'));
    is_reason.then(|| Parts { status: Some(status), ..Parts::of(PasteKind::Status) })
}

fn from_http(answer: http_text::HttpText) -> Parts {
    let http_text::HttpText { status, headers, mut body, earlier } = answer;
    // A shell's prompt or a tool's last words may stick to the body.
    if json::parse(&body).is_err()
        && let Some((std::ops::Range { start: 0, .. }, value)) = literal::values(&body).into_iter().next()
    {
        body = value.to_string();
    }
    let kind = if body.is_empty() && status.is_none() { PasteKind::Headers } else { PasteKind::HttpAnswer };
    Parts { kind, status, headers, body, earlier }
}

fn is_page(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<html", "<!doctype html", "<title", "<body"].iter().any(|tag| lower.contains(tag))
}

fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title>")? + 7;
    let length = lower.get(from..)?.find("</title>")?;
    page.get(from..from + length)
}

/// A proxy's error page: its title has the status.
fn from_web_page(text: &str) -> Option<Parts> {
    let status = title(text)?.split(|c: char| !c.is_ascii_digit()).find_map(failure_status)?;
    Some(Parts { status: Some(status), body: text.to_owned(), ..Parts::of(PasteKind::HttpAnswer) })
}

/// The status of a failure that a text begins with.
pub(super) fn failure_status(digits: &str) -> Option<u16> {
    http_text::leading_status(digits).filter(|status| *status >= 400)
}

fn why_not(text: &str) -> NotUnderstood {
    match json::parse(text) {
        Ok(value) => NotUnderstood::OtherJson { found: json::describe(&value) },
        Err(why @ (Unreadable::NotJson { .. } | Unreadable::TooDeep)) if text.trim_start().starts_with(['{', '[']) => {
            NotUnderstood::BrokenJson { why }
        }
        Err(Unreadable::Html) if is_page(text) => {
            let title = title(text).map(str::trim).filter(|title| !title.is_empty());
            let title = title.map(|title| Redactor::new(None).text(title).chars().take(80).collect::<String>());
            NotUnderstood::WebPage {
                title: title.map(|title| format!(" (\u{201c}{title}\u{201d})")).unwrap_or_default(),
            }
        }
        Err(_) => NotUnderstood::Unknown,
    }
}

#[cfg(test)]
#[path = "paste_tests.rs"]
mod tests;
