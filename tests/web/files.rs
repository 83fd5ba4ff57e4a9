//! Files in slices, and downloads in pieces.

use futures_util::StreamExt;
use js_sys::{Array, Function, Object, Reflect};
use sluice::batch::{LineSource, SourceError};
use sluice::platform::WindowedFile;
use sluice::platform::download::{FileWriter, SaveError};
use sluice::platform::files::FileBytes;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, Event};

const TEXT: &str = "näh \u{1f6a7}\r\nсчёт\n日本";

fn blob(text: &str) -> Blob {
    let parts: JsValue = Array::of1(&text.into()).into();
    Blob::new_with_str_sequence(&parts).unwrap()
}

#[wasm_bindgen_test]
async fn slices_are_the_very_bytes_wherever_they_are_cut() {
    let file = FileBytes::new(blob(TEXT));
    assert_eq!(file.size(), TEXT.len() as u64);
    for size in [1, 2, 3, 5, 7, 1_000] {
        let chunks: Vec<_> = file.clone().chunks(size).collect().await;
        let longest = size as usize;
        assert!(chunks.iter().all(|chunk| (1..=longest).contains(&chunk.as_ref().unwrap().len())), "{size}");
        let bytes: Vec<u8> = chunks.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(bytes, TEXT.as_bytes(), "{size}");
    }
    assert_eq!(file.read(4..8).await.unwrap(), &TEXT.as_bytes()[4..8]);
    assert_eq!(file.read(TEXT.len() as u64 - 1..1 << 40).await.unwrap().len(), 1);
    assert_eq!(FileBytes::new(blob("")).chunks(4).count().await, 0);
}

#[wasm_bindgen_test]
async fn lines_are_the_very_bytes_wherever_the_windows_are_cut() {
    // Longer than two windows; each byte tells its place.
    let numbers: Vec<String> = (0..150_000).map(|number| format!("{number:06}")).collect();
    let text = numbers.concat();
    let file = WindowedFile::new(FileBytes::of_text(&text).unwrap());
    for (from, to) in [(0, 6), (262_140, 262_150), (262_144, 524_288), (100, 600_000), (899_994, 900_000), (5, 5)] {
        let expected = &text.as_bytes()[from..to];
        assert_eq!(file.read(from as u64..to as u64).await.unwrap(), expected, "{from} to {to}");
    }
    assert_eq!(file.read(899_999..900_001).await, Err(SourceError::Short));
}

#[wasm_bindgen_test]
async fn a_file_that_can_no_longer_be_read_ends_the_chunks_with_why() {
    let file = blob(TEXT);
    let slice = Function::new_no_args(
        "return { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }",
    );
    Reflect::set(&file, &"slice".into(), &slice).unwrap();
    let chunks: Vec<_> = FileBytes::new(file).chunks(4).collect().await;
    assert_eq!(chunks.len(), 1);
    assert!(chunks[0].as_ref().unwrap_err().to_string().contains("gone"));
}

/// What a click on a link with `download` would have downloaded.
#[wasm_bindgen_test]
async fn a_download_has_all_pieces_under_its_name_once_it_is_complete() {
    let clicked = std::rc::Rc::new(std::cell::RefCell::new(None));
    let seen = std::rc::Rc::clone(&clicked);
    // The link is in no document, so nothing bubbles: the browser's own click is replaced.
    let prototype: Object = Reflect::get(&js_sys::global(), &"HTMLElement".into())
        .and_then(|class| Reflect::get(&class, &"prototype".into()))
        .unwrap()
        .unchecked_into();
    let original = Reflect::get(&prototype, &"click".into()).unwrap();
    let take = Closure::<dyn FnMut(JsValue)>::new(move |link: JsValue| {
        let link: web_sys::Element = link.unchecked_into();
        *seen.borrow_mut() = Some((link.get_attribute("href").unwrap(), link.get_attribute("download").unwrap()));
    });
    let make = Function::new_with_args("take", "return function () { take(this) }");
    Reflect::set(&prototype, &"click".into(), &make.call1(&JsValue::NULL, take.as_ref()).unwrap()).unwrap();

    let mut writer = FileWriter::download("results.jsonl", "application/jsonl");
    // More than one piece of 1 MB.
    let line = format!("{}\n", TEXT.repeat(1_000));
    for _ in 0..100 {
        writer.write(&line).await.unwrap();
    }
    drop(FileWriter::download("other", "text/plain"));
    assert!(clicked.borrow().is_none());
    let finished = writer.finish().await;
    Reflect::set(&prototype, &"click".into(), &original).unwrap();
    finished.unwrap();
    let (address, name) = clicked.borrow_mut().take().unwrap();
    assert_eq!(name, "results.jsonl");
    let response = JsFuture::from(web_sys::window().unwrap().fetch_with_str(&address)).await.unwrap();
    let response: web_sys::Response = response.unchecked_into();
    assert_eq!(response.headers().get("content-type").unwrap().as_deref(), Some("application/jsonl"));
    let text = JsFuture::from(response.text().unwrap()).await.unwrap().as_string().unwrap();
    assert!(text == line.repeat(100), "{} bytes", text.len());
}

