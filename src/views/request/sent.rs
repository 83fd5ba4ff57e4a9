//! What was sent: one tab a send, and the answer of the one that is shown.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::answer::AnswerRegion;
use super::body::BodyRegion;
use super::headers::{AllHeadersRegion, LimitHeadersRegion};
use super::state::{ANSWER, RequestState, Sent, use_request};
use super::status::{StatusRegion, headline};
use super::usage::{Counted, UsageRegion};
use crate::client::CallEnd;
use crate::components::{Button, EmptyState, Glyph, StatusChip, Tone};
use crate::retry::{Class, Path};
use crate::run::{CallLog, CallState};
use crate::simulator::estimate_frame;
use crate::state::announcer::use_announcer;

/// All sends.
#[component]
pub fn SentRequests() -> impl IntoView {
    let state = use_request();
    let shown = Memo::new(move |_| {
        let number = state.shown.get();
        state.sent.with(|sent| sent.iter().find(|sent| sent.number == number).or_else(|| sent.first()).cloned())
    });
    let nothing = move || {
        view! {
            <EmptyState
                icon=Glyph::Arrow
                text="No answer yet. Its status, text, usage, rate-limit headers and raw body will be here."
            >
                <Button on_click=move || state.send()>"Try this prompt"</Button>
            </EmptyState>
        }
    };
    let announcer = use_announcer();
    let spoken = Memo::new(move |_| {
        let sent = shown.get()?;
        let headline = sent.run.with_log(|log| log.calls.first().map(|call| headline(call).1))?;
        Some(format!("Request {}: {headline}", sent.number))
    });
    Effect::new(move |before: Option<()>| {
        let text = spoken.get().unwrap_or_default();
        // What was there before is no news.
        if before.is_some() {
            announcer.say(text);
        }
    });
    view! {
        <div class="request-results">
            <Show when=move || shown.with(Option::is_some) fallback=nothing>
                <SendTabs state=state shown=shown />
                {move || shown.get().map(|sent| view! { <SentPanel sent=sent /> })}
            </Show>
        </div>
    }
}

/// The sends, newest first; the arrow keys move between them.
#[component]
fn SendTabs(state: RequestState, shown: Memo<Option<Sent>>) -> impl IntoView {
    let is_shown = move |number: u64| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.number == number));
    let on_key = move |event: KeyboardEvent| {
        let count = state.sent.with_untracked(Vec::len);
        let at = state.sent.with_untracked(|sent| sent.iter().position(|sent| untrack(|| is_shown(sent.number))));
        let next = match (event.key().as_str(), at) {
            ("ArrowRight", Some(at)) => (at + 1) % count.max(1),
            ("ArrowLeft", Some(at)) => at.checked_sub(1).unwrap_or(count.saturating_sub(1)),
            ("Home", Some(_)) => 0,
            ("End", Some(_)) => count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(number) = state.sent.with_untracked(|sent| sent.get(next).map(|sent| sent.number)) {
            state.shown.set(number);
            crate::platform::dom::focus(&tab_id(number));
        }
    };
    view! {
        <div class="tabs request-tabs" role="tablist" aria-label="Answers" on:keydown=on_key>
            <For each=move || state.sent.get() key=|sent| sent.number let:sent>
                <button
                    class="tab"
                    type="button"
                    role="tab"
                    id=tab_id(sent.number)
                    aria-controls=ANSWER
                    aria-selected=move || if is_shown(sent.number) { "true" } else { "false" }
                    tabindex=move || if is_shown(sent.number) { "0" } else { "-1" }
                    on:click=move |_| state.shown.set(sent.number)
                >
                    <TabLabel sent=sent.clone() />
                </button>
            </For>
        </div>
    }
}

fn tab_id(number: u64) -> String {
    format!("request-tab-{number}")
}

