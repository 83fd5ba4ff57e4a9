//! The page.

#[cfg(all(target_arch = "wasm32", feature = "page"))]
fn main() {
    sluice::platform::crash::report_panics();
    // The page stays for as long as its tab.
    wasm_bindgen_futures::spawn_local(async { std::mem::forget(sluice::app::mount().await) });
}

// The page runs in browsers alone; elsewhere the package is its library and the simulated API.
#[cfg(not(all(target_arch = "wasm32", feature = "page")))]
fn main() {
    eprintln!("This is the page, for wasm32-unknown-unknown: run `make serve`.");
}
