//! Judges every case of `tests/cases/` (or of the folder that `SLUICE_CASES` names): real inputs, right answers.
//!
//! A case of an unknown kind fails, and so does one that expects something no judge knows: nothing passes unread.

// A test may fail loudly anywhere; clippy knows only of test functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod judges;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use judges::{Case, sse};
use proptest::prelude::*;

fn paths() -> Vec<PathBuf> {
    let folder = std::env::var_os("SLUICE_CASES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), PathBuf::from);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {}", folder.display());
    paths
}

#[test]
fn every_case_is_answered_rightly() {
    let mut failures = Vec::new();
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let case = match Case::read(&text) {
            Ok(case) => case,
            Err(reason) => {
                failures.push(format!("{name}: {reason}"));
                continue;
            }
        };
        *judged.entry(case.kind.clone()).or_default() += 1;
        // One panic must not hide the other failures.
        let faults = catch_unwind(AssertUnwindSafe(|| judges::judge(&case)))
            .unwrap_or_else(|_| vec!["it panicked (see above)".to_owned()]);
        failures.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.id)));
    }
    println!("judged: {judged:?}");
    assert!(failures.is_empty(), "{} faults:\n  {}", failures.len(), failures.join("\n  "));
}

/// The bytes of every event stream among the cases.
fn streams() -> Vec<Vec<u8>> {
    let cases = paths().into_iter().filter_map(|path| Case::read(&std::fs::read_to_string(path).unwrap()).ok());
    let streams: Vec<_> =
        cases.filter(|case| case.kind == "sse").map(|case| sse::chunks(&case.input).concat()).collect();
    assert!(!streams.is_empty(), "no event streams among the cases");
    streams
}

#[test]
fn a_stream_is_the_same_in_every_chunking() {
    let whole: Vec<_> = streams().into_iter().map(|bytes| (sse::events(std::slice::from_ref(&bytes)), bytes)).collect();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(256));
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..40);
    runner
        .run(&(any::<prop::sample::Index>(), cuts), |(which, cuts)| {
            let (expected, bytes) = which.get(&whole);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let (mut chunks, mut from) = (vec![], 0);
            for cut in cuts.into_iter().chain([bytes.len()]) {
                chunks.push(bytes[from..cut].to_vec());
                from = cut;
            }
            prop_assert_eq!(&sse::events(&chunks), expected);
            Ok(())
        })
        .unwrap();
}

/// A case's answer as people paste it: the body alone, and all of it as `curl -i` prints it.
#[test]
fn every_answer_among_the_cases_is_read_from_a_paste_as_from_the_wire() {
    let cases = paths().into_iter().filter_map(|path| Case::read(&std::fs::read_to_string(path).unwrap()).ok());
    let mut read = 0;
    for case in cases.filter(|case| ["error", "headers", "retry_after"].contains(&case.kind.as_str())) {
        let Some(wire) = judges::pasted(&case) else { continue };
        read += 1;
        wire.agrees_with_paste().unwrap_or_else(|fault| panic!("{}: {fault}", case.id));
    }
    assert!(read > 40, "only {read} cases hold an answer");
}
