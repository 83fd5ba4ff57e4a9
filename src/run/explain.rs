//! Why a run left work undone, in numbers, and which of it another policy can finish.

use std::fmt::Write as _;
use std::time::Duration;

use super::key_gate::KEY_REFUSED;
use super::limit::LimitMet;
use super::log::{CallLog, CallState, RunLog};
use crate::client::CallEnd;
use crate::random::Constant;
use crate::retry::{Class, HintRule, Preset, RetryOn, RetryPolicy, StopReason};

/// What a run left undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The calls that did not end with a response, those that wait for a person's decision left out.
    pub unfinished: Vec<usize>,
    /// Those of them that waiting can cure: what [`Preset::Sluice`] would retry, and what the user stopped.
    pub finishable: Vec<usize>,
    /// Why, one sentence a cause.
    pub reasons: Vec<String>,
}

impl Undone {
    /// What `log` left undone under `policy`; `None` while it runs, and where nothing is.
    pub fn of(log: &RunLog, policy: &RetryPolicy) -> Option<Self> {
        if log.is_running() {
            return None;
        }
        let unfinished: Vec<usize> = indices(log, |call| is_unfinished(&call.state));
        if unfinished.is_empty() {
            return None;
        }
        let cure = Preset::Sluice.policy().retry_on;
        let finishable = indices(log, |call| is_unfinished(&call.state) && is_curable(call, cure));
        Some(Self { reasons: reasons(log, policy, subject(policy), &unfinished), unfinished, finishable })
    }

    /// How many calls are best finished at a time: as many as flow back while one is answered, so that none waits in
    /// vain for what another takes.
    pub fn gentle_concurrency(&self, log: &RunLog) -> usize {
        const ANSWER: Duration = Duration::from_secs(2);
        let flow_back =
            LimitMet::of(log).map_or(u128::MAX, |met| ANSWER.as_nanos() / met.time_per_call().as_nanos().max(1));
        usize::try_from(flow_back).unwrap_or(usize::MAX).clamp(1, self.finishable.len().max(1))
    }
}

/// A policy as the subject of a sentence.
pub fn subject(policy: &RetryPolicy) -> &'static str {
    match Preset::ALL.into_iter().find(|preset| preset.policy() == *policy) {
        Some(Preset::Notebook) => "The notebook's policy",
        Some(Preset::NotebookAsWritten) => "The notebook's loop over the SDK's retries",
        Some(Preset::Sluice) => "Sluice's policy",
        Some(Preset::Cookbook) => "The cookbook's decorator",
        Some(Preset::FullJitter) => "Full jitter",
        Some(Preset::EqualJitter) => "Equal jitter",
        Some(Preset::DecorrelatedJitter) => "Decorrelated jitter",
        Some(Preset::FixedDelay) => "A fixed delay",
        Some(Preset::None) => "No retries",
        Some(preset) => preset.name(),
        None => "This policy",
    }
}

/// The calls that wait for a person's decision.
pub fn asking(log: &RunLog) -> Vec<usize> {
    indices(log, |call| matches!(call.state, CallState::Ended(CallEnd::Ask(_))))
}

fn indices(log: &RunLog, keep: impl Fn(&CallLog) -> bool) -> Vec<usize> {
    log.calls.iter().enumerate().filter(|(_, call)| keep(call)).map(|(index, _)| index).collect()
}

const fn is_unfinished(state: &CallState) -> bool {
    matches!(state, CallState::Cancelled { .. } | CallState::Ended(CallEnd::Stopped(_)))
}

fn is_curable(call: &CallLog, cure: RetryOn) -> bool {
    matches!(call.state, CallState::Cancelled { .. })
        || held_back(call).is_some()
        || call.attempts.last().and_then(|attempt| attempt.outcome.as_ref()).is_some_and(|last| cure.covers(last))
}

