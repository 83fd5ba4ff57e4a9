//! The pacer through the one retry loop, in virtual time: the goals of pacing, its promises, and odd servers.
//!
//! `cargo test --test pacing goals -- --nocapture` prints the table of efficiency.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking
#![allow(clippy::float_cmp, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod departures;
mod goals;
mod late_clock;
mod properties;
mod referee;
mod situations;
mod trial;
mod workload;
