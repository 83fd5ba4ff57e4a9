//! How fast texts are counted natively, and how long the tables take to build. Prints figures, asserts none.
//! The browser's own figures are `end2end/bench_tokens.mjs`.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use sluice_tokenizer::Tokenizer;

const RUNS: usize = 9;
const BYTES: usize = 4_000_000;

fn main() {
    let (tokenizer, load) = timed(Tokenizer::o200k);
    println!("tables built in {:.0} ms", load * 1e3);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tokens/golden.jsonl");
    let lines = fs::read_to_string(path).unwrap();
    let golden: Vec<(String, String, u64, u32)> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    measure(&tokenizer, "mixed", &golden.iter().map(|(_, text, ..)| text.as_str()).collect::<Vec<_>>());
    for kind in ["english", "code", "cyrillic", "chinese", "thai", "noise"] {
        let texts = golden.iter().filter(|(its, ..)| its == kind).map(|(_, text, ..)| text.as_str());
        measure(&tokenizer, kind, &texts.collect::<Vec<_>>());
    }
    measure(&tokenizer, "1 MB of a", &["a".repeat(1_000_000).as_str()]);
}

/// Joins the texts to some megabytes and counts them; the best of several, since other work on a machine only slows.
fn measure(tokenizer: &Tokenizer, name: &str, texts: &[&str]) {
    let round = texts.join("\n");
    let text = round.repeat(BYTES.div_ceil(round.len()).max(1));
    let best = (0..RUNS).map(|_| timed(|| black_box(tokenizer.count(black_box(&text)))).1).fold(f64::MAX, f64::min);
    println!(
        "{name:12} {:4.1} MB: best {:6.1} MB/s of {RUNS}",
        text.len() as f64 / 1e6,
        text.len() as f64 / 1e6 / best
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let result = work();
    (result, begun.elapsed().as_secs_f64())
}