fn reasons(log: &RunLog, policy: &RetryPolicy, name: &str, unfinished: &[usize]) -> Vec<String> {
    let calls = || unfinished.iter().filter_map(|index| log.calls.get(*index));
    let mut reasons = Vec::new();
    let stopped_at = |reason: fn(&StopReason) -> bool| {
        calls().filter(|call| matches!(&call.state, CallState::Ended(CallEnd::Stopped(why)) if reason(why))).count()
    };
    let cure = Preset::Sluice.policy().retry_on;
    let ran_out =
        |call: &&CallLog| matches!(call.state, CallState::Ended(CallEnd::Stopped(StopReason::AttemptsUsed { .. })));
    let gave_up = calls().filter(ran_out).filter(|call| is_curable(call, cure)).count();
    // What was refused for its limit and not tried again: a policy without retries.
    let single = calls().filter(|call| was_refused_once(call, policy)).count();
    if gave_up > 0 || single > 0 {
        reasons.push(format!("{} {}", patience(log, policy, name), need(log)));
    }
    if stopped_at(|why| matches!(why, StopReason::DeadlineWouldPass { .. })) > 0 {
        let deadline = policy.deadline.map_or_else(String::new, |deadline| format!(" of {}", secs(deadline)));
        reasons.push(format!(
            "{name} keeps a deadline{deadline}, and the next wait would have ended after it. {}",
            need(log)
        ));
    }
    if stopped_at(|why| matches!(why, StopReason::HintTooLong)) > 0 {
        reasons.push(format!("The server asks for a longer wait than {name} follows, so it did not retry."));
    }
    for (class, sentence) in INCURABLE {
        let hit = calls().filter(|call| last_class(call) == Some(class)).count();
        if hit > 0 {
            reasons.push(format!("{} {sentence}", count(hit, "call")));
        }
    }
    reasons.extend(not_sent(calls()));
    let in_vain: usize = calls().filter(ran_out).filter(|call| !is_curable(call, cure)).map(retries).sum();
    if in_vain > 0 {
        reasons.push(format!("{name} tried again all the same: {} in vain.", count(in_vain, "more request")));
    }
    reasons.extend(not_retried(calls().filter(|call| !was_refused_once(call, policy)), name));
    reasons.extend(stopped(calls()));
    if reasons.is_empty() {
        reasons.push(format!("{name} does not retry what happened; the log says what it was."));
    }
    reasons
}

/// Why a call was not sent, where that passes: a budget was reached.
fn held_back(call: &CallLog) -> Option<&str> {
    let last = call.attempts.last()?.outcome.as_ref()?;
    (last.class == Class::NotSent && last.message != KEY_REFUSED).then_some(last.message.as_str())
}

/// What was not sent, and why: the first call's words, since the figures in them differ.
fn not_sent<'a>(calls: impl Iterator<Item = &'a CallLog>) -> Option<String> {
    let mut held_back = calls.filter_map(held_back);
    let first = held_back.next()?;
    Some(format!("{} not sent: {first}", count_was(1 + held_back.count(), "call")))
}

/// What waiting could cure, but the policy does not retry.
fn not_retried<'a>(calls: impl Iterator<Item = &'a CallLog>, name: &str) -> Vec<String> {
    let cure = Preset::Sluice.policy().retry_on;
    let mut met: Vec<(String, usize)> = Vec::new();
    for call in calls {
        let not_retried = matches!(call.state, CallState::Ended(CallEnd::Stopped(StopReason::NotRetried)));
        if !not_retried || held_back(call).is_some() || !is_curable(call, cure) {
            continue;
        }
        let what = call.what_came(call.attempts.len());
        match met.iter_mut().find(|(known, _)| *known == what) {
            Some((_, hits)) => *hits += 1,
            None => met.push((what, 1)),
        }
    }
    let sentence =
        |(what, hits)| format!("{} met a {what}, which {} does not retry.", count(hits, "call"), lower_first(name));
    met.into_iter().map(sentence).collect()
}

fn retries(call: &CallLog) -> usize {
    call.attempts.len().saturating_sub(1)
}

/// A subject in the middle of its sentence.
fn lower_first(name: &str) -> String {
    let mut rest = name.chars();
    match rest.next() {
        // Names of products keep their capital.
        Some(first) if name.starts_with("The ") || name.starts_with("This ") || name.starts_with("A ") => {
            first.to_lowercase().chain(rest).collect()
        }
        _ => name.to_owned(),
    }
}

/// What no waiting cures, and what to do instead.
const INCURABLE: [(Class, &str); 9] = [
    (Class::Quota, "met a billing limit: no wait cures it. Add credit or raise the limit with your provider."),
    (Class::RequestTooLarge, "asked for more tokens than the whole limit holds: shorten the prompt or the output."),
    (Class::Auth, "had no accepted key: check it under Connection."),
    (Class::Forbidden, "met a refusal: the key, the project or the region has no access."),
    (Class::NotFound, "named a model or an address that is not there: check both."),
    (Class::BadRequest, "met a 400: the server's words are in the log."),
    (
        Class::Opaque,
        "got no readable answer: the browser hides why. Any of it may have arrived and been billed, so nothing is resent by itself.",
    ),
    (Class::Unknown, "broke off: any of it may have been processed and billed, so nothing is resent by itself."),
    (Class::Unreadable, "came back as something that is no response: check the base URL."),
];

