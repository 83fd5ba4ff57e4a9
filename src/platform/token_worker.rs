//! The token counter in its worker: a program of its own (`tokenizer/`), loaded when it is first asked for.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MessageEvent, RequestInit, Response, Worker};

use super::{Listener, document};

/// What the worker tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// How far a count is.
    Count(Count),
    /// There is no counter, and why.
    Failed(String),
}

/// How far a count is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The number that it was asked for under.
    pub id: u32,
    /// Tokens so far.
    pub tokens: u64,
    /// The counted part of the texts; 1 when it is done.
    pub share: f64,
}

/// A worker; it ends when this is dropped.
#[derive(Debug)]
pub struct TokenWorker {
    worker: Worker,
    _listeners: [Listener; 2],
}

impl TokenWorker {
    /// Starts the worker, which loads its program by itself. Its script is fetched against its hash first, since a
    /// worker's address carries none.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn start(told: impl Fn(Told) + Clone + 'static) -> Result<Self, String> {
        let link = document().and_then(|document| document.query_selector("link[rel=token-counter]").ok()?);
        let link = link.ok_or("this build of the page has no counter")?;
        let attribute = |name| link.get_attribute(name).unwrap_or_default();
        let (address, integrity) = (attribute("href"), attribute("integrity"));
        if !fetches(&address, &integrity).await {
            let name = address.trim_start_matches("./");
            return Err(format!("{name} could not be fetched, or is not the file this page was built with"));
        }
        let worker = Worker::new(&address).map_err(|thrown| super::message_of(&thrown))?;
        let failed = told.clone();
        let listeners = [
            Listener::new(Some(worker.clone().into()), "message", move |event: Event| {
                if let Some(message) = event.dyn_ref::<MessageEvent>().and_then(|event| read(&event.data())) {
                    told(message);
                }
            }),
            Listener::new(Some(worker.clone().into()), "error", move |_| failed(Told::Failed("it stopped".to_owned()))),
        ];
        Ok(Self { worker, _listeners: listeners })
    }

    /// Counts these texts together; a count that is under way ends.
    pub fn count(&self, id: u32, texts: &[String]) {
        let message = Array::of1(&id.into());
        for text in texts {
            message.push(&text.into());
        }
        // It throws only for what cannot be copied.
        let _ = self.worker.post_message(&message);
    }
}

impl Drop for TokenWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

async fn fetches(address: &str, integrity: &str) -> bool {
    let init = RequestInit::new();
    init.set_integrity(integrity);
    let Some(window) = web_sys::window() else { return false };
    let response = JsFuture::from(window.fetch_with_str_and_init(address, &init)).await;
    response.is_ok_and(|response| response.dyn_ref::<Response>().is_some_and(|response| response.ok()))
}

fn read(data: &JsValue) -> Option<Told> {
    if let Some(why) = data.as_string() {
        return Some(Told::Failed(why));
    }
    let parts = data.dyn_ref::<Array>()?;
    let part = |index| parts.get(index).as_f64();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the worker's own whole numbers
    let (id, tokens) = (part(0)? as u32, part(1)? as u64);
    Some(Told::Count(Count { id, tokens, share: part(2)? }))
}
