//! Small parts of results.

use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, CodeBlock, Stat, StatusChip, Tone};
use crate::format::{format_count, format_duration};
use crate::notebook::{CallReport, CallStage};
use crate::responses::{Note, ReportedUsage};
use crate::retry::{Path, advise, status_meaning};
use crate::run_view::{SpeedControl, log_memo};
use crate::state::api::ApiSource;
use crate::state::prices::use_prices;
use crate::state::run::Run;
use crate::state::session::use_session;
use crate::usage::Tier;

/// Nothing has run yet.
#[component]
pub fn NotRun() -> impl IntoView {
    view! { <p class="guide-empty">"Not known yet. Press Run: the answer appears here."</p> }
}

/// A link that leaves the page.
#[component]
pub fn Out(href: &'static str, children: Children) -> impl IntoView {
    view! { <a href=href target="_blank" rel="noopener noreferrer">{children()}</a> }
}

/// The reports of a run's calls.
pub fn reports(run: Run) -> Memo<Vec<CallReport>> {
    log_memo(run, |log| log.calls.iter().map(CallReport::of).collect())
}

/// How fast the simulated clock runs; nothing on Live.
#[component]
pub fn Speed() -> impl IntoView {
    let session = use_session();
    view! { <Show when=move || session.source.get() == ApiSource::Simulated><SpeedControl /></Show> }
}

/// Status and time of a call in one line.
#[component]
pub fn StatusLine(report: CallReport) -> impl IntoView {
    let (tone, text) = match (report.stage, report.status) {
        (CallStage::Queued, _) => (Tone::Queued, "Queued".to_owned()),
        (CallStage::InFlight, _) => (Tone::Flight, "In flight".to_owned()),
        (CallStage::Waiting, _) => (Tone::Waiting, "Waiting".to_owned()),
        (CallStage::Stopped, _) => (Tone::Neutral, "Stopped".to_owned()),
        (CallStage::Answered, Some(status)) => (Tone::Done, format!("{status} {}", status_meaning(status))),
        (CallStage::Failed, Some(status)) => (Tone::Refused, format!("{status} {}", status_meaning(status))),
        (CallStage::Answered, None) => (Tone::Done, "Answered".to_owned()),
        (CallStage::Failed, None) => (Tone::Failed, "No answer".to_owned()),
    };
    view! {
        <p class="guide-status">
            <StatusChip tone=tone text=text />
            {report.took.map(|took| view! { <span class="guide-aside">{format!("after {}", format_duration(took))}</span> })}
            {report.model.map(|model| view! { <span class="guide-aside">{model}</span> })}
        </p>
    }
}

/// The text of a response, or why there is none.
#[component]
pub fn OutputText(report: CallReport) -> impl IntoView {
    let notes = report.notes.iter().filter_map(note).collect::<Vec<_>>();
    view! {
        {(!report.text.is_empty()).then(|| view! { <p class="guide-output" dir="auto">{report.text.clone()}</p> })}
        {notes
            .into_iter()
            .map(|(title, text)| view! { <Callout kind=CalloutKind::Info title=title><p>{text}</p></Callout> })
            .collect_view()}
    }
}

fn note(note: &Note) -> Option<(&'static str, String)> {
    match note {
        Note::SpentOnReasoning { reasoning_tokens } => Some((
            "No text, and yet paid for",
            format!(
                "A reasoning model thinks before it speaks, and thinking is output. Here {} reasoning tokens used up \
                 max_output_tokens before the first word, so the response is incomplete. Allow more output tokens or \
                 lower the reasoning effort.",
                reasoning_tokens.map_or_else(|| "its".to_owned(), format_count)
            ),
        )),
        Note::Incomplete { reason } => Some((
            "Incomplete",
            format!("The text was cut off by {}.", reason.as_deref().unwrap_or("an unknown bound")),
        )),
        Note::Refusal(words) => Some(("The model declined", words.clone())),
        Note::Failed { message, .. } => Some(("The response failed", message.clone())),
        Note::NoText => Some(("No text", "The response is complete and has no text.".to_owned())),
        Note::ToolCall { .. } | Note::Unfinished(_) | Note::UnknownStatus(_) | Note::OtherOutput(_) => None,
    }
}

/// The three numbers of a usage, and what they cost.
#[component]
pub fn UsageStats(usage: ReportedUsage, #[prop(into)] model: String) -> impl IntoView {
    match usage {
        ReportedUsage::Known(usage) => {
            let prices = use_prices();
            let cost = Signal::derive(move || {
                let cost = prices.get().cost(&model, Tier::Standard, &usage);
                cost.map_or_else(|| "unknown".to_owned(), |cost| cost.to_string())
            });
            let sum = usage.input_tokens.saturating_add(usage.output_tokens);
            view! {
                <div class="stats">
                    <Stat label="Input tokens" value=format_count(usage.input_tokens) />
                    <Stat
                        label="Output tokens"
                        value=format_count(usage.output_tokens)
                        hint=format!("{} of them reasoning", format_count(usage.reasoning_tokens))
                    />
                    <Stat label="Total tokens" value=format_count(usage.total_tokens) />
                    <Stat label="Cost" value=cost />
                </div>
                {(sum != usage.total_tokens)
                    .then(|| view! { <p class="guide-aside">"The server's total is not the sum of input and output."</p> })}
            }
            .into_any()
        }
        ReportedUsage::Missing => view! { <p>"The answer reports no usage: unknown, not zero."</p> }.into_any(),
        ReportedUsage::Invalid(why) => {
            view! { <p>{format!("The answer's usage makes no sense and is not counted: {why}.")}</p> }.into_any()
        }
    }
}

/// What Python prints.
#[component]
pub fn Printed(#[prop(into)] text: Signal<String>, #[prop(optional)] label: Option<&'static str>) -> impl IntoView {
    view! { <CodeBlock code=text label=label.unwrap_or("Printed by the notebook") wrap=true /> }
}

/// What happened, what was kept, what to do.
#[component]
pub fn FailureNote(report: CallReport) -> impl IntoView {
    let session = use_session();
    let Some(failure) = report.failure else { return ().into_any() };
    let path = match session.source.get_untracked() {
        ApiSource::Simulated => Path::Simulated,
        ApiSource::Live if session.connection.with_untracked(|of| of.as_ref().is_some_and(|of| of.same_origin)) => {
            Path::Relay
        }
        ApiSource::Live => Path::Direct,
    };
    let Some(advice) = advise(&failure.outcome, path) else { return ().into_any() };
    let message = failure.outcome.message.clone();
    view! {
        <Callout kind=CalloutKind::Error title=advice.happened>
            {(!message.is_empty()).then(|| view! { <p class="guide-message" dir="auto">{message}</p> })}
            <p>"Nothing is lost: what was answered before stays on this page, and a refused call costs no tokens."</p>
            <ul>{advice.steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ul>
        </Callout>
    }
    .into_any()
}
