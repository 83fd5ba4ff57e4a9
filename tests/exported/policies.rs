//! The policies whose programs are committed, and others that only have to be written.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sluice::retry::{Backoff, BeyondCeiling, HeaderReader, HintRule, Jitter, Preset, RetryOn, RetryPolicy};

/// A policy with what its programs say of it.
pub struct Named {
    pub id: &'static str,
    pub name: &'static str,
    pub source: &'static str,
    pub policy: RetryPolicy,
}

/// The request that they all send.
pub fn request() -> Map<String, Value> {
    let body =
        json!({ "model": "gpt-5-nano", "input": "Give me a funny fact about turtles.", "max_output_tokens": 64 });
    body.as_object().unwrap().clone()
}

/// Between them they need every part of a program.
pub fn named() -> Vec<Named> {
    let presets =
        [Preset::Sluice, Preset::NotebookAsWritten, Preset::OpenAiPython, Preset::VercelAiSdk, Preset::Cookbook];
    let mut all: Vec<Named> = presets
        .into_iter()
        .map(|preset| Named { id: preset.id(), name: preset.name(), source: preset.source(), policy: preset.policy() })
        .collect();
    all.push(Named { id: "edited", name: "Decorrelated jitter, edited", source: "", policy: decorrelated() });
    all
}

fn decorrelated() -> RetryPolicy {
    RetryPolicy {
        max_attempts: 7,
        backoff: Backoff::Decorrelated { base: Duration::from_millis(500), cap: Duration::from_secs(20) },
        retry_on: RetryOn::CurableAndUnknown,
        hint: HintRule::Floor { ceiling: Duration::from_secs(30), beyond: BeyondCeiling::Ignore },
        max_delay: Duration::from_millis(2_500),
        deadline: Some(Duration::from_secs(75)),
        inner: None,
    }
}

/// Policies with what no preset has.
pub fn edited() -> Vec<RetryPolicy> {
    let second = Duration::from_secs(1);
    let exponential = |factor, jitter, floor, cap| Backoff::Exponential { base: second, factor, cap, jitter, floor };
    let backoffs = [
        Backoff::Fixed(second),
        exponential(1.0, Jitter::NONE, Duration::ZERO, Duration::MAX),
        exponential(1.5, Jitter { at_zero: 0.8, at_one: 1.1 }, Duration::ZERO, Duration::MAX),
        exponential(2.0, Jitter::EQUAL, second, 8 * second),
        exponential(3.0, Jitter::NONE, 2 * second, Duration::MAX),
        exponential(2.0, Jitter { at_zero: 0.0, at_one: 0.5 }, Duration::ZERO, 8 * second),
        Backoff::Decorrelated { base: second, cap: Duration::MAX },
    ];
    let exact = |beyond, reader| HintRule::Exact { ceiling: 60 * second, beyond, reader };
    let hints = [
        HintRule::Ignore,
        exact(BeyondCeiling::Stop, HeaderReader::OpenAiPython),
        exact(BeyondCeiling::Ask, HeaderReader::OpenAiNode),
        HintRule::Floor { ceiling: Duration::MAX, beyond: BeyondCeiling::Stop },
        HintRule::Floor { ceiling: 60 * second, beyond: BeyondCeiling::Ask },
    ];
    let rules = [
        RetryOn::Nothing,
        RetryOn::RateLimitError,
        RetryOn::Sdk,
        RetryOn::Status,
        RetryOn::Curable,
        RetryOn::CurableAndUnknown,
        RetryOn::AnyFailure,
    ];
    let mut policies = vec![decorrelated()];
    for backoff in &backoffs {
        for (at, hint) in hints.into_iter().enumerate() {
            for (number, retry_on) in rules.into_iter().enumerate() {
                let inner = (at == number).then(|| Box::new(Preset::VercelAiSdk.policy()));
                policies.push(RetryPolicy {
                    max_attempts: 4,
                    backoff: backoff.clone(),
                    retry_on,
                    hint,
                    max_delay: if at % 2 == 0 { 3 * second } else { Duration::MAX },
                    deadline: (number % 2 == 0).then_some(30 * second),
                    inner,
                });
            }
        }
    }
    policies
}
