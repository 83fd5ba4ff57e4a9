//! The ledger: totals that are the sum of its history whatever happens, and a history that outlives the page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

mod history;
mod queries;
mod runs;
mod totals;
