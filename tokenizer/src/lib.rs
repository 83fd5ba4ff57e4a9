//! Exact token counts in `o200k_base`, the encoding of GPT-4o, GPT-4.1, GPT-5 and the o-series.
//!
//! A text is cut into [`pieces`], and each piece into tokens by byte-pair encoding. [`Tokenizer`] does the latter
//! without replaying the merges: it takes the longest token that may stand next to the one before it, and goes back
//! where that leads nowhere, so the time is linear in the text, whatever the text is. The method is that of the crate
//! `bpe` (github/rust-gems); the tables are laid out to be built in the browser, from the tokens alone.
//!
//! Equality with OpenAI's tiktoken is held by `tests/golden.rs`.

// Numbers of tokens, nodes and bytes of a token are the vocabulary's, which has 199 998 of them.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]

mod classes;
mod job;
mod merges;
mod pieces;
mod tokenizer;
mod trie;
mod vocabulary;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use job::Job;
pub use pieces::Pieces;
pub use tokenizer::Tokenizer;
