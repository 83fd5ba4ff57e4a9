//! Real HTTP through the browser's `fetch`.

mod probe;

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
use super::{ApiRequest, Head, Progress, Received, Receiver, Transport, TransportError};
use crate::clock::Clock;
use crate::rate_limit::Visibility;
use crate::reply::Reply;
use crate::responses::stream::Cut;
use crate::time::Instant;

/// The most that is read of one body, in bytes; what is longer is cut off and the connection closed.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How long an attempt may take, body included, unless told otherwise. Of a stream, the time until its head.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a stream may be silent: without a word of text, but also without a sign of life.
pub const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// How long a stream may take in all.
pub const STREAM_LIMIT: Duration = Duration::from_secs(600);

/// How much of an answer is waited for and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// The longest an attempt may take, body included; of a stream, the time until its head.
    pub timeout: Duration,
    /// The longest silence of a stream.
    pub idle: Duration,
    /// The longest a stream may take, from the request on.
    pub stream: Duration,
    /// The largest body, in bytes.
    pub body: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { timeout: DEFAULT_TIMEOUT, idle: IDLE_LIMIT, stream: STREAM_LIMIT, body: BODY_LIMIT }
    }
}

/// What an opaque failure's message says where the browser was offline.
pub const OFFLINE: &str = "the browser says it is offline";

/// Sends each request over HTTP, with exactly one `fetch`.
///
/// Dropping the future of `send` aborts the request, and so does the last event of a stream: servers leave the
/// connection open. The key goes to the connection's base URL alone, redirects are refused, and where a server echoes
/// the key it is blotted out of what is told or kept.
#[derive(Debug)]
pub struct FetchTransport<C> {
    connection: Connection,
    clock: C,
    limits: FetchLimits,
}

/// How long a body may take.
#[derive(Debug, Clone, Copy)]
struct Deadlines {
    /// All of it.
    until: Instant,
    /// The time between two chunks, where that is bounded.
    idle: Option<Duration>,
}

impl<C: Clock> FetchTransport<C> {
    /// A transport to `connection`; `clock` times its attempts.
    pub fn new(connection: Connection, clock: C) -> Self {
        Self { connection, clock, limits: FetchLimits::default() }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: FetchLimits) -> Self {
        Self { limits, ..self }
    }

    /// Where it sends to.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Status and headers, with the body still to come.
    async fn fetch(&self, request: web_sys::Request) -> Result<web_sys::Response, TransportError> {
        let window = web_sys::window().ok_or_else(|| not_sent("this is not a page"))?;
        // Not gloo-net's own send: it panics on what extensions that wrap fetch may reject or resolve with.
        let fetched = JsFuture::from(window.fetch_with_request(&request)).await;
        fetched.and_then(JsCast::dyn_into).map_err(|thrown| TransportError::Opaque(self.opaque(&thrown)))
    }

    fn head(&self, response: &web_sys::Response, asked: &ApiRequest) -> Head {
        // Only a same-origin answer shows all its headers; of any other, the page cannot tell.
        let visibility = match response.type_() {
            ResponseType::Basic => Visibility::Full,
            _ => Visibility::CorsFiltered,
        };
        let headers = Headers::from_raw(response.headers())
            .entries()
            .map(|(name, value)| self.connection.redacted_header(&name, &value))
            .collect();
        Head { status: response.status(), headers, visibility, wall: self.clock.wall(), endpoint: asked.into() }
    }

    /// Reads a body into `receiver`; says why it stopped where that is not its end.
    async fn read(
        &self,
        stream: &ReadableStream,
        receiver: &mut Receiver<'_>,
        deadlines: Deadlines,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Cut> {
        let broken = |thrown: &JsValue| Some(Cut::Broken(self.connection.redacted(&message_of(thrown))));
        let reader = match ReadableStreamDefaultReader::new(stream) {
            Ok(reader) => reader,
            Err(thrown) => return broken(&thrown),
        };
        loop {
            let silent = deadlines.idle.map(|idle| (self.clock.now() + idle, Cut::Silent(idle)));
            let late = (deadlines.until, Cut::Late(self.limits.stream));
            let (due, cut) = silent.filter(|(due, _)| *due < deadlines.until).unwrap_or(late);
            let step = match select(JsFuture::from(reader.read()), pin!(self.clock.sleep_until(due))).await {
                Either::Left((step, _)) => step,
                Either::Right(_) => return Some(cut),
            };
            let chunk = match step.and_then(|step| chunk(&step)) {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return None,
                Err(thrown) => return broken(&thrown),
            };
            let room = u32::try_from(receiver.room()).unwrap_or(u32::MAX);
            let bytes = chunk.subarray(0, room.min(chunk.length())).to_vec();
            // The connection closes with the abort when the attempt ends, which is now where no more is wanted.
            match receiver.push(&bytes, self.clock.now(), observe) {
                Received::Some => {}
                Received::All => return None,
                Received::Cut(cut) => return Some(cut),
            }
        }
    }

    fn opaque(&self, thrown: &JsValue) -> String {
        let message = self.connection.redacted(&message_of(thrown));
        let online = web_sys::window().is_none_or(|window| window.navigator().on_line());
        if online { message } else { format!("{message} ({OFFLINE})") }
    }
}

impl<C: Clock> Transport for FetchTransport<C> {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let FetchLimits { timeout, idle, stream, body } = self.limits;
        let abort = AbortOnDrop::new()?;
        let outgoing = outgoing(&self.connection, request, &abort)?;
        let began = self.clock.now();
        let response = match select(pin!(self.fetch(outgoing)), pin!(self.clock.sleep_until(began + timeout))).await {
            Either::Left((response, _)) => response?,
            Either::Right(_) => return Err(TransportError::TimedOut(timeout)),
        };
        let head = self.head(&response, request);
        let streams = request.streams();
        if streams {
            observe(Progress::Head { at: self.clock.now(), status: head.status });
        }
        let deadlines =
            Deadlines { until: began + if streams { stream } else { timeout }, idle: streams.then_some(idle) };
        let content_type =
            head.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
        let mut receiver = Receiver::new(Some(&self.connection), content_type, streams, body);
        let cut = match response.body() {
            Some(bytes) => self.read(&bytes, &mut receiver, deadlines, observe).await,
            None => None,
        };
        if !streams && matches!(cut, Some(Cut::Late(_))) {
            return Err(TransportError::TimedOut(timeout));
        }
        receiver.finish(head, cut)
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
