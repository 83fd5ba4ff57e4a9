//! What a run came to, in numbers.

use std::time::Duration;

use leptos::prelude::*;

use super::{beat, log_memo};
use crate::components::{Stat, Tone};
use crate::format::{format_count, format_duration};
use crate::run::lanes::drain_time;
use crate::run::{LimitMet, RunCounts, RunLog};
use crate::state::run::Run;

/// The counts of a run, a bar of its calls, the time it took and the least it could have taken.
#[component]
pub fn RunOutcome(
    /// The run.
    run: Run,
) -> impl IntoView {
    let counts = log_memo(run, RunLog::counts);
    let stat = move |pick: fn(&RunCounts) -> usize| Signal::derive(move || figure(counts.with(pick)));
    let has_cut_off = move || counts.with(|counts| counts.incomplete > 0);
    view! {
        <div class="run-outcome">
            <CallsBar counts=counts />
            <div class="stats">
                <Stat label="Succeeded" value=stat(|counts| counts.succeeded) tone=Tone::Done />
                <Show when=has_cut_off>
                    <Stat
                        label="Cut off"
                        value=stat(|counts| counts.incomplete)
                        hint="Responses that ended early, at max_output_tokens for one. They count as succeeded."
                    />
                </Show>
                <Stat
                    label="Rate limited"
                    value=stat(|counts| counts.rate_limited)
                    tone=Tone::Refused
                    hint="Calls that met a rate limit at least once."
                />
                <Stat
                    label="Retried"
                    value=stat(|counts| counts.retried)
                    tone=Tone::Waiting
                    hint="Calls that took more than one HTTP request."
                />
                <Stat
                    label="Gave up"
                    value=stat(|counts| counts.gave_up)
                    tone=Tone::Failed
                    hint="Calls whose policy ran out of attempts or time."
                />
                <Stat
                    label="Failed"
                    value=stat(|counts| counts.failed)
                    tone=Tone::Failed
                    hint="Calls that ended with something their policy does not retry."
                />
                <Stat label="HTTP calls" value=stat(|counts| counts.http_requests) tone=Tone::Requests />
                <Stat
                    label="Wasted"
                    value=stat(|counts| counts.wasted_requests)
                    hint="HTTP calls that brought no response."
                />
                <Times run=run />
            </div>
        </div>
    }
}

/// The time a run took, and the least it could have taken.
#[component]
fn Times(run: Run) -> impl IntoView {
    let at = beat(run);
    let took = Memo::new(move |_| {
        let (_, now) = at.get();
        let took = untrack(|| run.with_log(|log| drain_time(log).unwrap_or_else(|| log.elapsed(now))));
        took.as_millis().saturating_add(50) / 100
    });
    let began = log_memo(run, |log| !log.calls.is_empty());
    let took = move || {
        if !began.get() {
            return "not known yet".to_owned();
        }
        let tenths = u64::try_from(took.get()).unwrap_or(u64::MAX);
        format_duration(Duration::from_millis(tenths.saturating_mul(100)))
    };
    // Left out of the time above, and said: a limit flows back meanwhile.
    let paused = log_memo(run, |log| log.pauses.iter().map(|(from, to)| to.saturating_since(*from)).sum::<Duration>());
    let paused = move || {
        let paused = paused.get();
        (paused >= Duration::from_millis(100)).then(|| format!("+ {} pause", format_duration(paused)))
    };
    let ideal = log_memo(run, |log| LimitMet::of(log).map(|met| (met.drain(log.calls.len()), met.words())));
    let ideal_time = move || {
        ideal.with(|ideal| match ideal {
            Some((time, _)) if time.is_zero() => "at once".to_owned(),
            Some((time, _)) => format_duration(*time),
            None => "not known yet".to_owned(),
        })
    };
    let ideal_hint = move || {
        ideal.with(|ideal| match ideal {
            Some((_, words)) => Some(format!(
                "The least possible at {words}, from what was left of it at the start, with no request wasted."
            )),
            None => Some("Known once an answer tells the limit.".to_owned()),
        })
    };
    view! {
        <Stat
            label="Took"
            value=Signal::derive(took)
            unknown=Signal::derive(move || !began.get())
            unit=Signal::derive(paused)
            hint="From the first request to the end of the last call; a pause before the rest was taken up is left out."
        />
        <Stat
            label="Ideal drain time"
            value=Signal::derive(ideal_time)
            unknown=Signal::derive(move || ideal.with(Option::is_none))
            hint=Signal::derive(ideal_hint)
        />
    }
}

/// The calls of a run as parts of one bar, and the same in words.
#[component]
fn CallsBar(counts: Memo<RunCounts>) -> impl IntoView {
    let part = move |(_, count, tone): (&'static str, usize, Tone)| {
        view! { <span class=format!("calls-part {}", tone.class()) style:--calls=count.to_string()></span> }
    };
    let words = move || {
        let counts = counts.get();
        let parts: Vec<String> = parts(&counts)
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(name, count, _)| format!("{} {name}", figure(count)))
            .collect();
        if parts.is_empty() {
            "No requests yet.".to_owned()
        } else {
            let calls = if counts.calls == 1 { "call" } else { "calls" };
            format!("{} {calls}: {}", figure(counts.calls), parts.join(", "))
        }
    };
    view! {
        <div class="calls-bar" aria-hidden="true">
            {move || {
                parts(&counts.get()).into_iter().filter(|(_, count, _)| *count > 0).map(part).collect_view()
            }}
        </div>
        <p class="calls-words muted num">{words}</p>
    }
}

/// Each call once, by where it stands.
const fn parts(counts: &RunCounts) -> [(&'static str, usize, Tone); 8] {
    [
        ("succeeded", counts.succeeded, Tone::Done),
        ("in flight", counts.in_flight, Tone::Flight),
        ("waiting", counts.waiting, Tone::Waiting),
        ("queued", counts.queued, Tone::Queued),
        ("asking you", counts.asking, Tone::Waiting),
        ("gave up", counts.gave_up, Tone::Failed),
        ("failed", counts.failed, Tone::Failed),
        ("stopped", counts.cancelled, Tone::Neutral),
    ]
}

fn figure(count: usize) -> String {
    format_count(u64::try_from(count).unwrap_or(u64::MAX))
}
