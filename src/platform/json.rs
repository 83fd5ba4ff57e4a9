//! Single values as JSON, read and written by the browser: what the page starts with then needs no reader of its own.

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;

/// The text of a JSON string.
pub fn read_text(json: &str) -> Option<String> {
    JSON::parse(json).ok()?.as_string()
}

/// The value of a JSON number.
pub fn read_number(json: &str) -> Option<f64> {
    JSON::parse(json).ok()?.as_f64()
}

/// The text under a name of a JSON object.
pub fn text_of(json: &str, name: &str) -> Option<String> {
    member(json, name)?.as_string()
}

/// The number under a name of a JSON object.
pub fn number_of(json: &str, name: &str) -> Option<f64> {
    member(json, name)?.as_f64()
}

fn member(json: &str, name: &str) -> Option<JsValue> {
    Reflect::get(&JSON::parse(json).ok()?, &name.into()).ok()
}

/// A text as JSON.
pub fn text(text: &str) -> Option<String> {
    written(&JsValue::from_str(text))
}

/// A number as JSON.
pub fn number(number: f64) -> Option<String> {
    written(&JsValue::from_f64(number))
}

fn written(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok().map(String::from)
}
