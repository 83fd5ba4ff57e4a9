//! Reading files of requests.

use std::sync::Arc;

use futures_util::FutureExt;
use proptest::prelude::*;
use sluice::batch::input::{
    BatchFile, BatchRequest, FaultKind, FileFault, Format, InputLimits, LineError, OutputBound, ReaderOptions,
};
use sluice::batch::{RequestDefaults, SourceError};
use sluice::responses::Input;

use crate::{fixture, read, read_fixture};

fn requests(file: &BatchFile, bytes: &[u8], defaults: &RequestDefaults) -> Vec<BatchRequest> {
    let source: Arc<[u8]> = Arc::from(bytes);
    let request = |entry| file.request(entry, &source, defaults).now_or_never().unwrap().unwrap();
    file.entries.iter().map(request).collect()
}

fn luna() -> RequestDefaults {
    RequestDefaults { model: "gpt-6-luna".into(), max_output_tokens: Some(128), store: false }
}

fn bodies(name: &str) -> Vec<String> {
    let sent = requests(&read_fixture(name), &fixture(name), &luna());
    sent.iter().map(|sent| sent.request.body()).collect()
}

fn ids(file: &BatchFile) -> Vec<&str> {
    file.entries.iter().map(|entry| &*entry.custom_id).collect()
}

#[test]
fn batch_lines_go_out_as_they_were_written() {
    let file = read_fixture("batch.jsonl");
    assert_eq!((file.layout.format(), file.faults.len()), (Format::Batch, 0));
    assert_eq!(ids(&file), ["turtle", "städte-🐢", "line-000004", "kept"]);
    assert_eq!(file.entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [1, 2, 4, 5]);
    assert_eq!(
        bodies("batch.jsonl"),
        [
            r#"{"model":"gpt-5-nano","input":"Give me a funny fact about turtles.","max_output_tokens":64,"store":false}"#,
            r#"{ "temperature" : 0.50, "input" : [{"role":"user","content":[{"type":"input_text","text":"Zähle drei Städte auf.\u000aKurz."}]}], "model" : "gpt-4o-mini" , "top_p":1.0,"max_output_tokens":128,"store":false}"#,
            r#"{"input":"What is a token bucket?","metadata":{"custom_id":"no-id","zebra":"1","apple":"2"},"model":"gpt-6-luna","max_output_tokens":128,"store":false}"#,
            r#"{"model":"gpt-6-luna","input":"x","max_output_tokens":null,"store":true,"n":2,"unheard_of":{"b":1e2,"a":12345678901234567890}}"#,
        ]
    );
}

#[test]
fn the_engine_reads_what_the_body_says() {
    let sent = requests(&read_fixture("batch.jsonl"), &fixture("batch.jsonl"), &luna());
    let request = &sent[1].request;
    assert_eq!(
        (request.model.as_str(), request.temperature, request.max_output_tokens),
        ("gpt-4o-mini", Some(0.5), Some(128))
    );
    assert_eq!(request.input.text(), "Zähle drei Städte auf.\nKurz.");
    assert_eq!((sent[3].request.max_output_tokens, sent[3].request.store), (None, Some(true)));
    let file = read_fixture("batch.jsonl");
    let bounds: Vec<_> = file.entries.iter().map(|entry| entry.max_output_tokens).collect();
    assert_eq!(bounds, [OutputBound::AtMost(64), OutputBound::Unsaid, OutputBound::Unsaid, OutputBound::Unbounded]);
    assert_eq!(file.entries[2].model, None);
}

#[test]
fn a_request_of_any_format_makes_a_batch_line() {
    for name in ["cookbook.jsonl", "prompts.csv", "batch.jsonl"] {
        let file = read_fixture(name);
        let sent = requests(&file, &fixture(name), &luna());
        let lines: Vec<String> =
            file.entries.iter().zip(&sent).map(|(entry, sent)| sent.to_batch_line(&entry.custom_id) + "\n").collect();
        let again = read(lines.concat().as_bytes(), 1_000, ReaderOptions::default()).unwrap();
        assert_eq!((ids(&again), again.faults.len()), (ids(&file), 0));
        let bodies = |sent: &[BatchRequest]| sent.iter().map(|sent| sent.request.body()).collect::<Vec<_>>();
        assert_eq!(bodies(&requests(&again, lines.concat().as_bytes(), &luna())), bodies(&sent));
    }
}

