//! Real HTTP through the browser's `fetch`.

pub mod blobs;
pub mod collector;
mod probe;
mod spool;

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::http::Headers;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestRedirect, ResponseType,
};

pub use super::connection::Connection;
use super::{ApiRequest, Head, Progress, Received, Receiver, Transport, TransportError};
use crate::clock::Clock;
use crate::rate_limit::Visibility;
use crate::reply::Reply;
use crate::responses::BatchCall;
use crate::responses::stream::Cut;

/// The most that is read of one body, in bytes; what is longer is cut off and the connection closed.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How long an attempt may take, body included, unless told otherwise. Of a stream, the time until its head.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a stream may be silent: without a word of text, but also without a sign of life.
pub const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// How long a stream may take in all.
pub const STREAM_LIMIT: Duration = Duration::from_secs(600);

/// How long a file of a batch may be under way: 200 MB take 13 minutes at 2 Mbit/s up.
pub const FILE_TIMEOUT: Duration = Duration::from_secs(1_800);
/// The largest file of results that is read: 50,000 responses of 10 kB.
pub const FILE_LIMIT: usize = 512 * 1024 * 1024;

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
    /// The longest an upload or a download of a batch's file may take.
    pub file: Duration,
    /// The largest file that is downloaded, in bytes.
    pub file_body: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_TIMEOUT,
            idle: IDLE_LIMIT,
            stream: STREAM_LIMIT,
            body: BODY_LIMIT,
            file: FILE_TIMEOUT,
            file_body: FILE_LIMIT,
        }
    }
}

