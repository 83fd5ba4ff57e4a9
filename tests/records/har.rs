//! HAR: an entry each HTTP request.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use sluice::explain::{self, PasteKind};
use sluice::export::har::HarWriter;
use sluice::key::ApiKey;
use sluice::redact::Redactor;
use sluice::usage::{CallRecord, MadeIn};

use super::arbitrary::call;
use super::{golden, making};

fn file(calls: &[CallRecord], with_content: bool) -> String {
    let redactor = Redactor::default();
    let mut writer = HarWriter::new(making(&redactor, with_content));
    let entries: String = calls.iter().map(|call| writer.call(call)).collect();
    writer.head() + &entries + &writer.tail()
}

fn entries(calls: &[CallRecord], with_content: bool) -> Vec<Value> {
    let file: Value = serde_json::from_str(&file(calls, with_content)).unwrap();
    file["log"]["entries"].as_array().unwrap().clone()
}

#[test]
fn an_entry_tells_all_of_an_attempt() {
    let entries = entries(&golden::calls(), true);
    // Two attempts, one each of four calls, none of the job's.
    assert_eq!(entries.len(), 6);
    let [refused, answered, simulated, hidden, stopped, bare] = entries.try_into().unwrap();
    assert_eq!(refused["startedDateTime"], "2026-11-26T09:30:00.124Z");
    assert_eq!(
        (&refused["time"], &refused["timings"]),
        (&json!(250.0), &json!({"send": 0.0, "wait": 250.0, "receive": 0.0}))
    );
    assert_eq!(refused["request"]["url"], "https://api.openai.com/v1/responses");
    assert_eq!(refused["request"]["headers"], json!([{"name": "content-type", "value": "application/json"}]));
    let sent: Value = serde_json::from_str(refused["request"]["postData"]["text"].as_str().unwrap()).unwrap();
    assert_eq!(sent["input"], "Prompt 1");
    assert_eq!((&refused["response"]["status"], &refused["_class"]), (&json!(429), &json!("rate_limit")));
    assert_eq!(
        refused["_wait"],
        json!({"planned": 20250.0, "actual": 20250.2, "asked": 20000.0, "source": "retry_after"})
    );
    assert_eq!((&refused["_attempt"], &answered["_attempt"]), (&json!(1), &json!(2)));
    assert_eq!(answered["time"], json!(732.867));
    assert!(answered["response"]["content"]["text"].as_str().unwrap().contains("Turtles"));
    assert_eq!(answered["response"]["headers"][1], json!({"name": "x-request-id", "value": "req_2"}));
    assert_eq!(simulated["request"]["url"], "https://simulated.invalid/v1/responses");
    assert_eq!(simulated["timings"], json!({"send": 0.0, "wait": 400.0, "receive": 500.0}));
    assert_eq!(
        (&hidden["response"]["status"], &hidden["response"]["_error"]),
        (&json!(0), &json!("The browser hid the answer."))
    );
    assert!(stopped["response"]["_error"].as_str().unwrap().starts_with("Stopped in flight."));
    assert_eq!(bare["response"]["content"]["comment"], "The body is not part of this file.");
    assert_eq!(bare["request"]["comment"], "The body is not part of this file.");
    assert!(bare["request"].get("postData").is_none());
}

#[test]
fn without_content_no_words_are_left() {
    let text = file(&golden::calls(), false);
    assert!(!text.contains("Prompt 1") && !text.contains("Turtles") && text.contains("were left out"), "{text}");
}

#[test]
fn the_key_is_in_none_of_it() {
    let mut calls = golden::calls();
    let key = "sk-canary-0123456789abcdef";
    calls[0].attempts[0].headers.push(("x-echo".into(), format!("Bearer {key}")));
    calls[0].attempts[0].body = Some(format!("{{\"message\":\"{key}\"}}"));
    let redactor = Redactor::new(Some(&ApiKey::parse(key).unwrap().0));
    let mut writer = HarWriter::new(making(&redactor, true));
    let text = writer.call(&calls[0]);
    assert!(!text.contains(key) && text.contains("[key]") && !text.contains("uthorization"), "{text}");
}

#[test]
fn explain_reads_it() {
    let paste = explain::read(&file(&golden::calls(), true)).unwrap();
    assert_eq!((paste.kind, paste.status), (PasteKind::Har, Some(429)));
    assert!(paste.body.contains(golden::REFUSAL) && !paste.holds_key);
    assert!(paste.headers.contains(&("retry-after".to_owned(), "20".to_owned())));
    // Without the body, headers and status still say what they say.
    let bare = explain::read(&file(&golden::calls(), false)).unwrap();
    assert_eq!((bare.kind, bare.status, bare.body.as_str()), (PasteKind::Har, Some(429), ""));
}

proptest! {
    #[test]
    fn entries_are_attempts_and_times_add_up(calls in vec(call(), 0..4)) {
        let sent = calls.iter().filter(|call| call.made_in != MadeIn::BatchJob).map(|call| call.attempts.len()).sum::<usize>();
        let entries = entries(&calls, true);
        prop_assert_eq!(entries.len(), sent);
        for entry in entries {
            let number = |value: &Value| value.as_f64().unwrap();
            let timings = &entry["timings"];
            let sum = number(&timings["send"]) + number(&timings["wait"]) + number(&timings["receive"]);
            prop_assert!((sum - number(&entry["time"])).abs() <= 1e-9 * sum.max(1.0));
            prop_assert!(number(&timings["wait"]) >= 0.0 && number(&timings["receive"]) >= 0.0);
        }
    }
}
