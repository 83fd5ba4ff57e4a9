//! A bucket as a bar: what is used, what the request asks for on top, and the limit.

use super::bucket::Bucket;
use super::words::{amount, units};
use crate::format::format_count;

/// Places on a bar, in percent of its length.
#[derive(Debug, Clone, PartialEq)]
pub struct BucketPicture {
    /// Where what is used ends.
    pub used: f64,
    /// Where the request on top of it ends.
    pub requested: f64,
    /// Where the limit is.
    pub limit: f64,
    /// The same in words.
    pub text: String,
}

impl BucketPicture {
    /// The picture of a bucket; `None` where it is not known how much is used.
    pub fn of(bucket: &Bucket) -> Option<Self> {
        let (limit, used) = (bucket.limit.value, bucket.used?.value);
        let requested = bucket.requested.map_or(0, |requested| requested.value);
        let top = used.saturating_add(requested);
        let whole = limit.max(top).max(1);
        #[allow(clippy::cast_precision_loss)] // drawn, not computed with
        let share = |amount: u64| amount as f64 / whole as f64 * 100.0;
        Some(Self { used: share(used), requested: share(top), limit: share(limit), text: text(bucket, used, top) })
    }
}

fn text(bucket: &Bucket, used: u64, top: u64) -> String {
    let limit = bucket.limit.value;
    let of_limit = format!("of {}", amount(limit, bucket.scope));
    let Some(requested) = bucket.requested else {
        let left = format_count(limit.saturating_sub(used));
        return format!("{} {of_limit} used, {left} left.", format_count(used));
    };
    let asked = format_count(requested.value);
    let used = format_count(used);
    if top > limit {
        let (top, over) = (format_count(top), format_count(top - limit));
        format!("{used} {of_limit} used and {asked} asked for make {top}: {over} more than it holds.")
    } else {
        format!(
            "{used} {of_limit} used and {asked} asked for: that fits, with {} {} to spare.",
            format_count(limit - top),
            units(bucket.scope)
        )
    }
}
