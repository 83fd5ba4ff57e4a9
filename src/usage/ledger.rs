//! The ledger: every attempt, once; totals are always the sum of its history.

use std::collections::BTreeMap;

use super::money::{Cost, Money};
use crate::models;
use crate::responses::{ReportedUsage, Usage};
use crate::time::UnixTime;

/// One attempt, accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it ended.
    pub at: UnixTime,
    /// The model asked for.
    pub model: String,
    /// What it came to.
    pub kind: EntryKind,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A response; its usage may be unknown.
    Call(ReportedUsage),
    /// A response of an OpenAI Batch job, at half the price (OpenAI's price list as collected on 2026-11-25).
    JobCall(ReportedUsage),
    /// A failure that the server answered: it adds no tokens and is no call.
    FailedAttempt,
    /// Stopped or lost on the way: it may have been processed and billed.
    UnknownOutcome,
}

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

impl Summary {
    fn add(&mut self, entry: &Entry) {
        match &entry.kind {
            EntryKind::Call(usage) | EntryKind::JobCall(usage) => {
                let is_job = matches!(entry.kind, EntryKind::JobCall(_));
                self.num_calls = self.num_calls.saturating_add(1);
                match usage {
                    ReportedUsage::Known(usage) => self.add_usage(&entry.model, usage, is_job),
                    ReportedUsage::Missing => {
                        self.calls_without_usage += 1;
                        self.cost.unknown_calls += 1;
                    }
                    ReportedUsage::Invalid(_) => {
                        self.calls_with_invalid_usage += 1;
                        self.cost.unknown_calls += 1;
                    }
                }
            }
            EntryKind::FailedAttempt => self.failed_attempts += 1,
            EntryKind::UnknownOutcome => {
                self.unknown_outcomes += 1;
                self.cost.unknown_calls += 1;
            }
        }
    }

    fn add_usage(&mut self, model: &str, usage: &Usage, is_job: bool) {
        for (total, tokens) in [
            (&mut self.total_input_tokens, usage.input_tokens),
            (&mut self.total_output_tokens, usage.output_tokens),
            (&mut self.total_tokens, usage.total_tokens),
            (&mut self.cached_tokens, usage.cached_tokens),
            (&mut self.reasoning_tokens, usage.reasoning_tokens),
        ] {
            *total = total.saturating_add(tokens);
        }
        match models::facts(model) {
            Some(facts) => {
                let price = facts.price.cost(usage);
                self.cost.known += if is_job { price.halved() } else { price };
            }
            None => self.cost.unknown_calls += 1,
        }
    }
}

/// All attempts and their totals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    history: Vec<Entry>,
    totals: Summary,
    by_model: BTreeMap<String, Summary>,
}

impl Ledger {
    /// Takes in one attempt.
    pub fn record(&mut self, entry: Entry) {
        self.totals.add(&entry);
        self.by_model.entry(entry.model.clone()).or_default().add(&entry);
        self.history.push(entry);
    }

    /// Takes in a response's usage, at an unknown time.
    pub fn record_success(&mut self, model: &str, usage: &ReportedUsage) {
        self.record(Entry { at: UnixTime::default(), model: model.into(), kind: EntryKind::Call(usage.clone()) });
    }

    /// Takes in a failed attempt, at an unknown time.
    pub fn record_failed_attempt(&mut self, model: &str) {
        self.record(Entry { at: UnixTime::default(), model: model.into(), kind: EntryKind::FailedAttempt });
    }

    /// Totals of everything.
    pub const fn summary(&self) -> Summary {
        self.totals
    }

    /// Totals by model, in the order of their names.
    pub fn by_model(&self) -> impl Iterator<Item = (&str, &Summary)> {
        self.by_model.iter().map(|(model, summary)| (model.as_str(), summary))
    }

    /// Every attempt, oldest first.
    pub fn history(&self) -> &[Entry] {
        &self.history
    }

