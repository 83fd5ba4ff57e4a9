//! Signals that outlive a reload. Never put a secret in one; a value that a person typed a key into is not stored.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::secrets::{Secrets, use_secrets};
use crate::platform::storage;

/// A signal that starts from what is stored under `key`, or from `default`, and stores each change: not one in
/// which a key stands, which takes away what was stored before.
///
/// What cannot be stored (storage full or disabled) is kept for this visit alone.
pub fn persisted<T>(key: &'static str, default: T) -> RwSignal<T>
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let secrets = use_secrets();
    let stored = storage::read(key).and_then(|text| serde_json::from_str(&text).ok());
    let signal = RwSignal::new(stored.unwrap_or(default));
    Effect::watch(
        move || signal.get(),
        move |value, _, _| {
            if let Ok(text) = serde_json::to_string(value) {
                store(key, &text, secrets);
            }
        },
        false,
    );
    // What was stored may be a key that is given only now.
    Effect::new(move |_| {
        if secrets.finds_key(&storage::read(key).unwrap_or_default()) {
            storage::remove(key);
        }
    });
    signal
}

/// As [`persisted`], for a value that a field keeps in bounds: what is stored, which anyone may have changed, is brought
/// within them by `fit`.
pub fn persisted_within<T>(key: &'static str, default: T, fit: impl FnOnce(T) -> T) -> RwSignal<T>
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let signal = persisted(key, default);
    signal.update_untracked(|value| *value = fit(value.clone()));
    signal
}

fn store(key: &str, text: &str, secrets: Secrets) {
    if secrets.with(|redactor| redactor.finds_key(text)) {
        storage::remove(key);
    } else {
        let _ = storage::write(key, text);
    }
}
