//! What can be taken away: a request as code, and a retry policy as a program.

pub mod code;
pub mod policy;
