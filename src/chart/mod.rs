//! Numbers to geometry: scales, ticks, lanes and paths. No DOM here.

pub mod lanes;
pub mod path;
pub mod scale;
pub mod ticks;

pub use lanes::{Lane, Place, Segment, SegmentKind};
pub use scale::Scale;
pub use ticks::Tick;
