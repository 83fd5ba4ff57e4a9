//! The text of a 429: which limit was reached, and where its bucket stood.

use std::fmt;
use std::time::Duration;

use super::{arithmetic, duration};

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitScope {
    /// Requests.
    Requests,
    /// Tokens.
    Tokens,
    /// Input tokens alone.
    InputTokens,
    /// Images.
    Images,
}

/// Over what time a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitWindow {
    /// Per second.
    Second,
    /// Per minute.
    Minute,
    /// Per day.
    Day,
}

impl LimitWindow {
    /// Its length.
    pub const fn length(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::Minute => Duration::from_secs(60),
            Self::Day => Duration::from_secs(86_400),
        }
    }
}

/// What the text of a 429 says. Every part can be missing.
///
/// Its [`Display`](fmt::Display) is OpenAI's sentence, which [`LimitReached::parse`] reads back to the same value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitReached {
    /// What the limit counts.
    pub scope: Option<LimitScope>,
    /// Over what time.
    pub window: Option<LimitWindow>,
    /// The model named.
    pub model: Option<String>,
    /// The family whose models share the limit: `(for limit X)`.
    pub shared_limit: Option<String>,
    /// The organization named, `org-…`: never shown, kept or exported, see [`crate::redact`].
    pub organization: Option<String>,
    /// The service tier named (Groq).
    pub service_tier: Option<String>,
    /// The limit.
    pub limit: Option<u64>,
    /// How much was used.
    pub used: Option<u64>,
    /// How much this request asked for.
    pub requested: Option<u64>,
    /// "Please try again in …", as stated (truncated to ms by the server).
    pub try_again_in: Option<Duration>,
    /// "Request too large": it can never succeed unchanged.
    pub too_large: bool,
}

impl LimitReached {
    /// Reads the text of a 429, in the wordings of OpenAI since 2023, of Azure and of Groq.
    ///
    /// `None` where it says nothing of a limit.
    pub fn parse(message: &str) -> Option<Self> {
        let text = Text::new(message);
        let mut reached = Self { too_large: text.find("request too large").is_some(), ..Self::default() };
        if let Some(subject) = HEADS.into_iter().find_map(|head| text.after(head)) {
            reached.read_subject(subject, &text);
        }
        (reached.scope, reached.window) = scope_and_window(&text);
        reached.limit = number_after(message, "Limit");
        // "Current: 70.000000 / min" in the oldest texts is the rate of calls, not how much is used.
        reached.used = number_after(message, "Used");
        reached.requested = number_after(message, "Requested");
        reached.try_again_in = WAITS.into_iter().find_map(|lead| stated_wait(text.after(lead)?));
        (reached != Self::default()).then_some(reached)
    }

    /// True where the request asks for more than the whole limit, in words or in numbers: no wait makes it fit.
    pub fn can_never_fit(&self) -> bool {
        self.too_large || matches!((self.requested, self.limit), (Some(requested), Some(limit)) if requested > limit)
    }

    /// The earliest moment at which the request fits, from the text's own numbers; `None` where one is not stated, and
    /// where it never fits.
    pub fn earliest_fit(&self) -> Option<Duration> {
        arithmetic::earliest_fit(self.limit?, self.used?, self.requested?, self.window?.length())
    }

    /// The sentence as OpenAI writes it; parts that are `None` are left out.
    pub fn render(&self) -> String {
        self.to_string()
    }

    fn read_subject(&mut self, subject: &str, text: &Text<'_>) {
        let first = subject.strip_prefix("for ").map(|rest| rest.strip_prefix("model ").unwrap_or(rest));
        self.model = first.and_then(name).filter(|word| !NO_MODELS.contains(&word.to_ascii_lowercase().as_str()));
        self.organization = text.after("in organization ").or_else(|| text.after("for organization ")).and_then(name);
        self.shared_limit = text.after("(for limit ").and_then(|rest| rest.split(')').next()).and_then(name);
        self.service_tier = text.after(" service tier ").and_then(name);
    }
}

