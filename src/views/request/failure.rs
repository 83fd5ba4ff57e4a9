//! A failure: what happened, what was kept, what to do.

use leptos::prelude::*;

use crate::client::CallEnd;
use crate::components::{Button, Callout, CalloutKind};
use crate::format::format_duration;
use crate::reply::TransportError;
use crate::retry::{Class, Path, ServerWait, advise};
use crate::run::{Attempt, CallLog, CallState};
use crate::run_view::{BudgetLink, NoAnswer};
use crate::state::explain::{explain_words, use_explain};
use crate::state::run::Run;

/// The failure of a call's last attempt.
#[component]
pub fn Failure(call: CallLog, attempt: Attempt, path: Path, run: Run) -> impl IntoView {
    let Some(outcome) = attempt.outcome.clone() else { return ().into_any() };
    let Some(advice) = advise(&outcome, path) else { return ().into_any() };
    let outcome_class = outcome.class;
    let kind = if outcome.class == Class::RateLimit { CalloutKind::Warn } else { CalloutKind::Error };
    let kept = match &attempt.result {
        Some(Err(TransportError::CutOff { received, .. })) if !received.is_empty() => {
            "what had arrived of the body, below, your prompt and settings."
        }
        Some(Ok(_)) => "the status, headers and body below, your prompt and settings.",
        _ => "your prompt and settings. Nothing that could be read was received.",
    };
    let explain = use_explain();
    let answer = attempt.result.clone().and_then(Result::ok).map(|reply| {
        let text = explain_words(reply.status);
        view! { <Button on_click=move |()| explain.open_with(&reply)>{text}</Button> }
    });
    let code = outcome.code.clone().map(|code| view! { <p>"Code: " <code>{code}</code></p> });
    let said = outcome.message.clone();
    // Of an answer that the browser hides there is nothing to quote: the steps say all that is known.
    let message = Some(outcome.message).filter(|message| !message.is_empty() && outcome.class != Class::Opaque);
    // What the browser hides has many causes: they are weighed by what is known of this server.
    let is_diagnosed = outcome_class == Class::Opaque && run.server().is_some();
    let steps = if is_diagnosed {
        view! { <NoAnswer run=run attempt=attempt.clone() /> }.into_any()
    } else {
        view! {
            <p><strong>"What to do:"</strong></p>
            <ol>{advice.steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
        }
        .into_any()
    };
    view! {
        <Callout kind=kind title=advice.happened>
            {message.map(|message| view! { <p class="request-message" dir="auto">{message}</p> })}
            {code}
            {asked(&call).map(|text| view! { <p>{text}</p> })}
            <BudgetLink text=said />
            <p><strong>"Kept: "</strong>{kept}</p>
            {steps}
            {answer}
        </Callout>
    }
    .into_any()
}

fn asked(call: &CallLog) -> Option<String> {
    let CallState::Ended(CallEnd::Ask(wait)) = &call.state else { return None };
    let wait = match wait {
        ServerWait::For { wait, .. } => format_duration(*wait),
        ServerWait::Astronomic { seconds, .. } => format!("{seconds:.0} s"),
    };
    Some(format!(
        "The server asks for {wait} before the next attempt. That is long, so it is yours to decide when; it was not tried early."
    ))
}
