//! A text that is counted a stretch at a time, so that a worker can tell how far it is and hear that nobody waits.

use crate::tokenizer::{Encoding, Tokenizer};

/// A count under way.
pub struct Job {
    text: String,
    at: usize,
    tokens: u64,
    encoding: Encoding,
}

impl Job {
    /// Begins at the start of `text`.
    pub fn new(text: String) -> Self {
        Self { text, at: 0, tokens: 0, encoding: Encoding::default() }
    }

    /// Counts at least `bytes` further, to the end of a piece. Says whether the text is done.
    pub fn step(&mut self, tokenizer: &Tokenizer, bytes: usize) -> bool {
        let until = self.at.saturating_add(bytes);
        for piece in tokenizer.pieces(&self.text, self.at) {
            self.tokens += tokenizer.count_piece(piece, &mut self.encoding);
            self.at += piece.len();
            if self.at >= until {
                break;
            }
        }
        self.at >= self.text.len()
    }

    /// Bytes that are counted.
    pub fn done(&self) -> usize {
        self.at
    }

    /// The counted part of the text, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.at as f64 / self.text.len().max(1) as f64
    }

    /// Tokens so far.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }
}
