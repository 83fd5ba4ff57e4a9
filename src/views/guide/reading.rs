//! A 429 read aloud: each number with what it means, and the wait worked out from them.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, KeyValue, KeyValueTable};
use crate::format::{format_count as number, format_duration};
use crate::notebook::{Reading429, read_429};
use crate::retry::Class;
use crate::run::RunLog;
use crate::state::run::Run;

/// The first refusal of a run.
#[derive(Debug, Clone, PartialEq)]
struct Refusal {
    message: String,
    reading: Option<Reading429>,
    class: Class,
}

fn first_refusal(log: &RunLog) -> Option<Refusal> {
    let mut outcomes = log.calls.iter().flat_map(|call| &call.attempts).filter_map(|attempt| attempt.outcome.as_ref());
    let refused = outcomes.find(|outcome| outcome.status == Some(429))?;
    Some(Refusal {
        message: refused.message.clone(),
        reading: refused.limit.as_ref().map(read_429),
        class: refused.class,
    })
}

/// One 429 of a run, read aloud.
#[component]
pub fn FirstRefusal(run: Run) -> impl IntoView {
    let refusal = Memo::new(move |_| run.with_log(first_refusal));
    move || match refusal.get() {
        None => view! { <p class="guide-empty">"No 429 so far."</p> }.into_any(),
        Some(refusal) => view! { <Refused refusal=refusal /> }.into_any(),
    }
}

#[component]
fn Refused(refusal: Refusal) -> impl IntoView {
    let advice = match refusal.class {
        Class::Quota => Some("This 429 is about money. No waiting cures it, and retrying it only makes noise."),
        Class::RequestTooLarge => Some("This request is larger than the whole limit: it can never fit unchanged."),
        _ => None,
    };
    view! {
        <div class="guide-refusal" role="group" aria-label="One 429, explained">
            <p class="guide-refusal-title">"One 429, explained"</p>
            <blockquote class="guide-message" dir="auto">{refusal.message}</blockquote>
            {refusal.reading.map(|reading| view! { <Numbers reading=reading /> })}
            {advice.map(|advice| view! { <Callout kind=CalloutKind::Warn title="Do not retry"><p>{advice}</p></Callout> })}
        </div>
    }
}

#[component]
fn Numbers(reading: Reading429) -> impl IntoView {
    let counts = reading.counts.clone().unwrap_or_else(|| "units".to_owned());
    let row = |name: &str, value: Option<u64>, meaning: String| {
        value.map(|value| KeyValue::new(name, number(value)).with_note(meaning))
    };
    let wait = reading.try_again_in.map(|wait| {
        KeyValue::new("Try again in", format_duration(wait)).with_note("the least wait, cut off to the millisecond")
    });
    let rows: Vec<KeyValue> = [
        row("Limit", reading.limit, format!("the bucket holds that many {counts}")),
        row("Used", reading.used, "taken from it at this moment".to_owned()),
        row("Requested", reading.requested, "what this request needs".to_owned()),
        wait,
    ]
    .into_iter()
    .flatten()
    .collect();
    let sum = arithmetic(&reading);
    view! {
        <KeyValueTable caption="What its numbers mean" rows=rows />
        {sum.map(|sum| view! { <p class="guide-sum num">{sum}</p> })}
    }
}

/// A window in seconds, as one reckons with it.
fn seconds(window: Duration) -> String {
    format!("{} s", number(window.as_secs()))
}

/// The wait, worked out.
pub fn arithmetic(reading: &Reading429) -> Option<String> {
    let (limit, used, requested, window) = (reading.limit?, reading.used?, reading.requested?, reading.window?);
    let computed = format_duration(reading.computed?);
    let verdict = match reading.agrees() {
        Some(true) => ": as stated",
        Some(false) => ": not quite what it says, so this server counts in another way",
        None => "",
    };
    Some(format!(
        "({} used + {} requested − {} limit) × {} ÷ {} = {computed}{verdict}.",
        number(used),
        number(requested),
        number(limit),
        seconds(window),
        number(limit)
    ))
}
