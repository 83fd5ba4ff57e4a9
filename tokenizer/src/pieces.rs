//! Cuts a text into pieces, as the pattern of `o200k_base` does (openai/tiktoken, `tiktoken_ext/openai_public.py`):
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//! \p{N}{1,3}
//!  ?[^\s\p{L}\p{N}]+[\r\n/]*
//! \s*[\r\n]+
//! \s+(?!\S)
//! \s+
//! ```
//!
//! The first alternative that matches counts, with the backtracking of its repetitions. By hand, since an engine for
//! look-ahead is an order of magnitude slower and larger.

use crate::classes::{CASELESS, Classes, LOWER, MARK, NEWLINE, NUMBER, SPACE, SYMBOL, UPPER};

const LETTER: u8 = UPPER | LOWER | CASELESS;
/// May begin a word: `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
const HEAD: u8 = UPPER | CASELESS | MARK;
/// May end a word: `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
const TAIL: u8 = LOWER | CASELESS | MARK;
/// May stand before a word: `[^\r\n\p{L}\p{N}]`.
const PREFIX: u8 = MARK | SPACE | SYMBOL;
/// `[^\s\p{L}\p{N}]`.
const PUNCTUATION: u8 = MARK | SYMBOL;
/// `\s`.
const WHITE: u8 = SPACE | NEWLINE;

/// The pieces of a text, one after the other.
pub struct Pieces<'a> {
    classes: &'a Classes,
    text: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    /// The pieces of `text` from the byte `at` on, which must be where a piece begins.
    pub(crate) fn from(classes: &'a Classes, text: &'a str, at: usize) -> Self {
        Self { classes, text, at }
    }

    /// The class at a byte and its length in bytes; 0 and 0 at the end.
    #[inline]
    fn class(&self, at: usize) -> (u8, usize) {
        match self.text.as_bytes().get(at) {
            None => (0, 0),
            Some(byte) if byte.is_ascii() => (self.classes.of(char::from(*byte)), 1),
            Some(_) => match self.text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(character) => (self.classes.of(character), character.len_utf8()),
                None => (0, 0),
            },
        }
    }

    /// Where the run of characters in `set` ends that begins at `at`.
    #[inline]
    fn run(&self, mut at: usize, set: u8) -> usize {
        loop {
            let (class, length) = self.class(at);
            if class & set == 0 {
                return at;
            }
            at += length;
        }
    }

    /// The end of `HEAD*TAIL+` from `at`, or where the run of `HEAD` ends if there is no such word.
    fn word(&self, at: usize) -> Result<usize, usize> {
        let (mut end, mut last_in_both) = (at, None);
        loop {
            let (class, length) = self.class(end);
            if class & HEAD == 0 {
                // Neither head nor tail: the head gives back until its last character can be the tail.
                return if class & TAIL == 0 { last_in_both.ok_or(end) } else { Ok(self.run(end + length, TAIL)) };
            }
            end += length;
            if class & TAIL != 0 {
                last_in_both = Some(end);
            }
        }
    }

    /// The end of a word, with one character before it or without; `None` where the pattern finds none.
    fn letters(&self, class: u8, length: usize) -> Option<usize> {
        if class & LETTER != 0 {
            return Some(self.word(self.at).unwrap_or_else(|end| end));
        }
        if class & PREFIX == 0 {
            return None;
        }
        let start = self.at + length;
        let prefixed = self.word(start);
        match prefixed {
            Ok(end) => Some(end),
            Err(_) if class & MARK != 0 => self.word(self.at).ok(),
            Err(end) => (end > start).then_some(end),
        }
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)?` from `at`. A long s is an s to a pattern that ignores case.
    fn contraction(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let length = match rest {
            [b'\'', b's' | b'S' | b't' | b'T' | b'm' | b'M' | b'd' | b'D', ..] => 2,
            [b'\'', b'r' | b'R' | b'v' | b'V', b'e' | b'E', ..]
            | [b'\'', b'l' | b'L', b'l' | b'L', ..]
            | [b'\'', 0xc5, 0xbf, ..] => 3,
            _ => 0,
        };
        at + length
    }

    fn numbers(&self) -> usize {
        let mut end = self.at;
        for _ in 0..3 {
            let (class, length) = self.class(end);
            if class & NUMBER == 0 {
                break;
            }
            end += length;
        }
        end
    }

    /// ` ?[^\s\p{L}\p{N}]+[\r\n/]*`
    fn punctuation(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let start = self.at + usize::from(bytes.get(self.at) == Some(&b' '));
        let mut end = self.run(start, PUNCTUATION);
        if end == start {
            return None;
        }
        while matches!(bytes.get(end), Some(b'\r' | b'\n' | b'/')) {
            end += 1;
        }
        Some(end)
    }

    /// `\s*[\r\n]+`, `\s+(?!\S)` or `\s+`
    fn white_space(&self) -> usize {
        let (mut end, mut after_newline, mut last) = (self.at, None, self.at);
        loop {
            let (class, length) = self.class(end);
            if class & WHITE == 0 {
                // The last space belongs to what follows, unless nothing does or it is the only one.
                let spaces = if class == 0 || last == self.at { end } else { last };
                return after_newline.unwrap_or(spaces);
            }
            last = end;
            end += length;
            if class & NEWLINE != 0 {
                after_newline = Some(end);
            }
        }
    }

    fn end(&self) -> usize {
        let (class, length) = self.class(self.at);
        if let Some(end) = self.letters(class, length) {
            return self.contraction(end);
        }
        if class & NUMBER != 0 {
            return self.numbers();
        }
        self.punctuation().unwrap_or_else(|| self.white_space())
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let end = self.end();
        let piece = self.text.as_bytes().get(self.at..end).filter(|piece| !piece.is_empty())?;
        self.at = end;
        Some(piece)
    }
}
