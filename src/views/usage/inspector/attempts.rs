//! The attempts of a call: when each went, what came of it, what was waited after it, planned and in truth.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{StatusChip, Tone, WideTable};
use crate::format::format_duration;
use crate::retry::Class;
use crate::run::lanes::{class_words, source_words};
use crate::usage::{AttemptRecord, CallRecord};

/// The attempts as a table.
#[component]
pub fn Attempts(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let attempts = move || call.with(|call| call.as_ref().map(|call| call.attempts.clone())).unwrap_or_default();
    let row = |(number, attempt): (u32, AttemptRecord)| {
        let (tone, words) = outcome(&attempt);
        let message = attempt.outcome.as_ref().map(|outcome| outcome.message.clone()).unwrap_or_default();
        let wait = attempt.wait.as_ref();
        let planned = wait.map(|wait| format!("{} ({})", lasted(wait.planned_micros), source_words(wait.source)));
        let actual = wait.map(|wait| match wait.ended_micros {
            Some(ended) => lasted(ended.saturating_sub(wait.started_micros)),
            None => "under way".to_owned(),
        });
        let took = attempt.ended_micros.map(|ended| lasted(ended.saturating_sub(attempt.started_micros)));
        let first = attempt.first_token_micros.map(|first| lasted(first.saturating_sub(attempt.started_micros)));
        let or_dash = |value: Option<String>| view! { <td class="num">{value.unwrap_or_else(|| "–".to_owned())}</td> };
        view! {
            <tr>
                <th scope="row" class="num">{number}</th>
                <td><StatusChip tone=tone text=words /></td>
                {or_dash(Some(lasted(attempt.started_micros)))}
                {or_dash(took)}
                {or_dash(first)}
                {or_dash(planned)}
                {or_dash(actual)}
                <td dir="auto" class="usage-message">{message}</td>
            </tr>
        }
    };
    view! {
        <WideTable label="Attempts">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" class="num">"Attempt"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col" class="num">"Sent after"</th>
                        <th scope="col" class="num">"Took"</th>
                        <th scope="col" class="num">"First words"</th>
                        <th scope="col" class="num">"Wait planned"</th>
                        <th scope="col" class="num">"Waited"</th>
                        <th scope="col">"Message"</th>
                    </tr>
                </thead>
                <tbody>{move || (1..).zip(attempts()).map(row).collect_view()}</tbody>
            </table>
        </WideTable>
    }
}

fn lasted(micros: u64) -> String {
    format_duration(Duration::from_micros(micros))
}

/// What came of an attempt, in words and colour.
pub fn outcome(attempt: &AttemptRecord) -> (Tone, String) {
    let Some(outcome) = &attempt.outcome else {
        return match attempt.ended_micros {
            Some(_) => (Tone::Neutral, "stopped: it may still be billed".to_owned()),
            None => (Tone::Flight, "in flight".to_owned()),
        };
    };
    let words = match outcome.status {
        Some(status) => format!("{status} {}", class_words(outcome.class)),
        None => class_words(outcome.class).to_owned(),
    };
    let tone = match outcome.class {
        Class::Success => Tone::Done,
        Class::RateLimit | Class::RequestTooLarge | Class::Quota | Class::Overload => Tone::Refused,
        _ => Tone::Failed,
    };
    (tone, words)
}
