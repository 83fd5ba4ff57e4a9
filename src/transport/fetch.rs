//! Real HTTP through the browser's `fetch`.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::http::{Headers, RequestBuilder};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestRedirect, ResponseType,
};

pub use super::connection::Connection;
use super::{ApiRequest, Transport, TransportError};
use crate::clock::Clock;
use crate::rate_limit::Visibility;
use crate::reply::{Content, Reply};
use crate::responses::Unreadable;

/// The most that is read of one body, in bytes; what is longer is cut off and the connection closed.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// What is kept of a body that was cut off there, in bytes.
const KEPT_OF_TOO_LARGE: u32 = 64 * 1024;
/// How long an attempt may take, body included, unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Sends each request over HTTP, with exactly one `fetch`.
///
/// Dropping the future of `send` aborts the request. The key goes to the connection's base URL alone,
/// redirects are refused, and where a server echoes the key it is blotted out of what is kept.
#[derive(Debug)]
pub struct FetchTransport<C> {
    connection: Connection,
    clock: C,
    timeout: Duration,
}

impl<C: Clock> FetchTransport<C> {
    /// A transport to `connection`; `clock` times its attempts, [`DEFAULT_TIMEOUT`] each.
    pub const fn new(connection: Connection, clock: C) -> Self {
        Self { connection, clock, timeout: DEFAULT_TIMEOUT }
    }

    /// The same with another timeout for one attempt.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Where it sends to.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    async fn exchange(&self, request: web_sys::Request, asked: &ApiRequest) -> Result<Reply, TransportError> {
        let window = web_sys::window().ok_or_else(|| not_sent("this is not a page"))?;
        // Not gloo-net's own send: it panics on what extensions that wrap fetch may reject or resolve with.
        let fetched = JsFuture::from(window.fetch_with_request(&request)).await;
        let response: web_sys::Response = match fetched.and_then(JsCast::dyn_into) {
            Ok(response) => response,
            Err(thrown) => return Err(TransportError::Opaque(self.opaque(&thrown))),
        };
        // Only a same-origin answer shows all its headers; of any other, the page cannot tell.
        let visibility = match response.type_() {
            ResponseType::Basic => Visibility::Full,
            _ => Visibility::CorsFiltered,
        };
        let headers: Vec<_> = Headers::from_raw(response.headers())
            .entries()
            .map(|(name, value)| self.connection.redacted_header(&name, &value))
            .collect();
        let body = match response.body() {
            Some(stream) => read(&stream).await,
            None => Body::default(),
        };
        let text = self.connection.redacted(&String::from_utf8_lossy(&body.bytes));
        if let Some(message) = body.broken {
            return Err(TransportError::CutOff { message: self.connection.redacted(&message), received: text });
        }
        let mut reply = Reply::from_http(response.status(), headers, text, visibility, self.clock.wall(), asked.into());
        if body.too_large && !matches!(reply.content, Content::Error(_)) {
            reply.content = Content::Unreadable(Unreadable::TooLarge { limit_bytes: BODY_LIMIT });
        }
        Ok(reply)
    }

    fn opaque(&self, thrown: &JsValue) -> String {
        let message = self.connection.redacted(&message_of(thrown));
        let online = web_sys::window().is_none_or(|window| window.navigator().on_line());
        if online { message } else { format!("{message} (the browser says it is offline)") }
    }
}

impl<C: Clock> Transport for FetchTransport<C> {
    async fn send(&self, request: &ApiRequest) -> Result<Reply, TransportError> {
        let abort = AbortOnDrop::new()?;
        let outgoing = outgoing(&self.connection, request, &abort)?;
        let deadline = self.clock.now() + self.timeout;
        let exchange = pin!(self.exchange(outgoing, request));
        let late = pin!(self.clock.sleep_until(deadline));
        match select(exchange, late).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(TransportError::TimedOut(self.timeout)),
        }
    }
}

/// Aborts its request when dropped; after the answer is read that does nothing.
#[derive(Debug)]
struct AbortOnDrop(AbortController);

impl AbortOnDrop {
    fn new() -> Result<Self, TransportError> {
        AbortController::new().map(Self).map_err(|thrown| not_sent(&message_of(&thrown)))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        // Without a reason: a rejection that is no Error breaks those who expect one.
        self.0.abort();
    }
}

fn outgoing(
    connection: &Connection,
    request: &ApiRequest,
    abort: &AbortOnDrop,
) -> Result<web_sys::Request, TransportError> {
    let headers = Headers::new();
    // Checked before: gloo-net panics on a value that cannot stand in a header.
    for (name, value) in connection.headers(request)? {
        headers.set(name, &value);
    }
    let builder = RequestBuilder::new(&connection.url(request))
        .headers(headers)
        .credentials(RequestCredentials::Omit)
        .redirect(RequestRedirect::Error)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&abort.0.signal()));
    let built = match request {
        ApiRequest::ListModels => builder.method(gloo_net::http::Method::GET).build(),
        ApiRequest::CreateResponse(body) | ApiRequest::CountInputTokens(body) => {
            builder.method(gloo_net::http::Method::POST).body(body.to_value().to_string())
        }
    };
    built.map(Into::into).map_err(|error| not_sent(&connection.redacted(&error.to_string())))
}

#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    too_large: bool,
    /// What the browser said when it broke off.
    broken: Option<String>,
}

async fn read(stream: &ReadableStream) -> Body {
    let mut body = Body::default();
    let reader = match ReadableStreamDefaultReader::new(stream) {
        Ok(reader) => reader,
        Err(thrown) => return Body { broken: Some(message_of(&thrown)), ..body },
    };
    loop {
        let chunk = match JsFuture::from(reader.read()).await.and_then(|step| chunk(&step)) {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return body,
            Err(thrown) => return Body { broken: Some(message_of(&thrown)), ..body },
        };
        let length = usize::try_from(chunk.length()).unwrap_or(usize::MAX);
        if body.bytes.len().saturating_add(length) > BODY_LIMIT {
            body.bytes.extend(chunk.subarray(0, KEPT_OF_TOO_LARGE).to_vec());
            body.bytes.truncate(KEPT_OF_TOO_LARGE as usize);
            body.bytes.shrink_to_fit();
            // The connection closes with the abort when the attempt ends, which is now.
            return Body { too_large: true, ..body };
        }
        body.bytes.extend(chunk.to_vec());
    }
}

/// The bytes of one step of a stream's reader; `None` at the end.
fn chunk(step: &JsValue) -> Result<Option<Uint8Array>, JsValue> {
    if Reflect::get(step, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    Reflect::get(step, &"value".into())?.dyn_into().map(Some)
}

fn not_sent(why: &str) -> TransportError {
    TransportError::NotSent(format!("The request could not be made: {why}."))
}

fn message_of(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown.as_string().unwrap_or_else(|| "the browser gave no reason".to_owned()),
    }
}
