//! How fast a file of requests is read, and an answer kept. Prints figures, asserts none.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)] // criterion's macros, and a bench that fails by panicking

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sluice::batch::input::{Reader, ReaderOptions};
use sluice::batch::output::OutputLine;
use sluice::batch::{BatchState, Record};
use sluice::key::ApiKey;
use sluice::rate_limit::Visibility;
use sluice::redact::Redactor;
use sluice::reply::{Endpoint, Reply};
use sluice::retry::classify;
use sluice::time::UnixTime;

/// A slice of a `File`, as the page reads it.
const CHUNK: usize = 256 * 1024;
const LINES: usize = 100_000;

fn file() -> String {
    let prompt =
        "The quiet lantern follows the distant river near the bridge, and counts 42 \\\"slow\\\" boats.\\n".repeat(19);
    (0..LINES).fold(String::new(), |mut file, line| {
        let _ = writeln!(
            file,
            r#"{{"custom_id":"req-{line:06}","method":"POST","url":"/v1/responses","body":{{"model":"gpt-5-nano","input":"Item {line}: {prompt}","max_output_tokens":64,"metadata":{{"custom_id":"req-{line:06}"}}}}}}"#
        ); // writing to a String cannot fail
        file
    })
}

fn read(file: &str) -> usize {
    let mut reader = Reader::new(ReaderOptions::default());
    file.as_bytes().chunks(CHUNK).try_for_each(|chunk| reader.push(chunk)).unwrap();
    reader.finish().unwrap().entries.len()
}

fn batch_input(criterion: &mut Criterion) {
    let file = file();
    assert_eq!(read(&file), LINES);
    let mut group = criterion.benchmark_group("batch_input");
    group.sample_size(10).throughput(Throughput::Bytes(file.len().try_into().unwrap()));
    group.bench_function("100,000 Batch lines", |bencher| bencher.iter(|| black_box(read(&file))));
    let prompts: String = (0..LINES).fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{line}: {}", "Explain what a rate limit is, in two sentences. ".repeat(40));
        all
    });
    group.throughput(Throughput::Bytes(prompts.len().try_into().unwrap()));
    group.bench_function("100,000 prompts", |bencher| bencher.iter(|| black_box(read(&prompts))));
    group.finish();
}

/// What each answer costs besides its reading: its line of output, its record, the state.
fn batch_answers(criterion: &mut Criterion) {
    let mut reader = Reader::new(ReaderOptions::default());
    reader.push(b"a prompt").unwrap();
    let file = reader.finish().unwrap();
    let key = ApiKey::parse("sk-canary-0123456789abcdefABCDEF").unwrap().0;
    let redactor = Redactor::new(Some(&key));
    let text = "The quiet lantern follows the distant river. ".repeat(30);
    let body = format!(
        "{{\n  \"id\": \"resp_1\",\n  \"object\": \"response\",\n  \"status\": \"completed\",\n  \"output\": [{{\"type\": \"message\", \
         \"content\": [{{\"type\": \"output_text\", \"text\": \"{text}\"}}]}}],\n  \"usage\": {{\"input_tokens\": 400, \"output_tokens\": 300}}\n}}"
    );
    let reply = Reply::from_http(200, vec![], body, Visibility::Full, UnixTime::default(), Endpoint::Responses);
    let outcome = classify(&Ok(reply.clone()), UnixTime::default());
    criterion.bench_function("an answer of 1.5 kB, to its record", |bencher| {
        bencher.iter(|| {
            let output = OutputLine::of_reply(file.fingerprint, &file.entries[0], &reply, &outcome);
            let record = Record::Answered { line: 1, attempt: 1, tokens: None, cost: None, output };
            let json = record.to_json(&redactor);
            let mut state = BatchState::default();
            state.apply(&record, 0);
            black_box((json, state))
        });
    });
}

criterion_group!(benches, batch_input, batch_answers);
criterion_main!(benches);
