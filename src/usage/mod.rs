//! Tokens and money: the notebook's `TokenStats`, grown up.

mod ledger;
mod money;
mod record;

pub use ledger::{Entry, EntryKind, Ledger, Summary};
pub use money::{Cost, Money, Price};
pub use record::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, OutcomeRecord, PlannedWait, ResponseFacts,
};
