//! Pieces into tokens.

use crate::classes::Classes;
use crate::merges::Merges;
use crate::pieces::Pieces;
use crate::trie::Trie;
use crate::vocabulary::Vocabulary;

/// Encodes and counts in `o200k_base`. Some 20 MB of tables, built in a fraction of a second and then only read.
pub struct Tokenizer {
    classes: Classes,
    trie: Trie,
    merges: Merges,
}

impl Tokenizer {
    /// Builds the tables.
    pub fn o200k() -> Self {
        let vocabulary = Vocabulary::o200k();
        let trie = Trie::o200k();
        let merges = Merges::new(&vocabulary, &trie);
        Self { classes: Classes::new(), trie, merges }
    }

    /// The tokens of a text. Names of special tokens in it are ordinary text, as they are to the API.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let (mut tokens, mut piece_tokens) = (Vec::new(), Encoding::default());
        for piece in self.pieces(text, 0) {
            self.encode_piece(piece, &mut piece_tokens);
            tokens.extend_from_slice(&piece_tokens.tokens);
        }
        tokens
    }

    /// How many tokens a text is.
    pub fn count(&self, text: &str) -> u64 {
        let mut encoding = Encoding::default();
        self.pieces(text, 0).map(|piece| self.count_piece(piece, &mut encoding)).sum()
    }

    pub(crate) fn pieces<'a>(&'a self, text: &'a str, at: usize) -> Pieces<'a> {
        Pieces::from(&self.classes, text, at)
    }

    #[inline]
    pub(crate) fn count_piece(&self, piece: &[u8], encoding: &mut Encoding) -> u64 {
        match self.trie.longest(piece) {
            Some(token) if self.trie.length(token) == piece.len() => 1,
            _ => {
                self.encode_piece(piece, encoding);
                encoding.tokens.len() as u64
            }
        }
    }

    #[inline]
    fn may_follow(&self, left: u32, right: u32, encoding: &mut Encoding) -> bool {
        let pair = u64::from(left) << 20 | u64::from(right) << 1;
        let hash = left.wrapping_mul(0x9e37_79b1).wrapping_add(right).wrapping_mul(0x85eb_ca6b);
        let Some(kept) = encoding.pairs.get_mut((hash >> 17) as usize % PAIRS) else { return false };
        if *kept & !1 != pair {
            *kept = pair | u64::from(self.merges.may_follow(left, right));
        }
        *kept & 1 == 1
    }

    /// The tokens of a piece, whose every token may follow the one before it.
    fn encode_piece(&self, piece: &[u8], encoding: &mut Encoding) {
        encoding.reset(piece.len());
        let (mut at, mut next) = (0, self.trie.longest(piece));
        while let Some(mut token) = next {
            let last = encoding.tokens.last().copied();
            loop {
                let end = at + self.trie.length(token);
                if !encoding.is_dead(end) && last.is_none_or(|last| self.may_follow(last, token, encoding)) {
                    encoding.tokens.push(token);
                    at = end;
                    next = self.trie.longest(piece.get(at..).unwrap_or_default());
                    break;
                }
                let Some(shorter) = self.trie.shorter(token) else {
                    // Nothing can stand here: back to the token before, which then must be a shorter one.
                    encoding.mark_dead(at);
                    encoding.tokens.pop();
                    at -= last.map_or(0, |last| self.trie.length(last));
                    next = last;
                    break;
                };
                token = shorter;
            }
        }
    }
}

/// How many answers of [`Merges::may_follow`] are remembered: a quarter of a megabyte.
const PAIRS: usize = 1 << 15;

/// What is kept between pieces so that it need not be allocated anew.
pub(crate) struct Encoding {
    tokens: Vec<u32>,
    /// A bit for each place in the piece from which no encoding leads to its end.
    dead: Vec<u64>,
    /// By their hash the pairs asked for last, and in the lowest bit the answer: the same few come again and again.
    pairs: Vec<u64>,
}

impl Default for Encoding {
    fn default() -> Self {
        Self { tokens: Vec::new(), dead: Vec::new(), pairs: vec![u64::MAX; PAIRS] }
    }
}

impl Encoding {
    fn reset(&mut self, length: usize) {
        self.tokens.clear();
        self.dead.clear();
        self.dead.resize(length / 64 + 1, 0);
    }

    fn is_dead(&self, at: usize) -> bool {
        self.dead.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    fn mark_dead(&mut self, at: usize) {
        if let Some(bits) = self.dead.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
    }
}
