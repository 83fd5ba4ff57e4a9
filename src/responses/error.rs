//! Error bodies, in all the shapes that servers send.

use serde_json::{Map, Value, json};

use super::json::{self, text_of};
use super::stream::Cut;

/// How much of a plain-text error is kept.
const PLAIN_TEXT_CHARS: usize = 200;

/// What an error body says. Strings such as `"None"` and `""` count as nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApiError {
    /// The sentence for people, as sent; redact it before it is shown.
    pub message: String,
    /// `type`: `tokens`, `requests`, `insufficient_quota`, `invalid_request_error`, …
    pub kind: Option<String>,
    /// The parameter at fault.
    pub param: Option<String>,
    /// `code`, numbers turned into text.
    pub code: Option<String>,
    /// Headers carried inside the body (OpenRouter's `error.metadata.headers`).
    pub headers: Vec<(String, String)>,
}

/// An answer that is neither a response nor an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No body at all.
    #[error("The answer has no body.")]
    EmptyBody,
    /// A web page where JSON was due: the base URL most likely points at a site, not at an API.
    #[error("The answer is a web page, not JSON. Check the base URL: it should end in /v1.")]
    Html,
    /// JSON that breaks off or is malformed, and where.
    #[error("The answer is not valid JSON (line {line}, column {column}).")]
    NotJson {
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
    },
    /// Valid JSON of a shape this endpoint does not have.
    #[error("The answer is JSON, but not of the expected kind: {found}.")]
    OtherShape {
        /// What stood there instead, in a few words.
        found: String,
    },
    /// Nested deeper than is safe to read.
    #[error("The answer is nested too deep to read.")]
    TooDeep,
    /// Larger than the cap.
    #[error("The answer is larger than {limit_bytes} bytes and was cut off.")]
    TooLarge {
        /// The cap, in bytes.
        limit_bytes: usize,
    },
    /// An event stream that stopped before its last event.
    #[error("The answer broke off: {cut}. The request may have been processed.")]
    EndedEarly {
        /// Why.
        cut: Cut,
        /// The text that had arrived.
        text: String,
    },
}

impl ApiError {
    /// Reads the body of an answer that is no success. Never fails: what has no known shape gives a short sentence,
    /// an empty body an empty message. Markup is never part of it.
    pub fn from_body(body: &str) -> Self {
        match json::parse(body) {
            Ok(value) => Self::from_value(&value).unwrap_or_default(),
            Err(Unreadable::EmptyBody) => Self::default(),
            Err(Unreadable::Html) => Self {
                message: "The server answered with a web page instead of an error in JSON.".to_owned(),
                ..Self::default()
            },
            Err(_) => Self { message: shortened(body), ..Self::default() },
        }
    }

    /// Reads an error out of a JSON value: nested under `error`, flat, a bare string, or any of these in a list.
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.first().and_then(Self::from_value),
            Value::String(text) => Some(Self { message: shortened(text), ..Self::default() }),
            Value::Object(members) => match members.get("error") {
                Some(Value::Object(error)) => Some(Self::from_members(error)),
                Some(Value::Array(errors)) => errors.first().and_then(Self::from_value),
                Some(Value::String(text)) => {
                    let flat = Self::from_members(members);
                    // {"error":"Too Many Requests","message":"…"}: the sentence says more than the title.
                    Some(if flat.message.is_empty() { Self { message: text.clone(), ..flat } } else { flat })
                }
                _ => Some(Self::from_members(members)).filter(|error| *error != Self::default()),
            },
            _ => None,
        }
    }

    /// The error body as the API sends it.
    pub fn to_value(&self) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        });
        if let (false, Some(members)) = (self.headers.is_empty(), error.as_object_mut()) {
            let headers: Map<String, Value> =
                self.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
            members.insert("metadata".to_owned(), json!({ "headers": headers }));
        }
        json!({ "error": error })
    }

    fn from_members(members: &Map<String, Value>) -> Self {
        let message = ["message", "detail", "msg", "error_message", "error_description", "title"]
            .into_iter()
            .find_map(|name| sentence(members.get(name)?));
        // Anthropic's flat `type` is the word "error"; Gemini has `status` in its place.
        let kind = text_of(members.get("type")).filter(|kind| kind != "error");
        let headers = members.get("metadata").and_then(|metadata| metadata.get("headers")).and_then(Value::as_object);
        Self {
            message: message.unwrap_or_default(),
            kind: kind
                .or_else(|| members.get("status").filter(|status| status.is_string()).and_then(|s| text_of(Some(s)))),
            param: text_of(members.get("param")),
            code: text_of(members.get("code")),
            headers: headers
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), text_of(Some(value))?)))
                .collect(),
        }
    }
}

