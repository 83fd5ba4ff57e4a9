//! Judges every case of `tests/cases/` (or of the folder that `SLUICE_CASES` names): real inputs, right answers.
//!
//! A case of an unknown kind fails, and so does one that expects something no judge knows: nothing passes unread.

// A test may fail loudly anywhere; clippy knows only of test functions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod judges;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use judges::Case;

/// Kinds whose judges are elsewhere, or do not exist yet: listed, not judged.
const PENDING: [&str; 1] = ["sse"];

#[test]
fn every_case_is_answered_rightly() {
    let folder = std::env::var_os("SLUICE_CASES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), PathBuf::from);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {}", folder.display());

    let mut failures = Vec::new();
    let mut judged: BTreeMap<String, usize> = BTreeMap::new();
    let mut pending: Vec<String> = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let case = match Case::read(&text) {
            Ok(case) => case,
            Err(reason) => {
                failures.push(format!("{name}: {reason}"));
                continue;
            }
        };
        if PENDING.contains(&case.kind.as_str()) {
            pending.push(case.id);
            continue;
        }
        *judged.entry(case.kind.clone()).or_default() += 1;
        // One panic must not hide the other failures.
        let faults = catch_unwind(AssertUnwindSafe(|| judges::judge(&case)))
            .unwrap_or_else(|_| vec!["it panicked (see above)".to_owned()]);
        failures.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.id)));
    }
    println!("judged: {judged:?}");
    println!("pending ({}): {}", pending.len(), pending.join(", "));
    assert!(failures.is_empty(), "{} faults:\n  {}", failures.len(), failures.join("\n  "));
}
