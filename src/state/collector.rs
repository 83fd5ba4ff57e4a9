//! The one collector of traces that this page may reach beside its API. The browser holds that, as it does for the API
//! (`locked_origin`): another one takes a person's consent and a reload, and so does having none again. It gets no key.

use crate::export::otlp::collector::CollectorUrl;
use crate::platform::storage::StorageError;
use crate::platform::{guard, location, storage};

/// Where the confirmed origin is kept; `public/guard.js` reads it as `sluice.collector-origin`.
const STORED: &str = "collector-origin";

/// The origin that was confirmed, such as `http://localhost:6006`.
pub fn current() -> Option<String> {
    guard::collector_origin()
}

/// Whether the page may send traces to `url` as it is locked now.
pub fn allows(url: &CollectorUrl) -> bool {
    !location::is_framed() && (url.is_same_origin() || current().as_deref() == Some(url.origin()))
}

/// Why no collector can be confirmed on this page at all.
pub fn obstacle() -> Option<&'static str> {
    if location::is_framed() {
        Some("Another page holds this one in a frame: open Sluice in a tab of its own to send traces.")
    } else if storage::is_available() {
        None
    } else {
        Some("This browser keeps nothing for this page, so no collector can be confirmed. Export a file instead.")
    }
}

/// What a person must know before `url` is confirmed: what goes there, and what the reload costs.
pub fn consequences(url: &CollectorUrl, is_running: bool) -> String {
    let before = current().map(|before| format!(" {before} can no longer be reached then.")).unwrap_or_default();
    let mut text = format!(
        "Sluice locks this page to its API and to at most one collector. From now on the browser also lets it reach {}, \
         which gets traces when you press “Send traces”, and never a key. For that the page reloads: what you typed into \
         its forms and the calls in Usage stay, answers and runs on it go, and a key is forgotten unless this tab keeps it.{before}",
        url.origin()
    );
    if is_running {
        text.push_str(" What is in flight is stopped, and may still be billed.");
    }
    text
}

/// Lets the page reach the origin of `url` from its next load on, and loads it anew.
///
/// Call it only once a person has seen that origin and agreed: what the page holds in memory goes.
///
/// # Errors
/// Where the browser does not store it; then nothing has changed.
pub fn confirm_and_reload(url: &CollectorUrl) -> Result<(), StorageError> {
    storage::write(STORED, url.origin())?;
    location::reload();
    Ok(())
}

/// Lets the page reach no collector from its next load on, and loads it anew.
pub fn forget_and_reload() {
    storage::remove(STORED);
    location::reload();
}
