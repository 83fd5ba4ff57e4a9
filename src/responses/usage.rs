//! Token usage as a response reports it.

/// The tokens of one response. Cached tokens are part of the input, reasoning tokens part of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Input tokens, cached ones included.
    pub input_tokens: u64,
    /// Output tokens, reasoning ones included.
    pub output_tokens: u64,
    /// The total the server states, or input + output where it states none.
    pub total_tokens: u64,
    /// Input tokens read from the prompt cache.
    pub cached_tokens: u64,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: u64,
    /// Input tokens written to the prompt cache.
    pub cache_write_tokens: u64,
}

/// What a response said of its usage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReportedUsage {
    /// Usable numbers.
    Known(Usage),
    /// No usage at all: unknown, not zero.
    #[default]
    Missing,
    /// Numbers that cannot be (negative, fractional, beyond 2^53 − 1, text): which and why.
    Invalid(String),
}

impl ReportedUsage {
    /// The usage where it is known.
    pub const fn known(&self) -> Option<Usage> {
        match self {
            Self::Known(usage) => Some(*usage),
            Self::Missing | Self::Invalid(_) => None,
        }
    }
}
