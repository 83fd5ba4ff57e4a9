//! Where traces are sent, and what its answers mean.

use std::fmt;

use prost::Message as _;
use serde_json::Value;

use super::Format;
use super::wire::{ExportTraceServiceResponse, RpcStatus};
use crate::base_url::{BaseUrl, BaseUrlError};

/// Where collectors take traces over HTTP, below their origin.
const USUAL_PATH: &str = "/v1/traces";
/// The most that is shown of a collector's own words, in characters.
const WORDS_SHOWN: usize = 300;

/// A collector's checked address: `https` anywhere, `http` on this machine only, as of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorUrl(BaseUrl);

impl CollectorUrl {
    /// Reads an address, or a path on the page's own origin.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str, page_origin: &str) -> Result<Self, String> {
        BaseUrl::parse(text, page_origin).map(Self).map_err(|error| match error {
            BaseUrlError::Empty => "Enter a collector's address, such as http://localhost:6006/v1/traces.".to_owned(),
            BaseUrlError::NotEncrypted { host } => format!(
                "By http:// your traces would go to {host} readable by anyone on the way. Use https://{host}, or \
                 http://localhost for a collector on this machine."
            ),
            other => other.to_string().replace("base URL", "collector URL"),
        })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The origin that has to be confirmed.
    pub fn origin(&self) -> &str {
        self.0.origin()
    }

    /// Whether the page itself comes from there: then nothing has to be confirmed.
    pub const fn is_same_origin(&self) -> bool {
        self.0.is_same_origin()
    }

    /// The address that was probably meant, where this one has no path.
    pub fn usual(&self) -> Option<String> {
        (self.as_str() == self.origin()).then(|| format!("{}{USUAL_PATH}", self.origin()))
    }
}

/// A collector's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type, as it was sent.
    pub content_type: String,
    /// The body, or its beginning.
    pub body: Vec<u8>,
}

/// What a collector took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// Spans that it did not take.
    pub rejected: u64,
    /// What it had to say.
    pub message: String,
}

/// Why a collector took nothing, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It answered so.
    Refused(Answer, Format),
    /// There was no answer, or the browser hides it; its words.
    Opaque {
        /// What the browser says.
        why: String,
        /// This page's origin, which the collector has to list.
        page_origin: String,
    },
    /// No answer within so many seconds.
    TimedOut(u64),
}

impl Answer {
    /// What the collector took.
    ///
    /// # Errors
    /// Where it refused the request as a whole.
    pub fn taken(self, format: Format) -> Result<Taken, NotTaken> {
        if !(200..300).contains(&self.status) {
            return Err(NotTaken::Refused(self, format));
        }
        Ok(if self.content_type.starts_with(Format::Json.media_type()) {
            let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
            let partial = body.get("partialSuccess").cloned().unwrap_or_default();
            // A 64-bit integer is a text there, which not everybody heeds.
            let rejected = partial.get("rejectedSpans");
            let rejected = rejected.and_then(|count| count.as_u64().or_else(|| count.as_str()?.parse().ok()));
            let message = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
            Taken { rejected: rejected.unwrap_or_default(), message: short(message) }
        } else {
            let answer = ExportTraceServiceResponse::decode(self.body.as_slice()).unwrap_or_default();
            let partial = answer.partial_success.unwrap_or_default();
            Taken {
                rejected: u64::try_from(partial.rejected_spans).unwrap_or_default(),
                message: short(&partial.error_message),
            }
        })
    }

    /// Its own words.
    fn words(&self) -> String {
        if self.content_type.starts_with(Format::Protobuf.media_type()) {
            return short(&RpcStatus::decode(self.body.as_slice()).unwrap_or_default().message);
        }
        short(&String::from_utf8_lossy(&self.body))
    }
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(answer, format) => {
                write!(f, "The collector answered {}: {}", answer.status, advice(answer.status, *format))?;
                let words = answer.words();
                if words.is_empty() { Ok(()) } else { write!(f, " It says: {words}") }
            }
            Self::Opaque { why, page_origin } => write!(
                f,
                "There was no answer that this page may read ({why}). Either nothing listens there, or the collector does \
                 not allow pages from {page_origin}: Phoenix has to be started with PHOENIX_ALLOWED_ORIGINS={page_origin}, an \
                 OpenTelemetry Collector needs {page_origin} in receivers.otlp.protocols.http.cors.allowed_origins. Or export \
                 a file instead."
            ),
            Self::TimedOut(seconds) => {
                write!(
                    f,
                    "The collector did not answer within {seconds} seconds. What it took is not known: sending again makes no doubles."
                )
            }
        }
    }
}

