//! Tokens and money: the notebook's `TokenStats`, grown up.

mod ledger;
mod money;
mod over_time;
mod prices;
mod query;
mod record;
mod row;
mod rows_text;
mod summary;

pub use ledger::Ledger;
pub use money::{Cost, Money, Price};
pub use over_time::{OverTime, Stretch};
pub use prices::{Prices, Tier};
pub use query::{Period, Query, SortBy};
pub use record::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, OutcomeRecord, PlannedWait,
    ResponseFacts,
};
pub use row::{LedgerRow, Place, RowAnswer, Stands};
pub use rows_text::{ROWS_VERSION, RowsError, read_rows, write_rows};
pub use summary::{Summary, Totals};
