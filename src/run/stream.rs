//! A streamed answer as it came: its text, its events, its pace.

use std::time::Duration;

use crate::responses::Usage;
use crate::responses::stream::StreamPace;
use crate::simulator::estimate_tokens;
use crate::time::Instant;
use crate::transport::{Progress, TextChange};

/// How many events are listed; those after them are counted.
pub const MOST_EVENTS: usize = 1_000;

/// What has come of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// When status and headers came.
    pub head_at: Option<Instant>,
    /// When its words came.
    pub pace: StreamPace,
    /// Its words so far, without secrets.
    pub text: String,
    /// Its events, the first [`MOST_EVENTS`] of them.
    pub events: Vec<EventRecord>,
    /// How many events came in all.
    pub events_in_all: usize,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// When it came.
    pub at: Instant,
    /// Its type as it was sent, known or not.
    pub kind: String,
    /// Its `sequence_number`.
    pub sequence: Option<u64>,
}

/// How fast text came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenRate {
    /// Output tokens a second, reasoning left out.
    pub tokens_per_second: f64,
    /// Whether the tokens are estimated from the text, for want of a usage.
    pub is_estimate: bool,
}

impl StreamRecord {
    /// Of a request that went out at `asked`.
    pub const fn since(asked: Instant) -> Self {
        Self {
            head_at: None,
            pace: StreamPace::since(asked),
            text: String::new(),
            events: Vec::new(),
            events_in_all: 0,
        }
    }

    /// Takes in what came; says whether it is a turning point: the head, or the first words.
    pub fn note(&mut self, progress: &Progress<'_>) -> bool {
        match *progress {
            Progress::Head { at, .. } => {
                self.head_at = Some(at);
                true
            }
            Progress::Event { at, kind, sequence, brings_text, text } => {
                let is_first = brings_text && self.time_to_first_token().is_none();
                if brings_text {
                    self.pace.note_text(at);
                }
                match text {
                    TextChange::None => {}
                    TextChange::More(more) => self.text.push_str(more),
                    TextChange::Whole(whole) => whole.clone_into(&mut self.text),
                }
                self.events_in_all += 1;
                if self.events.len() < MOST_EVENTS {
                    self.events.push(EventRecord { at, kind: kind.to_owned(), sequence });
                }
                is_first
            }
        }
    }

    /// From the request to the first words.
    pub fn time_to_first_token(&self) -> Option<Duration> {
        self.pace.time_to_first_token()
    }

    /// Output tokens a second from the first words to the last; an estimate until `usage` is known.
    pub fn token_rate(&self, usage: Option<Usage>) -> Option<TokenRate> {
        let is_estimate = usage.is_none();
        let usage = usage.unwrap_or_else(|| Usage { output_tokens: estimate_tokens(&self.text), ..Usage::default() });
        Some(TokenRate { tokens_per_second: self.pace.tokens_per_second(usage)?, is_estimate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_origin(Duration::from_millis(ms))
    }

    fn event(ms: u64, text: TextChange<'_>) -> Progress<'_> {
        let brings_text = text != TextChange::None;
        Progress::Event { at: at(ms), kind: "response.output_text.delta", sequence: Some(ms), brings_text, text }
    }

    #[test]
    fn the_rate_is_an_estimate_until_the_usage_is_there() {
        let mut record = StreamRecord::since(at(0));
        let turning = [
            record.note(&Progress::Head { at: at(100), status: 200 }),
            record.note(&event(150, TextChange::None)),
            record.note(&event(400, TextChange::More("Hello"))),
            record.note(&event(1_400, TextChange::More(" there"))),
        ];
        assert_eq!(turning, [true, false, true, false]);
        assert_eq!((record.head_at, record.time_to_first_token()), (Some(at(100)), Some(Duration::from_millis(400))));
        assert_eq!(record.text, "Hello there");
        let guess = record.token_rate(None).unwrap();
        assert!(guess.is_estimate && guess.tokens_per_second > 0.0, "{guess:?}");
        let usage = Usage { output_tokens: 75, reasoning_tokens: 64, ..Usage::default() };
        let counted = TokenRate { tokens_per_second: 10.0, is_estimate: false };
        assert_eq!(record.token_rate(Some(usage)), Some(counted));
    }

    #[test]
    fn text_is_corrected_and_events_beyond_the_list_are_counted() {
        let mut record = StreamRecord::since(at(0));
        record.note(&event(1, TextChange::More("Helo")));
        record.note(&event(2, TextChange::Whole("Hello")));
        for _ in 0..MOST_EVENTS {
            record.note(&event(3, TextChange::None));
        }
        assert_eq!(
            (record.text.as_str(), record.events.len(), record.events_in_all),
            ("Hello", MOST_EVENTS, MOST_EVENTS + 2)
        );
    }
}
