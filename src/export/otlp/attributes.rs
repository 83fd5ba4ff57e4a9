//! Attributes, put together one by one.

use super::wire::{AnyValue, ArrayValue, KeyValue, Value};
use crate::redact::Redactor;

/// The attributes of a span. Every text passes the redactor on its way in.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    list: Vec<KeyValue>,
    redactor: &'a Redactor,
}

impl<'a> Attributes<'a> {
    pub(super) const fn new(redactor: &'a Redactor) -> Self {
        Self { list: Vec::new(), redactor }
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        let text = self.redactor.text(text);
        self.push(name, Value::StringValue(text));
    }

    /// A text, where there is one.
    pub(super) fn text_if(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Several texts.
    pub(super) fn texts(&mut self, name: &str, texts: &[&str]) {
        let value = |text: &&str| AnyValue { value: Some(Value::StringValue(self.redactor.text(text))) };
        let values = texts.iter().map(value).collect();
        self.push(name, Value::ArrayValue(ArrayValue { values }));
    }

    /// A whole number.
    pub(super) fn whole(&mut self, name: &str, number: impl TryInto<i64>) {
        self.push(name, Value::IntValue(number.try_into().unwrap_or(i64::MAX)));
    }

    /// A number.
    pub(super) fn number(&mut self, name: &str, number: f64) {
        self.push(name, Value::DoubleValue(number));
    }

    /// A yes; a no is not told.
    pub(super) fn flag(&mut self, name: &str, is_so: bool) {
        if is_so {
            self.push(name, Value::BoolValue(true));
        }
    }

    /// A span of time in milliseconds, from microseconds.
    #[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
    pub(super) fn millis(&mut self, name: &str, micros: u64) {
        self.number(name, micros as f64 / 1_000.0);
    }

    pub(super) fn done(self) -> Vec<KeyValue> {
        self.list
    }

    fn push(&mut self, name: &str, value: Value) {
        self.list.push(KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }) });
    }
}

/// The name that `value` has in JSON: `rate_limit` for `Class::RateLimit`.
pub(super) fn json_name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
