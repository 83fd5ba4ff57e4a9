//! The browser, one concern a file. Nothing else but the fetch transport and `main` touches it.
//!
//! What the browser refuses is a value here, never a panic; what listens stops when it is dropped.

pub mod canvas;
pub mod channel;
pub mod clipboard;
pub mod clock;
pub mod crash;
pub mod dom;
pub mod download;
pub mod files;
mod first_event;
pub mod format;
pub mod frames;
pub mod guard;
pub mod indexed_db;
pub mod json;
pub mod lab_worker;
pub mod lazy;
mod listener;
pub mod location;
pub mod lock;
pub mod near;
pub mod online;
mod page_store;
mod page_time;
mod program_worker;
pub mod protocol;
pub mod quota;
pub mod random;
pub mod resize;
pub mod storage;
pub mod theme;
pub mod timer;
pub mod token_worker;
pub mod visibility;
mod windowed_file;
mod worker_clock;
mod worker_script;

pub use clock::BrowserClock;
pub use frames::FrameLoop;
pub use listener::Listener;
pub use page_store::PageStore;
pub use page_time::PageTime;
pub use windowed_file::WindowedFile;
pub use worker_clock::WorkerClock;

use wasm_bindgen::{JsCast, JsValue};

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// What a thrown value says of itself.
fn message_of(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown.as_string().unwrap_or_else(|| "the browser gave no reason".to_owned()),
    }
}

/// The `name` of a thrown `Error` or `DOMException`.
fn name_of(thrown: &JsValue) -> Option<String> {
    thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name()))
}
