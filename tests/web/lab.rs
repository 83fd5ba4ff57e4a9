//! The Lab in a browser: a seed gives the bytes that it gives natively.

use wasm_bindgen_test::wasm_bindgen_test;

#[path = "../lab/golden.rs"]
mod golden;

#[wasm_bindgen_test]
fn a_seed_has_its_bytes_on_every_target() {
    assert_eq!(golden::bytes_hash(), golden::HASH);
}
