//! Signals that outlive a reload: what they take from the storage, and what they leave in it.

use leptos::prelude::*;
use sluice::key::ApiKey;
use sluice::platform::storage;
use sluice::state::persisted::{persisted, persisted_count};
use sluice::state::secrets::Secrets;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

const NAME: &str = "persisted-test";

/// An empty page, which starts what runs effects.
fn page() -> impl Sized {
    let element = web_sys::window().unwrap().document().unwrap().create_element("div").unwrap();
    mount_to(element.unchecked_into(), || ())
}

#[wasm_bindgen_test]
fn what_is_stored_is_brought_within_bounds() {
    let _page = page();
    for (stored, expected) in [("4294967295", 100), ("0", 1), ("7", 7), ("-1", 1), ("null", 10), ("{", 10)] {
        storage::write(NAME, stored).unwrap();
        Owner::new().with(|| assert_eq!(persisted_count(NAME, 10, (1, 100)).get_untracked(), expected, "{stored}"));
    }
    storage::remove(NAME);
}

#[wasm_bindgen_test]
async fn a_text_with_a_key_is_not_stored() {
    let _page = page();
    storage::remove(NAME);
    let owner = Owner::new();
    let (secrets, text) = owner.with(|| {
        let secrets = Secrets::new();
        provide_context(secrets);
        (secrets, persisted(NAME, String::new()))
    });
    leptos::task::tick().await;
    for (written, stored) in [
        ("Hi", Some("\"Hi\"")),
        ("Hi sk-canary-0123456789abcdefghij", None),
        ("Hi hunter-two-hunter", Some("\"Hi hunter-two-hunter\"")),
    ] {
        text.set(written.to_owned());
        leptos::task::tick().await;
        assert_eq!(storage::read(NAME).as_deref(), stored, "{written}");
        assert_eq!(text.get_untracked(), written, "the field stays as it was typed");
    }
    secrets.know(Some(&ApiKey::parse("hunter-two-hunter").unwrap().0));
    leptos::task::tick().await;
    assert_eq!(storage::read(NAME), None, "it was a key");
    secrets.know(None);
    leptos::task::tick().await;
    assert_eq!(storage::read(NAME), None, "and is not stored again when the key is forgotten");
    drop(owner);
}
