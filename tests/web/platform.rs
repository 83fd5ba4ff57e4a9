//! What the browser offers or refuses, as values.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect};
use sluice::clock::Clock;
use sluice::format::format_count;
use sluice::platform::clipboard::{self, ClipboardError};
use sluice::platform::storage::{self, StorageError};
use sluice::platform::theme::Theme;
use sluice::platform::{BrowserClock, dom, format, guard, location, random, visibility};
use sluice::redact::Redactor;
use sluice::time::UnixTime;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// Replaces a property of an object by a getter that runs `body`, until it is dropped.
struct Replaced {
    object: Object,
    name: &'static str,
}

impl Replaced {
    fn new(object: impl Into<JsValue>, name: &'static str, body: &str) -> Self {
        let object: Object = object.into().unchecked_into();
        let descriptor = Object::new();
        Reflect::set(&descriptor, &"configurable".into(), &true.into()).unwrap();
        Reflect::set(&descriptor, &"get".into(), &Function::new_no_args(body)).unwrap();
        assert!(Reflect::define_property(&object, &name.into(), &descriptor).unwrap());
        Self { object, name }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        // What it hid is on the prototype, or is put back by the test.
        Reflect::delete_property(&self.object, &self.name.into()).unwrap();
    }
}

fn window() -> web_sys::Window {
    web_sys::window().unwrap()
}

/// The page's own `localStorage` getter is not on a prototype, so it is kept and put back.
fn with_local_storage<T>(body: &str, test: impl FnOnce() -> T) -> T {
    let original = Reflect::get_own_property_descriptor(&window(), &"localStorage".into()).unwrap();
    let replaced = Replaced::new(window(), "localStorage", body);
    let result = test();
    drop(replaced);
    if !original.is_undefined() {
        Reflect::define_property(&window(), &"localStorage".into(), original.unchecked_ref()).unwrap();
    }
    result
}

#[wasm_bindgen_test]
fn what_is_stored_is_read_and_forgotten() {
    storage::write("web-test", "näh \u{1f6a7}").unwrap();
    assert_eq!(storage::read("web-test").as_deref(), Some("näh \u{1f6a7}"));
    let raw = window().local_storage().unwrap().unwrap().get_item("sluice.web-test").unwrap();
    assert!(raw.is_some());
    storage::remove("web-test");
    assert_eq!(storage::read("web-test"), None);
}

#[wasm_bindgen_test]
fn storage_that_is_blocked_or_missing_is_a_value() {
    for body in ["throw new DOMException('Access is denied', 'SecurityError')", "return null"] {
        with_local_storage(body, || {
            assert_eq!(storage::read("theme"), None);
            assert_eq!(storage::write("theme", "dark"), Err(StorageError::Unavailable));
            storage::remove("theme");
            Theme::Dark.apply();
            Theme::System.apply();
        });
    }
    storage::write("web-test", "it works again").unwrap();
    storage::remove("web-test");
}

#[wasm_bindgen_test]
fn full_storage_is_a_value_and_loses_nothing() {
    storage::write("web-test", "kept").unwrap();
    let error = storage::write("web-test", &"x".repeat(20 << 20)).unwrap_err();
    assert_eq!(error, StorageError::Full);
    assert_eq!(storage::read("web-test").as_deref(), Some("kept"));
    storage::remove("web-test");
}

#[wasm_bindgen_test]
async fn a_missing_clipboard_is_a_value() {
    let navigator = window().navigator();
    let replaced = Replaced::new(navigator.clone(), "clipboard", "return undefined");
    let text = Redactor::default().redacted("text");
    assert_eq!(clipboard::copy(&text).await, Err(ClipboardError::Unavailable));
    drop(replaced);
    let refusing = "return { writeText: () => Promise.reject(new DOMException('No.', 'NotAllowedError')) }";
    let replaced = Replaced::new(navigator.clone(), "clipboard", refusing);
    assert_eq!(clipboard::copy(&text).await, Err(ClipboardError::Refused("No.".to_owned())));
    drop(replaced);
    let odd = Replaced::new(navigator, "clipboard", "return { writeText: () => Promise.reject(undefined) }");
    assert!(matches!(clipboard::copy(&text).await, Err(ClipboardError::Refused(_))));
    drop(odd);
}

#[wasm_bindgen_test]
async fn the_hash_is_told_until_the_listener_goes() {
    let clock = BrowserClock::new();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let listener = location::on_hash_change(move |hash| hearing.borrow_mut().push(hash));
    location::set_hash("#/burst");
    clock.sleep(Duration::from_millis(50)).await;
    location::set_hash("/guide?a=1");
    clock.sleep(Duration::from_millis(50)).await;
    assert_eq!(location::hash(), "#/guide?a=1");
    assert_eq!(*heard.borrow(), ["#/burst", "#/guide?a=1"]);
    let entries = window().history().unwrap().length().unwrap();
    location::replace_hash("#/request");
    assert_eq!(location::hash(), "#/request");
    assert_eq!(window().history().unwrap().length().unwrap(), entries);
    drop(listener);
    location::set_hash("#/usage");
    clock.sleep(Duration::from_millis(50)).await;
    assert_eq!(heard.borrow().len(), 2);
    location::replace_hash("");
}

