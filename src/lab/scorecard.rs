//! A policy held against OpenAI's own written rules (its rate-limit guide, 2026), each with a counter-example.
//!
//! Every verdict is read off a call that the retry loop made under the policy, not off the policy's fields.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::probe::{ProbedCall, probe};
use crate::rate_limit::{Field, RetryAfter};
use crate::retry::{Class, Outcome, RetryPolicy, ServerWait, WaitHeaders, WaitSource};

/// Waits that servers ask for in `retry-after`.
const HINTS: [u64; 4] = [1, 20, 90, 150];
/// Draws of jitter near both ends.
const DRAWS: [f64; 2] = [0.1, 0.9];
/// A server that takes so long to fail tells whether a call has an end in time.
const SLOW: Duration = Duration::from_secs(600);
/// The longest that a call may go on beginning attempts.
const LONGEST: Duration = Duration::from_secs(900);
/// The most attempts of a cap worth the name.
const MOST_ATTEMPTS: usize = 20;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// `Retry-After` is the least wait.
    RetryAfterIsAFloor,
    /// A small random delay goes on top of it, so that clients do not come back together.
    JitterOnTop,
    /// Without it, waits grow and are random.
    JitteredExponential,
    /// Attempts are capped.
    CappedAttempts,
    /// So is the time that they take together.
    CappedElapsedTime,
    /// The SDK's own retries are counted: one loop, not one over another.
    SdkRetriesCounted,
    /// Billing errors are never retried.
    BillingNeverRetried,
    /// Failed calls count against the limit, so none is sent that the server has said would fail: the text of a 429
    /// says it too where a browser hides the header.
    FailedCallsCount,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::RetryAfterIsAFloor,
        Self::JitterOnTop,
        Self::JitteredExponential,
        Self::CappedAttempts,
        Self::CappedElapsedTime,
        Self::SdkRetriesCounted,
        Self::BillingNeverRetried,
        Self::FailedCallsCount,
    ];

    /// The rule in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::RetryAfterIsAFloor => "Retry-After is the least wait",
            Self::JitterOnTop => "Random delay on top of Retry-After",
            Self::JitteredExponential => "Jittered exponential backoff without it",
            Self::CappedAttempts => "Attempts are capped",
            Self::CappedElapsedTime => "Elapsed time is capped",
            Self::SdkRetriesCounted => "The SDK's retries are counted",
            Self::BillingNeverRetried => "Billing errors are never retried",
            Self::FailedCallsCount => "Nothing is sent that is known to fail",
        }
    }
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The rule.
    pub rule: Rule,
    /// What breaks it; none where it is kept.
    pub counter_example: Option<CounterExample>,
}

/// A call that breaks a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterExample {
    /// What the server said.
    pub server_says: String,
    /// What is wrong with what the policy did.
    pub wrong: String,
    /// What it did.
    pub call: ProbedCall,
}

/// The card of one policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// All rules, in the order of [`Rule::ALL`].
    pub verdicts: Vec<RuleVerdict>,
}

impl Scorecard {
    /// Holds a policy against all rules.
    pub fn of(policy: &RetryPolicy) -> Self {
        let verdict = |rule| RuleVerdict { rule, counter_example: counter_example(rule, policy) };
        Self { verdicts: Rule::ALL.map(verdict).into() }
    }

    /// The rules that are kept.
    pub fn passed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.counter_example.is_none()).count()
    }

    /// The rules that are broken.
    pub fn broken(&self) -> Vec<Rule> {
        self.verdicts.iter().filter(|verdict| verdict.counter_example.is_some()).map(|verdict| verdict.rule).collect()
    }
}

