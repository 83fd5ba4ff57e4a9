//! JSON and JSON lines.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use sluice::export::json::{JsonWriter, JsonlWriter};
use sluice::key::ApiKey;
use sluice::redact::Redactor;
use sluice::usage::CallRecord;

use super::arbitrary::call;
use super::{golden, making};

fn document(calls: &[CallRecord], with_content: bool, redactor: &Redactor) -> String {
    let mut writer = JsonWriter::new(making(redactor, with_content));
    let lines: String = calls.iter().map(|call| writer.call(call)).collect();
    writer.head() + &lines + &writer.tail()
}

fn lines(calls: &[CallRecord], with_content: bool) -> String {
    let redactor = Redactor::default();
    let mut writer = JsonlWriter::new(making(&redactor, with_content));
    let lines: String = calls.iter().map(|call| writer.call(call)).collect();
    writer.head() + &lines + &writer.tail()
}

/// The members by these names, anywhere in a value.
fn named<'a>(value: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(|item| named(item, names)).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, item)| if names.contains(&name.as_str()) { vec![item] } else { named(item, names) })
            .collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #[test]
    fn both_hold_the_calls_as_they_are(calls in vec(call(), 0..4)) {
        let document: Value = serde_json::from_str(&document(&calls, true, &Redactor::default())).unwrap();
        let read: Vec<CallRecord> = serde_json::from_value(document["calls"].clone()).unwrap();
        prop_assert_eq!(&read, &calls);
        let lines = lines(&calls, true);
        let read: Vec<CallRecord> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&read, &calls);
    }

    #[test]
    fn without_content_nothing_else_is_missing(call in call()) {
        let mut expected = call.clone();
        expected.request = None;
        expected.attempts.iter_mut().for_each(|attempt| attempt.body = None);
        let read: CallRecord = serde_json::from_str(&lines(&[call], false)).unwrap();
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn a_document_says_what_it_is() {
    let redactor = Redactor::default();
    let value: Value = serde_json::from_str(&document(&golden::calls(), false, &redactor)).unwrap();
    assert_eq!(value["format"], "sluice-calls");
    assert_eq!((&value["version"], &value["made_at"]), (&1.into(), &"2026-11-26T09:30:00.123Z".into()));
    assert_eq!(value["with_content"], false);
    assert_eq!(value["calls"].as_array().map(Vec::len), Some(6));
    assert!(named(&value, &["request", "body"]).is_empty());
    assert!(!value.to_string().contains("Prompt") && !value.to_string().contains("Turtles"));
    assert_eq!(serde_json::from_str::<Value>(&document(&[], true, &redactor)).unwrap()["calls"], Value::Array(vec![]));
}

#[test]
fn the_key_stands_in_no_file_and_breaks_none() {
    let mut calls = golden::calls();
    // A key that is a number to JSON: the label has it, and so has the run's time.
    calls[0].label = "key 20000000 here".into();
    let redactor = Redactor::new(Some(&ApiKey::parse("20000000").unwrap().0));
    let value: Value = serde_json::from_str(&document(&calls, true, &redactor)).unwrap();
    assert_eq!(value["calls"][0]["label"], "key [key] here");
    assert_eq!(value["calls"][0]["attempts"][0]["wait"]["asked_micros"], 20_000_000);
    calls[1].attempts[0].body = Some(r#"{"echo":"sk-a\"b-0123456789"}"#.into());
    let redactor = Redactor::new(Some(&ApiKey::parse(r#"sk-a"b-0123456789"#).unwrap().0));
    let text = document(&calls, true, &redactor);
    assert!(serde_json::from_str::<Value>(&text).is_ok() && !text.contains("b-0123456789"), "{text}");
}
