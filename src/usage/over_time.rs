//! The ledger over time: what was used in each of some equal stretches.

use super::money::Money;
use super::prices::Prices;
use super::row::LedgerRow;

/// What was used in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stretch {
    /// Calls that began in it.
    pub calls: u64,
    /// Their HTTP requests.
    pub attempts: u64,
    /// Those that failed or whose outcome is unknown.
    pub wasted: u64,
    /// Their tokens in.
    pub input_tokens: u64,
    /// Their tokens out.
    pub output_tokens: u64,
    /// What is known of their cost.
    pub cost: Money,
}

/// Stretches of equal length, one after another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OverTime {
    /// When the first begins, microseconds since 1970-01-01T00:00:00Z.
    pub from_micros: u64,
    /// How long each is, in microseconds; at least 1.
    pub length_micros: u64,
    /// The stretches.
    pub stretches: Vec<Stretch>,
}

impl OverTime {
    /// Of calls between two moments, cut into `count` stretches.
    pub fn of<'a>(
        rows: impl IntoIterator<Item = &'a LedgerRow>,
        prices: &Prices,
        (from_micros, to_micros): (u64, u64),
        count: usize,
    ) -> Self {
        let count_u64 = u64::try_from(count.max(1)).unwrap_or(1);
        let length_micros = to_micros.saturating_sub(from_micros).div_ceil(count_u64).max(1);
        let mut stretches = vec![Stretch::default(); count.max(1)];
        let last = stretches.len() - 1;
        for row in rows {
            // A long run in sped-up time is ahead of the wall.
            let Some(since) = row.queued_at_micros.min(to_micros).checked_sub(from_micros) else { continue };
            let place = usize::try_from(since / length_micros).unwrap_or(last).min(last);
            if let Some(stretch) = stretches.get_mut(place) {
                stretch.add(row, prices);
            }
        }
        Self { from_micros, length_micros, stretches }
    }
}

impl Stretch {
    fn add(&mut self, row: &LedgerRow, prices: &Prices) {
        self.calls += 1;
        self.attempts += u64::from(row.attempts);
        self.wasted += u64::from(row.failed_attempts) + u64::from(row.unknown_outcomes);
        if let Some(usage) = row.usage() {
            self.input_tokens = self.input_tokens.saturating_add(usage.input_tokens);
            self.output_tokens = self.output_tokens.saturating_add(usage.output_tokens);
        }
        self.cost += row.cost(prices).known;
    }
}
