//! Numbers to geometry: scales, ticks, lanes, levels, and what is drawn of them. No DOM here.

pub mod density;
pub mod lanes;
mod level;
pub mod picture;
pub mod plot;
mod rows;
pub mod scale;
pub mod steps;
pub mod throughput;
pub mod ticks;

pub use lanes::{Lanes, Place, Segment, SegmentKind};
pub use level::Level;
pub use picture::{Frame, Picture};
pub use rows::toward;
pub use scale::Scale;
pub use ticks::Tick;
