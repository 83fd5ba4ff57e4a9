//! Explain over the simulated API's own refusals: what it prints, text and headers, reads back to its decision.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::time::Duration;

use proptest::prelude::*;
use sluice::explain::{Answer as Advised, Verdict, as_pasted, read};
use sluice::random::{RandomSource, Rng};
use sluice::responses::{CreateResponse, Input};
use sluice::retry::Class;
use sluice::simulator::{Answer, Scenario, Simulator};
use sluice::time::{Instant, UnixTime};
use sluice::transport::ApiRequest;

const NOVEMBER: UnixTime = UnixTime::from_secs(1_795_564_800);

/// The refusals among a hundred requests of random sizes, some milliseconds apart.
fn refusals(scenario: Scenario, seed: u64) -> Vec<Answer> {
    let mut simulator = Simulator::new(scenario, seed);
    let mut draws = Rng::from_seed(seed);
    let mut now = Instant::ORIGIN;
    let mut refused = Vec::new();
    for _ in 0..100 {
        now = now + Duration::from_millis(draws.below(700));
        let request = CreateResponse {
            model: ["gpt-5-nano", "gpt-4.1-2025-04-14"][usize::try_from(draws.below(2)).unwrap()].into(),
            input: Input::Text("Give me 3 synonyms for 'fast'. ".repeat(usize::try_from(1 + draws.below(40)).unwrap())),
            max_output_tokens: Some(16 + draws.below(900)),
            ..CreateResponse::default()
        };
        let wall = NOVEMBER + now.since_origin();
        let answer = simulator.answer(&ApiRequest::CreateResponse(request), Some("sk-simulated"), now, wall);
        if answer.reached.is_some() {
            refused.push(answer);
        }
    }
    refused
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn our_own_429s_read_back_to_their_decision(seed: u64, rpm in 1u64..20, rpd in 5u64..300, tpm in 400u64..12_000) {
        let mut scenario = Scenario::default().rpm(rpm).tpm(tpm);
        scenario.overrides.rpd = Some(rpd);
        let refused = refusals(scenario, seed);
        prop_assert!(!refused.is_empty(), "so many requests pass no limit of so few a minute");
        for answer in refused {
            let (reached, limits, retry_after) = (answer.reached.clone().unwrap(), answer.limits, answer.retry_after);
            let text = as_pasted(&answer.into_reply());
            let verdict = Verdict::of(&read(&text).unwrap(), NOVEMBER);
            prop_assert_eq!(verdict.status, Some(429));
            prop_assert_eq!(&verdict.conflicts, &[], "{}", text);
            let bucket = verdict.bucket.clone().unwrap();
            prop_assert_eq!((bucket.scope, Some(bucket.limit.value)), (reached.scope, reached.limit), "{}", text);
            prop_assert_eq!(bucket.window.map(|window| window.value), reached.window.map(|window| window.length()));
            prop_assert_eq!(bucket.used.map(|used| used.value), reached.used);
            prop_assert_eq!(bucket.requested.map(|requested| requested.value), reached.requested);
            // The limits that its headers tell are those that it decided by.
            let told: Vec<(u64, Option<u64>)> =
                verdict.told.iter().map(|bucket| (bucket.limit.value, bucket.left())).collect();
            let decided: Vec<(u64, Option<u64>)> = [limits.requests, limits.tokens]
                .into_iter()
                .flatten()
                .map(|reading| (reading.quota.limit(), Some(reading.remaining)))
                .collect();
            prop_assert_eq!(told, decided, "{}", text);
            match retry_after {
                None => prop_assert_eq!(&verdict.answer, &Advised::Never(Class::RequestTooLarge)),
                Some(exact) => {
                    prop_assert_eq!(verdict.earliest_fit, Some(exact), "{}", text);
                    let ms = Duration::from_millis(u64::try_from(exact.as_nanos().div_ceil(1_000_000)).unwrap().max(1));
                    prop_assert_eq!(&verdict.answer, &Advised::Wait { wait: ms, by_numbers: true }, "{}", text);
                }
            }
        }
    }
}
