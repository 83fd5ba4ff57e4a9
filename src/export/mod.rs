//! What can be taken away: a request as code.

pub mod code;
