//! What a program has to do for a policy: its layers without what an SDK does by itself, and only what they use.

use std::time::Duration;

use crate::retry::{Backoff, BeyondCeiling, HeaderReader, HintRule, Preset, RetryOn, RetryPolicy};

/// Whose own retries a program can leave the innermost layer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// openai-python.
    Python,
    /// openai-node.
    Node,
}

impl Sdk {
    const fn preset(self) -> Preset {
        match self {
            Self::Python => Preset::OpenAiPython,
            Self::Node => Preset::OpenAiNode,
        }
    }

    /// Its policy with so many attempts.
    fn policy(self, max_attempts: u32) -> RetryPolicy {
        RetryPolicy { max_attempts, ..self.preset().policy() }
    }

    /// Whether it does just what `policy` says, when told how often.
    fn does(self, policy: &RetryPolicy) -> bool {
        *policy == self.policy(policy.max_attempts)
    }
}

/// The policy of `sdk` with as many attempts as `policy`.
pub fn over_sdk(policy: &RetryPolicy, sdk: Sdk) -> RetryPolicy {
    sdk.policy(policy.max_attempts)
}

/// `policy` as a program over `sdk` does it: the retries of an SDK underneath are those of the SDK at hand.
pub fn over(policy: &RetryPolicy, sdk: Option<Sdk>) -> RetryPolicy {
    let inner = policy.inner.as_deref().map(|inner| {
        let is_an_sdk = inner.inner.is_none() && [Sdk::Python, Sdk::Node].into_iter().any(|sdk| sdk.does(inner));
        match sdk {
            Some(sdk) if is_an_sdk => sdk.policy(inner.max_attempts),
            _ => over(inner, sdk),
        }
    });
    RetryPolicy { inner: inner.map(Box::new), ..policy.clone() }
}

/// The loops a program writes out, and what it leaves to the SDK.
#[derive(Debug)]
pub struct Plan {
    /// Outermost first; a layer of one attempt is none.
    pub layers: Vec<Layer>,
    /// How often the SDK retries by itself.
    pub sdk_retries: u32,
}

impl Plan {
    /// The plan of `policy`, already [`over`] the SDK. With `writes_all` the outermost layer is written out even where
    /// it is just what the SDK does.
    pub fn of(policy: &RetryPolicy, sdk: Option<Sdk>, writes_all: bool) -> Self {
        let mut policies = Vec::new();
        let mut next = Some(policy);
        while let Some(policy) = next {
            if policy.max_attempts > 1 && policy.retry_on != RetryOn::Nothing {
                policies.push(RetryPolicy { inner: None, ..policy.clone() });
            }
            next = policy.inner.as_deref();
        }
        let by_sdk = |policy: &RetryPolicy| sdk.is_some_and(|sdk| sdk.does(policy));
        let least = usize::from(writes_all);
        let sdk_retries = match policies.last() {
            Some(innermost) if policies.len() > least && by_sdk(innermost) => innermost.max_attempts.saturating_sub(1),
            _ => 0,
        };
        if sdk_retries > 0 {
            policies.pop();
        }
        let layers = policies.into_iter().enumerate().map(|(depth, policy)| Layer { policy, depth }).collect();
        Self { layers, sdk_retries }
    }

    /// Whether any layer `does` something.
    pub fn any(&self, does: impl Fn(&Layer) -> bool) -> bool {
        self.layers.iter().any(does)
    }

    /// The rules of its layers, each once.
    pub fn rules(&self) -> Vec<RetryOn> {
        let mut rules = Vec::new();
        for layer in &self.layers {
            if !rules.contains(&layer.policy.retry_on) {
                rules.push(layer.policy.retry_on);
            }
        }
        rules
    }

    /// The ways in which its layers read a server's wait, each once, and whether an outcome without an answer comes
    /// before it.
    pub fn readings(&self) -> Vec<(Reading, bool)> {
        let mut readings: Vec<(Reading, bool)> = Vec::new();
        for layer in &self.layers {
            let Some(hint) = layer.hint() else { continue };
            let unanswered = layer.retries_unanswered();
            match readings.iter_mut().find(|(reading, _)| *reading == hint.reading) {
                Some((_, before)) => *before |= unanswered,
                None => readings.push((hint.reading, unanswered)),
            }
        }
        readings
    }
}

/// How a server's wait is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Headers and the text, the first that is above zero.
    Least,
    /// The first header that is a number; zero is no wait.
    Exact,
    /// The first header that is a number; zero is "at once".
    ExactOrZero,
}

/// What a server's wait counts for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hint {
    /// How it is read.
    pub reading: Reading,
    /// The longest one that is followed, in seconds; `None` where any is.
    pub ceiling: Option<f64>,
    /// Whether a longer one ends the call, rather than being ignored.
    pub stops: bool,
}

