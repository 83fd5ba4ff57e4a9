//! Calls as OpenTelemetry traces, for Phoenix and every collector that takes OTLP over HTTP.
//!
//! One call is one trace: its id is the call's. The root is the call with all its retries, in the names of OpenTelemetry's
//! conventions for generative AI (0.66b2) and of `OpenInference` (0.1.42); below it are its HTTP requests and its waits.
//! Tokens stand on the root alone, so that nothing counts them twice, and only where the API told them. All ids follow
//! from the call's, so what is sent again is the same spans.

mod attempts;
mod attributes;
pub mod collector;
mod content;
mod packer;
mod root;
pub mod wire;

pub use packer::{Packer, Parcel};

use crate::usage::CallId;

/// Which calls show their prompts and answers in traces. Where the page keeps none, there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Content {
    /// None.
    #[default]
    LeaveOut,
    /// Those of so many per cent of the calls, by their ids: the same ones each time.
    Sample(u8),
    /// Those of all calls.
    All,
}

impl Content {
    /// Whether the call shows its own. As OpenTelemetry's `TraceIdRatioBased`, it goes by the id's last 56 bits.
    pub const fn shows(self, id: CallId) -> bool {
        match self {
            Self::LeaveOut => false,
            Self::Sample(percent) => {
                let (bits, all) = (id.number() % (1 << 56), 1_u128 << 56);
                bits * 100 < all * percent as u128
            }
            Self::All => true,
        }
    }

    /// How many calls are written in one go, so that a page stays quick: contents can be long.
    pub const fn at_once(self) -> usize {
        match self {
            Self::LeaveOut => 8,
            Self::Sample(_) | Self::All => 2,
        }
    }
}

/// How traces are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Protobuf, which all collectors take.
    #[default]
    Protobuf,
    /// OTLP/JSON, which people can read and Phoenix does not take.
    Json,
}

impl Format {
    /// The media type, to the letter: Phoenix takes no parameter behind it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    /// The name of a file: messages of protobuf that follow each other are one; of OTLP/JSON each is a line, as
    /// OpenTelemetry's file exporter writes it.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Protobuf => "sluice-traces.binpb",
            Self::Json => "sluice-traces.jsonl",
        }
    }
}

/// What traces are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceOptions {
    /// How they are written down.
    pub format: Format,
    /// The project they are filed under in Phoenix; none where empty.
    pub project: String,
    /// Which calls show their prompts and answers.
    pub content: Content,
}

#[cfg(test)]
mod tests;
