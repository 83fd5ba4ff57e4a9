//! Numbers and times as the user's locale writes them.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::time::UnixTime;

thread_local! {
    // Making a formatter costs far more than using it.
    static NUMBER: Function = Intl::NumberFormat::new(&Array::new(), &Object::new()).format();
    static TIME_OF_DAY: Option<Function> = time_formatter();
}

/// `12345` as `12,345` or as the user's locale groups it.
pub fn number(value: u64) -> String {
    #[allow(clippy::cast_precision_loss)] // counts of tokens and requests stay far below 2^53
    let number = JsValue::from_f64(value as f64);
    NUMBER.with(|format| formatted(format, &number)).unwrap_or_else(|| value.to_string())
}

/// The local time of day to the second, as the user's locale writes it, such as `14:03:07`.
pub fn time_of_day(time: UnixTime) -> String {
    let date = Date::new(&JsValue::from_f64(time.since_epoch().as_secs_f64() * 1000.0));
    TIME_OF_DAY.with(|format| formatted(format.as_ref()?, &date)).unwrap_or_default()
}

fn formatted(formatter: &Function, value: &JsValue) -> Option<String> {
    formatter.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

fn time_formatter() -> Option<Function> {
    let options = Object::new();
    for part in ["hour", "minute", "second"] {
        Reflect::set(&options, &part.into(), &"2-digit".into()).ok()?;
    }
    Some(Intl::DateTimeFormat::new(&Array::new(), &options).format())
}
