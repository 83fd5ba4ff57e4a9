//! The headers that OpenAI documents, with a sentence each.

/// A header that OpenAI documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentedHeader {
    /// Its name, in lower case.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub meaning: &'static str,
}

/// The documented headers, in the order they are shown (OpenAI, rate-limit guide and error-codes guide, 2026).
pub const fn documented() -> &'static [DocumentedHeader] {
    &DOCUMENTED
}

const fn header(name: &'static str, meaning: &'static str) -> DocumentedHeader {
    DocumentedHeader { name, meaning }
}

const DOCUMENTED: [DocumentedHeader; 14] = [
    header(
        "x-ratelimit-limit-requests",
        "The most requests the limit holds; per minute or per day, the header does not say which.",
    ),
    header("x-ratelimit-remaining-requests", "The requests left, rounded down."),
    header(
        "x-ratelimit-reset-requests",
        "The time until the request limit is full again, not until the next request fits.",
    ),
    header("x-ratelimit-limit-tokens", "The most tokens the limit holds."),
    header("x-ratelimit-remaining-tokens", "The tokens left, rounded down."),
    header(
        "x-ratelimit-reset-tokens",
        "The time until the token limit is full again, not until the next request fits.",
    ),
    header("x-ratelimit-limit-project-tokens", "The most tokens the project's own limit holds."),
    header("x-ratelimit-remaining-project-tokens", "The tokens left of the project's own limit."),
    header("x-ratelimit-reset-project-tokens", "The time until the project's own token limit is full again."),
    header("retry-after", "After a refusal, the whole seconds to wait before the next attempt, at least 1."),
    header("retry-after-ms", "The same wait in milliseconds; the finer value counts."),
    header("x-should-retry", "The server's own verdict on whether to try again."),
    header("x-request-id", "The request's name, to quote when asking for help."),
    header("openai-processing-ms", "How long the server worked on the request, in milliseconds."),
];
