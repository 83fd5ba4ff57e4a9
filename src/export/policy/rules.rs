//! Which failures are tried again, as far as a program has to find out by itself.

use super::plan::{Plan, Reading};
use crate::retry::RetryOn;

/// A function that tells whether a failure is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, in snake case.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub words: &'static str,
    /// Whether no answer is tried again.
    pub unanswered: bool,
    /// Whether bills and requests that never fit are told apart from rate limits.
    pub tells_hopeless: bool,
    /// Whether the server's `x-should-retry` decides before the status.
    pub verdict: bool,
}

impl Rule {
    /// The rule; `None` where a status or nothing at all decides.
    pub const fn of(rule: RetryOn) -> Option<Self> {
        match rule {
            RetryOn::Nothing | RetryOn::RateLimitError | RetryOn::AnyFailure => None,
            RetryOn::Sdk => Some(Self {
                name: "is_retried_by_sdks",
                words: "What the official SDKs retry, billing errors included.",
                unanswered: true,
                tells_hopeless: false,
                verdict: true,
            }),
            RetryOn::Status => Some(Self {
                name: "has_retried_status",
                words: "No answer, or a status that may be better next time, billing errors included.",
                unanswered: true,
                tells_hopeless: false,
                verdict: false,
            }),
            RetryOn::Curable => Some(Self {
                name: "is_curable",
                words: "Rate limits and server trouble; x-should-retry decides first, but pays no bill.",
                unanswered: false,
                tells_hopeless: true,
                verdict: true,
            }),
            RetryOn::CurableAndUnknown => Some(Self {
                name: "is_curable_or_unknown",
                words: "Rate limits, server trouble, and no answer, after which a request may run twice.",
                unanswered: true,
                tells_hopeless: true,
                verdict: true,
            }),
        }
    }
}

impl Plan {
    /// The functions that its layers need, each once.
    pub fn functions(&self) -> Vec<Rule> {
        self.rules().into_iter().filter_map(Rule::of).collect()
    }

    /// Whether any of them tells bills from rate limits.
    pub fn tells_hopeless(&self) -> bool {
        self.functions().iter().any(|rule| rule.tells_hopeless)
    }

    /// Whether any layer heeds a server's wait.
    pub fn heeds(&self) -> bool {
        !self.readings().is_empty()
    }

    /// Whether a wait is read from an error's text too.
    pub fn reads_text(&self) -> bool {
        self.readings().iter().any(|(reading, _)| *reading == Reading::Least)
    }
}

impl Reading {
    /// The name of the function that reads, in snake case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Least => "least_wait",
            Self::Exact => "asked_wait",
            Self::ExactOrZero => "asked_wait_or_zero",
        }
    }

    /// What it says, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Least => "Seconds that the server asks for, in its headers or its text.",
            Self::Exact => "Seconds that the server asks for in its headers.",
            Self::ExactOrZero => "Seconds that the server asks for in its headers, 0 for \"at once\".",
        }
    }

    /// How a wait that counts compares with zero.
    pub const fn counts_from(self) -> &'static str {
        match self {
            Self::Least | Self::Exact => "> 0",
            Self::ExactOrZero => ">= 0",
        }
    }
}

/// `snake_case` as `camelCase`.
pub fn camel(snake: &str) -> String {
    let mut name = String::new();
    for (at, word) in snake.split('_').enumerate() {
        let mut letters = word.chars();
        let first = letters.next().map(|first| if at == 0 { first } else { first.to_ascii_uppercase() });
        name.extend(first.into_iter().chain(letters));
    }
    name
}
