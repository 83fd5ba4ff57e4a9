//! Go durations.
