//! Messages between the tabs of this site.

use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, Event, MessageEvent};

use super::Listener;

/// A channel by name, open until it is dropped. In a component, keep it in a `StoredValue::new_local`.
#[must_use = "a channel that is dropped no longer listens"]
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Channel {
    /// Joins the channel, and tells `callback` each text that another tab posts; `None` where the browser has no
    /// channels.
    pub fn open(name: &str, callback: impl Fn(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::new(Some(channel.clone().into()), "message", move |event: Event| {
            // Only this site's own pages can post here.
            if let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string()) {
                callback(text);
            }
        });
        Some(Self { channel, _listener: listener })
    }

    /// Posts `text` to all other tabs in the channel.
    pub fn post(&self, text: &str) {
        // It throws only for a closed channel and for what cannot be copied.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
