//! What the page's terms mean: each said once, and shown in place wherever its label stands.
//!
//! Sources, as cited per term: OpenAI's rate-limit guide and API reference, 2026; Marc Brooker, "Exponential Backoff And
//! Jitter", AWS Architecture Blog, 2015; RFC 9110, 10.2.3 (Retry-After) and 15.5.4; RFC 6585, 4 (429); the Fetch standard,
//! "CORS protocol" (`Access-Control-Expose-Headers`); Google SRE, chapter 21, "Handling Overload" (retry budgets).

/// A term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// What it is called.
    pub name: &'static str,
    /// What it means, in a sentence or two, with its unit.
    pub text: &'static str,
    /// The Guide's section that tells more.
    pub section: &'static str,
    /// The labels in the page that it explains, besides its name.
    pub labels: &'static [&'static str],
}

impl Term {
    /// Where the Guide tells more: `#/guide?section=handling`.
    pub fn href(&self) -> String {
        format!("#/guide?section={}", self.section)
    }
}

/// The term that a label stands for: its name, or one of its labels; capitals and what follows in brackets do not count.
pub fn look_up(label: &str) -> Option<&'static Term> {
    let label = label.split(" (").next().unwrap_or_default().trim();
    let is = |name: &&str| name.eq_ignore_ascii_case(label);
    TERMS.iter().find(|term| is(&term.name) || term.labels.iter().any(is))
}

const LIMITS: &str = "limits";
const BASIC: &str = "basic";
const TRACKING: &str = "tracking";
const HANDLING: &str = "handling";

const fn term(name: &'static str, section: &'static str, labels: &'static [&'static str], text: &'static str) -> Term {
    Term { name, text, section, labels }
}

