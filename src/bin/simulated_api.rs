//! The simulator behind HTTP.
fn main() {}