/// Chromium's own writable files in its private file system, offered by a picker of the test's.
fn with_picker(body: &str) {
    let picker = Function::new_no_args(body);
    Reflect::set(&js_sys::global(), &"showSaveFilePicker".into(), &picker).unwrap();
}

#[wasm_bindgen_test]
async fn a_file_on_the_disk_is_there_when_it_is_complete_and_not_before() {
    let window = web_sys::window().unwrap();
    let original = Reflect::get(&window, &"showSaveFilePicker".into()).unwrap();
    with_picker(
        "return navigator.storage.getDirectory().then((folder) => folder.getFileHandle('web-test', { create: true }))",
    );
    let read = Function::new_no_args(
        "return navigator.storage.getDirectory().then(async (folder) => (await (await folder.getFileHandle('web-test')).getFile()).text())",
    );
    let content = async || {
        let text = read.call0(&JsValue::NULL).unwrap().unchecked_into::<js_sys::Promise>();
        JsFuture::from(text).await.unwrap().as_string().unwrap()
    };
    let mut writer = FileWriter::on_disk("results.jsonl").await.unwrap().unwrap();
    let line = TEXT.repeat(100_000);
    writer.write(&line).await.unwrap();
    writer.write("end").await.unwrap();
    assert_eq!(content().await, "");
    writer.finish().await.unwrap();
    assert!(content().await == format!("{line}end"));
    // Another that is given up leaves the first as it was.
    let mut writer = FileWriter::on_disk("results.jsonl").await.unwrap().unwrap();
    writer.write(&line).await.unwrap();
    drop(writer);
    assert!(content().await == format!("{line}end"));

    with_picker("return Promise.reject(new DOMException('closed', 'AbortError'))");
    let closed = FileWriter::on_disk("x").await.unwrap();
    assert_eq!(closed.unwrap_err(), SaveError::Cancelled);
    with_picker("throw new DOMException('no gesture', 'SecurityError')");
    let refused = FileWriter::on_disk("x").await.unwrap();
    assert_eq!(refused.unwrap_err(), SaveError::Refused("no gesture".to_owned()));
    Reflect::set(&window, &"showSaveFilePicker".into(), &JsValue::UNDEFINED).unwrap();
    assert!(FileWriter::on_disk("x").await.is_none());
    Reflect::set(&window, &"showSaveFilePicker".into(), &original).unwrap();
}

#[wasm_bindgen_test]
fn the_browser_asks_before_a_page_is_left_only_while_it_is_to() {
    let leave = || {
        let init = web_sys::CustomEventInit::new();
        init.set_cancelable(true);
        let event = web_sys::CustomEvent::new_with_event_init_dict("beforeunload", &init).unwrap();
        !web_sys::window().unwrap().dispatch_event(AsRef::<Event>::as_ref(&event)).unwrap()
    };
    assert!(!leave());
    let asks = sluice::platform::visibility::ask_before_leaving();
    assert!(leave());
    drop(asks);
    assert!(!leave());
}
