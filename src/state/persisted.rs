//! Signals that outlive a reload. Never put a secret in one; a value that a person typed a key into is not stored.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::secrets::{Secrets, use_secrets};
use crate::platform::{json, storage};

/// A signal that starts from what is stored under `key`, or from `default`, and stores each change: not one in
/// which a key stands, which takes away what was stored before.
///
/// What cannot be stored (storage full or disabled) is kept for this visit alone.
pub fn persisted<T>(key: &'static str, default: T) -> RwSignal<T>
where
    T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    persisted_as(key, default, |json| serde_json::from_str(json).ok(), |value| serde_json::to_string(value).ok())
}

/// As [`persisted`], for a text: the page starts with such, and needs no reader of JSON for them.
pub fn persisted_text(key: &'static str, default: &str) -> RwSignal<String> {
    persisted_as(key, default.to_owned(), json::read_text, |text| json::text(text))
}

/// As [`persisted`], for a number; what is stored, which anyone may have changed, is brought within bounds by `fit`.
pub fn persisted_number(key: &'static str, default: f64, fit: fn(f64) -> f64) -> RwSignal<f64> {
    persisted_as(key, default, move |text| json::read_number(text).map(fit), |number| json::number(*number))
}

/// As [`persisted`], for a yes or no.
pub fn persisted_flag(key: &'static str, default: bool) -> RwSignal<bool> {
    let read = |text: &str| match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    persisted_as(key, default, read, |flag| Some(flag.to_string()))
}

/// As [`persisted`], for a whole number, brought within bounds.
pub fn persisted_count(key: &'static str, default: u32, (least, most): (u32, u32)) -> RwSignal<u32> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the bounds
    let read =
        move |text: &str| json::read_number(text).map(|count| count.clamp(f64::from(least), f64::from(most)) as u32);
    persisted_as(key, default, read, |count| json::number(f64::from(*count)))
}

/// As [`persisted`], in a form of one's own.
pub fn persisted_as<T>(
    key: &'static str,
    default: T,
    read: impl FnOnce(&str) -> Option<T>,
    write: fn(&T) -> Option<String>,
) -> RwSignal<T>
where
    T: Send + Sync + 'static,
{
    let signal = RwSignal::new(storage::read(key).and_then(|text| read(&text)).unwrap_or(default));
    keep(key, Box::new(move || signal.with(write)));
    signal
}

// For values of all types, so that the page holds its code once.
fn keep(key: &'static str, text: Box<dyn Fn() -> Option<String> + Send + Sync>) {
    let secrets = use_secrets();
    let write = move |text: &Option<String>, _: Option<&Option<String>>, _: Option<()>| {
        if let Some(text) = text {
            store(key, text, secrets);
        }
    };
    Effect::watch(text, write, false);
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
