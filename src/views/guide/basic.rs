//! Section 3: one call, its text and its usage.

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionEnd, SectionHeading};
use super::course::Question;
use super::pieces::{FailureNote, NotRun, OutputText, Printed, StatusLine, UsageStats, reports};
use super::state::{ask, in_sequence, model_now, use_guide};
use crate::components::TextArea;
use crate::course::Finding;
use crate::format::format_count;
use crate::notebook::{CallReport, CallStage, basic, usage_repr};
use crate::retry::Preset;
use crate::state::session::use_session;

/// Section 3.
#[component]
pub fn BasicSection() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let (cell, prompt) = (guide.basic, guide.basic_prompt);
    let run = move |()| {
        let prompt = prompt.get_untracked();
        let written = prompt.clone();
        session.secrets().send(session.source.get_untracked(), &written, move || {
            cell.start(session, Preset::None, None, |model| {
                in_sequence(vec![(prompt.clone(), ask(model, &prompt, None))])
            });
        });
    };
    let reports = reports(cell.run);
    let result = move || match reports.with(|reports| reports.first().cloned()) {
        None => view! { <NotRun /> }.into_any(),
        Some(report) => view! { <BasicResult report=report model=model_now(session) /> }.into_any(),
    };
    view! {
        <section class="guide-section">
            <SectionHeading section=Section::Basic />
            <p>
                "The Responses API takes a model and an input and answers with text. Beside the text comes "
                <code>"usage"</code>": the tokens you sent, the tokens that came back, and their sum. Those are what token \
                 limits count and what you pay for."
            </p>
            <Cell title="Cell 2: a basic call" state=cell on_run=run code=move || basic(&prompt.get()) result=result>
                <TextArea label="Prompt" value=prompt on_input=move |text| prompt.set(text) rows=2 />
            </Cell>
            <Question
                step="q-reasoning"
                ask="gpt-5-nano answers in two lines. How many of the output tokens you pay for do you get to read?"
                options=&["All of them", "More than half", "Less than half"]
                how="Run cell 2 with gpt-5-nano and look at the usage."
                why="A reasoning model thinks before it writes, and thinking is output: counted against your limits, and paid. Choose gpt-4o-mini at the top and run it again: no reasoning is left."
                finding=Signal::derive(move || reports.with(|reports| reports.first().and_then(reasoned)))
            />
            <SectionEnd section=Section::Basic />
        </section>
    }
}

/// How much of a reasoning model's output is text.
fn reasoned(report: &CallReport) -> Option<Finding> {
    let usage = report.usage.known().filter(|usage| usage.reasoning_tokens > 0)?;
    let read = usage.output_tokens.saturating_sub(usage.reasoning_tokens);
    Some(Finding {
        right: vec![if read.saturating_mul(2) > usage.output_tokens { 1 } else { 2 }],
        words: format!(
            "{} of {} output tokens were reasoning, {} are text.",
            format_count(usage.reasoning_tokens),
            format_count(usage.output_tokens),
            format_count(read)
        ),
    })
}

#[component]
fn BasicResult(report: CallReport, model: String) -> impl IntoView {
    let answered = report.stage == CallStage::Answered;
    let model = report.model.clone().unwrap_or(model);
    let printed = report.usage.known().map(|usage| usage_repr(&usage));
    view! {
        <StatusLine report=report.clone() />
        <FailureNote report=report.clone() />
        {answered
            .then(|| view! {
                <OutputText report=report.clone() />
                <UsageStats usage=report.usage.clone() model=model />
                {printed.map(|printed| view! { <Printed text=printed label="print(response.usage)" /> })}
            })}
    }
}
