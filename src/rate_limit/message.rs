//! The text of a 429: which limit was reached, and where its bucket stood.

use std::time::Duration;

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitScope {
    /// Requests.
    Requests,
    /// Tokens.
    Tokens,
    /// Input tokens alone.
    InputTokens,
    /// Images.
    Images,
}

/// Over what time a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitWindow {
    /// Per second.
    Second,
    /// Per minute.
    Minute,
    /// Per day.
    Day,
}

impl LimitWindow {
    /// Its length.
    pub const fn length(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::Minute => Duration::from_secs(60),
            Self::Day => Duration::from_secs(86_400),
        }
    }
}

/// What the text of a 429 says. Every part can be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitReached {
    /// What the limit counts.
    pub scope: Option<LimitScope>,
    /// Over what time.
    pub window: Option<LimitWindow>,
    /// The model named.
    pub model: Option<String>,
    /// The family whose models share the limit: `(for limit X)`.
    pub shared_limit: Option<String>,
    /// The limit.
    pub limit: Option<u64>,
    /// How much was used.
    pub used: Option<u64>,
    /// How much this request asked for.
    pub requested: Option<u64>,
    /// "Please try again in …", as stated (truncated to ms by the server).
    pub try_again_in: Option<Duration>,
    /// "Request too large": it can never succeed unchanged.
    pub too_large: bool,
}
