//! Scripts of workers, which the build puts beside the page under names with their hashes.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use super::document;

/// The address of the script that the page names in its link `rel`, once it was fetched against its hash: a worker's
/// address carries none.
///
/// # Errors
/// Why it cannot be started.
pub(super) async fn verified(rel: &str) -> Result<String, String> {
    let link = document().and_then(|document| document.query_selector(&format!("link[rel={rel}]")).ok()?);
    let link = link.ok_or("this build of the page has none")?;
    let attribute = |name| link.get_attribute(name).unwrap_or_default();
    let (address, integrity) = (attribute("href"), attribute("integrity"));
    if fetches(&address, &integrity).await {
        return Ok(address);
    }
    let name = address.trim_start_matches("./");
    Err(format!("{name} could not be fetched, or is not the file this page was built with"))
}

async fn fetches(address: &str, integrity: &str) -> bool {
    let init = RequestInit::new();
    init.set_integrity(integrity);
    let Some(window) = web_sys::window() else { return false };
    let response = JsFuture::from(window.fetch_with_str_and_init(address, &init)).await;
    response.is_ok_and(|response| response.dyn_ref::<Response>().is_some_and(|response| response.ok()))
}
