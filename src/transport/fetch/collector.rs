//! Traces on their way to a collector: one POST, with nothing of the page, its person or its key.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ReadableStream, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect,
};

use super::{AbortOnDrop, chunk, message_of};
use crate::clock::Clock;
use crate::export::otlp::Format;
use crate::export::otlp::collector::{Answer, CollectorUrl, NotTaken, Taken};

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The most that is read of its answer, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A collector, and how it wants to be spoken to.
#[derive(Debug, Clone)]
pub struct Collector {
    /// Where it takes traces.
    pub url: CollectorUrl,
    /// How they are written down.
    pub format: Format,
    /// What goes as `x-project-name`, which Phoenix files them under; none goes where it is empty.
    pub project_header: String,
}

impl Collector {
    /// Sends one body; dropping the future aborts it.
    ///
    /// # Errors
    /// Where it was not taken: see [`NotTaken`].
    pub async fn post(&self, body: &[u8], clock: &impl Clock, page_origin: &str) -> Result<Taken, NotTaken> {
        let opaque =
            |thrown: JsValue| NotTaken::Opaque { why: message_of(&thrown), page_origin: page_origin.to_owned() };
        let abort = AbortOnDrop::new().map_err(|error| opaque(error.to_string().into()))?;
        let init = self.request(body, &abort).map_err(opaque)?;
        let late = pin!(clock.sleep(TIMEOUT));
        let answer = match select(pin!(self.answer(&init)), late).await {
            Either::Left((answer, _)) => answer.map_err(opaque)?,
            Either::Right(_) => return Err(NotTaken::TimedOut(TIMEOUT.as_secs())),
        };
        answer.taken(self.format)
    }

    fn request(&self, body: &[u8], abort: &AbortOnDrop) -> Result<RequestInit, JsValue> {
        let headers = web_sys::Headers::new()?;
        headers.set("content-type", self.format.media_type())?;
        if !self.project_header.is_empty() {
            headers.set("x-project-name", &self.project_header)?;
        }
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers_headers(&headers);
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Error);
        init.set_cache(RequestCache::NoStore);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_signal(Some(&abort.signal()));
        // Bytes: to a text the browser would add a charset, which Phoenix refuses.
        init.set_body(&Uint8Array::from(body));
        Ok(init)
    }

    async fn answer(&self, init: &RequestInit) -> Result<Answer, JsValue> {
        let window = web_sys::window().ok_or_else(|| JsValue::from("this is not a page"))?;
        let response = JsFuture::from(window.fetch_with_str_and_init(self.url.as_str(), init)).await?;
        let response: web_sys::Response = response.dyn_into()?;
        let content_type = response.headers().get("content-type")?.unwrap_or_default();
        let body = match response.body() {
            Some(stream) => beginning(&stream).await?,
            None => Vec::new(),
        };
        Ok(Answer { status: response.status(), content_type, body })
    }
}

async fn beginning(stream: &ReadableStream) -> Result<Vec<u8>, JsValue> {
    let reader = ReadableStreamDefaultReader::new(stream)?;
    let mut body = Vec::new();
    while body.len() < ANSWER_LIMIT {
        let Some(bytes) = chunk(&JsFuture::from(reader.read()).await?)? else { break };
        let room = u32::try_from(ANSWER_LIMIT - body.len()).unwrap_or(u32::MAX);
        body.extend(bytes.subarray(0, room.min(bytes.length())).to_vec());
    }
    Ok(body)
}
