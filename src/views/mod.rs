//! The views: each is one job, and none knows another.

pub mod batch;
pub mod burst;
pub mod explain;
pub mod guide;
pub mod lab;
pub mod request;
pub mod usage;
