//! Tests that need a browser: `make test` runs them with wasm-bindgen-test in headless Chromium.
#![cfg(target_arch = "wasm32")]
// clippy knows tests by #[test] alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod components;
mod fetch_adapter;
mod files;
// Shared with tests/cases.rs, which uses all of it.
#[allow(dead_code, unused_imports)]
#[path = "../judges/mod.rs"]
mod judges;
mod lab;
mod persisted;
mod platform;
mod probes;
mod store;
mod streams;
mod tabs;
mod timers;
mod worker_clock;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Address of the cross-origin fault server (`end2end/servers/fault_server.mjs`). `make test` starts it
/// and names it at compile time; a browser cannot read the environment.
pub const FAULT_SERVER: Option<&str> = option_env!("SLUICE_FAULT_SERVER");

#[wasm_bindgen_test]
fn runs_in_a_browser_with_the_fault_server_named() {
    assert!(web_sys::window().is_some());
    assert!(FAULT_SERVER.is_some_and(|address| address.starts_with("http://127.0.0.1:")));
}
