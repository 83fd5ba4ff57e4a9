//! The naming schemes of rate-limit headers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::{Dialect, Field, LimitTrio, RateLimitHeaders, ReplyHeaders, Visibility, ietf, values};
use crate::time::UnixTime;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Names of the request limit, the most telling first, and the window each name tells.
const REQUEST_KINDS: [(&str, Option<Duration>); 9] = [
    ("requests", None),
    ("", None),
    ("req-minute", Some(MINUTE)),
    ("requests-minute", Some(MINUTE)),
    ("req-second", Some(Duration::from_secs(1))),
    ("requests-day", Some(DAY)),
    ("req-day", Some(DAY)),
    ("requests-hour", Some(HOUR)),
    ("api_key-requests", None),
];

/// Names of the token limit.
const TOKEN_KINDS: [(&str, Option<Duration>); 5] = [
    ("tokens", None),
    ("tokens-minute", Some(MINUTE)),
    ("tokens-day", Some(DAY)),
    ("tokens-hour", Some(HOUR)),
    ("api_key-tokens", None),
];

/// LiteLLM puts this before the headers of the provider behind it.
pub(super) const UPSTREAM: &str = "llm_provider-";

pub(super) fn read(headers: &[(String, String)], visibility: Visibility, wall: UnixTime) -> ReplyHeaders {
    let mut reading = Reading::default();
    for (name, value) in headers {
        reading.take(&name.trim().to_ascii_lowercase(), value, wall);
    }
    reading.finish(visibility, wall)
}

/// A trio while it is being read: `None` is what was not there.
#[derive(Debug, Default)]
struct PartialTrio {
    limit: Option<Field<u64>>,
    remaining: Option<Field<u64>>,
    /// More was let through than the limit holds: LiteLLM's remaining goes on below zero.
    overdrawn: u64,
    reset: Option<Field<Duration>>,
    /// The window that an IETF policy names for it.
    window: Option<Duration>,
}

#[derive(Debug, Default)]
struct Reading {
    trios: BTreeMap<String, PartialTrio>,
    upstream: BTreeMap<String, PartialTrio>,
    dialects: Vec<Dialect>,
    ietf_limits: Option<String>,
    ietf_policies: Option<String>,
    query_cost: Option<u64>,
    // Of the headers below, the first one counts where a proxy sends two.
    singles: ReplyHeaders,
}

/// Which of a limit's three numbers a header tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    Limit,
    Remaining,
    Reset,
}

impl Reading {
    fn take(&mut self, name: &str, value: &str, wall: UnixTime) {
        let singles = &mut self.singles;
        match name {
            "retry-after" => first(&mut singles.retry_after, || values::retry_after(value, wall)),
            "retry-after-ms" => first(&mut singles.retry_after_ms, || values::retry_after_ms(value)),
            "llm_provider-retry-after-ms" => singles.upstream_retry_after = values::retry_after_ms(value),
            "llm_provider-retry-after" => first(&mut singles.upstream_retry_after, || values::retry_after(value, wall)),
            "x-should-retry" => first(&mut singles.should_retry, || values::verdict(value)),
            "x-request-id" => first(&mut singles.request_id, || Field::Exposed(value.trim().to_owned())),
            "openai-processing-ms" => first(&mut singles.processing, || values::milliseconds(value)),
            "ratelimit" => self.ietf_limits = Some(value.to_owned()),
            "ratelimit-policy" => self.ietf_policies = Some(value.to_owned()),
            "x-ratelimit-tokens-query-cost" => self.query_cost = values::count(value).exposed().copied(),
            _ => self.take_trio(name, value, wall),
        }
    }

