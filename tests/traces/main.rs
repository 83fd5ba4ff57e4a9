//! Calls as traces: what is written is what is committed beside this. The official Python packages read it in
//! `tests/python/test_traces.py`.
//!
//! `SLUICE_WRITE=1 cargo test --test traces` writes the files anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::fs;
use std::path::{Path, PathBuf};

use sluice::export::otlp::{Content, Format, Packer, TraceOptions};
use sluice::redact::Redactor;
use sluice::usage::CallRecord;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces").join(name)
}

#[test]
fn the_traces_are_what_is_written_now() {
    let calls: Vec<CallRecord> = serde_json::from_str(&fs::read_to_string(file("calls.json")).unwrap()).unwrap();
    for (name, content) in [("traces", Content::LeaveOut), ("traces_with_content", Content::All)] {
        for (format, ending) in [(Format::Protobuf, "binpb"), (Format::Json, "jsonl")] {
            let options = TraceOptions { format, project: "sluice".into(), content };
            let mut packer = Packer::new(options);
            packer.add(&calls, &Redactor::default());
            let written = packer.rest().unwrap().body;
            let path = file(&format!("{name}.{ending}"));
            if std::env::var_os("SLUICE_WRITE").is_some() {
                fs::write(&path, &written).unwrap();
            }
            let committed = fs::read(&path).unwrap_or_default();
            assert!(committed == written, "{name}.{ending} is not what is written now; SLUICE_WRITE=1 writes it anew");
        }
    }
}
