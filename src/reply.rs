//! One answer of the API, typed; its text on the wire is rendered only where a person reads it.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use crate::rate_limit::{Dialect, ReplyHeaders, Visibility};
use crate::responses::stream::{BodyKind, StreamReader, StreamedResponse};
use crate::responses::{
    ApiError, ApiRequest, BatchAnswer, BatchAnswerKind, ModelEntry, ReportedUsage, Response, ResponseError, Unreadable,
    json,
};
use crate::time::UnixTime;

/// An HTTP answer, read.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers Sluice acts on.
    pub headers: ReplyHeaders,
    /// What the body holds.
    pub content: Content,
    /// The answer as text.
    pub wire: Arc<dyn WireText>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A response object, failed and incomplete ones included.
    Response(Box<Response>),
    /// An error body; an empty message where the body was empty or of no known shape.
    Error(ApiError),
    /// The model list.
    Models(Vec<ModelEntry>),
    /// The answer of `/responses/input_tokens`.
    InputTokens(u64),
    /// An answer about files or batch jobs.
    Batches(BatchAnswer),
    /// A success that could not be read.
    Unreadable(Unreadable),
}

/// The text of an answer as it went over the wire.
pub trait WireText: Debug + Send + Sync {
    /// All readable headers, in order, names in lower case.
    fn headers(&self) -> Vec<(String, String)>;
    /// The body.
    fn body(&self) -> String;
}

/// What was called, which is what decides how a success is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `GET /v1/models`.
    Models,
    /// `POST /v1/responses`.
    Responses,
    /// `POST /v1/responses/input_tokens`.
    InputTokens,
    /// What a request about files or batch jobs is answered with.
    Batches(BatchAnswerKind),
}

impl From<&ApiRequest> for Endpoint {
    fn from(request: &ApiRequest) -> Self {
        match request {
            ApiRequest::ListModels => Self::Models,
            ApiRequest::CreateResponse(_) => Self::Responses,
            ApiRequest::CountInputTokens(_) => Self::InputTokens,
            ApiRequest::Batches(call) => Self::Batches(call.answers_with()),
        }
    }
}

/// An answer's text as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpText {
    headers: Vec<(String, String)>,
    body: String,
}

impl WireText for HttpText {
    fn headers(&self) -> Vec<(String, String)> {
        self.headers.clone()
    }

    fn body(&self) -> String {
        self.body.clone()
    }
}

impl Reply {
    /// Reads an HTTP answer. `wall` is the time of arrival, against which dates are read.
    ///
    /// An event stream is read as the response it amounts to. A status that is no success always gives [`Content::Error`]. Limits that the body carries (OpenRouter) stand
    /// in for headers that tell none.
    pub fn from_http(
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        visibility: Visibility,
        wall: UnixTime,
        endpoint: Endpoint,
    ) -> Self {
        let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind = BodyKind::of(content_type.map(|(_, value)| value.as_str()), body.as_bytes());
        if endpoint == Endpoint::Responses && kind == Some(BodyKind::EventStream) {
            let streamed = StreamReader::read(body.as_bytes());
            return Self::from_stream(status, headers, body, streamed, visibility, wall);
        }
        let content =
            if is_success(status) { read_success(&body, endpoint) } else { Content::Error(ApiError::from_body(&body)) };
        Self::assemble(status, headers, body, content, visibility, wall)
    }

    /// An answer that came as an event stream, once it is over; `body` is the stream's text.
    ///
    /// What failed in mid-stream is a failed response inside a success: the one retry loop judges both alike.
    pub fn from_stream(
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        streamed: StreamedResponse,
        visibility: Visibility,
        wall: UnixTime,
    ) -> Self {
        let content = match streamed.into_response() {
            // Gateways frame the body of a refusal as an event too.
            Ok(Response { error: Some(ResponseError { code, kind, message }), .. }) if !is_success(status) => {
                Content::Error(ApiError { message, kind, code, ..ApiError::default() })
            }
            _ if !is_success(status) => Content::Error(ApiError::from_body(&body)),
            Ok(response) => Content::Response(Box::new(response)),
            Err(why) => Content::Unreadable(why),
        };
        Self::assemble(status, headers, body, content, visibility, wall)
    }

    /// Keeps `why` in place of the body as it was sent.
    pub fn forget_body(&mut self, why: String) {
        self.wire = Arc::new(HttpText { headers: self.wire.headers(), body: why });
    }

    fn assemble(
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
        content: Content,
        visibility: Visibility,
        wall: UnixTime,
    ) -> Self {
        let mut reply_headers = ReplyHeaders::parse(&headers, visibility, wall);
        if let Content::Error(error) = &content
            && !reply_headers.limits.any_exposed()
        {
            let in_body = ReplyHeaders::parse(&error.headers, Visibility::Full, wall);
            if in_body.limits.any_exposed() {
                reply_headers.limits = in_body.limits;
                reply_headers.limits.dialect = Dialect::OpenRouter;
            }
        }
        let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Self { status, headers: reply_headers, content, wire: Arc::new(HttpText { headers, body }) }
    }

    /// The response object, if the body holds one.
    pub fn response(&self) -> Option<&Response> {
        match &self.content {
            Content::Response(response) => Some(response),
            _ => None,
        }
    }

