//! The one API origin that this page may reach. The browser holds the lock (`public/guard.js`): it is set before the
//! program loads and cannot be widened, so another origin takes a person's consent and a reload.

use super::session;
use crate::base_url::BaseUrl;
use crate::platform::{guard, location, storage};

/// Where the confirmed origin is kept; `public/guard.js` reads it as `sluice.api-origin`.
const STORED: &str = "api-origin";
/// Where the history's entry holds the same; `public/guard.js` reads it first.
const ENTRY_ORIGIN: &str = "apiOrigin";
/// Where the history's entry holds the address that was just confirmed.
const ENTRY_ADDRESS: &str = "confirmedBaseUrl";

/// The origin that the page is locked to, besides its own, such as `https://api.openai.com`; empty where no guard ran.
pub fn current() -> String {
    guard::api_origin().unwrap_or_default()
}

/// Why a connection was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReachable {
    /// The browser would let nothing through to it.
    #[error("This page is locked to {locked}. To use {wanted}, open Connection and confirm that address.")]
    Locked {
        /// What the page is locked to.
        locked: String,
        /// What was asked for.
        wanted: String,
    },
    /// Another page could lay something over this one.
    #[error("Another page holds this one in a frame: open Sluice in a tab of its own to connect.")]
    Framed,
}

/// Whether a connection to `url` may be made on this page.
///
/// # Errors
/// Where the page is locked to another origin, or in a frame.
pub fn check(url: &BaseUrl) -> Result<(), NotReachable> {
    if location::is_framed() {
        return Err(NotReachable::Framed);
    }
    if allows(url) {
        return Ok(());
    }
    Err(NotReachable::Locked { locked: current(), wanted: url.origin().to_owned() })
}

/// Whether the page can reach `url` as it is locked now.
pub fn allows(url: &BaseUrl) -> bool {
    url.is_same_origin() || url.origin() == current()
}

/// What a person must know before `url` is confirmed: why, and what the reload costs.
pub fn consequences(url: &BaseUrl, is_running: bool) -> String {
    let mut text = format!(
        "Sluice locks this page to one API address, now {}, so that nothing on it can send your key or your prompts \
         anywhere else. To use {} instead, the page reloads: what you typed into its forms stays, answers and runs on \
         it go, and a key is forgotten.",
        current(),
        url.origin()
    );
    if is_running {
        text.push_str(" What is in flight is stopped, and may still be billed.");
    }
    if !storage::is_available() {
        text.push_str(" This browser keeps nothing for this page, so another visit starts with the usual address.");
    }
    text
}

/// Locks the page to the origin of `url` and loads it anew; [`take_confirmed`] then gives the address.
///
/// Call it only once a person has seen that origin and agreed: what the page holds in memory goes, and the key with it,
/// wherever it is.
pub fn confirm_and_reload(url: &BaseUrl) {
    session::drop_kept_key();
    // A full storage keeps nothing; then the entry's copy does until the page is left.
    let _ = storage::write(STORED, url.origin());
    guard::set_entry_texts(&[(ENTRY_ORIGIN, url.origin()), (ENTRY_ADDRESS, url.as_str())]);
    location::reload();
}

/// Whether an address was confirmed just before this load: [`take_confirmed`] gives it.
pub fn was_confirmed() -> bool {
    guard::entry_text(ENTRY_ADDRESS).is_some()
}

/// The address that was confirmed just before this load: once, and only if the page is locked to its origin.
pub fn take_confirmed() -> Option<BaseUrl> {
    let address = guard::entry_text(ENTRY_ADDRESS)?;
    let locked = current();
    // Where nothing else keeps it, the entry goes on holding the origin for the next reload.
    if storage::read(STORED).as_deref() == Some(locked.as_str()) {
        guard::set_entry_texts(&[]);
    } else {
        guard::set_entry_texts(&[(ENTRY_ORIGIN, &locked)]);
    }
    BaseUrl::parse(&address, &location::origin()).ok().filter(allows)
}
