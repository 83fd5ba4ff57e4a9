//! How far the page's estimate of tokens is from OpenAI's tiktoken, on the golden texts (`tests/tokens/generate.mjs`).

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sluice::simulator::estimate_tokens;

/// Kind of text, and how far off the estimate may be, in percent of the true count: on average, and for 19 texts of 20.
const BOUNDS: [(&str, f64, f64); 18] = [
    ("english", 8.0, 20.0),
    ("latin", 15.0, 40.0),
    ("cyrillic", 13.0, 30.0),
    ("greek", 6.0, 15.0),
    ("chinese", 9.0, 20.0),
    ("japanese", 8.0, 20.0),
    ("korean", 6.0, 15.0),
    ("arabic", 9.0, 25.0),
    ("hebrew", 9.0, 30.0),
    ("devanagari", 12.0, 25.0),
    ("thai", 6.0, 15.0),
    ("indic", 16.0, 35.0),
    ("other", 18.0, 45.0),
    ("code", 12.0, 35.0),
    ("digits", 15.0, 40.0),
    ("hex", 32.0, 45.0),
    ("whitespace", 12.0, 30.0),
    ("emoji", 14.0, 70.0),
];

#[test]
fn the_estimate_is_near_the_count_in_every_script() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tokens/golden.jsonl");
    let mut errors: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        let (kind, text, tokens, _): (String, String, u64, u32) = serde_json::from_str(line).unwrap();
        #[allow(clippy::cast_precision_loss)] // small counts
        let off = (estimate_tokens(&text) as f64 - tokens as f64).abs() / (tokens.max(1) as f64) * 100.0;
        errors.entry(kind).or_default().push(off);
    }
    for (kind, mean_bound, p95_bound) in BOUNDS {
        let mut errors = errors.remove(kind).unwrap();
        errors.sort_by(f64::total_cmp);
        let mean = errors.iter().sum::<f64>() / f64::from(u32::try_from(errors.len()).unwrap());
        let p95 = errors.get(errors.len() * 95 / 100).copied().unwrap();
        println!("{kind:12} {:3} texts, off by {mean:4.1} % on average, {p95:4.1} % at p95", errors.len());
        assert!(mean <= mean_bound && p95 <= p95_bound, "{kind}: {mean:.1} % on average, {p95:.1} % at p95");
    }
}