    fn take_trio(&mut self, name: &str, value: &str, wall: UnixTime) {
        let (trios, name) = match name.strip_prefix(UPSTREAM) {
            Some(name) => (&mut self.upstream, name),
            None => (&mut self.trios, name),
        };
        let Some((dialect, kind, measure)) = trio_name(name) else { return };
        let trio = trios.entry(kind.into_owned()).or_default();
        match measure {
            Measure::Limit => trio.limit = Some(values::count(value)),
            Measure::Remaining => {
                trio.remaining = Some(values::count(value));
                trio.overdrawn = values::below_zero(value);
            }
            Measure::Reset => trio.reset = Some(values::reset(value, wall)),
        }
        if dialect == Dialect::Ietf && matches!(measure, Measure::Limit) && value.contains("w=") {
            // "100, 100;w=60" (drafts up to 06) carries its policy.
            self.ietf_policies = value.split_once(',').map(|(_, policy)| policy.to_owned());
        }
        self.dialects.push(dialect);
    }

    fn finish(mut self, visibility: Visibility, wall: UnixTime) -> ReplyHeaders {
        let policy_window = self.take_ietf(wall);
        let dialect = self.dialect();
        let (requests, requests_window) = pick(&mut self.trios, &REQUEST_KINDS);
        let (tokens, tokens_window) = pick(&mut self.trios, &TOKEN_KINDS);
        let project_tokens = self.trios.remove("project-tokens").unwrap_or_default();
        let (upstream_requests, _) = pick(&mut self.upstream, &REQUEST_KINDS);
        let (upstream_tokens, _) = pick(&mut self.upstream, &TOKEN_KINDS);
        let upstream_others = self.upstream.into_iter().map(|(kind, trio)| (format!("{UPSTREAM}{kind}"), trio));
        let others = self.trios.into_iter().chain(upstream_others);
        let singles = self.singles;
        ReplyHeaders {
            limits: RateLimitHeaders {
                dialect,
                requests: requests.finish(visibility),
                tokens: tokens.finish(visibility),
                project_tokens: project_tokens.finish(visibility),
                upstream_requests: upstream_requests.finish(visibility),
                upstream_tokens: upstream_tokens.finish(visibility),
                others: others.map(|(kind, trio)| (kind, trio.finish(visibility))).collect(),
                policy_window,
                requests_window,
                tokens_window,
                query_cost_tokens: self.query_cost,
            },
            retry_after_ms: hide(singles.retry_after_ms, visibility),
            retry_after: hide(singles.retry_after, visibility),
            upstream_retry_after: hide(singles.upstream_retry_after, visibility),
            should_retry: hide(singles.should_retry, visibility),
            request_id: hide(singles.request_id, visibility),
            processing: hide(singles.processing, visibility),
        }
    }

    /// Adds what `RateLimit` and `RateLimit-Policy` say, and gives the first policy's window.
    fn take_ietf(&mut self, wall: UnixTime) -> Option<Duration> {
        let items = ietf::read(self.ietf_limits.as_deref(), self.ietf_policies.as_deref());
        if items.is_empty() {
            if let Some(text) = self.ietf_limits.take() {
                self.trios.entry(String::new()).or_default().remaining = Some(Field::Malformed(text));
                self.dialects.push(Dialect::Ietf);
            }
            return None;
        }
        self.dialects.push(Dialect::Ietf);
        let window = items.first().and_then(|item| item.window);
        for item in items {
            let usual = if item.counts_tokens { "tokens" } else { "" };
            let kind =
                if self.trios.get(usual).is_some_and(|trio| self.ietf_limits.is_some() && trio.remaining.is_some()) {
                    item.name
                } else {
                    usual.to_owned()
                };
            let trio = self.trios.entry(kind).or_default();
            // "10, 10;w=1, 1000;w=3600" tells the limit that is nearest, and the policies of all.
            if trio.limit.is_none() || trio.limit == item.limit {
                trio.window = trio.window.or(item.window);
            }
            trio.limit = trio.limit.take().or(item.limit);
            trio.remaining = trio.remaining.take().or(item.remaining);
            trio.reset = trio.reset.take().or_else(|| item.reset_seconds.map(|seconds| values::reset(&seconds, wall)));
        }
        window
    }

