//! The state of a call's retries: policies over each other, asked from the innermost outwards.

use std::time::Duration;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// The retries of one call.
#[derive(Debug, Clone)]
pub struct RetryState {
    // Outermost first.
    layers: Vec<Layer>,
    started: Instant,
}

#[derive(Debug, Clone)]
struct Layer {
    policy: RetryPolicy,
    attempt: u32,
    previous_delay: Option<Duration>,
}

impl RetryState {
    /// A call whose first attempt starts at `started`.
    pub fn new(policy: &RetryPolicy, started: Instant) -> Self {
        let mut layers = Vec::new();
        let mut next = Some(policy);
        while let Some(policy) = next {
            layers.push(Layer {
                policy: RetryPolicy { inner: None, ..policy.clone() },
                attempt: 1,
                previous_delay: None,
            });
            next = policy.inner.as_deref();
        }
        Self { layers, started }
    }

    /// The attempt of the outermost policy that is under way, from 1.
    pub fn outer_attempt(&self) -> u32 {
        self.layers.first().map_or(1, |layer| layer.attempt)
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

impl Layer {
    fn decide(
        &mut self,
        index: usize,
        outcome: &Outcome,
        now: Instant,
        started: Instant,
        random: &mut impl RandomSource,
    ) -> Decision {
        let policy = &self.policy;
        if !policy.retry_on.covers(outcome) {
            return Decision::Stop(StopReason::NotRetried);
        }
        if self.attempt >= policy.max_attempts.max(1) {
            return Decision::Stop(StopReason::AttemptsUsed { max_attempts: policy.max_attempts.max(1) });
        }
        let own = policy.backoff.delay(self.attempt, self.previous_delay, random).min(policy.max_delay);
        let wait = match self.heed(outcome.wait, own) {
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

    fn heed(&self, hint: Option<ServerWait>, own: Duration) -> Result<Wait, Decision> {
        let backoff = Wait { duration: own, source: WaitSource::Backoff, hint: None, layer: 0 };
        let (ceiling, beyond) = match self.policy.hint {
            HintRule::Ignore => return Ok(backoff),
            HintRule::Exact { ceiling, beyond, .. } | HintRule::Floor { ceiling, beyond } => (ceiling, beyond),
        };
        let Some(hint) = hint else { return Ok(backoff) };
        let (asked, source) = (hint.stated(), hint.source());
        // The SDKs read headers alone, never the error's text.
        let from_header = matches!(source, WaitSource::RetryAfterMs | WaitSource::RetryAfter);
        if asked > ceiling && (from_header || matches!(self.policy.hint, HintRule::Floor { .. })) {
            return match beyond {
                BeyondCeiling::Ask => Err(Decision::Ask(hint)),
                BeyondCeiling::Stop => Err(Decision::Stop(StopReason::HintTooLong)),
                BeyondCeiling::Ignore => Ok(backoff),
            };
        }
        Ok(match self.policy.hint {
            HintRule::Exact { honours_zero, .. } if from_header && (honours_zero || !asked.is_zero()) => {
                Wait { duration: asked, source, hint: Some(asked), layer: 0 }
            }
            HintRule::Floor { .. } if !asked.is_zero() => {
                Wait { duration: hint.sufficient().saturating_add(own), source, hint: Some(asked), layer: 0 }
            }
            _ => backoff,
        })
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // the expected waits are computed by hand from the same exact numbers
mod tests {
    use super::*;
    use crate::random::Constant;
    use crate::retry::{Class, Preset};

    fn limited(wait: Option<(u64, WaitSource)>) -> Outcome {
        Outcome {
            class: Class::RateLimit,
            status: Some(429),
            code: Some("rate_limit_exceeded".into()),
            message: String::new(),
            wait: wait.map(|(seconds, source)| ServerWait::For { wait: Duration::from_secs(seconds), source }),
            should_retry: None,
            limit: None,
        }
    }

    /// The waits in seconds until the policy stops, and why it stops.
    fn run(preset: Preset, outcome: &Outcome, draw: f64) -> (Vec<f64>, Decision) {
        let mut now = Instant::ORIGIN;
        let mut state = RetryState::new(&preset.policy(), now);
        let mut waits = Vec::new();
        loop {
            match state.after(outcome, now, &mut Constant(draw)) {
                Decision::Retry(wait) => {
                    waits.push(wait.duration.as_secs_f64());
                    now = now + wait.duration;
                }
                end => return (waits, end),
            }
        }
    }

    #[test]
    fn the_notebook_gives_up_after_five_attempts() {
        // random.random() = 0.5 gives a factor of exactly 1.
        let (waits, end) = run(Preset::Notebook, &limited(Some((20, WaitSource::RetryAfter))), 0.5);
        assert_eq!(waits, [1.0, 2.0, 4.0, 8.0]);
        assert_eq!(end, Decision::Stop(StopReason::AttemptsUsed { max_attempts: 5 }));
    }

    #[test]
    fn the_notebook_over_the_sdk_makes_fifteen_requests() {
        let (waits, end) = run(Preset::NotebookAsWritten, &limited(None), 0.5);
        // Each of the 5 rounds: 2 SDK retries of 0.4375 s and 0.875 s, then the loop's own wait.
        assert_eq!(waits.len() + 1, 15);
        assert_eq!(waits[..6], [0.4375, 0.875, 1.0, 0.4375, 0.875, 2.0]);
        assert_eq!(end, Decision::Stop(StopReason::AttemptsUsed { max_attempts: 5 }));
        assert_eq!(Preset::NotebookAsWritten.policy().max_requests(), 15);
    }

    #[test]
    fn the_sdks_fork_on_long_hints() {
        // FIELD notes, "SDK personalities": 90 s: python waits 90, node retries early; 150 s: python stops.
        let hint = |seconds| limited(Some((seconds, WaitSource::RetryAfter)));
        assert_eq!(run(Preset::OpenAiPython, &hint(90), 0.0).0, [90.0, 90.0]);
        assert_eq!(run(Preset::OpenAiNode, &hint(90), 0.0).0, [0.5, 1.0]);
        assert_eq!(run(Preset::OpenAiPython, &hint(150), 0.0), (vec![], Decision::Stop(StopReason::HintTooLong)));
        assert_eq!(run(Preset::OpenAiNode, &hint(150), 0.0).0, [0.5, 1.0]);
        assert_eq!(run(Preset::OpenAiNode, &hint(0), 0.0).0, [0.0, 0.0]);
        assert_eq!(run(Preset::OpenAiPython, &hint(0), 0.0).0, [0.5, 1.0]);
        // Neither reads the error's text, nor what a gateway has renamed.
        for unread in [WaitSource::Message, WaitSource::UpstreamRetryAfter] {
            assert_eq!(run(Preset::OpenAiPython, &limited(Some((20, unread))), 0.0).0, [0.5, 1.0]);
        }
    }

    #[test]
    fn the_vercel_ai_sdk_follows_a_hint_below_a_minute_and_nothing_else() {
        // retry-with-exponential-backoff.ts: 2 s, 4 s; a hint counts where 0 ≤ hint < 60 s.
        let hint = |seconds| limited(Some((seconds, WaitSource::RetryAfter)));
        assert_eq!(run(Preset::VercelAiSdk, &limited(None), 0.5).0, [2.0, 4.0]);
        assert_eq!(run(Preset::VercelAiSdk, &hint(59), 0.5).0, [59.0, 59.0]);
        assert_eq!(run(Preset::VercelAiSdk, &hint(60), 0.5).0, [2.0, 4.0]);
        assert_eq!(run(Preset::VercelAiSdk, &hint(0), 0.5).0, [0.0, 0.0]);
        // It does not know x-should-retry, and retries a bill.
        let vetoed = Outcome { should_retry: Some(false), class: Class::Quota, ..hint(1) };
        assert_eq!(run(Preset::VercelAiSdk, &vetoed, 0.5).0, [1.0, 1.0]);
    }

    #[test]
    fn ours_never_goes_early_and_asks_beyond_two_minutes() {
        let (waits, _) = run(Preset::Sluice, &limited(Some((20, WaitSource::Message))), 0.5);
        assert!(waits.iter().all(|wait| *wait >= 20.0), "{waits:?}");
        // A text's wait is cut off to milliseconds: one more is waited for.
        assert_eq!(waits[..3], [20.501, 21.001, 22.001]);
        let stated = limited(Some((120, WaitSource::Message)));
        assert_eq!(run(Preset::Sluice, &stated, 0.5).0[0], 120.501, "the ceiling is held against what was stated");
        let long = limited(Some((121, WaitSource::RetryAfter)));
        assert!(matches!(run(Preset::Sluice, &long, 0.5), (waits, Decision::Ask(_)) if waits.is_empty()));
        let exactly = limited(Some((120, WaitSource::RetryAfter)));
        assert_eq!(run(Preset::Sluice, &exactly, 0.5).0[0], 120.5);
    }

    #[test]
    fn ours_keeps_its_deadline_and_never_retries_a_bill() {
        let (waits, end) = run(Preset::Sluice, &limited(Some((100, WaitSource::RetryAfter))), 0.0);
        assert_eq!(waits.iter().sum::<f64>(), 600.0);
        assert!(matches!(end, Decision::Stop(StopReason::DeadlineWouldPass { .. })));
        let quota = Outcome { class: Class::Quota, ..limited(None) };
        assert_eq!(run(Preset::Sluice, &quota, 0.0), (vec![], Decision::Stop(StopReason::NotRetried)));
        assert_eq!(run(Preset::Notebook, &quota, 0.0).0.len(), 4, "the notebook does retry it");
    }
}
