//! Element ids, for labels and descriptions.

use std::sync::atomic::{AtomicU32, Ordering};

/// An element id that no other call returns.
pub fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
