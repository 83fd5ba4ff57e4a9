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

/// A text that outlives a reload in this tab alone; not one longer than `longest` bytes, nor one in which a key stands.
pub fn kept_in_tab(key: &'static str, longest: usize) -> RwSignal<String> {
    let secrets = use_secrets();
    let signal = RwSignal::new(storage::read_session(key).unwrap_or_default());
    Effect::watch(
        move || signal.get(),
        move |text, _, _| {
            let is_kept =
                !text.is_empty() && text.len() <= longest && !secrets.with(|redactor| redactor.finds_key(text));
            if !is_kept || storage::write_session(key, text).is_err() {
                storage::remove_session(key);
            }
        },
        false,
    );
    // What was stored may be a key that is given only now.
    Effect::new(move |_| {
        if secrets.finds_key(&storage::read_session(key).unwrap_or_default()) {
            storage::remove_session(key);
        }
    });
    signal
}

fn store(key: &str, text: &str, secrets: Secrets) {
    if secrets.with(|redactor| redactor.finds_key(text)) {
        storage::remove(key);
    } else {
        let _ = storage::write(key, text);
    }
}
