//! Calls as files: what is written is what is committed beside this, reads back as it was, and runs nothing anywhere.
//! The golden HAR file is held to the schema by `tests/node/har.test.mjs` and replayed by `end2end/tests/har.spec.ts`.
//!
//! `SLUICE_WRITE=1 cargo test --test records` writes the golden files anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

mod arbitrary;
mod csv;
mod golden;
mod har;
mod json;
mod replay;
mod session;

use sluice::export::json::Making;
use sluice::redact::Redactor;
use sluice::time::UnixTime;
use std::time::Duration;

/// 2026-11-26T09:30:00.123Z.
const MADE_AT: Duration = Duration::from_millis(1_795_685_400_123);

fn making(redactor: &Redactor, with_content: bool) -> Making<'_> {
    Making { at: UnixTime::from_epoch(MADE_AT), with_content, redactor }
}
