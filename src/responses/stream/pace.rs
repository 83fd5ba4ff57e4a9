//! How fast a stream's words came. Times are passed in.

use std::time::Duration;

use crate::responses::Usage;
use crate::time::Instant;

/// When the words of a stream came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamPace {
    asked: Instant,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl StreamPace {
    /// Of a request that went out at `asked`.
    pub const fn since(asked: Instant) -> Self {
        Self { asked, first: None, last: None }
    }

    /// Words came at `at`: an event of which [`super::StreamEvent::brings_text`] is true.
    pub fn note_text(&mut self, at: Instant) {
        self.first.get_or_insert(at);
        self.last = Some(at);
    }

    /// From the request to the first words. Reasoning comes before them and is part of it.
    pub fn time_to_first_token(&self) -> Option<Duration> {
        self.first.map(|first| first.saturating_since(self.asked))
    }

    /// Tokens of text a second, from the first words to the last.
    ///
    /// The first words bring a token that no time is counted for; reasoning tokens came before. `None` where that
    /// leaves nothing to divide: no text, or all of it at once.
    pub fn tokens_per_second(&self, usage: Usage) -> Option<f64> {
        let elapsed = self.last?.saturating_since(self.first?).as_secs_f64();
        let timed = usage.output_tokens.saturating_sub(usage.reasoning_tokens).saturating_sub(1);
        #[allow(clippy::cast_precision_loss)] // token counts are far below 2^53
        (elapsed > 0.0 && timed > 0).then(|| timed as f64 / elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_origin(Duration::from_millis(ms))
    }

    #[test]
    fn the_first_words_end_the_wait_and_the_last_end_the_count() {
        let usage = Usage { output_tokens: 85, reasoning_tokens: 64, ..Usage::default() };
        let mut pace = StreamPace::since(at(1_000));
        assert_eq!((pace.time_to_first_token(), pace.tokens_per_second(usage)), (None, None));
        pace.note_text(at(1_400));
        assert_eq!(pace.tokens_per_second(usage), None);
        pace.note_text(at(1_900));
        pace.note_text(at(2_400));
        assert_eq!(pace.time_to_first_token(), Some(Duration::from_millis(400)));
        assert_eq!(pace.tokens_per_second(usage), Some(20.0));
        assert_eq!(pace.tokens_per_second(Usage::default()), None);
    }
}
