//! Whether there is a network, as far as the browser knows: no is certain, yes proves nothing.

use super::Listener;
use super::first_event::first_event;
use super::listener::window_target;
use crate::run::batch::Network;

pub use super::dom::online as is_online;

/// Tells `callback` each time the network goes (`false`) or comes back (`true`).
pub fn on_change(callback: impl Fn(bool) + Clone + 'static) -> [Listener; 2] {
    ["offline", "online"].map(|event| {
        let callback = callback.clone();
        Listener::new(window_target(), event, move |_| callback(event == "online"))
    })
}

/// Completes once there is a network, at once where there is one.
pub async fn until_online() {
    while !is_online() {
        let Some(window) = window_target() else { return };
        first_event(window, ["online"]).await;
    }
}

/// Completes once there is no network, at once where there is none.
pub async fn until_offline() {
    while is_online() {
        let Some(window) = window_target() else { return std::future::pending().await };
        first_event(window, ["offline"]).await;
    }
}

/// The network that a batch needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageNetwork {
    /// None: what answers is in the page.
    NotNeeded,
    /// The browser's.
    Browser,
}

impl Network for PageNetwork {
    async fn until_online(&self) {
        if *self == Self::Browser {
            until_online().await;
        }
    }

    fn is_online(&self) -> bool {
        *self == Self::NotNeeded || is_online()
    }
}
