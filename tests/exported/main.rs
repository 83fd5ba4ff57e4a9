//! Retry policies as programs: what the generator writes is what is committed beside this, and `golden.json` is what
//! the retry loop does with the same answers and draws. The programs themselves are run against it in their own
//! languages: `tests/python/test_exported.py`, `tests/node/exported.test.mjs`, `tests/exported/rust`.
//!
//! `SLUICE_WRITE=1 cargo test --test exported` writes both anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

mod golden;
mod policies;

use std::fs;
use std::path::{Path, PathBuf};

use policies::{Named, edited, named, request};
use sluice::export::policy::{Program, Target, origin};
use sluice::redact::Redactor;
use sluice::retry::{Preset, RetryPolicy};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported")
}

/// Holds a committed file to `text`, or writes it.
fn holds(file: &str, text: &str) {
    let path = folder().join(file);
    if std::env::var_os("SLUICE_WRITE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{file} is not what is written now; SLUICE_WRITE=1 writes it anew");
}

fn write(policy: &RetryPolicy, target: Target) -> String {
    let body = request();
    Program { name: "A policy", source: "Here", policy, body: &body, base_url: None }.write(target)
}

#[test]
fn the_programs_are_what_is_written_now() {
    for Named { id, name, source, policy } in named() {
        for target in Target::ALL {
            let body = request();
            let program = Program { name, source, policy: &policy, body: &body, base_url: None };
            holds(&format!("programs/{id}.{}.{}", target.id(), target.ending()), &program.write(target));
        }
    }
}

#[test]
fn the_golden_traces_are_what_the_engine_does_now() {
    holds("golden.json", &golden::write());
}

#[test]
fn every_policy_has_a_program_in_every_language_that_the_redactor_leaves_as_it_is() {
    let presets = Preset::ALL.map(|preset| preset.policy());
    for policy in presets.into_iter().chain(edited()) {
        for target in Target::ALL {
            let code = write(&policy, target);
            assert_eq!(Redactor::new(None).text(&code), code);
            assert!(code.contains("OPENAI_API_KEY") && code.contains("gpt-5-nano"), "{code}");
            assert!(!code.contains("  \n") && !code.contains(" \n") && code.ends_with('\n'), "{code}");
            for name in
                ["BASE_DELAY", "MAX_BACKOFF", "MIN_DELAY", "MAX_DELAY", "LONGEST_WAIT", "DEADLINE", "MAX_ATTEMPTS"]
            {
                // What is named is used: no policy carries what it does not need.
                assert_ne!(words(&code, name), 1, "{name} in {code}");
            }
        }
    }
}

/// How often a name stands in code, as a whole word.
fn words(code: &str, name: &str) -> usize {
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    code.split(|letter| !part(letter)).filter(|word| *word == name).count()
}

#[test]
fn what_the_sdk_does_by_itself_is_left_to_it() {
    let policy = |preset: Preset| preset.policy();
    let python = write(&policy(Preset::OpenAiPython), Target::Python);
    assert!(python.contains("max_retries=2") && !python.contains("sleep"), "{python}");
    let node = write(&policy(Preset::OpenAiNode), Target::TypeScript);
    assert!(node.contains("maxRetries: 2") && !node.contains("sleep"), "{node}");
    // The other SDK's rules are written out.
    let other = write(&policy(Preset::OpenAiNode), Target::Python);
    assert!(other.contains("max_retries=0") && other.contains("time.sleep"), "{other}");
    // Of the notebook over the SDK, the SDK at hand keeps its own.
    for (target, own) in
        [(Target::Python, "max_retries=2"), (Target::Tenacity, "max_retries=2"), (Target::TypeScript, "maxRetries: 2")]
    {
        let code = write(&policy(Preset::NotebookAsWritten), target);
        assert!(code.contains(own) && code.contains("own 2 retries"), "{code}");
    }
    assert!(write(&policy(Preset::NotebookAsWritten), Target::Rust).contains("INNER_MAX_ATTEMPTS"));
    assert!(write(&policy(Preset::Notebook), Target::Python).contains("max_retries=0"));
    let bare = write(&policy(Preset::None), Target::Fetch);
    assert!(!bare.contains("sleep") && bare.contains("no retries"), "{bare}");
}

#[test]
fn an_edited_policy_says_so() {
    let preset = Preset::Notebook;
    assert_eq!(origin(preset, &preset.policy()), (preset.name().to_owned(), preset.source().to_owned()));
    let (name, source) = origin(preset, &RetryPolicy { max_attempts: 9, ..preset.policy() });
    assert_eq!(name, "Notebook, edited");
    assert!(source.starts_with("edited here, from The notebook"), "{source}");
}

#[test]
fn a_request_of_any_text_is_sent_as_it_is() {
    let prompt = "It's \"#5\" o'clock\n$HOME `id` \\ \u{202e} é 😀 '''";
    let mut body = request();
    body.insert("input".to_owned(), prompt.into());
    body.insert("stream".to_owned(), true.into());
    let policy = Preset::None.policy();
    let program =
        Program { name: "n", source: "", policy: &policy, body: &body, base_url: Some("http://127.0.0.1:4010/v1/") };
    for target in Target::ALL {
        let code = program.write(target);
        assert!(code.contains("http://127.0.0.1:4010/v1"), "{code}");
        assert!(!code.contains('\u{202e}') && !code.contains("stream"), "{code}");
    }
    let shell = program.write(Target::Shell);
    let echo = shell.split_once("body=").unwrap().0.to_owned() + "printf %s \"$REQUEST\"\n";
    let output = std::process::Command::new("bash").arg("-c").arg(echo).output().unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sent["input"], prompt);
    // A raw string of Rust ends at a quote with as many hashes as it began with.
    assert!(program.write(Target::Rust).contains("r##\"{"));
}
