//! The longest token at the beginning of some bytes: a trie as one array (a double-array trie).
//!
//! A node is a slot. Its child for a byte is the slot `base ^ byte`, if that slot names it as its parent. A step is one
//! look into 3.5 MB, in which what begins alike lies close together: with these tables the cache is what limits the speed.

use crate::vocabulary::{TOKENS, Vocabulary};

/// Of a slot's 64 bits: the base of its children (20), its parent (20), and its token or `NO_TOKEN` (18).
const SLOT_BITS: u32 = 20;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;
const NO_TOKEN: u32 = (1 << 18) - 1;
/// The parent that a free slot names, and those of single bytes, which are looked up by themselves.
const NO_PARENT: u32 = SLOT_MASK as u32;
/// Children share a block, since `^ byte` changes the last eight bits only.
const BLOCK: usize = 256;
/// Older blocks are left as they are, full or not: to search them would take longer than the little space is worth.
const OPEN_BLOCKS: usize = 12;

pub struct Trie {
    slots: Vec<u64>,
    /// The longest token that is a true beginning of each token, or `NO_TOKEN`.
    prefixes: Vec<u32>,
    lengths: Vec<u8>,
}

impl Trie {
    /// Reads the vocabulary and builds the trie.
    pub fn o200k() -> Self {
        let mut trie = Self { slots: Vec::new(), prefixes: vec![NO_TOKEN; TOKENS], lengths: vec![0; TOKENS] };
        let mut draft = Draft::default();
        let mut path: Vec<u32> = Vec::new();
        Vocabulary::read(|shared, bytes, token| {
            path.truncate(shared);
            let prefix = path.iter().rev().map(|node| draft.token(*node)).find(|token| *token != NO_TOKEN);
            for byte in bytes.get(shared..).unwrap_or_default() {
                path.push(draft.add(path.last().copied(), *byte));
            }
            draft.set_token(path.last().copied(), token);
            if let (Some(place), Some(prefix)) = (trie.prefixes.get_mut(token as usize), prefix) {
                *place = prefix;
            }
            if let Some(place) = trie.lengths.get_mut(token as usize) {
                *place = bytes.len() as u8;
            }
        });
        trie.slots = draft.place();
        trie
    }

    /// The longest token that `bytes` begin with; `None` of no bytes.
    #[inline]
    pub fn longest(&self, bytes: &[u8]) -> Option<u32> {
        let (first, rest) = bytes.split_first()?;
        let mut at = u32::from(*first);
        let mut slot = *self.slots.get(at as usize)?;
        let mut token = token(slot);
        for byte in rest {
            let next = base(slot) ^ u32::from(*byte);
            let Some(child) = self.slots.get(next as usize).copied().filter(|child| parent(*child) == at) else {
                break;
            };
            at = next;
            slot = child;
            if self::token(slot) != NO_TOKEN {
                token = self::token(slot);
            }
        }
        Some(token)
    }

    /// The longest token that `token` begins with and is not.
    #[inline]
    pub fn shorter(&self, token: u32) -> Option<u32> {
        self.prefixes.get(token as usize).copied().filter(|prefix| *prefix != NO_TOKEN)
    }

    /// How many bytes a token is.
    #[inline]
    pub fn length(&self, token: u32) -> usize {
        self.lengths.get(token as usize).copied().map_or(0, usize::from)
    }
}

#[inline]
const fn base(slot: u64) -> u32 {
    (slot & SLOT_MASK) as u32
}

#[inline]
const fn parent(slot: u64) -> u32 {
    (slot >> SLOT_BITS & SLOT_MASK) as u32
}

#[inline]
const fn token(slot: u64) -> u32 {
    (slot >> (2 * SLOT_BITS)) as u32
}

const fn slot(base: u32, parent: u32, token: u32) -> u64 {
    base as u64 | (parent as u64) << SLOT_BITS | (token as u64) << (2 * SLOT_BITS)
}

const FREE: u64 = slot(0, NO_PARENT, NO_TOKEN);

/// The trie as it is read: nodes with links, in the order of their first token.
#[derive(Default)]
struct Draft {
    nodes: Vec<Node>,
    last_root: Option<u32>,
}

struct Node {
    byte: u8,
    token: u32,
    /// The newest child, and of the nodes with one parent the one before this.
    last_child: Option<u32>,
    sibling: Option<u32>,
}

