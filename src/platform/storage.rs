//! `localStorage` and, for what a person wants kept in this tab alone, `sessionStorage`, below the prefix `sluice.`;
//! they may be disabled or full, which is a value here.

use web_sys::Storage;

const PREFIX: &str = "sluice.";

/// Why something could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The browser gives this page no storage.
    #[error("The browser gives this page no storage, so settings last only until the page is closed.")]
    Unavailable,
    /// There is no room left.
    #[error(
        "The browser's storage for this site is full, so this lasts only until the page is closed. Clear this site's data to make room."
    )]
    Full,
    /// Anything else, in the browser's words.
    #[error("The browser did not store it: {0}")]
    Refused(String),
}

/// Whether the browser gives this page storage; it may still be full.
pub fn is_available() -> bool {
    local().is_some()
}

/// What is stored under `key`; `None` as well where there is no storage.
pub fn read(key: &str) -> Option<String> {
    local()?.get_item(&named(key)).ok()?
}

/// Stores `value` under `key`.
///
/// # Errors
/// Where storage is disabled or full.
pub fn write(key: &str, value: &str) -> Result<(), StorageError> {
    set(local(), key, value)
}

/// What this tab's session storage holds under `key`.
pub fn read_session(key: &str) -> Option<String> {
    session()?.get_item(&named(key)).ok()?
}

/// Stores `value` under `key` until this tab is closed.
///
/// # Errors
/// Where storage is disabled or full.
pub fn write_session(key: &str, value: &str) -> Result<(), StorageError> {
    set(session(), key, value)
}

/// Forgets what this tab's session storage holds under `key`.
pub fn remove_session(key: &str) {
    if let Some(storage) = session() {
        let _ = storage.remove_item(&named(key));
    }
}

fn set(storage: Option<Storage>, key: &str, value: &str) -> Result<(), StorageError> {
    let storage = storage.ok_or(StorageError::Unavailable)?;
    storage.set_item(&named(key), value).map_err(|thrown| match super::name_of(&thrown).as_deref() {
        Some("QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED") => StorageError::Full,
        Some("SecurityError") => StorageError::Unavailable,
        _ => StorageError::Refused(super::message_of(&thrown)),
    })
}

/// Forgets what is stored under `key`.
pub fn remove(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(&named(key));
    }
}

/// Forgets everything of this page's whose text `is_unwanted`.
pub fn remove_where(is_unwanted: impl Fn(&str) -> bool) {
    let Some(storage) = local() else { return };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    // All names first: taking one away moves the others.
    for name in names.filter(|name| name.starts_with(PREFIX)).collect::<Vec<_>>() {
        if storage.get_item(&name).ok().flatten().is_some_and(|text| is_unwanted(&text)) {
            let _ = storage.remove_item(&name);
        }
    }
}

fn local() -> Option<Storage> {
    // Throws where the user blocks site data, and in sandboxed frames; null where it is switched off.
    web_sys::window()?.local_storage().ok()?
}

fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn named(key: &str) -> String {
    format!("{PREFIX}{key}")
}