#[test]
fn cookbook_lines_are_bodies_and_keep_their_metadata() {
    let file = read_fixture("cookbook.jsonl");
    assert_eq!(file.layout.format(), Format::Cookbook);
    assert_eq!(ids(&file), ["line-000001", "line-000002", "line-000003"]);
    assert_eq!(
        bodies("cookbook.jsonl"),
        [
            // Metadata that the API takes is sent; other metadata is the person's own.
            r#"{"model": "gpt-5-nano", "input": "One sentence on rivers.", "metadata": {"custom_id": "a-1"},"max_output_tokens":128,"store":false}"#,
            r#"{"model":"gpt-5-nano","input":"One sentence on bridges.","max_output_tokens":32,"store":false}"#,
            r#"{"input": "One sentence on turtles.","model":"gpt-6-luna","max_output_tokens":128,"store":false}"#,
        ]
    );
    let sent = requests(&file, &fixture("cookbook.jsonl"), &luna());
    assert_eq!(sent[1].metadata.as_deref(), Some(r#"{"row_id": 2, "tags": ["x"]}"#));
    assert_eq!((sent[1].request.extra.len(), sent[2].metadata.as_ref()), (0, None));
}

#[test]
fn text_is_a_prompt_a_line() {
    let file = read_fixture("prompts.txt");
    assert_eq!((file.layout.format(), ids(&file)), (Format::Text, vec!["line-000001", "line-000003", "line-000004"]));
    assert_eq!(
        bodies("prompts.txt")[1],
        r#"{"input":"  Und was heißt \"Token\"? {\"a\":1}","model":"gpt-6-luna","max_output_tokens":128,"store":false}"#
    );
    let prompts = requests(&file, &fixture("prompts.txt"), &luna());
    assert_eq!(prompts[0].request.input, Input::Text("Explain what API rate limits are.".into()));
    assert_eq!(prompts[2].request.input, Input::Text("速率限制是什么".into()));
}

#[test]
fn csv_fills_a_template() {
    let options = ReaderOptions {
        file_name: "prompts.csv".into(),
        template: Some("Translate into {{Language}}: {{text}}".into()),
        ..ReaderOptions::default()
    };
    let file = read(&fixture("prompts.csv"), 5, options.clone()).unwrap();
    assert_eq!((ids(&file), file.faults.len()), (vec!["q1", "q2", "line-000006"], 0));
    let prompts: Vec<_> =
        requests(&file, &fixture("prompts.csv"), &luna()).iter().map(|sent| sent.request.input.text()).collect();
    assert_eq!(
        prompts,
        [
            "Translate into French: Good morning, all",
            "Translate into German: He said \"no\"\nand left",
            "Translate into Klingon: =1+1",
        ]
    );
    let wrong = ReaderOptions { template: Some("{{colour}}".into()), ..options };
    let said = read(&fixture("prompts.csv"), 5, wrong).unwrap_err().to_string();
    assert_eq!(
        said,
        "The prompt template names {{colour}}, which is no column. The columns are custom_id, text, language."
    );
}

#[test]
fn bad_csv_records_are_named() {
    let csv = "id,prompt\n1,a\n2,b,c\n3\n4,\n5,\"open\nand on\n";
    let options = ReaderOptions { format: Some(Format::Csv), ..ReaderOptions::default() };
    let file = read(csv.as_bytes(), 3, options).unwrap();
    let faults: Vec<_> = file.faults.iter().map(|fault| (fault.line, fault.kind.clone())).collect();
    assert_eq!(
        faults,
        [
            (3, FaultKind::FieldCount { expected: 2, found: 3 }),
            (4, FaultKind::FieldCount { expected: 2, found: 1 }),
            (5, FaultKind::EmptyPrompt),
            (6, FaultKind::UnclosedQuote),
        ]
    );
    assert_eq!(file.entries.len(), 1);
}

#[test]
fn every_fault_says_where_what_and_what_to_do() {
    let file = read_fixture("faults.jsonl");
    assert_eq!(ids(&file), ["ok-1", "ok-2"]);
    let faults: Vec<String> = file.faults.iter().map(ToString::to_string).collect();
    let expected = [
        "Line 2, column 1: `custom_id` \"ok-1\" is that of line 1 too. ",
        "Line 3, column 57: the byte 0xE9 is not UTF-8. Save the file as UTF-8.",
        "Line 4, column 58: a NUL byte. ",
        "Line 5, column 60: not JSON: trailing comma. ",
        "Line 6, column 57: the JSON ends in the middle. ",
        "Line 7, column 1: a list where an object is due. ",
        "Line 8, column 1: no `body`. ",
        "Line 9, column 27: the method is \"GET\"; only POST creates responses. ",
        "Line 10, column 24: the url is /v1/chat/completions; only /v1/responses is sent to. ",
        "Line 11, column 24: the url is https://evil.example/v1/responses…. ",
        "Line 12, column 14: `custom_id` is a number. ",
        "Line 13, column 14: `custom_id` is empty. ",
        "Line 14, column 28: `api_key` is refused, and not read",
        "Line 15, column 49: `base_url` is refused: where requests go is set under Connection",
        "Line 16, column 54: `extra_headers` is refused, and not read",
        "Line 17, column 47: `stream` is true",
        "Line 18, column 51: `background` is true",
        "Line 19, column 25: `model` is null. ",
        "Line 20, column 25: Missing required parameter: 'input'. Correct the body.",
        "Line 21, column 79: Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead. ",
        "Line 22, column 77: not JSON: number out of range. ",
        "Line 23, column 160: nested more than 128 levels deep. ",
        "Line 24, column 2: not JSON: expected ident. ",
        "Line 25, column 25: a string where an object is due. ",
    ];
    for (said, expected) in faults.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}\nin place of\n{expected}");
        assert!(!said.contains("canary") && !said.contains("sk-"), "{said}");
    }
    assert_eq!(faults.len(), expected.len());
}