/// All of them, in the order of a course.
pub const TERMS: &[Term] = &[
    term(
        "the notebook",
        LIMITS,
        &[],
        "A short Python notebook, “Understanding and Handling OpenAI Rate Limits”, that the Guide follows cell by cell. The retry policy “Notebook” is its loop.",
    ),
    // OpenAI's rate-limit guide: "RPM (requests per minute), RPD, TPM, TPD".
    term(
        "RPM",
        LIMITS,
        &["Requests per minute"],
        "Requests per minute: how many requests a model's limit lets through in a minute, whatever their size.",
    ),
    term(
        "TPM",
        LIMITS,
        &["Tokens per minute"],
        "Tokens per minute: how many tokens a model's limit lets through in a minute. A request is charged before its answer exists.",
    ),
    term(
        "RPD",
        LIMITS,
        &["Requests per day"],
        "Requests per day. At a daily limit a wait is minutes or hours: no backoff of seconds gets through.",
    ),
    term("TPD", LIMITS, &["Tokens per day"], "Tokens per day: input and output together, as charged at admission."),
    // The headers of the guide's section "Rate limits in headers".
    term(
        "limit",
        LIMITS,
        &["x-ratelimit-limit-requests", "x-ratelimit-limit-tokens"],
        "The most that fits into the bucket: x-ratelimit-limit-requests in requests, x-ratelimit-limit-tokens in tokens.",
    ),
    term(
        "remaining",
        LIMITS,
        &[
            "x-ratelimit-remaining-requests",
            "x-ratelimit-remaining-tokens",
            "Requests remaining",
            "Tokens remaining",
            "Input tokens remaining",
            "Output tokens remaining",
        ],
        "What is left of a limit now, in requests or tokens, rounded down. It flows back all the time, not all at once.",
    ),
    term(
        "reset",
        LIMITS,
        &["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "Full again in"],
        "The time until the bucket is full again, in seconds. It is no wait: one request fits long before.",
    ),
    // Observed: `reset = (limit − remaining) × window / limit` (ARCHITECTURE.md, The limiter).
    term(
        "token bucket",
        LIMITS,
        &[],
        "A limit works like a bucket that refills evenly: each request takes out what it is charged, and is refused where not enough is left.",
    ),
    term(
        "refill",
        LIMITS,
        &[],
        "How fast a bucket fills: limit ÷ window. At 3 requests a minute one request comes back every 20 s.",
    ),
    term(
        "scenario",
        LIMITS,
        &["Answered by"],
        "What the simulated API is like: its limits, its speed and what goes wrong. Each one is named after what it teaches.",
    ),
    term(
        "seed",
        LIMITS,
        &[],
        "A number that fixes all chance in the simulated API: the same seed gives the same answers.",
    ),
    // OpenAI's API reference: the response's `usage` object.
    term(
        "usage",
        BASIC,
        &[],
        "What an answer was charged, in tokens: input, output and their sum. It comes with the answer, in a stream at its end.",
    ),
    term(
        "input tokens",
        BASIC,
        &[],
        "Tokens of your prompt, instructions and all else that was sent. A token is about four characters of English.",
    ),
    term(
        "output tokens",
        BASIC,
        &[],
        "Tokens that the model wrote, reasoning included. They usually cost several times as much as input.",
    ),
    term("total tokens", BASIC, &[], "Input and output tokens together."),
    term(
        "cached tokens",
        BASIC,
        &["Cached", "Cached input tokens"],
        "Input tokens that the server had seen just before: cheaper, but they count against the limit all the same.",
    ),
    term(
        "reasoning tokens",
        BASIC,
        &["Reasoning"],
        "Output tokens that a reasoning model thinks with. They are billed and not shown.",
    ),
    term(
        "reasoning effort",
        BASIC,
        &[],
        "How much a reasoning model thinks before it writes. More effort is more output tokens.",
    ),
    term(
        "max output tokens",
        BASIC,
        &[],
        "The bound of an answer's length in tokens, reasoning included. The token limit is charged for it at once, so a smaller bound lets more through.",
    ),
    term("temperature", BASIC, &[], "How freely words are chosen, 0 to 2. Reasoning models refuse it."),
    term(
        "stream",
        BASIC,
        &[],
        "The answer comes as events while it is written. A rate limit can also strike in its middle, inside an HTTP 200.",
    ),
    term("store", BASIC, &[], "Whether the server may keep the answer. Off unless you say so."),
    term(
        "cost",
        TRACKING,
        &[],
        "Input and output tokens by the model's price, in US dollars. What was refused costs nothing.",
    ),
    term(
        "calls",
        TRACKING,
        &["Answered calls"],
        "Answered calls. Refused and failed HTTP requests are not counted, as in the notebook.",
    ),
    // RFC 6585: 429 Too Many Requests.
    term(
        "429",
        HANDLING,
        &["Rate limited"],
        "The status of an answer that refuses a request because a limit is reached, or the money is used up. The body says which.",
    ),
    term(
        "request",
        HANDLING,
        &["HTTP calls", "Number of requests"],
        "One question to the API. With retries it can take several HTTP calls, each of which counts against the limit.",
    ),
    term(
        "attempt",
        HANDLING,
        &["Max attempts", "Retried"],
        "One HTTP call of a request. The first attempt is no retry: 5 attempts are 4 retries.",
    ),
    term(
        "wasted",
        HANDLING,
        &[],
        "HTTP calls that brought no answer. Refused ones count against the limit with some servers.",
    ),
    term(
        "gave up",
        HANDLING,
        &[],
        "Requests whose retry policy ran out of attempts or time: nothing is left but to send them again.",
    ),
    term(
        "retry policy",
        HANDLING,
        &[],
        "The rules after a failure: whether to try again, how long to wait, and when to give up.",
    ),
    term(
        "backoff",
        HANDLING,
        &["Base delay"],
        "The wait between attempts, in seconds. Exponential backoff doubles it each time, from a base delay on.",
    ),
    // Brooker 2015: `random_between(0, min(cap, base × 2 ** attempt))`.
    term(
        "jitter",
        HANDLING,
        &[],
        "Chance in a wait, so that those who were refused together do not come back together.",
    ),
    term(
        "full jitter",
        HANDLING,
        &[],
        "A wait drawn anywhere between zero and the backoff: min(cap, base × 2^n). It spreads a herd the widest.",
    ),
    // Brooker 2015: `temp / 2 + random_between(0, temp / 2)`.
    term(
        "equal jitter",
        HANDLING,
        &[],
        "Half of the backoff, and a draw from zero to the other half: never too early, yet spread.",
    ),
    // Brooker 2015: `min(cap, random_between(base, sleep × 3))`.
    term(
        "decorrelated jitter",
        HANDLING,
        &[],
        "A wait drawn between the base and three times the wait before, up to a cap.",
    ),
    // RFC 9110, 10.2.3.
    term(
        "Retry-After",
        HANDLING,
        &["retry-after-ms", "Stated wait"],
        "The header in which a server says how long to wait, in whole seconds or as a date. retry-after-ms says it in milliseconds.",
    ),
    // Observed: `wait = (used + requested − limit) × window / limit` (ARCHITECTURE.md, The limiter).
    term(
        "earliest fit",
        HANDLING,
        &[],
        "The first moment at which a request fits: (used + asked for − limit) × window ÷ limit from now, if nothing else is sent.",
    ),
    // Google SRE, chapter 21: "per-client retry budget … 10 percent".
    term(
        "retry budget",
        HANDLING,
        &[],
        "The most retries allowed for a number of requests, such as one in ten: it keeps retries from making an overload worse.",
    ),
    term("deadline", HANDLING, &[], "The time after which no further attempt is made, in seconds from the first."),
    term("in flight", HANDLING, &[], "Sent, and not answered yet."),
    term(
        "concurrency",
        HANDLING,
        &[],
        "How many requests are in flight or waiting at the same time. The others queue.",
    ),
    term(
        "throughput",
        HANDLING,
        &[],
        "What goes through in a time, in requests or tokens a minute, refused ones included.",
    ),
    term("goodput", HANDLING, &[], "The part of the throughput that is of use: answered requests in a time."),
    term(
        "drain time",
        HANDLING,
        &["Ideal drain time", "Took"],
        "How long a number of requests takes from the first to the last answer. The ideal is what the limit itself needs.",
    ),
    // Fetch standard: only safelisted and exposed response headers reach a page of another origin.
    term(
        "hidden header",
        TRACKING,
        &[],
        "A header that the server may have sent and the browser does not show to a page of another origin (CORS). Hidden is not absent.",
    ),
    term(
        "exposed header",
        TRACKING,
        &[],
        "A header that the server lets pages of other origins read, by naming it in Access-Control-Expose-Headers.",
    ),
    // OpenAI's Batch guide, 2026-11: custom_id; RFC 9110, 9.2.2 (POST is not idempotent).
    term(
        "custom_id",
        HANDLING,
        &[],
        "The name that a line of a batch has in its results: they may come in any order. Each line needs its own.",
    ),
    term(
        "unknown outcome",
        HANDLING,
        &["Unknown"],
        "A request that was sent, or about to be, and brought no answer. It may have been processed and billed, so it is not sent again by itself.",
    ),
    term(
        "spend cap",
        HANDLING,
        &[],
        "The most that a batch may cost, in USD: nothing is sent that could exceed it together with what is in flight or unknown.",
    ),
    term(
        "pacing",
        LIMITS,
        &["Most in flight"],
        "Sending each request when the limits will take it, not before: no storm of refusals, and no limit left unused.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_term_is_said_once_and_shortly() {
        let mut seen = HashSet::new();
        for term in TERMS {
            assert!((20..=240).contains(&term.text.chars().count()), "{}: {}", term.name, term.text.len());
            assert!(term.text.ends_with('.') && !term.text.contains("  "), "{}", term.name);
            for label in std::iter::once(&term.name).chain(term.labels) {
                assert!(
                    !label.is_empty() && seen.insert(label.to_lowercase()) || term.name.eq_ignore_ascii_case(label),
                    "{label} twice"
                );
                assert_eq!(look_up(label), Some(term), "{label}");
            }
            assert!(["limits", "basic", "tracking", "handling"].contains(&term.section));
        }
    }

    #[test]
    fn the_fields_own_terms_are_all_there() {
        for name in [
            "RPM",
            "TPM",
            "RPD",
            "TPD",
            "limit",
            "remaining",
            "reset",
            "request",
            "attempt",
            "retry policy",
            "backoff",
            "full jitter",
            "equal jitter",
            "decorrelated jitter",
            "Retry-After",
            "retry budget",
            "deadline",
            "in flight",
            "concurrency",
            "token bucket",
            "refill",
            "goodput",
            "throughput",
            "usage",
            "input tokens",
            "output tokens",
            "cached tokens",
            "reasoning tokens",
            "cost",
            "exposed header",
            "hidden header",
            "scenario",
            "seed",
        ] {
            assert!(TERMS.iter().any(|term| term.name == name), "{name}");
        }
    }

    #[test]
    fn labels_of_the_page_are_found() {
        for (label, name) in [
            ("Requests per minute", "RPM"),
            ("Requests remaining", "remaining"),
            ("Input tokens", "input tokens"),
            ("Base delay", "backoff"),
            ("Cost", "cost"),
        ] {
            assert_eq!(look_up(label).map(|term| term.name), Some(name));
        }
        assert_eq!(look_up("Prompt"), None);
    }
}
