//! The Lab against numbers from elsewhere: published tables, closed forms, and itself on another slicing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking
#![allow(clippy::float_cmp, clippy::cast_precision_loss)]

mod aws;
mod closed_forms;
mod experiments;
mod golden;
mod planning;
mod policy_table;
mod working;
