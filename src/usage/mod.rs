//! Tokens and money: the notebook's `TokenStats`, grown up.

mod ledger;
mod money;

pub use ledger::{Entry, EntryKind, Ledger, Summary};
pub use money::{Cost, Money, Price};
