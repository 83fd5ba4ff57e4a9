//! Equality with OpenAI's tiktoken, as `tests/tokens/generate.mjs` wrote it down from npm's package.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use std::fs;
use std::path::PathBuf;

use sluice_tokenizer::{Job, Tokenizer};

/// A line of the file: kind, text, how many tokens, the FNV-1a hash of their numbers.
type Line = (String, String, u64, u32);

fn lines(path: &str) -> Vec<Line> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn fnv1a(tokens: &[u32]) -> u32 {
    let bytes = tokens.iter().flat_map(|token| token.to_le_bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn assert_all_equal(lines: &[Line]) {
    let tokenizer = Tokenizer::o200k();
    for (kind, text, count, hash) in lines {
        let tokens = tokenizer.encode(text);
        assert_eq!((tokens.len() as u64, fnv1a(&tokens)), (*count, *hash), "{kind}: {text:?} became {tokens:?}");
        assert_eq!(tokenizer.count(text), *count, "{kind}: {text:?}");
    }
}

#[test]
fn all_thousand_texts_are_the_tokens_that_tiktoken_makes() {
    let lines = lines("tests/tokens/golden.jsonl");
    assert_eq!(lines.len(), 1_000);
    assert_all_equal(&lines);
}

#[test]
fn a_count_by_steps_is_the_count() {
    let tokenizer = Tokenizer::o200k();
    let lines = lines("tests/tokens/golden.jsonl");
    let text: String = lines.iter().map(|(_, text, ..)| text.as_str()).collect();
    for stretch in [1, 7, 4_096, usize::MAX] {
        let mut job = Job::new(text.clone());
        while !job.step(&tokenizer, stretch) {}
        assert_eq!((job.done(), job.tokens()), (text.len(), tokenizer.count(&text)), "{stretch} bytes at a time");
    }
}

// The counts are known by division: tiktoken has a token for 128 spaces less one, and none for long runs of the rest.
#[test]
fn a_megabyte_without_a_break_is_counted_in_one_go() {
    let tokenizer = Tokenizer::o200k();
    for (unit, bytes_in_a_token) in [("a", 1..=64), (" ", 1..=128), ("\u{301}", 2..=64), ("aB", 1..=64), ("=", 1..=128)]
    {
        let tokens = tokenizer.count(&unit.repeat(1_000_000 / unit.len()));
        let mean = usize::try_from(1_000_000 / tokens).unwrap();
        assert!(bytes_in_a_token.contains(&mean), "{unit:?}: {tokens} tokens");
    }
}

/// `npm --prefix tests/tokens run trial` writes the file; `make test-long` does both.
#[test]
#[ignore = "a long trial: needs target/tokens-trial.jsonl"]
fn random_code_points_are_the_tokens_that_tiktoken_makes() {
    let lines = lines("target/tokens-trial.jsonl");
    assert!(lines.len() > 100_000);
    assert_all_equal(&lines);
}
