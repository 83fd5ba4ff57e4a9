//! Which two tokens each token is merged from, and so which tokens may stand next to each other.

use crate::trie::Trie;
use crate::vocabulary::{TOKENS, Vocabulary};

/// There are 199 742 merges, so four slots in ten are taken.
const SLOT_BITS: u32 = 19;
const SLOT_MASK: usize = (1 << SLOT_BITS) - 1;
const EMPTY: u64 = u64::MAX;
/// A token's number takes 18 bits: two of them and their merge fit into a slot.
const TOKEN_BITS: u32 = 18;
const TOKEN_MASK: u64 = (1 << TOKEN_BITS) - 1;

pub struct Merges {
    /// The two parts of each token; a single byte is its own two parts.
    parts: Vec<(u32, u32)>,
    /// Left part, right part, and the token that they make.
    slots: Vec<u64>,
}

impl Merges {
    pub fn new(vocabulary: &Vocabulary, trie: &Trie) -> Self {
        let mut merges = Self { parts: Vec::with_capacity(TOKENS), slots: vec![EMPTY; SLOT_MASK + 1] };
        // By rank: what a token is made of is decided by the merges before it.
        for (token, bytes) in vocabulary.tokens() {
            let parts = merges.last_merge(trie, token, bytes);
            merges.parts.push(parts.unwrap_or((token, token)));
            if let Some((left, right)) = parts {
                merges.add(left, right, token);
            }
        }
        merges
    }

    /// The two earlier tokens that stand in `bytes` before their merge into `token`.
    fn last_merge(&self, trie: &Trie, token: u32, bytes: &[u8]) -> Option<(u32, u32)> {
        let mut left = trie.shorter(token);
        while let Some(candidate) = left {
            let rest = bytes.get(trie.length(candidate)..).unwrap_or_default();
            let right = trie.longest(rest).filter(|right| trie.length(*right) == rest.len());
            if let Some(right) = right.filter(|right| candidate.max(*right) < token)
                && self.may_follow(candidate, right)
            {
                return Some((candidate, right));
            }
            left = trie.shorter(candidate);
        }
        None
    }

    fn add(&mut self, left: u32, right: u32, token: u32) {
        let mut slot = slot(left, right);
        while let Some(place) = self.slots.get_mut(slot & SLOT_MASK) {
            if *place == EMPTY {
                *place = pair(left, right) << TOKEN_BITS | u64::from(token);
                return;
            }
            slot += 1;
        }
    }

    #[inline]
    fn merged(&self, left: u32, right: u32) -> Option<u32> {
        let pair = pair(left, right);
        let mut slot = slot(left, right);
        loop {
            let place = self.slots.get(slot & SLOT_MASK).copied().unwrap_or(EMPTY);
            if place >> TOKEN_BITS == pair {
                return Some((place & TOKEN_MASK) as u32);
            }
            if place == EMPTY {
                return None;
            }
            slot += 1;
        }
    }

    #[inline]
    fn parts(&self, token: u32) -> (u32, u32) {
        self.parts.get(token as usize).copied().unwrap_or((token, token))
    }

    /// Whether byte-pair encoding leaves `right` after `left`: undone merge by merge, latest first, no pair across the
    /// gap would have been merged before.
    pub fn may_follow(&self, mut left: u32, mut right: u32) -> bool {
        let mut limit = u32::MAX;
        loop {
            if self.merged(left, right).is_some_and(|token| token < limit) {
                return false;
            }
            // The later of the two merges is undone; merges from there on cannot have come between.
            if left > right {
                limit = left;
                left = self.parts(left).1;
                if left == limit {
                    limit = right + 1;
                    right = self.parts(right).0;
                    if right + 1 == limit {
                        return true;
                    }
                }
            } else {
                limit = right + 1;
                right = self.parts(right).0;
                if right + 1 == limit {
                    limit = left;
                    left = self.parts(left).1;
                    if left == limit {
                        return true;
                    }
                }
            }
        }
    }
}

#[inline]
fn pair(left: u32, right: u32) -> u64 {
    u64::from(left) << TOKEN_BITS | u64::from(right)
}

#[inline]
fn slot(left: u32, right: u32) -> usize {
    let key = left.wrapping_mul(0x9e37_79b1) ^ right.wrapping_mul(0x85eb_ca6b);
    (key.wrapping_mul(0x2c1b_3c6d) >> (32 - SLOT_BITS)) as usize
}
