//! The redactor, which everything copied goes through, leaves the page's own code as it is: what is copied must run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use serde_json::json;
use sluice::export::code::{curl, python};
use sluice::highlight::Language;
use sluice::notebook::{self, BackoffCode, LoopStyle, Setup, take_away};
use sluice::redact::Redactor;

#[test]
fn code_that_is_copied_is_the_code_that_is_shown() {
    let backoff = BackoffCode {
        style: LoopStyle::Sluice,
        num_requests: 10,
        max_attempts: 10,
        base_delay: 1.0,
        prompt: "Hello".to_owned(),
    };
    let setup =
        |base_url: Option<&str>| notebook::setup(&Setup { base_url: base_url.map(str::to_owned), ..Setup::default() });
    let body = json!({ "model": "gpt-5-nano", "input": "Hello" });
    let body = body.as_object().unwrap();
    let mut codes = vec![
        setup(None),
        setup(Some("http://127.0.0.1:4010/v1")),
        notebook::basic("Hello"),
        notebook::tracking(),
        notebook::headers("Hello"),
        notebook::provoke(10, "Hello"),
        notebook::backoff(&backoff),
        notebook::herd(10),
        curl(None, body),
        python(None, body),
        python(Some("http://127.0.0.1:4010/v1"), body),
    ];
    codes.extend([Language::Python, Language::TypeScript].map(|language| take_away(language, "gpt-5-nano", &backoff)));
    for code in codes {
        assert_eq!(Redactor::new(None).text(&code), code);
    }
}

#[test]
fn a_key_after_the_same_words_is_still_taken_out() {
    for secret in ["api_key=keystone-7391", "api_key=api_keyring9", "api-key: os.environmental1"] {
        let redacted = Redactor::new(None).text(&format!("client = OpenAI({secret})"));
        assert!(!redacted.contains(secret.split_once(['=', ' ']).unwrap().1), "{redacted}");
    }
}