impl FetchLimits {
    /// The time and the bytes of the answer to `request`, if it is no stream.
    const fn of(&self, request: &ApiRequest) -> (Duration, usize) {
        match request {
            ApiRequest::Batches(BatchCall::UploadFile(_)) => (self.file, self.body),
            ApiRequest::Batches(BatchCall::FileContent(_)) => (self.file, self.file_body),
            _ => (self.timeout, self.body),
        }
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
    async fn fetch(&self, (url, init): (String, RequestInit)) -> Result<web_sys::Response, TransportError> {
        let window = web_sys::window().ok_or_else(|| not_sent("this is not a page"))?;
        // Not gloo-net's own send: it panics on what extensions that wrap fetch may reject or resolve with.
        let fetched = JsFuture::from(window.fetch_with_str_and_init(&url, &init)).await;
        fetched.and_then(JsCast::dyn_into).map_err(|thrown| TransportError::Opaque(self.opaque(&thrown)))
    }

    fn head(&self, response: &web_sys::Response, asked: &ApiRequest) -> Head {
        // Only a same-origin answer shows all its headers; of any other, the page cannot tell.
        let visibility = match response.type_() {
            ResponseType::Basic => Visibility::Full,
            _ => Visibility::CorsFiltered,
        };
        let headers = self.connection.redacted_headers(Headers::from_raw(response.headers()).entries());
        Head { status: response.status(), headers, visibility, wall: self.clock.wall(), endpoint: asked.into() }
    }

    /// Reads a body into `receiver`, until `late` ends and while no chunk takes longer than `idle`; says why it stopped
    /// where that is not its end.
    async fn read(
        &self,
        stream: &ReadableStream,
        receiver: &mut Receiver<'_>,
        (mut late, idle): (Pin<&mut impl Future<Output = ()>>, Option<Duration>),
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Option<Cut> {
        let broken = |thrown: &JsValue| Some(Cut::Broken(self.connection.redacted(&message_of(thrown))));
        let reader = match ReadableStreamDefaultReader::new(stream) {
            Ok(reader) => reader,
            Err(thrown) => return broken(&thrown),
        };
        loop {
            let step = JsFuture::from(reader.read());
            let step = async {
                let Some(idle) = idle else { return Ok(step.await) };
                match select(step, pin!(self.clock.sleep(idle))).await {
                    Either::Left((step, _)) => Ok(step),
                    Either::Right(_) => Err(Cut::Silent(idle)),
                }
            };
            let step = match select(pin!(step), late.as_mut()).await {
                Either::Left((Ok(step), _)) => step,
                Either::Left((Err(cut), _)) => return Some(cut),
                Either::Right(_) => return Some(Cut::Late(self.limits.stream)),
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
        let FetchLimits { idle, stream, .. } = self.limits;
        let (timeout, body) = self.limits.of(request);
        let abort = AbortOnDrop::new()?;
        let outgoing = outgoing(&self.connection, request, &abort)?;
        let began = self.clock.now();
        // One sleep for all of it: a body of two chunks needs no more.
        let mut late = pin!(self.clock.sleep_until(began + timeout));
        let response = match select(pin!(self.fetch(outgoing)), late.as_mut()).await {
            Either::Left((response, _)) => response?,
            Either::Right(_) => return Err(TransportError::TimedOut(timeout)),
        };
        let head = self.head(&response, request);
        if let (ApiRequest::Batches(BatchCall::FileContent(_)), true, Some(bytes)) =
            (request, response.ok(), response.body())
        {
            let bounds = spool::Bounds { until: began + timeout, timeout, most: body };
            return spool::spool(&bytes, (&self.connection, &self.clock), head, bounds).await;
        }
        let streams = request.streams();
        if streams {
            observe(Progress::Head { at: self.clock.now(), status: head.status });
        }
        if streams {
            late.set(self.clock.sleep_until(began + stream));
        }
        let content_type =
            head.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
        let mut receiver = Receiver::new(Some(&self.connection), content_type, streams, body);
        let cut = match response.body() {
            Some(bytes) => self.read(&bytes, &mut receiver, (late, streams.then_some(idle)), observe).await,
            None => None,
        };
        if !streams && matches!(cut, Some(Cut::Late(_))) {
            return Err(TransportError::TimedOut(timeout));
        }
        if !streams && cut.is_none() {
            abort.is_needless();
        }
        receiver.finish(head, cut)
    }
}

/// Aborts its request when dropped, unless all of the answer was read.
#[derive(Debug)]
struct AbortOnDrop {
    controller: AbortController,
    is_needed: Cell<bool>,
}

impl AbortOnDrop {
    fn new() -> Result<Self, TransportError> {
        let controller = AbortController::new().map_err(|thrown| not_sent(&message_of(&thrown)))?;
        Ok(Self { controller, is_needed: Cell::new(true) })
    }

    fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// The answer has ended: an abort would change nothing, but it costs the browser a tenth of a millisecond.
    fn is_needless(&self) {
        self.is_needed.set(false);
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if self.is_needed.get() {
            // Without a reason: a rejection that is no Error breaks those who expect one.
            self.controller.abort();
        }
    }
}

/// A request as `fetch` takes it. No `Request` is made of it: a builder's two, with their addresses, cost a page 0.15 ms.
fn outgoing(
    connection: &Connection,
    request: &ApiRequest,
    abort: &AbortOnDrop,
) -> Result<(String, RequestInit), TransportError> {
    let thrown = |thrown: JsValue| not_sent(&connection.redacted(&message_of(&thrown)));
    let headers = web_sys::Headers::new().map_err(thrown)?;
    for (name, value) in connection.headers(request)? {
        headers.set(name, &value).map_err(thrown)?;
    }
    let init = RequestInit::new();
    init.set_headers_headers(&headers);
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&abort.signal()));
    let (method, body) = match request {
        ApiRequest::ListModels => ("GET", None),
        ApiRequest::CreateResponse(body) | ApiRequest::CountInputTokens(body) => {
            ("POST", Some(JsValue::from(body.body())))
        }
        ApiRequest::Batches(call) => match call {
            BatchCall::UploadFile(upload) => ("POST", Some(blobs::form(upload)?.into())),
            BatchCall::Create(create) => ("POST", Some(create.to_value().to_string().into())),
            BatchCall::Cancel(_) => ("POST", None),
            BatchCall::DeleteFile(_) => ("DELETE", None),
            BatchCall::RetrieveFile(_) | BatchCall::FileContent(_) | BatchCall::Retrieve(_) | BatchCall::List(_) => {
                ("GET", None)
            }
        },
    };
    init.set_method(method);
    if let Some(body) = body {
        init.set_body(&body);
    }
    Ok((connection.url(request), init))
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
