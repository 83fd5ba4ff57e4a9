//! The state of a call's retries: policies over each other, asked from the innermost outwards.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::classify::Outcome;
use super::hint::{ServerWait, WaitSource};
use super::policy::{BeyondCeiling, HintRule, RetryPolicy};
use crate::random::RandomSource;
use crate::time::Instant;

/// What to do after a failed attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Wait, then try again.
    Retry(Wait),
    /// The server asks for more than the policy waits by itself: a person decides.
    Ask(ServerWait),
    /// No further attempt.
    Stop(StopReason),
}

/// A wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// How long, from now.
    pub duration: Duration,
    /// What set it, or its least part.
    pub source: WaitSource,
    /// What the server asked for, where the policy heeded it.
    pub hint: Option<Duration>,
    /// Which layer waits: 0 is the outermost.
    pub layer: usize,
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopReason {
    /// The policy does not retry this outcome.
    NotRetried,
    /// All attempts are used.
    AttemptsUsed {
        /// How many the outermost policy had.
        max_attempts: u32,
    },
    /// The next wait would end after the deadline.
    DeadlineWouldPass {
        /// The deadline, from the first attempt's start.
        deadline: Duration,
    },
    /// The server asked for a longer wait than the policy follows.
    HintTooLong,
    /// The budget of retries that calls share is spent.
    BudgetSpent,
}

/// The retries of one call.
#[derive(Debug, Clone)]
pub struct RetryState<'a> {
    // Outermost first.
    layers: Vec<Layer<'a>>,
    started: Instant,
    requeued: u32,
}

/// So often a call comes back to the queue for nothing; from then on a refusal is a failure like others.
const MOST_REQUEUED: u32 = 20;

#[derive(Debug, Clone)]
struct Layer<'a> {
    // Its own inner policy is the next layer.
    policy: &'a RetryPolicy,
    attempt: u32,
    previous_delay: Option<Duration>,
}

impl<'a> RetryState<'a> {
    /// A call whose first attempt starts at `started`.
    pub fn new(policy: &'a RetryPolicy, started: Instant) -> Self {
        let mut layers = Vec::new();
        let mut next = Some(policy);
        while let Some(policy) = next {
            layers.push(Layer { policy, attempt: 1, previous_delay: None });
            next = policy.inner.as_deref();
        }
        Self { layers, started, requeued: 0 }
    }

    /// The attempt of the outermost policy that is under way, from 1.
    pub fn outer_attempt(&self) -> u32 {
        self.layers.first().map_or(1, |layer| layer.attempt)
    }

    /// The wait of a refusal that a queue understands and times: it uses up no attempt and no backoff.
    ///
    /// `None` where the policy has to decide after all: it does not retry such outcomes, its deadline would pass, or
    /// the call has come back too often.
    pub fn requeue(&mut self, outcome: &Outcome, now: Instant, not_before: Instant) -> Option<Wait> {
        let is_retried = self.layers.iter().any(|layer| layer.policy.retry_on.covers(outcome));
        let late = |layer: &Layer<'_>| {
            layer.policy.deadline.is_some_and(|deadline| not_before.saturating_since(self.started) > deadline)
        };
        if !is_retried || self.requeued >= MOST_REQUEUED || self.layers.iter().any(late) {
            return None;
        }
        self.requeued += 1;
        let duration = not_before.saturating_since(now);
        let source = outcome.wait.map_or(WaitSource::EarliestFit, |wait| wait.source());
        Some(Wait { duration, source, hint: Some(duration), layer: 0 })
    }

    /// Decides what follows a failed attempt.
    pub fn after(&mut self, outcome: &Outcome, now: Instant, random: &mut impl RandomSource) -> Decision {
        let mut decision = Decision::Stop(StopReason::NotRetried);
        for index in (0..self.layers.len()).rev() {
            let started = self.started;
            let Some(layer) = self.layers.get_mut(index) else { continue };
            decision = layer.decide(index, outcome, now, started, random);
            match decision {
                Decision::Stop(_) => {}
                Decision::Ask(_) => return decision,
                Decision::Retry(_) => {
                    for inner in self.layers.iter_mut().skip(index + 1) {
                        inner.attempt = 1;
                        inner.previous_delay = None;
                    }
                    return decision;
                }
            }
        }
        decision
    }
}

impl Layer<'_> {
    fn decide(
        &mut self,
        index: usize,
        outcome: &Outcome,
        now: Instant,
        started: Instant,
        random: &mut impl RandomSource,
    ) -> Decision {
        let policy = self.policy;
        if !policy.retry_on.covers(outcome) {
            return Decision::Stop(StopReason::NotRetried);
        }
        if self.attempt >= policy.max_attempts.max(1) {
            return Decision::Stop(StopReason::AttemptsUsed { max_attempts: policy.max_attempts.max(1) });
        }
        let own = policy.backoff.delay(self.attempt, self.previous_delay, random).min(policy.max_delay);
        let wait = match self.heed(outcome, own) {
            Ok(wait) => Wait { layer: index, ..wait },
            Err(decision) => return decision,
        };
        if let Some(deadline) = policy.deadline
            && now.saturating_since(started).saturating_add(wait.duration) > deadline
        {
            return Decision::Stop(StopReason::DeadlineWouldPass { deadline });
        }
        self.attempt += 1;
        self.previous_delay = Some(own);
        Decision::Retry(wait)
    }

    fn heed(&self, outcome: &Outcome, own: Duration) -> Result<Wait, Decision> {
        let backoff = Wait { duration: own, source: WaitSource::Backoff, hint: None, layer: 0 };
        let (hint, ceiling, beyond) = match self.policy.hint {
            HintRule::Ignore => return Ok(backoff),
            HintRule::Exact { ceiling, beyond, reader } => (outcome.wait_headers.read(reader), ceiling, beyond),
            HintRule::Floor { ceiling, beyond } => (outcome.wait.filter(|hint| !hint.is_zero()), ceiling, beyond),
        };
        let Some(hint) = hint else { return Ok(backoff) };
        let (asked, source) = (hint.stated(), hint.source());
        if asked > ceiling {
            return match beyond {
                BeyondCeiling::Ask => Err(Decision::Ask(hint)),
                BeyondCeiling::Stop => Err(Decision::Stop(StopReason::HintTooLong)),
                BeyondCeiling::Ignore => Ok(backoff),
            };
        }
        let duration = match self.policy.hint {
            HintRule::Floor { .. } => hint.sufficient().saturating_add(own),
            HintRule::Exact { .. } | HintRule::Ignore => asked,
        };
        Ok(Wait { duration, source, hint: Some(asked), layer: 0 })
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // the expected waits are computed by hand from the same exact numbers
#[path = "layers_tests.rs"]
mod tests;
