//! What a colour means.

use super::Glyph;

/// A meaning that has one colour and one shape throughout the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Requests.
    Requests,
    /// Tokens.
    Tokens,
    /// Queued.
    Queued,
    /// Under way.
    Flight,
    /// Waiting for a while.
    Waiting,
    /// Refused, may be tried again.
    Refused,
    /// Done.
    Done,
    /// Failed for good.
    Failed,
}

impl Tone {
    /// The CSS class that sets `--tone`, `--tone-text` and `--tone-wash`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Requests => "tone-requests",
            Self::Tokens => "tone-tokens",
            Self::Queued => "tone-queued",
            Self::Flight => "tone-flight",
            Self::Waiting => "tone-waiting",
            Self::Refused => "tone-refused",
            Self::Done => "tone-done",
            Self::Failed => "tone-failed",
        }
    }

    /// The shape that doubles the colour.
    pub const fn glyph(self) -> Glyph {
        match self {
            Self::Neutral => Glyph::Dot,
            Self::Requests => Glyph::Arrow,
            Self::Tokens => Glyph::Tokens,
            Self::Queued => Glyph::Ring,
            Self::Flight => Glyph::Play,
            Self::Waiting => Glyph::Clock,
            Self::Refused => Glyph::Cross,
            Self::Done => Glyph::Check,
            Self::Failed => Glyph::Alert,
        }
    }
}
