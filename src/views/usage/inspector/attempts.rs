//! The attempts of a call: when each went, what came of it, what was waited after it, planned and in truth.

use std::fmt::Write as _;
use std::time::Duration;

use leptos::prelude::*;

use crate::components::{StatusChip, Tone};
use crate::format::format_duration;
use crate::run::lanes::{class_words, source_words};
use crate::run_view::class_tone;
use crate::usage::{AttemptRecord, CallRecord, PlannedWait};

/// The attempts, one after another.
#[component]
pub fn Attempts(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let attempts = move || call.with(|call| call.as_ref().map(|call| call.attempts.clone())).unwrap_or_default();
    let item = |(number, attempt): (u32, AttemptRecord)| {
        let (tone, words) = outcome(&attempt);
        let message = attempt.outcome.as_ref().map(|outcome| outcome.message.clone()).filter(|it| !it.is_empty());
        let wait = attempt.wait.as_ref().map(wait_words);
        view! {
            <li class="attempt">
                <div class="attempt-head">
                    <span class="attempt-number num">{format!("Attempt {number}")}</span>
                    <StatusChip tone=tone text=words />
                    <span class="muted num">{times(&attempt)}</span>
                </div>
                {message.map(|message| view! { <p class="attempt-message" dir="auto">{message}</p> })}
                {wait.map(|wait| view! { <p class="attempt-wait num">{wait}</p> })}
            </li>
        }
    };
    view! { <ol class="attempts" aria-label="Attempts">{move || (1..).zip(attempts()).map(item).collect_view()}</ol> }
}

/// "sent after 1.2 s, took 340 ms, first words after 120 ms".
fn times(attempt: &AttemptRecord) -> String {
    let since = |micros: u64| lasted(micros.saturating_sub(attempt.started_micros));
    let mut words = format!("sent after {}", lasted(attempt.started_micros));
    if let Some(ended) = attempt.ended_micros {
        let _ = write!(words, ", took {}", since(ended));
    }
    if let Some(first) = attempt.first_token_micros {
        let _ = write!(words, ", first words after {}", since(first));
    }
    words
}

fn wait_words(wait: &PlannedWait) -> String {
    let (planned, why) = (lasted(wait.planned_micros), source_words(wait.source));
    match wait.ended_micros {
        Some(ended) => {
            format!("Planned to wait {planned} ({why}), waited {}.", lasted(ended.saturating_sub(wait.started_micros)))
        }
        None => format!("Waits {planned} ({why})."),
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
    (class_tone(outcome.class), words)
}
