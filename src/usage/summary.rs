//! Totals: what a part of the history comes to.

use std::sync::Arc;

use super::money::{Cost, Money};
use super::prices::{Prices, Tier};
use super::record::CountsAs;
use super::row::{LedgerRow, RowAnswer};
use crate::responses::Usage;

/// Totals of a part of the history. The notebook's `summary()` is its first four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Successful calls.
    pub num_calls: u64,
    /// Tokens sent.
    pub total_input_tokens: u64,
    /// Tokens received, reasoning included.
    pub total_output_tokens: u64,
    /// Both, as the server states them.
    pub total_tokens: u64,
    /// Input tokens read from the cache.
    pub cached_tokens: u64,
    /// Output tokens spent on reasoning.
    pub reasoning_tokens: u64,
    /// Calls that reported no usage: their tokens are unknown, not zero.
    pub calls_without_usage: u64,
    /// Calls whose usage could not be: excluded from the totals.
    pub calls_with_invalid_usage: u64,
    /// Attempts that failed.
    pub failed_attempts: u64,
    /// Attempts whose outcome is unknown.
    pub unknown_outcomes: u64,
    /// What it cost.
    pub cost: Cost,
}

/// A summary that can be priced anew: it knows which tokens have which price.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    summary: Summary,
    groups: Vec<PriceGroup>,
}

/// Calls of one price.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PriceGroup {
    model: Arc<str>,
    answered_by: Option<Arc<str>>,
    tier: Tier,
    calls: u64,
    usage: Usage,
}

impl Totals {
    /// Of the history `rows`.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a LedgerRow>, prices: &Prices) -> Self {
        let mut totals = Self::default();
        for row in rows {
            totals.count_row(row);
        }
        totals.price(prices);
        totals
    }

    /// Takes in one attempt that `model` was asked in and answered.
    pub fn add(&mut self, (model, tier): (&str, Tier), counts_as: &CountsAs, prices: &Prices) {
        self.add_answered((model, None, tier), counts_as, prices);
    }

    /// The same where the model that answered is told, whose price comes first.
    pub fn add_answered(
        &mut self,
        (model, answered_by, tier): (&str, Option<&str>, Tier),
        counts_as: &CountsAs,
        prices: &Prices,
    ) {
        match counts_as {
            CountsAs::Usage(usage) => {
                self.count_usage((model, answered_by.filter(|answered| *answered != model), tier), usage);
            }
            CountsAs::NoUsage => self.count_without_usage(false),
            CountsAs::InvalidUsage(_) => self.count_without_usage(true),
            CountsAs::Failed => self.summary.failed_attempts += 1,
            CountsAs::Unknown => self.summary.unknown_outcomes += 1,
        }
        self.price(prices);
    }

    /// Takes in all that `others` holds.
    pub fn join(&mut self, others: &Self, prices: &Prices) {
        for (mine, theirs) in self.summary.counts().into_iter().zip(others.summary.clone().counts()) {
            *mine = mine.saturating_add(*theirs);
        }
        for group in &others.groups {
            self.group((&group.model, group.answered_by.as_deref(), group.tier)).join(group.calls, &group.usage);
        }
        self.price(prices);
    }

    /// Prices it anew.
    pub fn price(&mut self, prices: &Prices) {
        let summary = &mut self.summary;
        let mut known = Money::ZERO;
        let mut unknown = summary.calls_without_usage + summary.calls_with_invalid_usage + summary.unknown_outcomes;
        for group in &self.groups {
            match prices.cost_of(&group.model, group.answered_by.as_deref(), group.tier, &group.usage) {
                Some(cost) => known += cost,
                None => unknown += group.calls,
            }
        }
        summary.cost = Cost { known, unknown_calls: unknown };
    }

    /// The numbers.
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.summary == Summary::default()
    }

    fn count_row(&mut self, row: &LedgerRow) {
        self.summary.failed_attempts += u64::from(row.failed_attempts);
        self.summary.unknown_outcomes += u64::from(row.unknown_outcomes);
        match &row.answer {
            RowAnswer::None => {}
            RowAnswer::Usage(usage) => self.count_usage((&row.model, row.answered_by.as_deref(), row.tier), usage),
            RowAnswer::NoUsage => self.count_without_usage(false),
            RowAnswer::InvalidUsage => self.count_without_usage(true),
        }
    }

    fn count_usage(&mut self, of: (&str, Option<&str>, Tier), usage: &Usage) {
        let summary = &mut self.summary;
        summary.num_calls += 1;
        for (total, tokens) in [
            (&mut summary.total_input_tokens, usage.input_tokens),
            (&mut summary.total_output_tokens, usage.output_tokens),
            (&mut summary.total_tokens, usage.total_tokens),
            (&mut summary.cached_tokens, usage.cached_tokens),
            (&mut summary.reasoning_tokens, usage.reasoning_tokens),
        ] {
            *total = total.saturating_add(tokens);
        }
        self.group(of).join(1, usage);
    }

    fn count_without_usage(&mut self, is_invalid: bool) {
        self.summary.num_calls += 1;
        let count =
            if is_invalid { &mut self.summary.calls_with_invalid_usage } else { &mut self.summary.calls_without_usage };
        *count += 1;
    }

    fn group(&mut self, (model, answered_by, tier): (&str, Option<&str>, Tier)) -> &mut PriceGroup {
        let found = self.groups.iter().position(|group| {
            group.tier == tier && *group.model == *model && group.answered_by.as_deref() == answered_by
        });
        let at = found.unwrap_or_else(|| {
            let answered_by = answered_by.map(Into::into);
            self.groups.push(PriceGroup { model: model.into(), answered_by, tier, calls: 0, usage: Usage::default() });
            self.groups.len() - 1
        });
        // Just found, or just pushed.
        #[expect(clippy::indexing_slicing, reason = "the place was found or made above")]
        &mut self.groups[at]
    }
}

impl Summary {
    fn counts(&mut self) -> [&mut u64; 10] {
        [
            &mut self.num_calls,
            &mut self.total_input_tokens,
            &mut self.total_output_tokens,
            &mut self.total_tokens,
            &mut self.cached_tokens,
            &mut self.reasoning_tokens,
            &mut self.calls_without_usage,
            &mut self.calls_with_invalid_usage,
            &mut self.failed_attempts,
            &mut self.unknown_outcomes,
        ]
    }
}

impl PriceGroup {
    fn join(&mut self, calls: u64, usage: &Usage) {
        self.calls = self.calls.saturating_add(calls);
        // What is said to be cached beyond the input costs nothing more: cut off call by call, as a call alone is priced.
        let cached = usage.cached_tokens.min(usage.input_tokens);
        let written = usage.cache_write_tokens.min(usage.input_tokens - cached);
        for (total, tokens) in [
            (&mut self.usage.input_tokens, usage.input_tokens),
            (&mut self.usage.output_tokens, usage.output_tokens),
            (&mut self.usage.cached_tokens, cached),
            (&mut self.usage.cache_write_tokens, written),
        ] {
            *total = total.saturating_add(tokens);
        }
    }
}
