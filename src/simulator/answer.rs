//! One answer of the simulated API: typed, with its text on the wire rendered only when somebody reads it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::admission::Readings;
use super::latency::Latency;
use super::refusals::ORGANIZATION;
use crate::rate_limit::duration::format_go;
use crate::rate_limit::{Field, LimitReached, LimitReading, LimitTrio, RateLimitHeaders, ReplyHeaders, RetryAfter};
use crate::reply::{Content, Reply, WireText};
use crate::responses::{ApiError, BatchAnswer, CreateResponse, ModelEntry, Response};

/// One answer, decided when its request arrived.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long it takes, from the request's arrival.
    pub latency: Latency,
    /// `x-request-id`.
    pub request_id: String,
    /// Whether the key was taken: without one the API does not know whose limits to tell.
    pub authenticated: bool,
    /// The limits right after the decision.
    pub limits: Readings,
    /// What the 429's text was written from.
    pub reached: Option<LimitReached>,
    /// How long to wait, where waiting helps.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: AnswerBody,
}

/// What the body holds.
#[derive(Debug, Clone)]
pub enum AnswerBody {
    /// A response, and the request it repeats parts of.
    Response {
        /// The response.
        response: Box<Response>,
        /// The request.
        echo: Box<CreateResponse>,
    },
    /// An error.
    Error(ApiError),
    /// The model list.
    Models(Vec<ModelEntry>),
    /// A token count.
    InputTokens(u64),
    /// An answer about files or batch jobs.
    Batches(BatchAnswer),
    /// A file's text.
    FileContent(Arc<str>),
}

impl Answer {
    /// The answer as a client reads it, without going through text.
    pub fn into_reply(self) -> Reply {
        let content = match &self.body {
            AnswerBody::Response { response, .. } => Content::Response(response.clone()),
            AnswerBody::Error(error) => Content::Error(error.clone()),
            AnswerBody::Models(models) => Content::Models(models.clone()),
            AnswerBody::InputTokens(count) => Content::InputTokens(*count),
            AnswerBody::Batches(answer) => Content::Batches(answer.clone()),
            AnswerBody::FileContent(text) => {
                Content::Batches(BatchAnswer::Content(Arc::<[u8]>::from(Arc::clone(text)).into()))
            }
        };
        Reply { status: self.status, headers: self.typed_headers(), content, wire: Arc::new(self) }
    }

    fn typed_headers(&self) -> ReplyHeaders {
        let wait = |duration| Field::Exposed(RetryAfter::Wait(duration));
        ReplyHeaders {
            limits: RateLimitHeaders {
                requests: trio(self.limits.requests),
                tokens: trio(self.limits.tokens),
                ..RateLimitHeaders::default()
            },
            retry_after_ms: self
                .retry_after
                .map(|exact| wait(Duration::from_millis(ceil_ms(exact))))
                .unwrap_or_default(),
            retry_after: self.retry_after.map(|exact| wait(Duration::from_secs(ceil_s(exact)))).unwrap_or_default(),
            upstream_retry_after: Field::Absent,
            should_retry: Field::Absent,
            request_id: Field::Exposed(self.request_id.clone()),
            processing: Field::Exposed(Duration::from_millis(self.processing_ms())),
        }
    }

    fn processing_ms(&self) -> u64 {
        u64::try_from(self.head_after().as_millis()).unwrap_or(u64::MAX)
    }
}

impl WireText for Answer {
    fn headers(&self) -> Vec<(String, String)> {
        let content_type = match self.body {
            _ if self.streams() => "text/event-stream; charset=utf-8",
            AnswerBody::FileContent(_) => "application/octet-stream",
            _ => "application/json",
        };
        let mut headers = vec![
            ("content-type".to_owned(), content_type.to_owned()),
            ("x-request-id".to_owned(), self.request_id.clone()),
            ("openai-version".to_owned(), "2020-10-01".to_owned()),
            ("openai-processing-ms".to_owned(), self.processing_ms().to_string()),
        ];
        if self.authenticated {
            headers.push(("openai-organization".to_owned(), ORGANIZATION.to_owned()));
        }
        for (unit, reading) in [("requests", self.limits.requests), ("tokens", self.limits.tokens)] {
            if let Some(reading) = reading {
                headers.push((format!("x-ratelimit-limit-{unit}"), reading.quota.limit().to_string()));
                headers.push((format!("x-ratelimit-remaining-{unit}"), reading.remaining.to_string()));
                headers.push((format!("x-ratelimit-reset-{unit}"), format_go(reading.until_full)));
            }
        }
        if let Some(exact) = self.retry_after {
            headers.push(("retry-after".to_owned(), ceil_s(exact).to_string()));
            headers.push(("retry-after-ms".to_owned(), ceil_ms(exact).to_string()));
        }
        headers
    }

    fn body(&self) -> String {
        if self.streams() {
            return self.frames().iter().map(|timed| timed.frame.to_string()).collect();
        }
        let value = match &self.body {
            AnswerBody::Response { response, echo } => response.to_value(echo),
            AnswerBody::Error(error) => error.to_value(),
            AnswerBody::Models(models) => ModelEntry::list_to_value(models),
            AnswerBody::InputTokens(count) => json!({ "object": "response.input_tokens", "input_tokens": count }),
            AnswerBody::Batches(answer) => answer.to_value(),
            AnswerBody::FileContent(text) => return text.to_string(),
        };
        format!("{value:#}\n")
    }
}

pub(super) fn trio(reading: Option<LimitReading>) -> LimitTrio {
    let Some(reading) = reading else { return LimitTrio::default() };
    // What a header can say: whole milliseconds, cut off.
    let reset = u64::try_from(reading.until_full.as_millis()).unwrap_or(u64::MAX);
    LimitTrio {
        limit: Field::Exposed(reading.quota.limit()),
        remaining: Field::Exposed(reading.remaining),
        reset: Field::Exposed(Duration::from_millis(reset)),
        overdrawn: 0,
    }
}

/// Rounded up, so that who waits exactly that long gets in; at least 1.
pub(super) fn ceil_ms(exact: Duration) -> u64 {
    u64::try_from(exact.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX).max(1)
}

/// Rounded up to whole seconds, at least 1: `Retry-After` has no fractions.
pub(super) fn ceil_s(exact: Duration) -> u64 {
    ceil_ms(exact).div_ceil(1_000)
}
