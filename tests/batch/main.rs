//! Batches from file to file: reading, planning, journal, output. In virtual time and without a browser.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

mod estimate;
mod input;
mod job;
mod job_watch;
mod journal;
mod output;
mod run;

use std::path::Path;

use sluice::batch::input::{BatchFile, FileFault, Reader, ReaderOptions};

/// The bytes of a fixture.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/batch/fixtures").join(name)).unwrap()
}

/// Reads a file in pieces of `chunk` bytes.
fn read(bytes: &[u8], chunk: usize, options: ReaderOptions) -> Result<BatchFile, FileFault> {
    let mut reader = Reader::new(options);
    for piece in bytes.chunks(chunk) {
        reader.push(piece)?;
    }
    reader.finish()
}

/// A fixture, read.
fn read_fixture(name: &str) -> BatchFile {
    let options = ReaderOptions { file_name: name.into(), ..ReaderOptions::default() };
    read(&fixture(name), 64 * 1024, options).unwrap()
}