#[wasm_bindgen_test]
fn the_query_is_dropped_and_nothing_else() {
    let (address, history) = (location::page_address(), window().history().unwrap());
    let (entries, state) = (history.length().unwrap(), JsValue::from("kept"));
    history.replace_state_with_url(&state, "", Some("?api_key=x&y=%20#/guide?a=1")).unwrap();
    assert_eq!((location::query().as_str(), location::hash().as_str()), ("?api_key=x&y=%20", "#/guide?a=1"));
    location::drop_query();
    assert_eq!((location::query().as_str(), location::hash().as_str()), ("", "#/guide?a=1"));
    assert_eq!((history.length().unwrap(), history.state().unwrap()), (entries, state));
    history.replace_state_with_url(&JsValue::NULL, "", Some(&address)).unwrap();
}

#[wasm_bindgen_test]
fn the_page_knows_where_it_is() {
    assert!(location::origin().starts_with("http://127.0.0.1:") || location::origin().starts_with("http://localhost:"));
    assert!(!location::is_framed());
    let _ = (visibility::is_hidden(), dom::online(), dom::prefers_reduced_motion());
}

#[wasm_bindgen_test]
fn the_history_entry_holds_texts_until_told_otherwise() {
    let address = window().location().href().unwrap();
    guard::set_entry_texts(&[("apiOrigin", "https://a.example"), ("confirmedBaseUrl", "https://a.example/v1")]);
    assert_eq!(guard::entry_text("confirmedBaseUrl").as_deref(), Some("https://a.example/v1"));
    guard::set_entry_texts(&[("apiOrigin", "https://a.example")]);
    assert_eq!(guard::entry_text("apiOrigin").as_deref(), Some("https://a.example"));
    assert_eq!(guard::entry_text("confirmedBaseUrl"), None);
    guard::set_entry_texts(&[]);
    assert_eq!(guard::entry_text("apiOrigin"), None);
    assert!(window().history().unwrap().state().unwrap().is_null());
    assert_eq!(window().location().href().unwrap(), address);
    // No guard runs in a test's page.
    assert_eq!(guard::api_origin(), None);
}

#[wasm_bindgen_test]
fn themes_are_worn_and_kept() {
    let root = window().document().unwrap().document_element().unwrap();
    for (theme, attribute) in [(Theme::Dark, Some("dark")), (Theme::Light, Some("light")), (Theme::System, None)] {
        theme.apply();
        assert_eq!(root.get_attribute("data-theme").as_deref(), attribute);
        assert_eq!(Theme::read(), theme);
    }
}

#[wasm_bindgen_test]
fn seeds_differ() {
    assert_ne!(random::seed(), random::seed());
}

#[wasm_bindgen_test]
fn numbers_and_times_are_the_locales() {
    format::choose_separators();
    let grouped: String = format_count(1_234_567).chars().filter(char::is_ascii_digit).collect();
    assert_eq!(grouped, "1234567");
    assert!(format::time_of_day(UnixTime::from_secs(1_796_947_200 + 7)).contains("07"));
}

fn press(target: &web_sys::EventTarget, key: &str, ctrl: bool) -> bool {
    let init = web_sys::KeyboardEventInit::new();
    init.set_key(key);
    init.set_ctrl_key(ctrl);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    target.dispatch_event(&event).unwrap()
}

#[wasm_bindgen_test]
fn keys_are_told_with_where_they_were_pressed() {
    let document = window().document().unwrap();
    let body = document.body().unwrap();
    let field = document.create_element("textarea").unwrap();
    field.set_id("web-test-field");
    body.append_child(&field).unwrap();

    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let listener = dom::on_key(move |press| {
        if press.key == "/" {
            press.prevent_default();
        }
        hearing.borrow_mut().push((press.key.clone(), press.command(), press.typing));
    });
    assert!(press(&body, "?", false));
    assert!(press(&field, "Enter", true));
    assert!(!press(&body, "/", false));
    // Some password managers send this.
    let plain = web_sys::Event::new("keydown").unwrap();
    assert!(body.dispatch_event(&plain).unwrap());
    assert_eq!(
        *heard.borrow(),
        [("?".to_owned(), false, false), ("Enter".to_owned(), true, true), ("/".to_owned(), false, false)]
    );
    drop(listener);
    press(&body, "x", false);
    assert_eq!(heard.borrow().len(), 3);

    assert!(dom::focus("web-test-field"));
    assert_eq!(document.active_element().map(|element| element.id()).as_deref(), Some("web-test-field"));
    assert!(!dom::focus("no-such-thing"));
    field.remove();
    dom::set_title("Sluice under test");
    assert_eq!(document.title(), "Sluice under test");
}

#[wasm_bindgen_test]
async fn a_file_is_read_without_its_byte_order_mark() {
    let parts = Array::of1(&"\u{feff}OPENAI_API_KEY=sk-test\n".into());
    let file = web_sys::File::new_with_str_sequence(&parts, ".env").unwrap();
    assert_eq!(dom::read_text_file(file).await.unwrap(), "OPENAI_API_KEY=sk-test\n");
}

#[wasm_bindgen_test]
fn visibility_listeners_go() {
    let told = Rc::new(Cell::new(0));
    let telling = Rc::clone(&told);
    let document = window().document().unwrap();
    let listener = visibility::on_visibility_change(move |_| telling.set(telling.get() + 1));
    let event = web_sys::Event::new("visibilitychange").unwrap();
    document.dispatch_event(&event).unwrap();
    drop(listener);
    document.dispatch_event(&web_sys::Event::new("visibilitychange").unwrap()).unwrap();
    assert_eq!(told.get(), 1);
}
