//! Totals are the sum of the history, at every moment.

use std::time::Duration;

use proptest::prelude::*;
use sluice::retry::Preset;
use sluice::run::KeptContent;
use sluice::usage::{CountsAs, Ledger, LedgerRow, Money, Prices, Stands, Tier, Totals};

use super::runs::{Trouble, counted};

pub fn trouble() -> impl Strategy<Value = Trouble> {
    let preset =
        prop::sample::select(vec![Preset::Notebook, Preset::NotebookAsWritten, Preset::Sluice, Preset::OpenAiPython]);
    let stopped = prop::option::of((0u64..40_000).prop_map(Duration::from_millis));
    (any::<u32>(), 1usize..12, 1u64..40, any::<bool>(), 0u8..4, preset, stopped, any::<bool>()).prop_map(
        |(seed, calls, rpm, streams, faults, preset, stopped_after, keeps)| Trouble {
            seed: seed.into(),
            calls,
            rpm,
            streams,
            faults,
            preset,
            stopped_after,
            keeps: if keeps { KeptContent::Bodies } else { KeptContent::Nothing },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happened: failures, cancellations, streams without usage.
    #[test]
    fn totals_are_the_sum_of_what_was_answered(trouble in trouble()) {
        let (ran, prices) = (trouble.run(), Prices::default());
        let mut ledger = Ledger::default();
        for call in &ran.calls {
            ledger.put(LedgerRow::of(call));
        }
        let summary = ledger.totals(&prices, |_| true).summary();
        let sum = |pick: fn(&sluice::responses::Usage) -> u64| ran.reported.iter().map(pick).sum::<u64>();
        prop_assert_eq!(summary.total_input_tokens, sum(|usage| usage.input_tokens));
        prop_assert_eq!(summary.total_output_tokens, sum(|usage| usage.output_tokens));
        prop_assert_eq!(summary.total_tokens, sum(|usage| usage.total_tokens));
        prop_assert_eq!(summary.cached_tokens, sum(|usage| usage.cached_tokens));
        prop_assert_eq!(summary.reasoning_tokens, sum(|usage| usage.reasoning_tokens));
        prop_assert_eq!(summary.failed_attempts, ran.failed);
        prop_assert_eq!(summary.unknown_outcomes, ran.unknown);
        prop_assert_eq!(summary.calls_without_usage, ran.without_usage);
        prop_assert_eq!(summary.calls_with_invalid_usage, ran.invalid_usage);
        let answered = ran.reported.len() as u64 + ran.without_usage + ran.invalid_usage;
        prop_assert_eq!(summary.num_calls, answered);
        // Row by row it is the same, and the parts by model are the whole.
        let rows: Money = ledger.rows().iter().map(|row| row.cost(&prices).known).sum();
        prop_assert_eq!(summary.cost.known, rows);
        prop_assert_eq!(summary.cost.unknown_calls, ledger.rows().iter().map(|row| row.cost(&prices).unknown_calls).sum::<u64>());
        let attempts: u32 = ledger.rows().iter().map(|row| row.attempts).sum();
        prop_assert_eq!(u64::from(attempts), answered + ran.failed + ran.unknown);
    }

    /// The band adds up attempts as they come, the ledger holds calls: never do they differ.
    #[test]
    fn attempts_and_calls_come_to_the_same_at_every_moment(trouble in trouble()) {
        let (ran, prices) = (trouble.run(), Prices::default());
        let mut ledger = Ledger::default();
        for (number, call) in ran.seen.iter().enumerate() {
            ledger.put(LedgerRow::of(call));
            if number % 7 == 0 {
                let mut band = Totals::default();
                for row in ledger.rows() {
                    let call = ran.seen[..=number].iter().rev().find(|call| call.id == row.id).unwrap();
                    counted(call).for_each(|counts_as| band.add((&call.model, Tier::Standard), counts_as, &prices));
                }
                prop_assert_eq!(band.summary(), ledger.totals(&prices, |_| true).summary());
            }
        }
        // Nothing is under way any more.
        prop_assert!(ledger.rows().iter().all(|row| row.stands != Stands::Running));
    }
}

#[test]
fn a_call_of_a_job_costs_half() {
    // The price list of 2026-11-25: gpt-5-nano at $0.05 and $0.40 per million tokens.
    let usage =
        sluice::responses::Usage { input_tokens: 1_000, output_tokens: 500, total_tokens: 1_500, ..Default::default() };
    let mut totals = Totals::default();
    totals.add(("gpt-5-nano", Tier::Batch), &CountsAs::Usage(usage), &Prices::default());
    let summary = totals.summary();
    assert_eq!((summary.num_calls, summary.total_tokens), (1, 1_500));
    // (1,000 × 50,000 + 500 × 400,000) ÷ 2 picodollars.
    assert_eq!(summary.cost.known, Money::from_picodollars(125_000_000));
}

#[test]
fn what_a_reset_forgot_comes_back_beside_what_came_since() {
    let prices = Prices::default();
    let usage = sluice::responses::Usage { input_tokens: 10, output_tokens: 5, total_tokens: 15, ..Default::default() };
    let (mut before, mut since) = (Totals::default(), Totals::default());
    before.add(("gpt-5-nano", Tier::Standard), &CountsAs::Usage(usage), &prices);
    before.add(("gpt-5-nano", Tier::Standard), &CountsAs::Failed, &prices);
    since.add(("gpt-5-nano", Tier::Standard), &CountsAs::Usage(usage), &prices);
    since.add(("local:latest", Tier::Standard), &CountsAs::Usage(usage), &prices);
    since.join(&before, &prices);
    let summary = since.summary();
    assert_eq!((summary.num_calls, summary.failed_attempts, summary.total_tokens), (3, 1, 45));
    // Two of them at 10 × 50,000 + 5 × 400,000 picodollars; one has no price.
    assert_eq!((summary.cost.known, summary.cost.unknown_calls), (Money::from_picodollars(5_000_000), 1));
}