#[test]
fn the_advice_for_another_kind_of_json_is_about_that_kind() {
    let advice = |line: &str| {
        let text = format!("{{\"input\":\"a\"}}\n{line}\n");
        let file = read(text.as_bytes(), 64, ReaderOptions::default()).unwrap();
        file.faults.first().map(ToString::to_string).unwrap_or_default()
    };
    assert!(
        advice("null")
            .ends_with("null where an object is due. Take the line out, or write its request: one JSON object a line.")
    );
    assert!(advice("[1]").ends_with("Write one JSON object a line, not a list around them."));
    assert!(advice("7").ends_with("a number where an object is due. Write one JSON object a line."));
}

#[test]
fn a_line_over_the_limit_is_named_and_the_next_is_read() {
    let limits = InputLimits { line_bytes: 100, ..InputLimits::default() };
    let text = format!("first\n{}\nlast", "x".repeat(5_000));
    for chunk in [1, 7, 64, 10_000] {
        let options = ReaderOptions { limits, format: Some(Format::Text), ..ReaderOptions::default() };
        let file = read(text.as_bytes(), chunk, options).unwrap();
        assert_eq!(ids(&file), ["line-000001", "line-000003"]);
        assert_eq!((file.faults[0].line, &file.faults[0].kind), (2, &FaultKind::TooLong { limit_bytes: 100 }));
    }
}

#[test]
fn files_that_cannot_be_run_say_why() {
    let wide: Vec<u8> = "\u{feff}a\nb\nc".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, fault) in [
        (&b""[..], FileFault::Empty),
        (b"\n \r\n\n", FileFault::Empty),
        (b"\xef\xbb\xbf", FileFault::Empty),
        (&wide, FileFault::Utf16),
        (b"PK\x03\x04\n\n", FileFault::Packed),
    ] {
        assert_eq!(read(bytes, 2, ReaderOptions::default()), Err(fault));
    }
    let limits = InputLimits { file_bytes: 10, requests: 2, ..InputLimits::default() };
    let options = ReaderOptions { limits, ..ReaderOptions::default() };
    assert_eq!(read(b"a\nb\nc\n", 2, options.clone()), Err(FileFault::TooManyRequests { limit: 2 }));
    assert_eq!(read(&[b'a'; 11], 2, options), Err(FileFault::TooLarge { limit_bytes: 10 }));
    let csv = ReaderOptions { format: Some(Format::Csv), ..ReaderOptions::default() };
    assert_eq!(read(b",,\n1,2,3\n", 2, csv), Err(FileFault::NoHeader { why: "it has no names" }));
}

#[test]
fn a_file_without_a_line_feed_is_one_line() {
    assert_eq!(ids(&read(b"one prompt", 3, ReaderOptions::default()).unwrap()), ["line-000001"]);
}