/// One loop.
#[derive(Debug)]
pub struct Layer {
    /// What it does; its inner policy is the next layer.
    pub policy: RetryPolicy,
    /// 0 for the outermost.
    pub depth: usize,
}

/// A constant at the head of a program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    /// Its name, without the layer's prefix.
    pub name: &'static str,
    /// Its value; in seconds where it is a duration.
    pub value: f64,
    /// Whether it counts something, rather than being a duration.
    pub is_count: bool,
    /// What it is.
    pub comment: &'static str,
}

impl Layer {
    /// What the names of its constants begin with.
    pub fn prefix(&self) -> String {
        "INNER_".repeat(self.depth)
    }

    /// Whether it retries what got no answer.
    pub fn retries_unanswered(&self) -> bool {
        matches!(
            self.policy.retry_on,
            RetryOn::Sdk | RetryOn::Status | RetryOn::CurableAndUnknown | RetryOn::AnyFailure
        )
    }

    /// What a server's wait counts for; `None` for nothing.
    pub fn hint(&self) -> Option<Hint> {
        let (reading, ceiling, beyond) = match self.policy.hint {
            HintRule::Ignore => return None,
            HintRule::Floor { ceiling, beyond } => (Reading::Least, ceiling, beyond),
            HintRule::Exact { ceiling, beyond, reader: HeaderReader::OpenAiPython } => {
                (Reading::Exact, ceiling, beyond)
            }
            HintRule::Exact { ceiling, beyond, reader: HeaderReader::OpenAiNode } => {
                (Reading::ExactOrZero, ceiling, beyond)
            }
        };
        // A program has nobody to ask: what a person would decide ends the call.
        Some(Hint { reading, ceiling: finite(ceiling), stops: beyond != BeyondCeiling::Ignore })
    }

    /// The deadline in seconds.
    pub fn deadline(&self) -> Option<f64> {
        self.policy.deadline.and_then(finite)
    }

    /// Whether its delays follow from each other.
    pub fn is_decorrelated(&self) -> bool {
        matches!(self.policy.backoff, Backoff::Decorrelated { .. })
    }

    /// The largest single delay in seconds, where the backoff reaches it.
    pub fn longest_delay(&self) -> Option<f64> {
        let limit = finite(self.policy.max_delay)?;
        let growths = f64::from(self.policy.max_attempts.saturating_sub(2));
        let reached = match &self.policy.backoff {
            Backoff::Fixed(_) => return None,
            Backoff::Exponential { base, factor, cap, jitter, floor } => {
                let grown = libm::pow(*factor, growths).max(1.0) * base.as_secs_f64();
                (grown.min(cap.as_secs_f64()) * jitter.at_zero.max(jitter.at_one)).max(floor.as_secs_f64())
            }
            Backoff::Decorrelated { base, cap } => {
                (base.as_secs_f64() * libm::pow(3.0, growths + 1.0)).min(cap.as_secs_f64())
            }
        };
        (reached > limit).then_some(limit)
    }

    /// All that its loop needs to know, in the order it is read best.
    pub fn constants(&self) -> Vec<Constant> {
        let mut constants = vec![Constant {
            name: "MAX_ATTEMPTS",
            // More than any type of a count holds is as good as that.
            value: f64::from(self.policy.max_attempts.min(i32::MAX.unsigned_abs())),
            is_count: true,
            comment: "the first included",
        }];
        let mut add = |name, value: Option<f64>, comment| {
            constants.extend(value.map(|value| Constant { name, value, is_count: false, comment }));
        };
        match &self.policy.backoff {
            Backoff::Fixed(delay) => {
                add("DELAY", Some((*delay).min(self.policy.max_delay).as_secs_f64()), "seconds");
            }
            Backoff::Exponential { base, cap, floor, .. } => {
                add("BASE_DELAY", Some(base.as_secs_f64()), "seconds");
                add("MAX_BACKOFF", finite(*cap), "seconds, before jitter");
                add("MIN_DELAY", Some(floor.as_secs_f64()).filter(|floor| *floor > 0.0), "seconds, after jitter");
            }
            Backoff::Decorrelated { base, cap } => {
                add("BASE_DELAY", Some(base.as_secs_f64()), "seconds, the least delay");
                add("MAX_BACKOFF", finite(*cap), "seconds");
            }
        }
        add("MAX_DELAY", self.longest_delay(), "seconds, after jitter");
        add("LONGEST_WAIT", self.hint().and_then(|hint| hint.ceiling), "seconds that a server may ask for");
        add("DEADLINE", self.deadline(), "seconds from the first attempt to the last");
        constants
    }
}

/// Seconds; `None` for what stands for "no limit".
pub fn finite(duration: Duration) -> Option<f64> {
    // Longer than a century is never meant.
    (duration < Duration::from_secs(3_155_760_000)).then_some(duration.as_secs_f64())
}
