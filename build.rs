//! Prepares the release page for being cut into parts: `scripts/split.mjs` needs the linker's relocations, and the
//! functions of `platform::lazy` are then entry points of their parts (`cfg(split)`). All other builds are left alone.

use std::env;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SLUICE_SPLIT");
    println!("cargo::rustc-check-cfg=cfg(split)");
    let is_wasm = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    let is_wanted = env::var("SLUICE_SPLIT").map_or(true, |wish| wish != "no");
    if is_wasm && is_page_profile() && is_wanted {
        println!("cargo::rustc-cfg=split");
        println!("cargo::rustc-link-arg-bin=sluice=--emit-relocs");
    }
}

// Cargo tells a build script no more of a profile of one's own than the folder it writes to:
// target/wasm32-unknown-unknown/page/build/sluice-…/out.
fn is_page_profile() -> bool {
    env::var_os("OUT_DIR").is_some_and(|out| {
        Path::new(&out).ancestors().nth(3).and_then(Path::file_name).is_some_and(|profile| profile == "page")
    })
}