fn counter_example(rule: Rule, policy: &RetryPolicy) -> Option<CounterExample> {
    match rule {
        Rule::RetryAfterIsAFloor => HINTS.into_iter().find_map(|seconds| {
            let says = format!("429, retry-after: {seconds}");
            too_early(policy, &limited(seconds, Told::InHeaders), seconds, says)
        }),
        Rule::FailedCallsCount => {
            let says = "429, \"Please try again in 20s\" in its text alone".to_owned();
            too_early(policy, &limited(20, Told::InText), 20, says)
        }
        Rule::JitterOnTop => no_jitter_on_top(policy),
        Rule::JitteredExponential => no_jittered_growth(policy),
        Rule::CappedAttempts => {
            let call = probe(policy, &unhinted(), Duration::ZERO, 0.5);
            let count = call.attempts.len();
            let wrong = format!("{count} attempts, and no end");
            (count > MOST_ATTEMPTS).then(|| broken("429, without a wait, each time", wrong, call))
        }
        Rule::CappedElapsedTime => {
            let call = probe(policy, &unhinted(), SLOW, 0.5);
            let last = call.attempts.last().map_or(Duration::ZERO, |attempt| attempt.sent);
            let minutes = last.as_secs() / 60;
            let wrong = format!("still trying {minutes} minutes after it began");
            (last > LONGEST).then(|| broken("429 after ten minutes, each time", wrong, call))
        }
        Rule::SdkRetriesCounted => {
            let call = probe(policy, &unhinted(), Duration::ZERO, 0.5);
            let (counted, sent) = (policy.max_attempts.max(1), call.attempts.len());
            let wrong = format!("{sent} requests go out where its loop counts {counted}");
            let hidden = call.attempts.iter().any(|attempt| attempt.layer.is_some_and(|layer| layer > 0));
            hidden.then(|| broken("429, without a wait, each time", wrong, call))
        }
        Rule::BillingNeverRetried => {
            let billing = Outcome { status: Some(429), ..Outcome::of(Class::Quota) };
            let call = probe(policy, &billing, Duration::ZERO, 0.5);
            let again = call.attempts.len().saturating_sub(1);
            let wrong = format!("sent {again} more times, which no waiting pays for");
            (again > 0).then(|| broken("429 insufficient_quota", wrong, call))
        }
    }
}

/// An attempt before the wait is over that the server asked for.
fn too_early(policy: &RetryPolicy, outcome: &Outcome, seconds: u64, says: String) -> Option<CounterExample> {
    let asked = Duration::from_secs(seconds);
    DRAWS.into_iter().find_map(|draw| {
        let call = probe(policy, outcome, Duration::ZERO, draw);
        let wait = call.attempts.iter().filter_map(|attempt| attempt.wait).find(|wait| *wait < asked)?;
        let wrong = format!("tries again {:.1} s too early", asked.saturating_sub(wait).as_secs_f64());
        Some(CounterExample { server_says: says.clone(), wrong, call })
    })
}

fn no_jitter_on_top(policy: &RetryPolicy) -> Option<CounterExample> {
    let asked = Duration::from_secs(20);
    let outcome = limited(20, Told::InHeaders);
    let [low, high] = DRAWS.map(|draw| probe(policy, &outcome, Duration::ZERO, draw));
    let first = |call: &ProbedCall| call.attempts.first().and_then(|attempt| attempt.wait);
    let (Some(one), Some(other)) = (first(&low), first(&high)) else {
        // Who does not try again does not come back together.
        return None;
    };
    let says = "429, retry-after: 20, to many clients at once";
    if one == other {
        let wrong = format!("all come back together, after {:.1} s", one.as_secs_f64());
        return Some(broken(says, wrong, low));
    }
    let short = one.min(other);
    let wrong = format!("comes back after {:.1} s: nothing is on top of what was asked", short.as_secs_f64());
    (short < asked).then(|| broken(says, wrong, low))
}

fn no_jittered_growth(policy: &RetryPolicy) -> Option<CounterExample> {
    let [low, high] = DRAWS.map(|draw| probe(policy, &unhinted(), Duration::ZERO, draw));
    // Of the innermost layer alone: others wait in between.
    let waits = |call: &ProbedCall| -> Vec<Duration> {
        let layer = call.attempts.iter().filter_map(|attempt| attempt.layer).max();
        let own = call.attempts.iter().take_while(|attempt| attempt.layer == layer);
        own.filter_map(|attempt| attempt.wait).collect()
    };
    let (one, other) = (waits(&low), waits(&high));
    let says = "429, without a wait, each time";
    if one.is_empty() {
        return None;
    }
    if one == other {
        return Some(broken(says, "its waits are not random: clients come back together".to_owned(), low));
    }
    let grows = high.attempts.len() <= 2 || other.first() < other.last();
    (!grows).then(|| broken(says, "its waits do not grow".to_owned(), high))
}

fn broken(server_says: &str, wrong: String, call: ProbedCall) -> CounterExample {
    CounterExample { server_says: server_says.to_owned(), wrong, call }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    InHeaders,
    InText,
}

