//! What the page says when something is wrong: each text is a whole sentence and says what to do.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use sluice::base_url::BaseUrlError;
use sluice::explain::NotUnderstood;
use sluice::key::KeyError;
use sluice::notebook::EnvError;
use sluice::responses::Unreadable;
use sluice::run::BurstSettings;
use sluice::run::draft::RequestDraft;
use sluice::share::{Field, Problem, TooLong};

/// What a text tells a person to do, one of these words at least.
const ADVICE: [&str; 16] = [
    "enter",
    "use",
    "leave",
    "write",
    "remove",
    "paste",
    "copy",
    "share",
    "reload",
    "revoke",
    "choose",
    "give",
    "add",
    "take",
    "did you mean",
    "a number from",
];
/// Or it says that nothing is lost, where there is nothing to do.
const KEPT: [&str; 4] = ["was used", "was kept", "left out", "a whole number"];

fn texts() -> Vec<String> {
    let host = || "api.example.com".to_owned();
    let base_urls = [
        BaseUrlError::Empty,
        BaseUrlError::Key,
        BaseUrlError::SchemeMissing("https://api.example.com/v1".into()),
        BaseUrlError::SchemeNotAllowed("ftp".into()),
        BaseUrlError::NotEncrypted { host: host() },
        BaseUrlError::NoSafeOrigin("/openai/v1".into()),
        BaseUrlError::UserInfo,
        BaseUrlError::QueryOrFragment('?'),
        BaseUrlError::ForeignHost(host()),
        BaseUrlError::BadHost(host()),
        BaseUrlError::BadPort("0".into()),
        BaseUrlError::BadCharacter { character: ' ', position: 3 },
        BaseUrlError::DotSegment,
    ];
    let keys = || {
        [
            KeyError::Empty,
            KeyError::BadCharacter { position: 3, what: "a blank" },
            KeyError::NotFound { text: "the .env text" },
            KeyError::OnlyAName,
            KeyError::TooLong { length: 5_000 },
        ]
    };
    let envs = keys().map(EnvError::Key).into_iter().chain([EnvError::OtherVariables(vec!["HOME".into()])]);
    let explained = [
        NotUnderstood::Empty,
        NotUnderstood::TooLarge { bytes: 99_000_000 },
        NotUnderstood::OtherJson { found: "a list".into() },
        NotUnderstood::BrokenJson { why: Unreadable::NotJson { line: 1, column: 2 } },
        NotUnderstood::WebPage { title: String::new() },
        NotUnderstood::Unknown,
    ];
    let problems = [
        Problem::Key,
        Problem::TooLong { length: 9_000 },
        Problem::NoVersion,
        Problem::OtherVersion,
        Problem::BadValue(Field::Rpm),
        Problem::Repeated(Field::Rpm),
        Problem::Unknown(vec!["submit".into()]),
    ];
    let wrong = RequestDraft {
        prompt: String::new(),
        max_output_tokens: "x".into(),
        temperature: "x".into(),
        ..RequestDraft::default()
    };
    let drafts = [wrong.request("gpt-4o").unwrap_err(), wrong.request("").unwrap_err()];
    let fields = drafts.iter().flat_map(|of| [of.prompt, of.model, of.max_output_tokens, of.temperature]).flatten();
    let bursts = [
        BurstSettings { requests: 0, ..BurstSettings::default() },
        BurstSettings { prompt: String::new(), ..BurstSettings::default() },
        BurstSettings { max_output_tokens: Some(1), ..BurstSettings::default() },
    ];
    let mut texts: Vec<String> = Vec::new();
    texts.extend(base_urls.iter().map(ToString::to_string));
    texts.extend(keys().iter().map(ToString::to_string));
    texts.extend(envs.map(|error| error.to_string()));
    texts.extend(explained.iter().map(ToString::to_string));
    texts.extend(problems.iter().map(ToString::to_string));
    texts.push(TooLong { length: 9_000 }.to_string());
    texts.extend(fields.map(str::to_owned));
    texts.extend(bursts.iter().map(|burst| burst.check().unwrap_err()));
    texts
}

#[test]
fn every_text_is_a_sentence_that_says_what_to_do() {
    let mut wrong = Vec::new();
    for text in texts() {
        let begins = text.chars().next().is_some_and(|first| !first.is_lowercase());
        let ends = text.ends_with(['.', '?']);
        let lower = text.to_lowercase();
        let helps = ADVICE.iter().chain(&KEPT).any(|words| lower.contains(words));
        if !(begins && ends && helps) {
            wrong.push(text);
        }
    }
    assert!(wrong.is_empty(), "what happened, and what to do:\n  {}", wrong.join("\n  "));
}

#[test]
fn no_text_blames_or_cries() {
    for text in texts() {
        let lower = text.to_lowercase();
        for word in ["oops", "sorry", "invalid", "illegal", "!", "please", "unfortunately"] {
            assert!(!lower.contains(word), "{word:?} in {text:?}");
        }
    }
}
