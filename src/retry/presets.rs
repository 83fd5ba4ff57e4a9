//! Policies that people meet, each with its source.

use std::time::Duration;

use super::backoff::{Backoff, Jitter};
use super::policy::{BeyondCeiling, HintRule, RetryOn, RetryPolicy};
use super::wait_headers::HeaderReader;

/// A named policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Ours: Retry-After as a floor, full jitter, deadline.
    Sluice,
    /// The notebook's loop alone.
    Notebook,
    /// The notebook's loop over the SDK's own retries.
    NotebookAsWritten,
    /// openai-python.
    OpenAiPython,
    /// openai-node.
    OpenAiNode,
    /// The Vercel AI SDK.
    VercelAiSdk,
    /// The cookbook's tenacity decorator.
    Cookbook,
    /// AWS full jitter.
    FullJitter,
    /// AWS equal jitter.
    EqualJitter,
    /// AWS decorrelated jitter.
    DecorrelatedJitter,
    /// Always the same delay.
    FixedDelay,
    /// No retries.
    None,
}

impl Preset {
    /// All presets, in the order they are offered.
    pub const ALL: [Self; 12] = [
        Self::Sluice,
        Self::Notebook,
        Self::NotebookAsWritten,
        Self::OpenAiPython,
        Self::OpenAiNode,
        Self::VercelAiSdk,
        Self::Cookbook,
        Self::FullJitter,
        Self::EqualJitter,
        Self::DecorrelatedJitter,
        Self::FixedDelay,
        Self::None,
    ];

