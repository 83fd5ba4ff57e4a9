//! Signals that outlive a reload. Never put a secret in one.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::storage;

/// A signal that starts from what is stored under `key`, or from `default`, and stores each change.
///
/// What cannot be stored (storage full or disabled) is kept for this visit alone.
pub fn persisted<T>(key: &'static str, default: T) -> RwSignal<T>
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let stored = storage::read(key).and_then(|text| serde_json::from_str(&text).ok());
    let signal = RwSignal::new(stored.unwrap_or(default));
    Effect::watch(
        move || signal.get(),
        move |value, _, _| {
            if let Ok(text) = serde_json::to_string(value) {
                let _ = storage::write(key, &text);
            }
        },
        false,
    );
    signal
}