fn unhinted() -> Outcome {
    Outcome { status: Some(429), ..Outcome::of(Class::RateLimit) }
}

fn limited(seconds: u64, told: Told) -> Outcome {
    let wait = Duration::from_secs(seconds);
    let in_headers = told == Told::InHeaders;
    let source = if in_headers { WaitSource::RetryAfter } else { WaitSource::Message };
    let header = if in_headers { Field::Exposed(RetryAfter::Wait(wait)) } else { Field::Hidden };
    Outcome {
        wait: Some(ServerWait::For { wait, source }),
        wait_headers: WaitHeaders { retry_after: header, ..WaitHeaders::default() },
        ..unhinted()
    }
}

#[cfg(test)]
mod tests {
    use super::Rule::{
        BillingNeverRetried, CappedElapsedTime, FailedCallsCount, JitterOnTop, JitteredExponential, RetryAfterIsAFloor,
        SdkRetriesCounted,
    };
    use super::*;
    use crate::lab::LabPolicy;
    use crate::retry::{Backoff, Preset};

    #[test]
    fn the_cards_are_fixed() {
        for (preset, broken) in [
            // Their loops end by attempts alone, and read neither headers nor texts nor codes.
            (
                Preset::Notebook,
                &[RetryAfterIsAFloor, JitterOnTop, CappedElapsedTime, BillingNeverRetried, FailedCallsCount][..],
            ),
            (
                Preset::NotebookAsWritten,
                &[
                    RetryAfterIsAFloor,
                    JitterOnTop,
                    CappedElapsedTime,
                    SdkRetriesCounted,
                    BillingNeverRetried,
                    FailedCallsCount,
                ],
            ),
            // It waits as long as told, to the letter, and stops where that is too long; but not from the text.
            (Preset::OpenAiPython, &[JitterOnTop, CappedElapsedTime, BillingNeverRetried, FailedCallsCount]),
            // A wait above a minute it ignores.
            (
                Preset::OpenAiNode,
                &[RetryAfterIsAFloor, JitterOnTop, CappedElapsedTime, BillingNeverRetried, FailedCallsCount],
            ),
            (
                Preset::Cookbook,
                &[RetryAfterIsAFloor, JitterOnTop, CappedElapsedTime, BillingNeverRetried, FailedCallsCount],
            ),
            (Preset::Sluice, &[]),
            (Preset::None, &[]),
        ] {
            assert_eq!(Scorecard::of(&preset.policy()).broken(), broken, "{preset:?}");
        }
        // Work that waits for its turn has no deadline of its own.
        assert_eq!(Scorecard::of(&LabPolicy::paced().retry).broken(), [CappedElapsedTime]);
    }

    #[test]
    fn each_rule_is_broken_by_somebody_and_kept_by_ours() {
        let endless = RetryPolicy { max_attempts: u32::MAX, ..Preset::FullJitter.policy() };
        let fixed = RetryPolicy { backoff: Backoff::Fixed(Duration::from_secs(5)), ..Preset::FullJitter.policy() };
        let mut broken = Scorecard::of(&endless).broken();
        broken.extend(Scorecard::of(&fixed).broken());
        broken.extend(Scorecard::of(&Preset::NotebookAsWritten.policy()).broken());
        assert!(Rule::ALL.into_iter().all(|rule| broken.contains(&rule)), "{broken:?}");
        assert!(broken.contains(&JitteredExponential));
    }

    #[test]
    fn a_counter_example_shows_what_was_done() {
        let card = Scorecard::of(&Preset::Notebook.policy());
        let billing = card.verdicts.iter().find(|verdict| verdict.rule == BillingNeverRetried).unwrap();
        let example = billing.counter_example.as_ref().unwrap();
        // FIELD.md, idea 5: "retried credit_balance_exhausted 4 times".
        assert_eq!((example.call.attempts.len(), example.call.has_ended), (5, true));
        let sdk = Scorecard::of(&Preset::NotebookAsWritten.policy());
        let layers = sdk.verdicts.iter().find(|verdict| verdict.rule == SdkRetriesCounted).unwrap();
        assert_eq!(layers.counter_example.as_ref().unwrap().wrong, "15 requests go out where its loop counts 5");
    }
}