    fn dialect(&self) -> Dialect {
        let has = |kind: &str| self.trios.contains_key(kind);
        if self.trios.keys().any(|kind| kind.starts_with("req-")) {
            Dialect::Mistral
        } else if !has("requests")
            && ["requests-day", "requests-minute", "tokens-minute", "tokens-day"].into_iter().any(has)
        {
            Dialect::Cerebras
        } else {
            self.dialects.iter().copied().find(|dialect| *dialect != Dialect::OpenAi).unwrap_or_default()
        }
    }
}

impl PartialTrio {
    fn finish(self, visibility: Visibility) -> LimitTrio {
        let missing = visibility == Visibility::CorsFiltered;
        // Azure's −1 of −1 is no value; less than nothing of a real limit is nothing.
        let overdrawn = if matches!(self.limit, Some(Field::Exposed(1..))) { self.overdrawn } else { 0 };
        LimitTrio {
            limit: self.limit.unwrap_or(if missing { Field::Hidden } else { Field::Absent }),
            remaining: self
                .remaining
                .map(|left| if overdrawn > 0 { Field::Exposed(0) } else { left })
                .unwrap_or(if missing { Field::Hidden } else { Field::Absent }),
            reset: self.reset.unwrap_or(if missing { Field::Hidden } else { Field::Absent }),
            overdrawn,
        }
    }
}

fn first<T>(slot: &mut Field<T>, read: impl FnOnce() -> Field<T>) {
    if matches!(slot, Field::Absent) {
        *slot = read();
    }
}

fn hide<T>(field: Field<T>, visibility: Visibility) -> Field<T> {
    match (field, visibility) {
        (Field::Absent, Visibility::CorsFiltered) => Field::Hidden,
        (field, _) => field,
    }
}

fn pick(
    trios: &mut BTreeMap<String, PartialTrio>,
    kinds: &[(&str, Option<Duration>)],
) -> (PartialTrio, Option<Duration>) {
    let found = kinds.iter().find_map(|(kind, window)| trios.remove(*kind).map(|trio| (trio, *window)));
    let (trio, window) = found.unwrap_or_default();
    let window = window.or(trio.window);
    (trio, window)
}

/// What a header of a limit is named after: the dialect, the kind of limit, and which of its numbers.
pub(super) fn trio_name(name: &str) -> Option<(Dialect, Cow<'_, str>, Measure)> {
    if let Some(rest) = name.strip_prefix("anthropic-ratelimit-") {
        let (kind, measure) = rest.rsplit_once('-')?;
        return Some((Dialect::Anthropic, kind.into(), measure_word(measure)?));
    }
    if let Some(rest) = name.strip_prefix("x-tokenlimit-") {
        return Some((Dialect::Together, "tokens".into(), measure_word(rest)?));
    }
    if let Some(rest) = name.strip_prefix("ratelimit-") {
        return Some((Dialect::Ietf, "".into(), measure_word(rest)?));
    }
    // "x-rate-limit-" is Azure's odd spelling.
    let rest = name.strip_prefix("x-ratelimit-").or_else(|| name.strip_prefix("x-rate-limit-"))?;
    if let Some(measure) = measure_word(rest) {
        return Some((Dialect::Together, "".into(), measure));
    }
    let (word, kind) = rest.split_once('-')?;
    if let Some(measure) = measure_word(word) {
        return Some((Dialect::OpenAi, kind.into(), measure));
    }
    // "x-ratelimit-api_key-remaining-requests": LiteLLM names whose limit it is (proxy/hooks/parallel_request_limiter_v3.py).
    let (measure, kind) = kind.split_once('-')?;
    measure_word(measure).map(|measure| (Dialect::OpenAi, format!("{word}-{kind}").into(), measure))
}

fn measure_word(word: &str) -> Option<Measure> {
    match word {
        "limit" => Some(Measure::Limit),
        "remaining" => Some(Measure::Remaining),
        "reset" => Some(Measure::Reset),
        _ => None,
    }
}
