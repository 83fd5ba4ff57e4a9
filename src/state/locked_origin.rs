//! The one API origin that this page may reach.

use super::session;
use crate::base_url::BaseUrl;
use crate::platform::{location, storage};

/// Goes on with `url` as the live API's address: the key is forgotten, wherever it is, and the page is loaded anew.
///
/// Call it only once a person has seen that origin and agreed.
pub fn confirm_and_reload(url: &BaseUrl) {
    session::drop_kept_key();
    if let Ok(address) = serde_json::to_string(url.as_str()) {
        let _ = storage::write("live-base-url", &address);
    }
    location::reload();
}