#[test]
fn a_file_that_changed_is_found_out() {
    let file = read_fixture("batch.jsonl");
    let mut bytes = fixture("batch.jsonl");
    bytes.splice(10..10, *b"xyz");
    let ask = |source: Vec<u8>, place: usize| {
        let source: Arc<[u8]> = Arc::from(source);
        file.request(&file.entries[place], &source, &luna()).now_or_never().unwrap().unwrap_err()
    };
    assert_eq!(ask(bytes, 0), LineError::Changed { line: 1 });
    assert_eq!(ask(fixture("batch.jsonl")[..200].to_vec(), 1), LineError::Source(SourceError::Short));
    assert_ne!(read_fixture("batch.jsonl").fingerprint, read(b"x", 1, ReaderOptions::default()).unwrap().fingerprint);
}

#[test]
fn a_line_without_a_model_needs_the_batchs() {
    let file = read_fixture("batch.jsonl");
    let source: Arc<[u8]> = Arc::from(fixture("batch.jsonl"));
    let bare = RequestDefaults::default();
    let error = file.request(&file.entries[2], &source, &bare).now_or_never().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "Line 4, column 1: no `model`, and the batch has none to put in. Choose the batch's model."
    );
}

#[test]
fn what_is_put_in_is_told() {
    assert_eq!(
        luna().additions(),
        [("model", "gpt-6-luna".into()), ("max_output_tokens", "128".into()), ("store", "false".into())]
    );
    assert_eq!(RequestDefaults { store: true, ..RequestDefaults::default() }.additions(), []);
}

/// 100,000 lines of 2 kB, made as they are read: the index alone is in memory.
#[test]
#[ignore = "long: reads 200 MB"]
fn a_large_files_index_is_small() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_000
    };
    let before = peak();
    let mut reader = sluice::batch::input::Reader::new(ReaderOptions::default());
    let prompt = "The quiet lantern follows the distant river. ".repeat(42);
    for line in 0..100_000 {
        let body = format!(r#"{{"model":"gpt-5-nano","input":"{line} {prompt}","max_output_tokens":64}}"#);
        reader.push(format!("{{\"custom_id\":\"request-{line:06}\",\"body\":{body}}}\n").as_bytes()).unwrap();
    }
    let megabytes = reader.bytes() / 1_000_000;
    assert_eq!(reader.finish().unwrap().entries.len(), 100_000);
    let grown = peak() - before;
    println!("the index of {megabytes} MB takes {grown} MB at its peak");
    assert!(grown < 100);
}

proptest! {
    #[test]
    fn pieces_make_no_difference(
        which in 0usize..5, cuts in proptest::collection::vec(1usize..60, 1..30), forced in 0usize..5,
    ) {
        let name = ["batch.jsonl", "cookbook.jsonl", "prompts.txt", "prompts.csv", "faults.jsonl"][which];
        let options = ReaderOptions {
            format: Format::ALL.get(forced).copied(), file_name: name.into(), ..ReaderOptions::default()
        };
        let bytes = fixture(name);
        let whole = read(&bytes, usize::MAX, options.clone());
        let mut reader = sluice::batch::input::Reader::new(options);
        let (mut at, mut cuts) = (0, cuts.into_iter().cycle());
        while at < bytes.len() {
            let end = (at + cuts.next().unwrap()).min(bytes.len());
            if reader.push(&bytes[at..end]).is_err() {
                break;
            }
            at = end;
        }
        prop_assert_eq!(reader.finish(), whole);
    }

    #[test]
    fn no_bytes_make_it_panic_and_every_line_is_counted_once(
        bytes in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'\n'), Just(b'"'), Just(b','), Just(b'{'), Just(b'}'), Just(0xc3), Just(b'\r'),
        ], 0..200),
        forced in 0usize..4, chunk in 1usize..50,
    ) {
        let options = ReaderOptions { format: Format::ALL.get(forced).copied(), ..ReaderOptions::default() };
        if let Ok(file) = read(&bytes, chunk, options) {
            let lines = file.entries.iter().map(|entry| entry.line);
            if file.layout.format() != Format::Csv {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
                let written = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
                prop_assert_eq!(file.entries.len() + file.faults.len(), written);
            }
            let source: Arc<[u8]> = Arc::from(bytes.as_slice());
            prop_assert!(lines.is_sorted());
            for entry in &file.entries {
                prop_assert!(file.request(entry, &source, &luna()).now_or_never().unwrap().is_ok());
            }
        }
    }
}
