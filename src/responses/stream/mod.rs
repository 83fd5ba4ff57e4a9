//! Streamed responses: bytes to frames, frames to events, events to what is known of the response.
//!
//! Nothing here reads a clock or a socket: whoever receives the bytes pushes them in and passes the time along.

mod cut;
mod event;
mod fold;
mod frames;
mod pace;
mod reader;

pub use cut::Cut;
pub use event::{NumberedEvent, Place, StreamEvent, Terminal};
pub use fold::{Ending, StreamFold, StreamedResponse};
pub use frames::{EventTooLong, Frame, FrameReader, MAX_EVENT_BYTES};
pub use pace::StreamPace;
pub use reader::{BodyKind, StreamReader};