fn last_class(call: &CallLog) -> Option<Class> {
    Some(call.attempts.last()?.outcome.as_ref()?.class).filter(|_| !matches!(call.state, CallState::Cancelled { .. }))
}

fn was_refused_once(call: &CallLog, policy: &RetryPolicy) -> bool {
    policy.retry_on == RetryOn::Nothing
        && matches!(last_class(call), Some(Class::RateLimit | Class::Overload | Class::Server))
}

fn stopped<'a>(calls: impl Iterator<Item = &'a CallLog>) -> Option<String> {
    let in_flight: Vec<bool> = calls
        .filter_map(|call| match call.state {
            CallState::Cancelled { was_in_flight } => Some(was_in_flight),
            _ => None,
        })
        .collect();
    let out = in_flight.iter().filter(|was_in_flight| **was_in_flight).count();
    if in_flight.is_empty() {
        return None;
    }
    let mut sentence = format!("You stopped {}.", count(in_flight.len(), "call"));
    if out > 0 {
        let _ = write!(sentence, " {out} of them had a request out, which may still be billed.");
    }
    Some(sentence)
}

/// How long the policy waits, by its own rule where that is fixed, else as this run saw it.
fn patience(log: &RunLog, policy: &RetryPolicy, name: &str) -> String {
    if policy.max_requests() <= 1 {
        return format!("{name}: each request goes out once, and a refusal is final.");
    }
    if policy.hint == HintRule::Ignore && policy.inner.is_none() {
        let (bands, most) = waits(policy);
        return format!("{name} waits {bands} between its {} attempts, {} in all.", policy.max_attempts, at_most(most));
    }
    let longest = log.calls.iter().map(waited).max().unwrap_or_default();
    let requests = policy.max_requests();
    let heeds = if policy.inner.is_none() { " and heeds the server's wait" } else { "" };
    format!(
        "{name} sends a call at most {requests} times{heeds}: in this run it waited up to {} for one.",
        secs(longest)
    )
}

fn at_most(most: Duration) -> String {
    format!("at most {}", secs(most))
}

/// The bands of a policy's waits as `0.5–1.5, 1–3 s`, and their greatest sum.
fn waits(policy: &RetryPolicy) -> (String, Duration) {
    let (mut low_before, mut high_before) = (None, None);
    let mut total = Duration::ZERO;
    let bands: Vec<String> = (1..policy.max_attempts.min(12))
        .map(|retry| {
            let zero = policy.backoff.delay(retry, low_before, &mut Constant(0.0)).min(policy.max_delay);
            let one = policy.backoff.delay(retry, high_before, &mut Constant(1.0)).min(policy.max_delay);
            let (low, high) = (zero.min(one), zero.max(one));
            (low_before, high_before) = (Some(low), Some(high));
            total = total.saturating_add(high);
            let (low, high) = (bare(low), bare(high));
            if low == high { low } else { format!("{low}–{high}") }
        })
        .collect();
    let more = if policy.max_attempts > 12 { ", …" } else { "" };
    (format!("{}{more} s", bands.join(", ")), total)
}

fn waited(call: &CallLog) -> Duration {
    call.attempts.iter().filter_map(|attempt| attempt.wait?.actual()).sum()
}

/// What the limit asks of a run of this size.
fn need(log: &RunLog) -> String {
    let Some(met) = LimitMet::of(log) else { return String::new() };
    let needed = met.drain(log.calls.len());
    if needed.is_zero() {
        return format!("The limit, {}, had been used before this run began.", met.words());
    }
    let size = match met.per_call {
        1 => String::new(),
        tokens => format!(" of {} tokens", crate::format::format_count(tokens)),
    };
    // "10 requests at 3 per minute", not "at 3 requests per minute".
    let rate = met.words().replace(" requests per", " per");
    format!(
        "But {}{size} at {rate} need {}: {} at once, then one every {}.",
        count(log.calls.len(), "request"),
        secs(needed),
        met.at_once(),
        secs(met.time_per_call()),
    )
}

fn count_was(number: usize, what: &str) -> String {
    format!("{} {}", count(number, what), if number == 1 { "was" } else { "were" })
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Seconds without idle decimals: `140 s`, `22.5 s`, `0.12 s`; minutes from 10 of them on.
pub fn secs(duration: Duration) -> String {
    if duration >= Duration::from_secs(600) {
        return crate::format::format_duration(duration);
    }
    format!("{} s", bare(duration))
}

fn bare(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let text = if seconds < 1.0 { format!("{seconds:.2}") } else { format!("{seconds:.1}") };
    crate::format::format_decimal(text.trim_end_matches('0').trim_end_matches('.'))
}
