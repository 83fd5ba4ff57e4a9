//! Status: where the request stands, and how long everything took.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::form::SEND;
use super::state::Sent;
use super::stream::StreamStats;
use crate::client::CallEnd;
use crate::components::{Button, CodeBlock, Countdown, Disclosure, Glyph, Panel, Stat, StatusChip, Tone};
use crate::format::format_duration;
use crate::highlight::Language;
use crate::platform::dom;
use crate::rate_limit::{Field, why_hidden};
use crate::reply::Reply;
use crate::responses::{CreateResponse, pretty_json};
use crate::retry::{Class, StopReason, WaitSource, status_meaning};
use crate::run::{Attempt, CallLog, CallState};

/// The region "Status".
#[component]
pub fn StatusRegion(sent: Sent, call: CallLog, reply: Option<Reply>) -> impl IntoView {
    let run = sent.run;
    let is_running = matches!(call.state, CallState::Queued | CallState::InFlight | CallState::Waiting);
    let (tone, headline) = headline(&call);
    let queued_at = call.queued_at;
    let total = match call.ended_at {
        Some(ended) => Signal::stored(format_duration(ended.saturating_since(queued_at))),
        None => Signal::derive(move || format_duration(run.now().saturating_since(queued_at))),
    };
    let waited: Duration = call.attempts.iter().filter_map(|attempt| attempt.wait?.actual()).sum();
    let wait_until = call.attempts.last().and_then(|attempt| attempt.wait).filter(|wait| wait.ended.is_none());
    let wait_until = wait_until.filter(|_| call.state == CallState::Waiting).map(|wait| wait.until());
    let stop = move || {
        run.stop();
        // The button goes away with what it stops.
        dom::focus(SEND);
    };
    let (processing, is_told) = processing(reply.as_ref());
    let title = format!("{} · {}", sent.request.model, if is_running { "under way" } else { "ended" });
    let standing = move || {
        view! {
            {wait_until
                .map(|until| {
                    let left = move || Some(until.saturating_since(run.now()));
                    view! { <Countdown prefix="next attempt in" remaining=Signal::derive(left) /> }
                })}
            {is_running.then(|| view! { <Button icon=Glyph::Stop on_click=stop>"Stop this one"</Button> })}
            <span class="request-standing" title=title>
                <StatusChip tone=tone text=headline />
            </span>
        }
    };
    view! {
        <Panel title="Status" actions=standing>
            <div class="stats">
                <Stat label="Total time" value=total />
                <Stat label="Server processing" value=processing unknown=!is_told />
                <Stat label="Attempts" value=call.attempts.len().to_string() />
                {(call.attempts.len() > 1)
                    .then(|| view! { <Stat label="Waited" value=format_duration(waited) tone=Tone::Waiting /> })}
                {sent.request.stream.then(|| view! { <StreamStats run=run /> })}
            </div>
            {reply.as_ref().map(|reply| {
                view! { <p class="request-id">"Request id " <code>{field_text(reply, &reply.headers.request_id, Clone::clone)}</code></p> }
            })}
            {(call.attempts.len() > 1).then(|| attempts(&call))}
            <AsSent request=sent.request />
        </Panel>
    }
}

/// The body that was sent.
#[component]
fn AsSent(request: Arc<CreateResponse>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let body = move || {
        if is_open.get() { pretty_json(&request.to_value().to_string(), usize::MAX).0 } else { String::new() }
    };
    view! {
        <Disclosure summary="The request as sent" open=is_open on_toggle=move |open| is_open.set(open)>
            <CodeBlock
                code=Signal::derive(body)
                label="request as sent"
                language=Language::Json
                wrap=true
            />
        </Disclosure>
    }
}

fn attempts(call: &CallLog) -> impl IntoView + use<> {
    let lines: Vec<_> =
        call.attempts.iter().map(|attempt| view! { <li class="num">{attempt_line(attempt)}</li> }).collect();
    view! { <ol class="request-attempts">{lines}</ol> }
}

