//! A line of output, as it is kept and written.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use super::compact::{as_json, compact};
use crate::batch::FailureKind;
use crate::batch::input::{Fingerprint, LineEntry, LineFault};
use crate::reply::Reply;
use crate::responses::Response;
use crate::retry::Outcome;

/// A line of output: `{"id", "custom_id", "response": {"status_code", "request_id", "body"}, "error"}` (OpenAI's Batch
/// guide, read 2026-11). The body is the server's, its members and numbers as they came; it is null without an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutputLine(Box<RawValue>);

impl PartialEq for OutputLine {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// Why a line has no response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputError {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

#[derive(Serialize, Deserialize)]
pub(in crate::batch) struct Parts<'a> {
    pub id: Cow<'a, str>,
    pub custom_id: Cow<'a, str>,
    #[serde(borrow)]
    pub response: Option<Answer<'a>>,
    pub error: Option<OutputError>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::batch) struct Answer<'a> {
    pub status_code: u16,
    pub request_id: Option<String>,
    #[serde(borrow)]
    pub body: Cow<'a, RawValue>,
}

impl OutputLine {
    /// The line of an answer, whatever it says. A failure that the HTTP status does not tell of is named in `error`.
    pub fn of_reply(file: Fingerprint, entry: &LineEntry, reply: &Reply, outcome: &Outcome) -> Self {
        let text = reply.wire.body();
        let is_success = (200..300).contains(&reply.status);
        let error = FailureKind::of(outcome.class).filter(|_| is_success).map(|kind| OutputError {
            code: outcome.code.clone().unwrap_or_else(|| kind.code().to_owned()),
            message: outcome.message.clone(),
        });
        let answer = Answer {
            status_code: reply.status,
            request_id: reply.headers.request_id.exposed().cloned(),
            body: Cow::Owned(as_json(&text)),
        };
        Self::of(file, entry.line, &entry.custom_id, Some(answer), error)
    }

    /// The line of a request that has no answer that anybody could read.
    pub fn without_answer(file: Fingerprint, line: u32, custom_id: &str, error: OutputError) -> Self {
        Self::of(file, line, custom_id, None, Some(error))
    }

    /// The line of a request whose outcome is unknown.
    pub fn unknown(file: Fingerprint, entry: &LineEntry) -> Self {
        let message = "The request was about to be sent or was sent, and no answer came: it may have been processed and \
                       billed. It is not sent again unless you say so.";
        let error = OutputError { code: "unknown_outcome".to_owned(), message: message.to_owned() };
        Self::without_answer(file, entry.line, &entry.custom_id, error)
    }

    /// The line of a request that was cancelled before it was run, as OpenAI's own Batch writes it (the code is
    /// openai-openapi 2.3.0's).
    pub fn cancelled(file: Fingerprint, line: u32, custom_id: &str) -> Self {
        let message = "This request was not executed: the batch was cancelled.";
        let error = OutputError { code: "batch_cancelled".to_owned(), message: message.to_owned() };
        Self::without_answer(file, line, custom_id, error)
    }

    /// The line of one that holds no request.
    pub fn skipped(file: Fingerprint, fault: &LineFault) -> Self {
        let error = OutputError { code: "invalid_line".to_owned(), message: fault.to_string() };
        Self::without_answer(file, fault.line, &format!("line-{:06}", fault.line), error)
    }

    fn of(
        file: Fingerprint,
        line: u32,
        custom_id: &str,
        response: Option<Answer<'_>>,
        error: Option<OutputError>,
    ) -> Self {
        // The same for the same line of the same file, as a resumed batch needs it.
        let id = Cow::Owned(format!("batch_req_{:016x}{line:08x}", file.xxh64));
        let parts = Parts { id, custom_id: Cow::Borrowed(custom_id), response, error };
        // Text and numbers: writing them cannot fail.
        Self(to_raw_value(&parts).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// A line of a file that OpenAI's own Batch has written; `None` where it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        let line = Self(as_json(text));
        line.parts().is_some().then_some(line)
    }

    /// The line's text, without a line feed.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The `custom_id`.
    pub fn custom_id(&self) -> String {
        self.parts().map_or_else(String::new, |parts| parts.custom_id.into_owned())
    }

    /// The response object, where there is one.
    pub fn response(&self) -> Option<Response> {
        let body = self.parts()?.response?.body;
        Response::from_value(&serde_json::from_str(body.get()).ok()?).ok()
    }

    /// The line as the cookbook's processor writes it: `[request, response, metadata]`, or `[request, [errors], metadata]`.
    /// `request` is the body that was sent, `metadata` what stood beside it.
    pub fn as_cookbook(&self, request: &str, metadata: Option<&str>) -> String {
        let answer = self.parts().map(|parts| match (parts.response, parts.error) {
            (Some(answer), None) if (200..300).contains(&answer.status_code) => answer.body.get().to_owned(),
            (Some(answer), None) => format!("[{}]", answer.body.get()),
            (_, error) => format!("[{}]", json!(error)),
        });
        let metadata = metadata.map_or_else(String::new, |metadata| format!(", {}", compact(metadata)));
        format!("[{}, {}{metadata}]", compact(request), answer.unwrap_or_else(|| "[]".to_owned()))
    }

    pub(in crate::batch) fn parts(&self) -> Option<Parts<'_>> {
        serde_json::from_str(self.0.get()).ok()
    }
}
