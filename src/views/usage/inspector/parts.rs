//! A call's headers, bodies and tokens.

use leptos::prelude::*;

use super::attempts::outcome;
use crate::components::{Callout, CalloutKind, CodeBlock, KeyValue, KeyValueTable, Stat};
use crate::format::format_count;
use crate::highlight::Language;
use crate::usage::{AttemptRecord, CallRecord, CountsAs, MadeIn};

/// The numbered attempts of a call.
fn attempts(call: Memo<Option<CallRecord>>) -> Vec<(usize, AttemptRecord)> {
    call.with(|call| call.as_ref().map(|call| (1..).zip(call.attempts.clone()).collect())).unwrap_or_default()
}

/// The headers of each answer.
#[component]
pub fn Headers(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let of_attempt = |(number, attempt): (usize, AttemptRecord)| {
        let caption = format!("Headers of attempt {number}: {}", outcome(&attempt).1);
        let rows: Vec<KeyValue> =
            attempt.headers.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone())).collect();
        let note = match (attempt.headers.is_empty(), attempt.hides_headers) {
            (true, _) => Some("No headers: there was no answer, or it is of a batch job's file."),
            (false, true) => Some(
                "The browser hides the headers that this server does not expose: what is missing may have been sent.",
            ),
            (false, false) => None,
        };
        let table = (!rows.is_empty()).then(|| {
            view! { <KeyValueTable caption=caption rows=Signal::stored(rows) /> }
        });
        view! {
            {table}
            {note.map(|note| view! { <p class="muted">{note}</p> })}
        }
    };
    view! { <div class="stack">{move || attempts(call).into_iter().map(of_attempt).collect_view()}</div> }
}

/// What was sent and what came back, where it is kept.
#[component]
pub fn Bodies(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let request =
        move || call.with(|call| call.as_ref().and_then(|call| call.request.as_ref().map(|body| format!("{body:#}"))));
    let is_kept = Memo::new(move |_| {
        call.with(|call| {
            call.as_ref().is_some_and(|call| {
                call.request.is_some() || call.attempts.iter().any(|attempt| attempt.body.is_some())
            })
        })
    });
    let is_batch = Memo::new(move |_| {
        call.with(|call| call.as_ref().is_some_and(|call| matches!(call.made_in, MadeIn::Batch | MadeIn::BatchJob)))
    });
    let of_attempt = |(number, attempt): (usize, AttemptRecord)| {
        attempt.body.map(|body| view! { <CodeBlock code=body label=format!("Answer to attempt {number}") language=Language::Json wrap=true /> })
    };
    let why_not = move || {
        if is_batch.get() {
            "The batch itself keeps the answers of its lines: download its results in Batch."
        } else {
            "Prompt and answer were not kept. “Keep prompts and answers”, above the history, keeps those of later calls."
        }
    };
    view! {
        <Show when=move || is_kept.get() fallback=move || view! { <p class="muted">{why_not}</p> }>
            <div class="stack">
                {move || request().map(|body| view! { <CodeBlock code=body label="Request" language=Language::Json wrap=true /> })}
                {move || attempts(call).into_iter().map(of_attempt).collect_view()}
            </div>
        </Show>
    }
}

/// The tokens of each response.
#[component]
pub fn Tokens(call: Memo<Option<CallRecord>>) -> impl IntoView {
    let of_attempt = |(number, attempt): (usize, AttemptRecord)| {
        let count = |tokens: u64| format_count(tokens);
        match attempt.counts_as {
            Some(CountsAs::Usage(usage)) => view! {
                <p class="muted">{format!("Attempt {number}, as the answer reports it:")}</p>
                <div class="stats">
                    <Stat label="Input tokens" value=count(usage.input_tokens) hint=Some(format!("{} cached, {} written to the cache", count(usage.cached_tokens), count(usage.cache_write_tokens))) />
                    <Stat label="Output tokens" value=count(usage.output_tokens) hint=Some(format!("{} of them reasoning", count(usage.reasoning_tokens))) />
                    <Stat label="Total tokens" value=count(usage.total_tokens) />
                </div>
            }
            .into_any(),
            Some(CountsAs::InvalidUsage(why)) => view! {
                <Callout kind=CalloutKind::Warn title=format!("Attempt {number}: the usage cannot be right")>
                    <p>{why}</p>
                    <p>"It is left out of the totals, and its cost counts as unknown."</p>
                </Callout>
            }
            .into_any(),
            Some(CountsAs::NoUsage) => {
                said(number, "the answer reports no usage. That is not zero, and it may be billed.").into_any()
            }
            Some(CountsAs::Failed) => said(number, "a failure: it adds no tokens and is no call.").into_any(),
            Some(CountsAs::Unknown) => {
                said(number, "its outcome is unknown: it may have been processed and billed.").into_any()
            }
            None => said(number, "nothing to count: in flight, or never sent.").into_any(),
        }
    };
    view! { <div class="stack">{move || attempts(call).into_iter().map(of_attempt).collect_view()}</div> }
}

fn said(number: usize, what: &'static str) -> impl IntoView {
    view! { <p>{format!("Attempt {number}: {what}")}</p> }
}
