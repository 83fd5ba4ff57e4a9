//! What leaves the page: requests and retry policies as code, and calls as files and traces. No key is ever part of it.
//!
//! Calls are written by pieces, so that a hundred thousand take no long task and are never in memory at once: each writer
//! gives the beginning of its file, a piece for each call, and the end.

pub mod code;
pub mod csv;
pub mod har;
pub mod json;
pub mod otlp;
pub mod policy;
pub mod session;
