//! A policy in sentences: what a program's comment says of it.

use std::time::Duration;

use super::formula::short;
use super::plan::{Layer, Sdk, finite, over_sdk};
use crate::retry::{Backoff, BeyondCeiling, HintRule, RetryOn, RetryPolicy};

/// What `policy` does, a sentence each.
pub fn sentences(policy: &RetryPolicy, sdk: Option<Sdk>) -> Vec<String> {
    if policy.max_attempts <= 1 || policy.retry_on == RetryOn::Nothing {
        return policy
            .inner
            .as_deref()
            .map_or_else(|| vec!["One attempt, no retries.".to_owned()], |inner| sentences(inner, sdk));
    }
    let mut said = vec![format!("{} attempts; retried: {}.", policy.max_attempts, retried(policy.retry_on))];
    said.push(format!("Waits {}.", backoff(policy)));
    said.extend(hint(policy.hint));
    if let Some(deadline) = policy.deadline {
        said.push(format!("No attempt later than {} after the first.", seconds(deadline)));
    }
    if let Some(inner) = policy.inner.as_deref() {
        let retries = inner.max_attempts.saturating_sub(1);
        let most = policy.max_requests();
        match sdk {
            Some(sdk) if inner.inner.is_none() && *inner == over_sdk(inner, sdk) => {
                said.push(format!("Over the SDK's own {retries} retries: up to {most} requests in all."));
            }
            _ => {
                said.push(format!("Over a loop underneath, up to {most} requests in all:"));
                said.extend(sentences(inner, sdk));
            }
        }
    }
    said
}

const fn retried(rule: RetryOn) -> &'static str {
    match rule {
        RetryOn::Nothing => "nothing",
        RetryOn::RateLimitError => "every 429, billing errors included",
        RetryOn::Sdk => "what the official SDKs retry (408, 409, 429, 5xx, no answer; x-should-retry decides first)",
        RetryOn::Status => "408, 409, 429, 5xx and no answer",
        RetryOn::Curable => "rate limits and server trouble, never billing, nor what can never fit",
        RetryOn::CurableAndUnknown => {
            "rate limits, server trouble and no answer, never billing, nor what can never fit"
        }
        RetryOn::AnyFailure => "every failure",
    }
}

fn backoff(policy: &RetryPolicy) -> String {
    let mut words = match &policy.backoff {
        Backoff::Fixed(delay) => seconds((*delay).min(policy.max_delay)),
        Backoff::Exponential { base, factor, cap, jitter, floor } => {
            let mut words = format!("{} × {}^(n−1)", seconds(*base), short(*factor));
            if is_limit(*cap) {
                words = format!("min({}, {words})", seconds(*cap));
            }
            if (jitter.at_zero, jitter.at_one) != (1.0, 1.0) {
                let (low, high) = (jitter.at_zero.min(jitter.at_one), jitter.at_zero.max(jitter.at_one));
                words = format!("{words} × U({}, {})", short(low), short(high));
            }
            if !floor.is_zero() {
                words = format!("{words}, at least {}", seconds(*floor));
            }
            words
        }
        Backoff::Decorrelated { base, cap } => {
            let words = format!("U({}, 3 × the wait before)", seconds(*base));
            if is_limit(*cap) { format!("{words}, at most {}", seconds(*cap)) } else { words }
        }
    };
    if (Layer { policy: policy.clone(), depth: 0 }).longest_delay().is_some() {
        words = format!("{words}, never more than {}", seconds(policy.max_delay));
    }
    words
}

fn hint(rule: HintRule) -> Vec<String> {
    let (words, ceiling, beyond) = match rule {
        HintRule::Ignore => return vec!["What the server asks for is not heeded.".to_owned()],
        HintRule::Exact { ceiling, beyond, .. } => {
            ("Where the server asks for a wait, that is the wait", ceiling, beyond)
        }
        HintRule::Floor { ceiling, beyond } => ("Where the server asks for a wait, it comes on top", ceiling, beyond),
    };
    if !is_limit(ceiling) {
        return vec![format!("{words}.")];
    }
    let beyond = match beyond {
        BeyondCeiling::Ask => "a longer one is for a person to decide: it gives up",
        BeyondCeiling::Stop => "at a longer one it gives up",
        BeyondCeiling::Ignore => "a longer one is ignored",
    };
    vec![format!("{words}, up to {}; {beyond}.", seconds(ceiling))]
}

fn is_limit(duration: Duration) -> bool {
    finite(duration).is_some()
}

fn seconds(duration: Duration) -> String {
    // A ceiling of a minute less a nanosecond is told as the minute.
    format!("{} s", short((duration.as_secs_f64() * 1e6).round() / 1e6))
}