fn attempt_line(attempt: &Attempt) -> String {
    let Some(outcome) = &attempt.outcome else { return "in flight".to_owned() };
    let what =
        outcome.status.map_or_else(|| "no answer".to_owned(), |status| format!("{status} {}", status_meaning(status)));
    let took =
        attempt.ended.map(|ended| format!(" after {}", format_duration(ended.saturating_since(attempt.started))));
    let wait = attempt.wait.map(|wait| {
        let source = source_name(wait.planned.source);
        let planned = format_duration(wait.planned.duration);
        match wait.actual() {
            Some(actual) => format!(", waited {} (planned {planned}, {source})", format_duration(actual)),
            None => format!(", waits {planned} ({source})"),
        }
    });
    format!("{what}{}{}", took.unwrap_or_default(), wait.unwrap_or_default())
}

const fn source_name(source: WaitSource) -> &'static str {
    match source {
        WaitSource::RetryAfterMs => "retry-after-ms",
        WaitSource::RetryAfter => "retry-after",
        WaitSource::UpstreamRetryAfter => "llm_provider-retry-after",
        WaitSource::BodyRetryAfter => "the body's Retry-After",
        WaitSource::Message => "the error's text",
        WaitSource::EarliestFit => "computed from the limit",
        WaitSource::BodyReset => "the body's reset",
        WaitSource::Backoff => "backoff",
    }
}

/// Where a call stands, in a few words.
pub fn headline(call: &CallLog) -> (Tone, String) {
    let outcome = call.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
    let status = outcome.and_then(|outcome| outcome.status);
    let said = status.map(|status| format!("{status} {}", status_meaning(status)));
    let number = call.attempts.len();
    match &call.state {
        CallState::Queued => (Tone::Queued, "Queued".to_owned()),
        CallState::InFlight if call.unfinished_stream().is_some() => (Tone::Flight, "Streaming".to_owned()),
        CallState::InFlight if number > 1 => (Tone::Flight, format!("Attempt {number} in flight")),
        CallState::InFlight => (Tone::Flight, "In flight".to_owned()),
        CallState::Waiting => (Tone::Waiting, format!("{}, waiting", said.unwrap_or_else(|| "No answer".to_owned()))),
        CallState::Ended(CallEnd::Succeeded) if call.attempts.last().is_some_and(|last| last.stream.is_some()) => {
            (Tone::Done, format!("Done, {}", said.unwrap_or_default()))
        }
        CallState::Ended(CallEnd::Succeeded) => (Tone::Done, said.unwrap_or_else(|| "Done".to_owned())),
        CallState::Ended(CallEnd::Ask(_)) => {
            (Tone::Waiting, format!("{}: a long wait is asked", said.unwrap_or_default()))
        }
        CallState::Ended(CallEnd::Stopped(reason)) => {
            let tone = if outcome.is_some_and(|outcome| outcome.class == Class::RateLimit) {
                Tone::Refused
            } else {
                Tone::Failed
            };
            let was_sent = outcome.is_none_or(|outcome| outcome.class != Class::NotSent);
            let no_answer = if was_sent { "No answer that can be read" } else { "Not sent" };
            let said = said.unwrap_or_else(|| no_answer.to_owned());
            let gave_up = match reason {
                StopReason::NotRetried | StopReason::AttemptsUsed { max_attempts: 1 } => "",
                StopReason::AttemptsUsed { .. } => ", gave up",
                StopReason::DeadlineWouldPass { .. } => ", gave up: the deadline would pass",
                StopReason::HintTooLong => ", gave up: the wait asked is too long",
                StopReason::BudgetSpent => ", gave up: no retry is left in the budget",
            };
            (tone, format!("{said}{gave_up}"))
        }
        CallState::Cancelled { was_in_flight: true } => {
            (Tone::Neutral, "Stopped by you; it may still be billed".to_owned())
        }
        CallState::Cancelled { was_in_flight: false } => (Tone::Neutral, "Stopped by you".to_owned()),
    }
}

/// The server's own time, or why it is not known; and whether it is.
fn processing(reply: Option<&Reply>) -> (String, bool) {
    let Some(reply) = reply else { return ("–".to_owned(), true) };
    let time = &reply.headers.processing;
    (field_text(reply, time, |time| format_duration(*time)), matches!(time, Field::Exposed(_)))
}

fn field_text<T>(reply: &Reply, field: &Field<T>, text: impl Fn(&T) -> String) -> String {
    match field {
        Field::Exposed(value) => text(value),
        Field::Hidden => why_hidden(&reply.wire.headers(), false).to_owned(),
        Field::Absent => "not sent".to_owned(),
        Field::Malformed(sent) => format!("unreadable: {sent}"),
    }
}