#[component]
fn TabLabel(sent: Sent) -> impl IntoView {
    let run = sent.run;
    let chip = Memo::new(move |_| run.with_log(|log| log.calls.first().map(chip)));
    view! {
        <span class="num">"#"{sent.number}</span>
        " "
        {move || chip.get().map(|(tone, text)| view! { <StatusChip tone=tone text=text /> })}
        " "
        <span class="request-tab-prompt" dir="auto">{beginning(&sent.request.input.text())}</span>
    }
}

fn beginning(text: &str) -> String {
    const LENGTH: usize = 28;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LENGTH { line } else { format!("{}…", line.chars().take(LENGTH).collect::<String>()) }
}

/// Where a call stands, in a word.
fn chip(call: &CallLog) -> (Tone, String) {
    let outcome = call.attempts.last().and_then(|attempt| attempt.outcome.as_ref());
    let status = outcome.and_then(|outcome| outcome.status).map(|status| status.to_string());
    match &call.state {
        CallState::Queued => (Tone::Queued, "queued".to_owned()),
        CallState::InFlight if call.unfinished_stream().is_some() => (Tone::Flight, "streaming".to_owned()),
        CallState::InFlight => (Tone::Flight, "in flight".to_owned()),
        CallState::Waiting => (Tone::Waiting, "waiting".to_owned()),
        CallState::Ended(CallEnd::Succeeded) => (Tone::Done, status.unwrap_or_else(|| "done".to_owned())),
        CallState::Ended(CallEnd::Ask(_)) => (Tone::Waiting, "asks you".to_owned()),
        CallState::Ended(CallEnd::Stopped(_)) => {
            let is_refused = outcome.is_some_and(|outcome| outcome.class == Class::RateLimit);
            let tone = if is_refused { Tone::Refused } else { Tone::Failed };
            (tone, status.unwrap_or_else(|| "no answer".to_owned()))
        }
        CallState::Cancelled { .. } => (Tone::Neutral, "stopped".to_owned()),
    }
}

/// One send: it is drawn anew when something happens to it, not with each frame.
#[component]
fn SentPanel(sent: Sent) -> impl IntoView {
    let run = sent.run;
    let moment = Memo::new(move |_| {
        run.with_log(|log| {
            let call = log.calls.first()?;
            Some((call.state.clone(), call.attempts.len(), call.unfinished_stream().is_some()))
        })
    });
    let label = format!("Answer {}", sent.number);
    view! {
        <div class="request-answer" id=ANSWER role="tabpanel" aria-label=label>
            {move || {
                // Read, not only tracked: a memo that was never read hears of nothing.
                moment.read();
                let call = untrack(|| run.with_log(|log| log.calls.first().cloned()));
                call.map(|call| view! { <Regions sent=sent.clone() call=call /> })
            }}
        </div>
    }
}

#[component]
fn Regions(sent: Sent, call: CallLog) -> impl IntoView {
    // While a retry is in flight, the answer before it stays in sight.
    let last = call.attempts.iter().rev().find(|attempt| attempt.result.is_some()).cloned();
    let arrived = untrack(|| sent.run.wall_at(last.as_ref().and_then(|attempt| attempt.ended).unwrap_or_default()));
    let reply =
        last.as_ref().and_then(|attempt| attempt.result.as_ref()).and_then(|result| result.as_ref().ok()).cloned();
    let counted = sent.counted.map(|tokens| Counted {
        tokens,
        frame: estimate_frame(&sent.request),
        is_simulated: sent.path == Path::Simulated,
    });
    view! {
        <StatusRegion sent=sent.clone() call=call.clone() reply=reply.clone() />
        <AnswerRegion sent=sent.clone() call=call last=last.clone() />
        {reply
            .map(|reply| {
                view! {
                    <UsageRegion reply=reply.clone() asked_model=sent.request.model.clone() counted=counted />
                    <LimitHeadersRegion reply=reply.clone() run=sent.run arrived=arrived />
                    <AllHeadersRegion reply=reply />
                }
            })}
        {last.and_then(|attempt| attempt.result).map(|result| view! { <BodyRegion result=result /> })}
    }
}
