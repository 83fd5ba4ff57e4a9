//! Tokens and money: the notebook's `TokenStats`, grown up.

mod budget;
mod decimal;
mod ledger;
mod money;
mod over_time;
mod prices;
mod query;
mod record;
mod row;
mod rows_text;
mod spending;
mod summary;

pub use budget::{
    Budget, BudgetPeriod, Cap, Level, MOST_COUNT, MOST_USD, Outlook, Planned, Spent, Unit, is_by_budget, refusal,
};
pub use decimal::{DecimalError, read_scaled, write_scaled};
pub use ledger::Ledger;
pub use money::{Cost, Money, Price};
pub use over_time::{OverTime, Stretch};
pub use prices::{
    Imported, LONGEST_FILE, ListedPrice, MOST_PER_TOKEN, MOST_ROWS, PriceFault, PriceRow, Prices, Tier, check_model,
    import, read_per_million, write_per_million,
};
pub use query::{Period, Query, SortBy};
pub use record::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, OutcomeRecord, PlannedWait,
    ResponseFacts,
};
pub use row::{LedgerRow, Place, RowAnswer, Stands};
pub use rows_text::{ROWS_VERSION, RowsError, SharedNames, read_rows, write_rows};
pub use spending::Spending;
pub use summary::{Summary, Totals};

#[cfg(test)]
mod budget_tests;
