//! Section 4, second part: what the headers say.

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionEnd};
use super::course::{HeaderLab, HeaderQuestion};
use super::pieces::{FailureNote, NotRun, OutputText, StatusLine, UsageStats, reports};
use super::state::{ask, in_sequence, model_now, use_guide};
use crate::components::{Callout, CalloutKind, KeyValue, KeyValueTable};
use crate::format::format_duration;
use crate::notebook::{CallReport, CallStage, headers, prompts};
use crate::rate_limit::{LimitTrio, Shown, shown, why_hidden};
use crate::reply::Reply;
use crate::retry::Preset;
use crate::state::run::Run;
use crate::state::session::use_session;

/// The headers that the notebook's filter finds, and what each says.
const FOUND: [(&str, &str); 6] = [
    ("x-ratelimit-limit-requests", "requests the bucket holds"),
    ("x-ratelimit-remaining-requests", "requests left, rounded down"),
    ("x-ratelimit-reset-requests", "until the requests bucket is full again"),
    ("x-ratelimit-limit-tokens", "tokens the bucket holds"),
    ("x-ratelimit-remaining-tokens", "tokens left, rounded down"),
    ("x-ratelimit-reset-tokens", "until the tokens bucket is full again"),
];

/// The ones it passes over, though they matter as much.
const MISSED: [(&str, &str); 4] = [
    ("retry-after", "whole seconds to wait, on a refusal"),
    ("retry-after-ms", "the same in milliseconds"),
    ("x-request-id", "what support asks for"),
    ("openai-processing-ms", "how long the server worked"),
];

/// The second part of section 4.
#[component]
pub fn HeadersPart() -> impl IntoView {
    let (cell, session) = (use_guide().headers, use_session());
    let run = move |()| {
        cell.start(session, Preset::None, None, |model| {
            in_sequence(vec![(prompts::HEADERS.to_owned(), ask(model, prompts::HEADERS, None))])
        });
    };
    let reports = reports(cell.run);
    let result = move || match reports.with(|reports| reports.first().cloned()) {
        None => view! { <NotRun /> }.into_any(),
        Some(report) => view! { <HeadersResult report=report run=cell.run model=model_now(session) /> }.into_any(),
    };
    view! {
        <h3>"Reading the rate-limit headers"</h3>
        <p>
            "Every answer also says where your buckets stand, in headers. In Python "<code>"with_raw_response"</code>
            " hands you the HTTP answer, and "<code>"parse()"</code>" turns it into the usual object."
        </p>
        <Cell title="Cell 4: rate-limit headers" state=cell on_run=run code=headers(prompts::HEADERS) result=result />
        <h3>"Headers that a page does not see"</h3>
        <p>
            "Switch between the two ways, and change what the server exposes. The answer is the same each time; what reaches \
             your page is not."
        </p>
        <HeaderLab />
        <HeaderQuestion />
        <SectionEnd section=Section::Tracking />
    }
}

#[component]
fn HeadersResult(report: CallReport, run: Run, model: String) -> impl IntoView {
    // The report stands for the log: this is made anew with each.
    let tables = untrack(|| {
        run.with_log(|log| {
            let attempt = log.calls.first()?.attempts.last()?;
            let Ok(reply) = attempt.result.as_ref()? else { return None };
            Some((table(reply, &FOUND, run), table(reply, &MISSED, run), implied(reply)))
        })
    });
    let refused = report.stage == CallStage::Failed;
    let answered = report.stage == CallStage::Answered;
    let model = report.model.clone().unwrap_or(model);
    view! {
        <StatusLine report=report.clone() />
        <FailureNote report=report.clone() />
        {tables
            .map(|(found, missed, implied)| view! {
                <KeyValueTable caption="Rate-limit headers" rows=found />
                {implied.map(|implied| view! { <p class="guide-sum num">{implied}</p> })}
                <p class="guide-aside">
                    "The notebook keeps the names that contain “ratelimit”. That passes over these, "
                    <code>"retry-after"</code>" among them, the one header a retry loop must read:"
                </p>
                <KeyValueTable caption="Headers the filter passes over" rows=missed />
            })}
        {refused
            .then(|| view! {
                <Callout kind=CalloutKind::Info title="In Python">
                    <p>"A refused call raises before it can print. Its headers are in "<code>"error.response.headers"</code>"."</p>
                </Callout>
            })}
        {answered
            .then(|| view! {
                <OutputText report=report.clone() />
                <UsageStats usage=report.usage.clone() model=model />
            })}
    }
}

fn table(reply: &Reply, names: &[(&str, &str)], run: Run) -> Vec<KeyValue> {
    let sent = reply.wire.headers();
    let knows_hider = run.server().is_some_and(|server| server.situation.is_openai());
    names
        .iter()
        .map(|(name, meaning)| {
            match shown(name, &reply.headers, &sent) {
                Shown::Value(value) => KeyValue::new(*name, value),
                Shown::Malformed(value) => KeyValue::new(*name, format!("{value} (makes no sense)")),
                Shown::Hidden => KeyValue::absent(*name, why_hidden(&sent, knows_hider)),
                Shown::NotSent => KeyValue::absent(*name, "not sent"),
            }
            .with_note(*meaning)
        })
        .collect()
}

/// The window that the requests headers imply, since no header names it.
fn implied(reply: &Reply) -> Option<String> {
    let trio: &LimitTrio = &reply.headers.limits.requests;
    let (limit, remaining, reset) = (trio.limit.exposed()?, trio.remaining.exposed()?, trio.reset.exposed()?);
    let window = trio.implied_window()?;
    let used = limit.saturating_sub(*remaining);
    Some(format!(
        "No header names its window, but the numbers do: {} reset × {limit} limit ÷ {used} used = {}.",
        format_duration(*reset),
        format_duration(window)
    ))
}
