//! A worker with a program of its own, which the build puts beside the page; it ends when this is dropped.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

use super::{Listener, worker_script};

/// A worker; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct ProgramWorker {
    worker: Worker,
    _listeners: [Listener; 2],
}

impl ProgramWorker {
    /// Starts the worker of the link `rel`, which loads its program by itself. `told` is given what it sends, or why it
    /// has stopped.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn start(rel: &str, told: impl Fn(Result<JsValue, String>) + Clone + 'static) -> Result<Self, String> {
        let address = worker_script::verified(rel).await?;
        let worker = Worker::new(&address).map_err(|thrown| super::message_of(&thrown))?;
        let failed = told.clone();
        let listeners = [
            Listener::new(Some(worker.clone().into()), "message", move |event: Event| {
                let Some(data) = event.dyn_ref::<MessageEvent>().map(MessageEvent::data) else { return };
                // A text alone is why there is no program.
                told(data.as_string().map_or(Ok(data), Err));
            }),
            Listener::new(Some(worker.clone().into()), "error", move |_| failed(Err("it stopped".to_owned()))),
        ];
        Ok(Self { worker, _listeners: listeners })
    }

    /// Sends it a message.
    pub fn post(&self, message: &Array) {
        // It throws only for what cannot be copied.
        let _ = self.worker.post_message(message);
    }
}

impl Drop for ProgramWorker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
