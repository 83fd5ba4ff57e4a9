//! One attempt: what was sent when, what came back, and what followed.

use std::time::Duration;

use leptos::prelude::*;

use super::call_memo;
use super::limit_headers::{LimitHeaderRows, LimitHeaders};
use super::no_answer::NoAnswer;
use crate::components::{CodeBlock, Disclosure, StatusChip, Tone};
use crate::format::format_duration;
use crate::retry::Class;
use crate::run::lanes::{class_words, source_words};
use crate::run::{Attempt, RunLog, StreamRecord};
use crate::state::run::Run;

/// What is shown of an attempt: of fixed size, so that it is compared cheaply.
#[derive(Debug, Clone, PartialEq)]
struct Facts {
    number: u32,
    status: String,
    tone: Tone,
    started: Duration,
    took: Option<Duration>,
    first_token: String,
    wait: Option<String>,
    message: Option<String>,
}

/// One attempt of a call.
#[component]
pub fn AttemptDetails(
    /// The run.
    run: Run,
    /// The index of the call.
    call: usize,
    /// The index of the attempt.
    attempt: usize,
) -> impl IntoView {
    let facts = call_memo(run, call, move |log| at(log, call, attempt).map(|found| facts(log, found)));
    let headers =
        call_memo(run, call, move |log| at(log, call, attempt).map(|found| headers(run, found)).unwrap_or_default());
    let reply =
        move |log: &RunLog| at(log, call, attempt)?.result.as_ref()?.as_ref().ok().map(|reply| reply.wire.body());
    let was_answered = call_memo(run, call, move |log| {
        at(log, call, attempt).is_some_and(|found| matches!(found.result, Some(Ok(_))))
    });
    let no_answer = call_memo(run, call, move |log| at(log, call, attempt).is_some_and(is_hidden_failure));
    let found = move || untrack(|| run.with_log(|log| at(log, call, attempt).cloned()));
    let title = move || facts.with(|facts| facts.as_ref().map(|facts| format!("Attempt {}", facts.number)));
    let status = move || facts.with(|facts| facts.as_ref().map(|facts| facts.status.clone()).unwrap_or_default());
    let tone = move || facts.with(|facts| facts.as_ref().map(|facts| facts.tone).unwrap_or_default());
    let times = move || facts.with(|facts| facts.as_ref().map(times));
    let wait = move || facts.with(|facts| facts.as_ref().and_then(|facts| facts.wait.clone()));
    let message = move || facts.with(|facts| facts.as_ref().and_then(|facts| facts.message.clone()));
    // Made only where it is looked at.
    let body = call_memo(run, call, move |log| reply(log).unwrap_or_default());
    view! {
        <li class="attempt">
            <div class="attempt-head">
                <span class="attempt-number num">{title}</span>
                <StatusChip tone=Signal::derive(tone) text=Signal::derive(status) />
                <span class="muted num">{times}</span>
            </div>
            {move || message().map(|message| view! { <p class="attempt-message" dir="auto">{message}</p> })}
            {move || wait().map(|wait| view! { <p class="attempt-wait num">{wait}</p> })}
            <Show when=move || headers.with(|headers| !headers.rows.is_empty())>
                <OnDemand summary="Rate-limit headers">
                    {move || view! { <LimitHeaders rows=headers.get() run=run call=call /> }}
                </OnDemand>
            </Show>
            <Show when=move || no_answer.get()>
                <OnDemand summary="What can be behind it">
                    {move || found().map(|attempt| view! { <NoAnswer run=run attempt=attempt /> })}
                </OnDemand>
            </Show>
            <Show when=move || was_answered.get()>
                <OnDemand summary="Body">
                    <CodeBlock code=body label="Body" language=crate::highlight::Language::Json wrap=true />
                </OnDemand>
            </Show>
        </li>
    }
}

/// A line that opens to more, made when it is first opened: who walks through a run by keys waits for none of it.
#[component]
fn OnDemand(summary: &'static str, children: ChildrenFn) -> impl IntoView {
    let opened = RwSignal::new(false);
    let toggled = move |is_open: bool| {
        if is_open {
            opened.set(true);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <Disclosure summary=summary on_toggle=toggled>
            <Show when=move || opened.get()>{children.with_value(|children| children())}</Show>
        </Disclosure>
    }
}

fn at(log: &RunLog, call: usize, attempt: usize) -> Option<&Attempt> {
    log.calls.get(call)?.attempts.get(attempt)
}

fn is_hidden_failure(attempt: &Attempt) -> bool {
    attempt.outcome.as_ref().is_some_and(|outcome| outcome.class == Class::Opaque)
}

fn facts(log: &RunLog, attempt: &Attempt) -> Facts {
    let outcome = attempt.outcome.as_ref();
    let status = match (outcome, attempt.ended) {
        (Some(outcome), _) => match outcome.status {
            Some(status) => format!("{status} {}", class_words(outcome.class)),
            None => class_words(outcome.class).to_owned(),
        },
        (None, Some(_)) => "stopped: it may still be billed".to_owned(),
        (None, None) => "in flight".to_owned(),
    };
    Facts {
        number: attempt.number,
        status,
        tone: outcome
            .map_or(if attempt.ended.is_some() { Tone::Neutral } else { Tone::Flight }, |it| class_tone(it.class)),
        started: log.elapsed(attempt.started),
        took: attempt.ended.map(|ended| ended.saturating_since(attempt.started)),
        first_token: attempt
            .stream
            .as_ref()
            .map(|stream| first_token(stream, attempt.ended.is_some()))
            .unwrap_or_default(),
        wait: attempt.wait.map(|wait| {
            let planned = format_duration(wait.planned.duration);
            let why = source_words(wait.planned.source);
            match wait.actual() {
                Some(actual) => format!("Planned to wait {planned} ({why}), waited {}.", format_duration(actual)),
                None => format!("Waits {planned} ({why})."),
            }
        }),
        message: outcome.filter(|it| !it.message.is_empty()).map(|outcome| outcome.message.clone()),
    }
}

/// The colour of what came of an attempt.
pub const fn class_tone(class: Class) -> Tone {
    match class {
        Class::Success => Tone::Done,
        Class::RateLimit | Class::RequestTooLarge | Class::Quota | Class::Overload => Tone::Refused,
        _ => Tone::Failed,
    }
}

fn times(facts: &Facts) -> String {
    let sent = format!("sent at +{}", format_duration(facts.started));
    let took = facts.took.map(|took| format!(", took {}", format_duration(took)));
    [sent, facts.first_token.clone(), took.unwrap_or_default()].concat()
}

fn first_token(stream: &StreamRecord, has_ended: bool) -> String {
    match stream.time_to_first_token() {
        Some(first) => format!(", first token after {}", format_duration(first)),
        None if has_ended => ", no text".to_owned(),
        None => String::new(),
    }
}

/// The headers that are about limits.
fn headers(run: Run, attempt: &Attempt) -> LimitHeaderRows {
    let Some(Ok(reply)) = &attempt.result else { return LimitHeaderRows::default() };
    let server = run.server();
    let host = server.as_ref().map(|server| server.situation.base_url.host_for_display());
    let arrived = run.wall_at(attempt.ended.unwrap_or_default());
    LimitHeaderRows::of(reply, host, arrived)
}
