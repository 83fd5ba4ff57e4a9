//! Numbers and times as the user's locale writes them.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::format::{LARGE_SAMPLE, SMALL_SAMPLE, Separators, choose};
use crate::time::UnixTime;

thread_local! {
    // Making a formatter costs far more than using it.
    static TIME_OF_DAY: Option<Function> = formatter_of(TIME);
    static DATE_AND_TIME: Option<Function> = formatter_of(&[DATE, TIME].concat());
}

/// Locales that write numbers as they are written until another way is chosen (CLDR 48).
const AS_ENGLISH: [&str; 11] =
    ["en", "en-US", "en-GB", "en-CA", "en-AU", "en-NZ", "en-IE", "ja-JP", "ko-KR", "zh-CN", "zh-TW"];

/// Chooses how numbers are written: as the user's locale does, in the digits 0 to 9. Call it once, at start.
pub fn choose_separators() {
    // The browser's first formatter takes it some 15 ms, which most need not wait for.
    let language = web_sys::window().and_then(|window| window.navigator().language());
    if language.is_some_and(|language| AS_ENGLISH.contains(&language.as_str())) {
        return;
    }
    let options = Object::new();
    if Reflect::set(&options, &"numberingSystem".into(), &"latn".into()).is_err() {
        return;
    }
    let formatter = Intl::NumberFormat::new(&Array::new(), &options).format();
    let sample = |number: f64| formatted(&formatter, &JsValue::from_f64(number));
    if let (Some(large), Some(small)) = (sample(LARGE_SAMPLE), sample(SMALL_SAMPLE))
        && let Some(separators) = Separators::read(&large, &small)
    {
        choose(separators);
    }
}

/// The local time of day to the second, as the user's locale writes it, such as `14:03:07`.
pub fn time_of_day(time: UnixTime) -> String {
    let date = Date::new(&JsValue::from_f64(time.since_epoch().as_secs_f64() * 1000.0));
    TIME_OF_DAY.with(|format| formatted(format.as_ref()?, &date)).unwrap_or_default()
}

/// The local date and time to the second, as the user's locale writes it, such as `Nov 27, 14:03:07`.
pub fn date_and_time(time: UnixTime) -> String {
    let date = Date::new(&JsValue::from_f64(time.since_epoch().as_secs_f64() * 1000.0));
    DATE_AND_TIME.with(|format| formatted(format.as_ref()?, &date)).unwrap_or_default()
}

fn formatted(formatter: &Function, value: &JsValue) -> Option<String> {
    formatter.call1(&JsValue::UNDEFINED, value).ok()?.as_string()
}

type Parts = [(&'static str, &'static str)];
const DATE: &Parts = &[("month", "short"), ("day", "numeric")];
const TIME: &Parts = &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")];

fn formatter_of(parts: &Parts) -> Option<Function> {
    let options = Object::new();
    for (part, width) in parts {
        Reflect::set(&options, &(*part).into(), &(*width).into()).ok()?;
    }
    Some(Intl::DateTimeFormat::new(&Array::new(), &options).format())
}
