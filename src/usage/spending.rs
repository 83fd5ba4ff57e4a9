//! What is spent since a moment, kept up with the ledger call by call: a budget asks before every request.

use super::budget::Spent;
use super::ledger::Ledger;
use super::prices::Prices;
use super::record::{AnsweredBy, CallId};
use super::row::{LedgerRow, Stands};
use super::summary::{Summary, Totals};
use crate::time::UnixTime;

impl From<Summary> for Spent {
    fn from(of: Summary) -> Self {
        Self {
            cost: of.cost,
            tokens: of.total_tokens,
            untold: of.calls_without_usage + of.calls_with_invalid_usage + of.unknown_outcomes,
            calls: of.num_calls.saturating_add(of.unknown_outcomes),
        }
    }
}

/// What an API's calls that were queued since a moment came to.
#[derive(Debug, Clone)]
pub struct Spending {
    api: AnsweredBy,
    since_micros: u64,
    settled: Totals,
    /// The places of calls that may still change: they are counted anew each time.
    open: Vec<usize>,
    /// How many rows of the ledger have been looked at, and the last of them.
    looked_at: (usize, Option<CallId>),
}

impl Spending {
    /// Of calls to `api` that were queued at `since` or later.
    pub fn new(api: AnsweredBy, since: UnixTime) -> Self {
        let since_micros = u64::try_from(since.since_epoch().as_micros()).unwrap_or(u64::MAX);
        Self { api, since_micros, settled: Totals::default(), open: Vec::new(), looked_at: (0, None) }
    }

    /// Whether it is of those calls.
    pub fn is_of(&self, api: AnsweredBy, since: UnixTime) -> bool {
        self.api == api && u128::from(self.since_micros) == since.since_epoch().as_micros()
    }

    /// What was spent by now, at `prices`.
    pub fn spent(&mut self, ledger: &Ledger, prices: &Prices) -> Spent {
        let rows = ledger.rows();
        let (count, last) = self.looked_at;
        let is_same = count == 0 || rows.get(count - 1).map(|row| row.id) == last;
        if !is_same {
            // Calls were taken out.
            *self = Self { settled: Totals::default(), open: Vec::new(), looked_at: (0, None), ..self.clone() };
        }
        let begun = self.looked_at.0;
        let is_meant = |row: &LedgerRow| row.api == self.api && row.queued_at_micros >= self.since_micros;
        let is_settled = |place: &usize| rows.get(*place).is_some_and(is_final);
        let fresh = (begun..rows.len()).filter(|place| rows.get(*place).is_some_and(is_meant));
        let known: Vec<usize> = self.open.drain(..).chain(fresh).collect();
        let (settled, open): (Vec<usize>, Vec<usize>) = known.into_iter().partition(is_settled);
        self.settled.join(&Totals::of(settled.iter().filter_map(|place| rows.get(*place)), prices), prices);
        self.open = open;
        self.looked_at = (rows.len(), rows.last().map(|row| row.id));
        let mut all = self.settled.clone();
        all.join(&Totals::of(self.open.iter().filter_map(|place| rows.get(*place)), prices), prices);
        all.summary().into()
    }
}

/// Whether nothing more comes of a call: others can be taken up again.
const fn is_final(row: &LedgerRow) -> bool {
    matches!(row.stands, Stands::Succeeded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responses::Usage;
    use crate::usage::{MadeIn, RowAnswer, Tier};
    use proptest::prelude::*;

    fn row(id: u128, (live, at, stands, kind): (bool, u64, usize, u8)) -> LedgerRow {
        let usage = Usage { input_tokens: at + 1, output_tokens: 7, total_tokens: at + 8, ..Usage::default() };
        let stands = Stands::ALL[stands];
        LedgerRow {
            answered_by: None,
            id: CallId::new(id + 1),
            run: "".into(),
            lane: 0,
            made_in: MadeIn::Burst,
            api: if live { AnsweredBy::Live } else { AnsweredBy::Simulated },
            server: "".into(),
            key_alias: None,
            model: if kind == 0 { "local:latest" } else { "gpt-5-nano" }.into(),
            label: "".into(),
            queued_at_micros: at,
            duration_micros: None,
            waited_micros: 0,
            attempts: 1,
            failed_attempts: 1,
            unknown_outcomes: u32::from(kind == 3),
            answer: match (stands, kind) {
                (Stands::Succeeded, 1) => RowAnswer::NoUsage,
                (Stands::Succeeded, _) => RowAnswer::Usage(usage),
                _ => RowAnswer::None,
            },
            tier: Tier::Standard,
            status: None,
            class: None,
            stands,
            place: None,
        }
    }

    /// The same sums, taken by hand from all rows.
    fn by_hand(ledger: &Ledger, since: u64) -> (u64, u64, i128, u64) {
        let mut sums = (0, 0, 0, 0);
        for row in ledger.rows() {
            if row.api != AnsweredBy::Live || row.queued_at_micros < since {
                continue;
            }
            sums.0 += u64::from(row.answer != RowAnswer::None) + u64::from(row.unknown_outcomes);
            sums.3 += u64::from(row.unknown_outcomes) + u64::from(row.answer == RowAnswer::NoUsage);
            if let RowAnswer::Usage(usage) = &row.answer {
                sums.1 += usage.total_tokens;
                if &*row.model == "gpt-5-nano" {
                    // $0.05 and $0.40 per million tokens.
                    sums.2 += i128::from(usage.input_tokens) * 50_000 + i128::from(usage.output_tokens) * 400_000;
                } else {
                    sums.3 += 1;
                }
            }
        }
        sums
    }

    proptest! {
        #[test]
        fn it_is_the_sum_of_the_rows_however_they_change(
            steps in prop::collection::vec(
                prop_oneof![
                    12 => (0u128..40, (any::<bool>(), 0u64..100, 0usize..Stands::ALL.len(), 0u8..4)).prop_map(Some),
                    1 => Just(None),
                ],
                0..120,
            ),
        ) {
            let mut ledger = Ledger::default();
            let mut spending = Spending::new(AnsweredBy::Live, UnixTime::from_epoch(std::time::Duration::from_micros(20)));
            for step in steps {
                match step {
                    // A call with a response changes no more.
                    Some((id, parts)) if ledger.get(CallId::new(id + 1)).is_none_or(|row| !is_final(row)) => {
                        let at = ledger.get(CallId::new(id + 1)).map_or(parts.1, |row| row.queued_at_micros);
                        let live = ledger.get(CallId::new(id + 1)).map_or(parts.0, |row| row.api == AnsweredBy::Live);
                        ledger.put(row(id, (live, at, parts.2, parts.3)));
                    }
                    Some(_) => {}
                    None => drop(ledger.take(|row| row.queued_at_micros % 3 == 0)),
                }
                let spent = spending.spent(&ledger, &Prices::default());
                let sums = (spent.calls, spent.tokens, spent.cost.known.picodollars(), spent.cost.unknown_calls);
                prop_assert_eq!(sums, by_hand(&ledger, 20));
            }
        }
    }
}
