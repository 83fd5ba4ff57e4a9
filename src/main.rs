//! The page.

#[cfg(target_arch = "wasm32")]
fn main() {
    sluice::platform::crash::report_panics();
    // The page stays for as long as its tab.
    std::mem::forget(sluice::app::mount());
}

// The page runs in browsers alone; elsewhere the package is its library and the simulated API.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is the page, for wasm32-unknown-unknown: run `make serve`.");
}