    /// The cost of a usage of `model`; `None` where the model has no known price.
    pub fn price_of(model: &str, usage: &Usage) -> Option<Money> {
        models::facts(model).map(|facts| facts.price.cost(usage))
    }

    /// Forgets everything, and hands it back so that it can be undone.
    #[must_use = "it can be undone with what it hands back"]
    pub fn reset(&mut self) -> Self {
        std::mem::take(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let usage = prop_oneof![
            Just(ReportedUsage::Missing),
            Just(ReportedUsage::Invalid("input_tokens: -5".into())),
            (0u64..1_000_000, 0u64..1_000_000).prop_map(|(input, output)| {
                ReportedUsage::Known(Usage {
                    input_tokens: input,
                    output_tokens: output,
                    total_tokens: input + output,
                    cached_tokens: input / 2,
                    reasoning_tokens: output / 3,
                    cache_write_tokens: 0,
                })
            })
        ];
        let kind = prop_oneof![
            usage.clone().prop_map(EntryKind::Call),
            usage.prop_map(EntryKind::JobCall),
            Just(EntryKind::FailedAttempt),
            Just(EntryKind::UnknownOutcome)
        ];
        let model = prop_oneof![Just("gpt-5-nano"), Just("gpt-4o"), Just("local:latest")];
        (model, kind).prop_map(|(model, kind)| Entry { at: UnixTime::default(), model: model.into(), kind })
    }

    proptest! {
        #[test]
        fn totals_are_the_sum_of_history(entries in prop::collection::vec(entry(), 0..200)) {
            let mut ledger = Ledger::default();
            entries.iter().cloned().for_each(|entry| ledger.record(entry));
            let known: Vec<Usage> = ledger
                .history()
                .iter()
                .filter_map(|entry| match &entry.kind {
                    EntryKind::Call(ReportedUsage::Known(usage)) | EntryKind::JobCall(ReportedUsage::Known(usage)) => {
                        Some(*usage)
                    }
                    _ => None,
                })
                .collect();
            let summary = ledger.summary();
            prop_assert_eq!(summary.total_tokens, known.iter().map(|usage| usage.total_tokens).sum::<u64>());
            prop_assert_eq!(summary.total_input_tokens + summary.total_output_tokens, summary.total_tokens);
            let answered = summary.num_calls + summary.failed_attempts + summary.unknown_outcomes;
            prop_assert_eq!(answered, entries.len() as u64);
            let models: Vec<&Summary> = ledger.by_model().map(|(_, summary)| summary).collect();
            prop_assert_eq!(models.iter().map(|model| model.total_tokens).sum::<u64>(), summary.total_tokens);
            prop_assert_eq!(models.iter().map(|model| model.cost.known).sum::<Money>(), summary.cost.known);
            prop_assert_eq!(models.iter().map(|model| model.cost.unknown_calls).sum::<u64>(), summary.cost.unknown_calls);
        }
    }

    #[test]
    fn a_call_of_a_job_costs_half() {
        // The price list of 2026-11-25: gpt-5-nano at $0.05 and $0.40 per million tokens.
        let usage = Usage { input_tokens: 1_000, output_tokens: 500, total_tokens: 1_500, ..Usage::default() };
        let mut ledger = Ledger::default();
        let kind = EntryKind::JobCall(ReportedUsage::Known(usage));
        ledger.record(Entry { at: UnixTime::default(), model: "gpt-5-nano".into(), kind });
        let summary = ledger.summary();
        assert_eq!((summary.num_calls, summary.total_tokens), (1, 1_500));
        // (1,000 × 50,000 + 500 × 400,000) ÷ 2 picodollars.
        assert_eq!(summary.cost.known, Money::from_picodollars(125_000_000));
    }

    #[test]
    fn reset_hands_back_what_it_forgot() {
        let mut ledger = Ledger::default();
        ledger.record_failed_attempt("gpt-5-nano");
        let before = ledger.reset();
        assert_eq!((before.summary().failed_attempts, ledger.summary().failed_attempts), (1, 0));
        assert!(ledger.history().is_empty());
    }
}