/// A sentence for people out of a member that may hold more: `FastAPI`'s lists, Mistral's objects.
fn sentence(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items.first().and_then(sentence),
        Value::Object(members) => {
            ["msg", "message", "detail"].into_iter().find_map(|name| sentence(members.get(name)?))
        }
        other => text_of(Some(other)),
    }
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(PLAIN_TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &Value) -> ApiError {
        ApiError::from_body(&body.to_string())
    }

    #[test]
    fn every_shape_gives_its_sentence() {
        for body in [
            json!({"error": {"message": "no", "type": "t", "code": 7, "param": "None"}}),
            json!({"object": "error", "message": "no", "type": "t", "code": "7", "raw_status_code": 429}),
            json!([{"error": {"code": 7, "message": "no", "status": "t"}}]),
            json!({"type": "error", "error": {"type": "t", "message": "no", "code": "7"}}),
            json!({"code": "7", "message": "no", "param": "", "type": "t"}),
            json!({"error": {"message": {"detail": [{"msg": "no"}]}, "type": "t", "code": 7}}),
        ] {
            let expected = ApiError {
                message: "no".into(),
                kind: Some("t".into()),
                code: Some("7".into()),
                ..ApiError::default()
            };
            assert_eq!(read(&body), expected, "{body}");
        }
        for body in [
            json!({"error": "no"}),
            json!("no"),
            json!({"detail": "no"}),
            json!({"message": "no"}),
            json!({"detail": [{"msg": "no"}]}),
        ] {
            assert_eq!(read(&body).message, "no", "{body}");
        }
        assert_eq!(read(&json!({"error": "Too Many Requests", "message": "Slow down."})).message, "Slow down.");
    }

    #[test]
    fn bodies_that_are_not_json() {
        assert_eq!(ApiError::from_body(""), ApiError::default());
        assert_eq!(ApiError::from_body("[]"), ApiError::default());
        assert!(!ApiError::from_body("<html><title>502</title>").message.contains('<'));
        assert_eq!(ApiError::from_body(&"é".repeat(500)).message, "é".repeat(200));
        assert_eq!(ApiError::from_body("upstream connect error").message, "upstream connect error");
    }

    #[test]
    fn headers_in_the_body() {
        let error = read(
            &json!({"error": {"code": 429, "message": "m", "metadata": {"headers": {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": 0}}}}),
        );
        assert_eq!(
            error.headers,
            [("x-ratelimit-limit".into(), "50".into()), ("x-ratelimit-remaining".into(), "0".into())]
        );
        assert_eq!(read(&error.to_value()), error);
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(message in "[ -~é👍]{1,60}", kind in prop::option::of("[a-z_]{5,20}"), code in prop::option::of("[a-z_]{5,20}")) {
            let error = ApiError { message, kind, code: code.clone(), param: code, headers: vec![] };
            prop_assume!(text_of(Some(&Value::from(error.message.as_str()))).is_some());
            prop_assert_eq!(read(&error.to_value()), error);
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,80}") {
            let _ = ApiError::from_body(&text);
        }
    }
}