fn advice(status: u16, format: Format) -> &'static str {
    match (status, format) {
        (400 | 422, _) => "it could not read the traces.",
        (401 | 403, _) => "it wants credentials, and Sluice sends none. Send to a collector without, or export a file.",
        (404 | 405, _) => "there is no such place for traces. Collectors take them at /v1/traces.",
        (413, _) => "the request is too large for it.",
        (415, Format::Json) => "it does not take JSON; Phoenix takes Protobuf alone. Choose Protobuf.",
        (415, Format::Protobuf) => "it does not take Protobuf. Choose JSON.",
        (429 | 502..=504, _) => "it is busy or not ready. Send again a little later.",
        _ => "it did not take the traces.",
    }
}

fn short(words: &str) -> String {
    let words = words.trim();
    match words.char_indices().nth(WORDS_SHOWN) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &[u8]) -> Answer {
        Answer { status, content_type: content_type.to_owned(), body: body.to_vec() }
    }

    #[test]
    fn an_address_is_checked_as_an_apis_is() {
        let parse = |text| CollectorUrl::parse(text, "https://sluice.example");
        assert_eq!(parse("http://localhost:6006/v1/traces").unwrap().origin(), "http://localhost:6006");
        assert_eq!(parse("https://otel.example:4318").unwrap().usual().unwrap(), "https://otel.example:4318/v1/traces");
        assert_eq!(parse("http://localhost:4318/v1/traces").unwrap().usual(), None);
        assert!(parse("/v1/traces").unwrap().is_same_origin());
        assert!(parse("http://otel.example/v1/traces").unwrap_err().contains("your traces would go to otel.example"));
        for wrong in [
            "",
            "localhost:6006/v1/traces",
            "https://u:p@otel.example/",
            "https://otel.example/?a",
            "ftp://otel.example",
        ] {
            let why = parse(wrong).unwrap_err();
            assert!(!why.contains("base URL"), "{wrong}: {why}");
        }
    }

    #[test]
    fn partial_success_is_read_in_both_encodings() {
        let taken = Taken { rejected: 3, message: "too old".into() };
        // By hand: field 1, 11 bytes: field 1 varint 3, field 2 of 7 bytes.
        let protobuf = b"\x0a\x0b\x08\x03\x12\x07too old";
        assert_eq!(answer(200, "application/x-protobuf", protobuf).taken(Format::Protobuf), Ok(taken.clone()));
        let json = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#;
        assert_eq!(answer(202, "application/json", json).taken(Format::Json), Ok(taken));
        for nothing in
            [answer(200, "application/x-protobuf", b""), answer(200, "application/json", b"{}"), answer(204, "", b"")]
        {
            assert_eq!(nothing.taken(Format::Protobuf), Ok(Taken::default()));
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let refused = |status, content_type, body, format| {
            answer(status, content_type, body).taken(format).unwrap_err().to_string()
        };
        let why = refused(415, "text/plain", b"Unsupported content type: application/json", Format::Json);
        assert!(why.contains("Choose Protobuf.") && why.contains("It says: Unsupported content type"), "{why}");
        // google.rpc.Status, by hand: code 3, message of 3 bytes.
        let why = refused(400, "application/x-protobuf", b"\x08\x03\x12\x03bad", Format::Protobuf);
        assert!(why.ends_with("It says: bad"), "{why}");
        assert!(refused(503, "", b"", Format::Protobuf).contains("a little later"));
        let long = refused(500, "text/plain", "é".repeat(400).as_bytes(), Format::Json);
        assert_eq!(long.matches('é').count(), 300);
        let opaque = NotTaken::Opaque { why: "Failed to fetch".into(), page_origin: "http://127.0.0.1:8080".into() };
        let text = opaque.to_string();
        assert!(
            text.contains("PHOENIX_ALLOWED_ORIGINS=http://127.0.0.1:8080") && text.contains("cors.allowed_origins"),
            "{text}"
        );
    }
}