    /// The usage the body reports.
    pub fn usage(&self) -> ReportedUsage {
        self.response().map_or(ReportedUsage::Missing, |response| response.usage.clone())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The browser tells nothing but "Failed to fetch": the request may have arrived, and may be billed.
    #[error("the browser hid why: {0}")]
    Opaque(String),
    /// No answer in time; the request may have arrived, and may be billed.
    #[error("no answer within {0:?}")]
    TimedOut(std::time::Duration),
    /// The connection broke in mid-answer; what had arrived is kept.
    #[error("the answer broke off: {message}")]
    CutOff {
        /// What the browser said.
        message: String,
        /// The text that had arrived.
        received: String,
    },
    /// It was never sent: it could not have been, as it stands.
    #[error("{0}")]
    NotSent(String),
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

fn read_success(body: &str, endpoint: Endpoint) -> Content {
    // A file's lines are no JSON together.
    if endpoint == Endpoint::Batches(BatchAnswerKind::Content) {
        return Content::Batches(BatchAnswer::Content(Arc::<[u8]>::from(body.as_bytes()).into()));
    }
    let value = match json::parse(body) {
        Ok(value) => value,
        Err(why) => return Content::Unreadable(why),
    };
    let other_shape = || Content::Unreadable(Unreadable::OtherShape { found: json::describe(&value) });
    let read = match endpoint {
        Endpoint::Responses => Response::from_value(&value).ok().map(|response| Content::Response(Box::new(response))),
        Endpoint::Models => ModelEntry::list_from_value(&value).map(Content::Models),
        Endpoint::InputTokens => value.get("input_tokens").and_then(Value::as_u64).map(Content::InputTokens),
        Endpoint::Batches(kind) => BatchAnswer::from_value(&value, kind).map(Content::Batches),
    };
    // Gateways report failures inside a 200.
    let has_error = || value.get("error").is_some_and(|error| !error.is_null());
    read.or_else(|| ApiError::from_value(&value).filter(|_| has_error()).map(Content::Error))
        .unwrap_or_else(other_shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::Field;
    use crate::responses::stream::Cut;

    fn reply(status: u16, body: &str, endpoint: Endpoint) -> Reply {
        let headers = vec![("X-Request-ID".to_owned(), "req_1".to_owned())];
        Reply::from_http(
            status,
            headers,
            body.to_owned(),
            Visibility::Full,
            UnixTime::from_secs(1_748_736_000),
            endpoint,
        )
    }

    #[test]
    fn each_endpoint_has_its_shape() {
        let models = r#"{"object":"list","data":[{"id":"m"}]}"#;
        assert!(matches!(reply(200, models, Endpoint::Models).content, Content::Models(models) if models.len() == 1));
        let count = r#"{"object":"response.input_tokens","input_tokens":9}"#;
        assert_eq!(reply(200, count, Endpoint::InputTokens).content, Content::InputTokens(9));
        let response = reply(200, r#"{"object":"response","output":[]}"#, Endpoint::Responses);
        assert!(response.response().is_some());
        assert_eq!(response.wire.headers(), [("x-request-id".to_owned(), "req_1".to_owned())]);
        assert!(matches!(
            reply(200, models, Endpoint::Responses).content,
            Content::Unreadable(Unreadable::OtherShape { found }) if found == "an object of kind list"
        ));
    }

    #[test]
    fn failures_are_errors_whatever_they_hold() {
        assert_eq!(reply(429, "", Endpoint::Responses).content, Content::Error(ApiError::default()));
        assert!(matches!(
            reply(500, r#"{"object":"response","output":[]}"#, Endpoint::Responses).content,
            Content::Error(_)
        ));
        let inside = reply(200, r#"{"error":{"message":"m","code":429}}"#, Endpoint::Responses);
        assert!(matches!(inside.content, Content::Error(error) if error.code.as_deref() == Some("429")));
    }

    #[test]
    fn a_stream_is_read_as_the_response_it_amounts_to() {
        let delta = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n";
        let end = "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n";
        let whole = reply(200, &[delta, end].concat(), Endpoint::Responses);
        assert_eq!(whole.response().unwrap().output_text(), "Hi");
        assert_eq!(whole.usage().known().unwrap().total_tokens, 2);
        let early = reply(200, delta, Endpoint::Responses);
        assert_eq!(early.content, Content::Unreadable(Unreadable::EndedEarly { cut: Cut::Ended, text: "Hi".into() }));
        assert_eq!(early.wire.body(), delta);
        let refused =
            reply(429, "event: error\ndata: {\"code\":\"slow_down\",\"message\":\"m\"}\n\n", Endpoint::Responses);
        assert!(matches!(refused.content, Content::Error(error) if error.code.as_deref() == Some("slow_down")));
    }

    #[test]
    fn limits_in_the_body_stand_in_for_headers() {
        let body = r#"{"error":{"message":"m","code":429,"metadata":{"headers":
            {"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1748822400000"}}}}"#;
        let limits = reply(429, body, Endpoint::Responses).headers.limits;
        assert_eq!((limits.dialect, &limits.requests.limit), (Dialect::OpenRouter, &Field::Exposed(50)));
        assert_eq!(limits.exhausted(), Some("requests"));
    }

    #[test]
    fn deep_nesting_is_refused_and_kept() {
        let body = format!("{{\"object\":\"response\",\"output\":{}", "[".repeat(10_000));
        let deep = reply(200, &body, Endpoint::Responses);
        assert_eq!(deep.content, Content::Unreadable(Unreadable::TooDeep));
        assert_eq!(deep.wire.body(), body);
    }
}
