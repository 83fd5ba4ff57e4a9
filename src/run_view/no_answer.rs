//! A failure that the browser hides: what can be behind it, how to find out, and what to do.

use leptos::prelude::*;

use crate::components::{CodeBlock, Disclosure};
use crate::diagnosis::{Candidate, Failure, candidates};
use crate::highlight::Language;
use crate::run::Attempt;
use crate::state::run::Run;
use crate::transport::TransportError;
use crate::transport::fetch::OFFLINE;

/// How many candidates are told at once; the others are behind a line.
const FIRST: usize = 3;

/// What can be behind an attempt of a live run that got no answer that can be read; nothing of a simulated run.
#[component]
pub fn NoAnswer(
    /// The run.
    run: Run,
    /// The attempt.
    attempt: Attempt,
) -> impl IntoView {
    let server = run.server()?;
    let failure = Failure {
        is_offline: matches!(&attempt.result, Some(Err(TransportError::Opaque(message))) if message.contains(OFFLINE)),
        answered_before: server.answered_before(),
        took: attempt.ended.map(|ended| ended.saturating_since(attempt.started)),
    };
    let mut told = candidates(&server.situation, failure, true);
    let rest = told.split_off(told.len().min(FIRST));
    Some(view! {
        <div class="stack no-answer">
            <p>"What can be behind it, the likeliest first:"</p>
            <ol class="no-answer-list" aria-label="What can be behind it">
                {told.into_iter().map(one).collect_view()}
            </ol>
            {(!rest.is_empty())
                .then(|| {
                    let summary = format!("{} less likely", rest.len());
                    view! {
                        <Disclosure summary=summary>
                            <ol class="no-answer-list" aria-label="Less likely">
                                {rest.into_iter().map(one).collect_view()}
                            </ol>
                        </Disclosure>
                    }
                })}
            <p>"Test connection, under Connection, tells more of these apart, free of charge."</p>
        </div>
    })
}

fn one(candidate: Candidate) -> AnyView {
    let command = candidate
        .command
        .map(|command| view! { <CodeBlock code=command label="Check by curl" language=Language::Shell wrap=true /> });
    view! {
        <li>
            <p>{candidate.what}</p>
            <p class="muted">{candidate.check}</p>
            {command}
            <p>{candidate.fix}</p>
        </li>
    }
    .into_any()
}