    /// A short stable name, for links and storage.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sluice => "sluice",
            Self::Notebook => "notebook",
            Self::NotebookAsWritten => "notebook-as-written",
            Self::OpenAiPython => "openai-python",
            Self::OpenAiNode => "openai-node",
            Self::VercelAiSdk => "vercel-ai-sdk",
            Self::Cookbook => "cookbook",
            Self::FullJitter => "full-jitter",
            Self::EqualJitter => "equal-jitter",
            Self::DecorrelatedJitter => "decorrelated-jitter",
            Self::FixedDelay => "fixed-delay",
            Self::None => "none",
        }
    }

    /// The preset of that [`Preset::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sluice => "Sluice: Retry-After floor + full jitter",
            Self::Notebook => "Notebook",
            Self::NotebookAsWritten => "Notebook as written (over the SDK's retries)",
            Self::OpenAiPython => "openai-python",
            Self::OpenAiNode => "openai-node",
            Self::VercelAiSdk => "Vercel AI SDK",
            Self::Cookbook => "OpenAI cookbook (tenacity)",
            Self::FullJitter => "Full jitter (AWS)",
            Self::EqualJitter => "Equal jitter (AWS)",
            Self::DecorrelatedJitter => "Decorrelated jitter (AWS)",
            Self::FixedDelay => "Fixed delay",
            Self::None => "No retries",
        }
    }

    /// Where the numbers come from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Sluice => {
                "OpenAI's rate-limit guide, 2026: Retry-After is a minimum, add jitter, cap attempts and elapsed time, never retry billing errors"
            }
            Self::Notebook => {
                "The notebook, section 5: 5 attempts, 1 s × 2^(n−1) × (0.5 + random), rate-limit errors only"
            }
            Self::NotebookAsWritten => {
                "The notebook, section 5, over openai-python 3.57.0 with its default max_retries of 2"
            }
            Self::OpenAiPython => {
                "openai-python 3.57.0, _base_client.py: 2 retries, 0.5 s × 2^n up to 8 s × (1 − random/4); Retry-After up to 120 s, beyond that no retry"
            }
            Self::OpenAiNode => {
                "openai-node 7.57.0, client.ts: 2 retries, 0.5 s × 2^n up to 8 s × (1 − random/4); Retry-After up to 60 s, a longer one is ignored"
            }
            Self::VercelAiSdk => {
                "Vercel AI SDK, ai 6.0.326, retry-with-exponential-backoff.ts: 2 retries, 2 s × 2^n without jitter; Retry-After below 60 s, a longer one is ignored"
            }
            Self::Cookbook => {
                "OpenAI cookbook, How_to_handle_rate_limits: tenacity wait_random_exponential(min=1, max=60), stop_after_attempt(6)"
            }
            Self::FullJitter => "AWS, Exponential Backoff And Jitter: U(0, min(cap, base × 2^n))",
            Self::EqualJitter => "AWS, Exponential Backoff And Jitter: half the delay, and U(0, the other half)",
            Self::DecorrelatedJitter => "AWS, Exponential Backoff And Jitter: min(cap, U(base, 3 × previous))",
            Self::FixedDelay => "The naive loop: sleep, try again",
            Self::None => "One attempt, as it comes",
        }
    }

    /// The policy itself.
    pub fn policy(self) -> RetryPolicy {
        const SECOND: Duration = Duration::from_secs(1);
        const MINUTE: Duration = Duration::from_secs(60);
        let aws = |backoff| RetryPolicy {
            max_attempts: 6,
            backoff,
            retry_on: RetryOn::Curable,
            hint: HintRule::Ignore,
            max_delay: Duration::MAX,
            deadline: None,
            inner: None,
        };
        let sdk = |hint| RetryPolicy {
            max_attempts: 3,
            backoff: Backoff::exponential(Duration::from_millis(500), Duration::from_secs(8), Jitter::OPENAI_SDK),
            retry_on: RetryOn::Sdk,
            hint,
            max_delay: Duration::MAX,
            deadline: None,
            inner: None,
        };
        match self {
            Self::Sluice => RetryPolicy {
                max_attempts: 10,
                backoff: Backoff::exponential(SECOND, MINUTE, Jitter::FULL),
                retry_on: RetryOn::Curable,
                hint: HintRule::Floor { ceiling: 2 * MINUTE, beyond: BeyondCeiling::Ask },
                max_delay: 2 * MINUTE,
                deadline: Some(10 * MINUTE),
                inner: None,
            },
            Self::Notebook => RetryPolicy {
                max_attempts: 5,
                backoff: Backoff::exponential(SECOND, Duration::MAX, Jitter::NOTEBOOK),
                retry_on: RetryOn::RateLimitError,
                hint: HintRule::Ignore,
                max_delay: Duration::MAX,
                deadline: None,
                inner: None,
            },
            Self::NotebookAsWritten => {
                RetryPolicy { inner: Some(Box::new(Self::OpenAiPython.policy())), ..Self::Notebook.policy() }
            }
            Self::OpenAiPython => sdk(HintRule::Exact {
                ceiling: 2 * MINUTE,
                beyond: BeyondCeiling::Stop,
                reader: HeaderReader::OpenAiPython,
            }),
            Self::OpenAiNode => sdk(HintRule::Exact {
                ceiling: MINUTE,
                beyond: BeyondCeiling::Ignore,
                reader: HeaderReader::OpenAiNode,
            }),
            Self::VercelAiSdk => RetryPolicy {
                backoff: Backoff::exponential(2 * SECOND, Duration::MAX, Jitter::NONE),
                retry_on: RetryOn::Status,
                // Below 60 s, not at it.
                ..sdk(HintRule::Exact {
                    ceiling: MINUTE.saturating_sub(Duration::from_nanos(1)),
                    beyond: BeyondCeiling::Ignore,
                    reader: HeaderReader::OpenAiNode,
                })
            },
            Self::Cookbook => RetryPolicy {
                max_attempts: 6,
                backoff: Backoff::Exponential {
                    base: SECOND,
                    factor: 2.0,
                    cap: MINUTE,
                    jitter: Jitter::FULL,
                    floor: SECOND,
                },
                retry_on: RetryOn::AnyFailure,
                hint: HintRule::Ignore,
                max_delay: Duration::MAX,
                deadline: None,
                inner: None,
            },
            Self::FullJitter => aws(Backoff::exponential(SECOND, MINUTE, Jitter::FULL)),
            Self::EqualJitter => aws(Backoff::exponential(SECOND, MINUTE, Jitter::EQUAL)),
            Self::DecorrelatedJitter => aws(Backoff::Decorrelated { base: SECOND, cap: MINUTE }),
            Self::FixedDelay => aws(Backoff::Fixed(5 * SECOND)),
            Self::None => RetryPolicy {
                max_attempts: 1,
                backoff: Backoff::Fixed(Duration::ZERO),
                retry_on: RetryOn::Nothing,
                hint: HintRule::Ignore,
                max_delay: Duration::MAX,
                deadline: None,
                inner: None,
            },
        }
    }
}
