//! The views: each is one job, and none knows another.

pub mod burst;
pub mod explain;
pub mod guide;
pub mod request;