impl fmt::Display for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.too_large { "Request too large" } else { "Rate limit reached" })?;
        match (&self.model, &self.organization) {
            (Some(model), _) => write!(f, " for {model}")?,
            (None, Some(organization)) => write!(f, " for organization {organization}")?,
            (None, None) => {}
        }
        if let Some(family) = &self.shared_limit {
            write!(f, " (for limit {family})")?;
        }
        if let (Some(_), Some(organization)) = (&self.model, &self.organization) {
            write!(f, " in organization {organization}")?;
        }
        if let Some(tier) = &self.service_tier {
            write!(f, " service tier {tier}")?;
        }
        if let (Some(scope), Some(window)) = (self.scope, self.window) {
            let (things, letter) = scope.words();
            let (unit, unit_letter) = window.words();
            write!(f, " on {things} per {unit} ({letter}P{unit_letter})")?;
        }
        let numbers = [("Limit", self.limit), ("Used", self.used), ("Requested", self.requested)];
        let mut separator = ": ";
        for (label, number) in numbers {
            if let Some(number) = number {
                write!(f, "{separator}{label} {number}")?;
                separator = ", ";
            }
        }
        f.write_str(".")?;
        if let Some(wait) = self.try_again_in {
            write!(f, " Please try again in {}.", duration::format_go(wait))?;
        }
        if self.too_large {
            f.write_str(" The input or output tokens must be reduced in order to run successfully.")?;
        }
        f.write_str(" Visit https://platform.openai.com/account/rate-limits to learn more.")
    }
}

impl LimitScope {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Requests => ("requests", "R"),
            Self::Tokens => ("tokens", "T"),
            Self::InputTokens => ("input tokens", "IT"),
            Self::Images => ("images", "I"),
        }
    }
}

impl LimitWindow {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Second => ("second", "S"),
            Self::Minute => ("min", "M"),
            Self::Day => ("day", "D"),
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "s" | "sec" | "second" => Some(Self::Second),
            "m" | "min" | "minute" => Some(Self::Minute),
            "d" | "day" => Some(Self::Day),
            _ => None,
        }
    }
}

/// What stands before the name of the limited thing.
const HEADS: [&str; 4] = ["rate limit reached ", "request too large ", "rate limit exceeded ", "limit reached "];
/// What stands before the wait.
const WAITS: [&str; 5] = ["try again in ", "retry after ", "retry in ", "try again after ", "please wait "];
/// Words that follow "for" and name no model.
const NO_MODELS: [&str; 7] = ["organization", "requests", "tokens", "images", "input", "the", "limit"];

/// A text and its lower-case copy: ASCII only, so that offsets agree.
struct Text<'a> {
    original: &'a str,
    lower: String,
}

impl<'a> Text<'a> {
    fn new(original: &'a str) -> Self {
        Self { original, lower: original.to_ascii_lowercase() }
    }

    fn find(&self, needle: &str) -> Option<usize> {
        self.lower.find(needle)
    }

    fn after(&self, needle: &str) -> Option<&'a str> {
        self.original.get(self.find(needle)? + needle.len()..)
    }
}

/// The first word, without backticks and without the sentence's punctuation.
fn name(rest: &str) -> Option<String> {
    let word = rest.split_whitespace().next()?.trim_matches(['`', '\'', '"']);
    let word = word.trim_end_matches(['.', ',', ':', ';']).trim_matches(['`', '\'', '"']);
    (!word.is_empty() && !word.starts_with('(')).then(|| word.to_owned())
}

