//! Runs of batches in virtual time, with every layer real but the disk and the network: nothing is lost, nothing is sent
//! twice, whatever cuts them short.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

mod bench;
mod crashes;
mod ends;
