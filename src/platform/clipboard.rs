//! The clipboard.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::ClipboardEvent;

use crate::redact::Redacted;

/// Why text could not be copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClipboardError {
    /// Browsers offer the clipboard only to pages over https or from this machine.
    #[error("The browser offers no clipboard to this page: select the text and copy it yourself.")]
    Unavailable,
    /// The user or the browser said no; the browser's words.
    #[error("The browser did not copy it ({0}): select the text and copy it yourself.")]
    Refused(String),
}

/// Copies `text`, which has passed the redactor; best called from a click, as browsers may ask for one.
///
/// # Errors
/// Where the browser has no clipboard for this page, or refuses.
pub async fn copy(text: &Redacted) -> Result<(), ClipboardError> {
    let clipboard = web_sys::window().ok_or(ClipboardError::Unavailable)?.navigator().clipboard();
    // Its type does not say so, but it is undefined on a page that is not secure.
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return Err(ClipboardError::Unavailable);
    }
    let copied = JsFuture::from(clipboard.write_text(text.as_str())).await;
    copied.map(drop).map_err(|thrown| ClipboardError::Refused(super::message_of(&thrown)))
}

/// The text that `event` pastes, before a field of one line drops its line breaks.
pub fn pasted_text(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/plain").ok()
}