impl Draft {
    fn token(&self, node: u32) -> u32 {
        self.nodes.get(node as usize).map_or(NO_TOKEN, |node| node.token)
    }

    fn set_token(&mut self, node: Option<u32>, token: u32) {
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(node as usize)) {
            node.token = token;
        }
    }

    fn add(&mut self, parent: Option<u32>, byte: u8) -> u32 {
        let node = self.nodes.len() as u32;
        let last = match parent.and_then(|parent| self.nodes.get_mut(parent as usize)) {
            Some(parent) => &mut parent.last_child,
            None => &mut self.last_root,
        };
        let sibling = last.replace(node);
        self.nodes.push(Node { byte, token: NO_TOKEN, last_child: None, sibling });
        node
    }

    fn children(&self, last: Option<u32>) -> impl Iterator<Item = (u32, &Node)> {
        let mut next = last;
        std::iter::from_fn(move || {
            let at = next?;
            let node = self.nodes.get(at as usize)?;
            next = node.sibling;
            Some((at, node))
        })
    }

    /// Gives each node its slot.
    fn place(&self) -> Vec<u64> {
        let mut blocks = Blocks::default();
        let mut places = vec![0_u32; self.nodes.len()];
        // The single bytes fill the first block, each at its own number.
        blocks.grow();
        self.put(self.last_root, 0, NO_PARENT, &mut blocks, &mut places);
        let mut bytes = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            bytes.clear();
            bytes.extend(self.children(node.last_child).map(|(_, child)| child.byte));
            let Some(parent) = places.get(index).copied().filter(|_| !bytes.is_empty()) else { continue };
            let base = blocks.base_for(&bytes);
            if let Some(own) = blocks.slots.get_mut(parent as usize) {
                *own |= u64::from(base);
            }
            self.put(node.last_child, base, parent, &mut blocks, &mut places);
        }
        blocks.slots
    }

    fn put(&self, last: Option<u32>, base: u32, parent: u32, blocks: &mut Blocks, places: &mut [u32]) {
        for (index, child) in self.children(last) {
            let at = base ^ u32::from(child.byte);
            if let Some(place) = places.get_mut(index as usize) {
                *place = at;
            }
            blocks.take(at, slot(0, parent, child.token));
        }
    }
}

/// The slots that are given out, and which are still free.
#[derive(Default)]
struct Blocks {
    slots: Vec<u64>,
    /// A bit for each taken slot.
    taken: Vec<[u64; BLOCK / 64]>,
}

impl Blocks {
    fn grow(&mut self) {
        self.slots.resize(self.slots.len() + BLOCK, FREE);
        self.taken.push([0; BLOCK / 64]);
    }

    fn take(&mut self, at: u32, slot: u64) {
        let (block, low) = (at as usize / BLOCK, at as usize % BLOCK);
        if let Some(place) = self.slots.get_mut(at as usize) {
            *place = slot;
        }
        if let Some(bits) = self.taken.get_mut(block).and_then(|bits| bits.get_mut(low / 64)) {
            *bits |= 1 << (low % 64);
        }
    }

    /// A base under which the slots for all of `bytes` are free.
    fn base_for(&mut self, bytes: &[u8]) -> u32 {
        let first = bytes.first().copied().unwrap_or_default();
        loop {
            let oldest = self.taken.len().saturating_sub(OPEN_BLOCKS);
            for (block, taken) in self.taken.iter().enumerate().skip(oldest) {
                if let Some(low) = low_base(taken, first, bytes) {
                    return (block * BLOCK) as u32 | u32::from(low);
                }
            }
            self.grow();
        }
    }
}

fn low_base(taken: &[u64; BLOCK / 64], first: u8, bytes: &[u8]) -> Option<u8> {
    let is_free = |low: u8| taken.get(usize::from(low / 64)).is_some_and(|bits| bits >> (low % 64) & 1 == 0);
    for (word, bits) in (0_u8..).zip(taken) {
        let mut free = !bits;
        while free != 0 {
            let base = (word * 64 + free.trailing_zeros() as u8) ^ first;
            if bytes.iter().all(|byte| is_free(base ^ byte)) {
                return Some(base);
            }
            free &= free - 1;
        }
    }
    None
}