fn scope_and_window(text: &Text<'_>) -> (Option<LimitScope>, Option<LimitWindow>) {
    for (at, _) in text.lower.match_indices("per") {
        let (Some(before), Some(after)) = (text.lower.get(..at), text.lower.get(at + 3..)) else { continue };
        if !before.ends_with([' ', '-']) || !after.starts_with([' ', '-']) {
            continue;
        }
        let unit: String = after.chars().skip(1).take_while(char::is_ascii_alphabetic).collect();
        let Some(window) = LimitWindow::from_word(&unit) else { continue };
        if let Some(scope) = scope_at_end(before.trim_end_matches([' ', '-'])) {
            return (Some(scope), Some(window));
        }
    }
    for (abbreviation, scope, window) in ABBREVIATIONS {
        if text.find(abbreviation).is_some() {
            return (Some(scope), Some(window));
        }
    }
    // Azure names neither window nor numbers.
    let scope = [
        ("token rate limit", LimitScope::Tokens),
        ("call rate limit", LimitScope::Requests),
        ("request rate limit", LimitScope::Requests),
        ("reached for requests", LimitScope::Requests),
        ("reached for tokens", LimitScope::Tokens),
    ]
    .into_iter()
    .find_map(|(words, scope)| text.find(words).map(|_| scope));
    // The oldest wording has the window behind the number only: "Limit: 60.000000 / min."
    let window = text.after("limit: ").and_then(|rest| rest.split_once('/')).and_then(|(_, unit)| {
        let unit: String =
            unit.chars().skip_while(|c| *c == ' ' || *c == '1').take_while(char::is_ascii_alphabetic).collect();
        LimitWindow::from_word(&unit)
    });
    (scope, window)
}

const ABBREVIATIONS: [(&str, LimitScope, LimitWindow); 6] = [
    ("(itpm)", LimitScope::InputTokens, LimitWindow::Minute),
    ("(tpm)", LimitScope::Tokens, LimitWindow::Minute),
    ("(rpm)", LimitScope::Requests, LimitWindow::Minute),
    ("(rpd)", LimitScope::Requests, LimitWindow::Day),
    ("(tpd)", LimitScope::Tokens, LimitWindow::Day),
    ("(ipm)", LimitScope::Images, LimitWindow::Minute),
];

fn scope_at_end(before: &str) -> Option<LimitScope> {
    [
        ("input tokens", LimitScope::InputTokens),
        ("input-tokens", LimitScope::InputTokens),
        ("tokens", LimitScope::Tokens),
        ("requests", LimitScope::Requests),
        ("models", LimitScope::Requests), // OpenRouter: "free-models-per-day"
        ("images", LimitScope::Images),
    ]
    .into_iter()
    .find_map(|(word, scope)| before.ends_with(word).then_some(scope))
}

/// The whole number after a label: `Limit 30000`, `Limit: 30,000`, `Limit: 60.000000 / min`, `Limit: 5/1min`.
fn number_after(message: &str, label: &str) -> Option<u64> {
    message.match_indices(label).find_map(|(at, _)| {
        let rest = message.get(at + label.len()..)?;
        if !rest.starts_with([' ', ':']) {
            return None;
        }
        let rest = rest.trim_start_matches([' ', ':']);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(end)?;
        // "10KTPM" is a name.
        if tail.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
            return None;
        }
        super::headers::whole_number(number.trim_end_matches(','))
    })
}

/// A wait in Go's form (`1m26.4s.`) or in words (`17 seconds`, `1 minute and 30 seconds`).
fn stated_wait(rest: &str) -> Option<Duration> {
    let mut words =
        rest.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', '!', ')', '"', '\'', '`']));
    let mut total: Option<Duration> = None;
    while let Some(word) = words.next() {
        if word == "and" && total.is_some() {
            continue;
        }
        let Some(value) = duration::parse(word) else { break };
        let is_bare = word.ends_with(|c: char| c.is_ascii_digit());
        let unit_ns = if is_bare { words.next().and_then(unit_in_words) } else { None };
        let part = match (is_bare, unit_ns) {
            (true, Some(nanos)) => duration::decimal(word, nanos).and_then(duration::from_nanos)?,
            // A bare number with no unit after it counts seconds, and ends the wait.
            (true, None) if total.is_none() => return Some(value),
            (true, None) => break,
            (false, _) => value,
        };
        total = Some(total.unwrap_or_default().saturating_add(part));
    }
    total
}

fn unit_in_words(word: &str) -> Option<u128> {
    const SECOND: u128 = 1_000_000_000;
    match word.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "millisecond" | "milliseconds" => Some(SECOND / 1_000),
        "s" | "sec" | "secs" | "second" | "seconds" => Some(SECOND),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60 * SECOND),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600 * SECOND),
        "d" | "day" | "days" => Some(86_400 * SECOND),
        _ => None,
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
