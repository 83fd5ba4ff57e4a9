//! Section 4: usage over several calls.

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionHeading};
use super::course::Question;
use super::pieces::{FailureNote, NotRun, OutputText, Printed, StatusLine, reports};
use super::state::{ask, in_sequence, use_guide};
use crate::components::ProgressBar;
use crate::course::Finding;
use crate::format::{format_count, format_duration};
use crate::notebook::{CallReport, CallStage, prompts, summary_dict, tracking};
use crate::rate_limit::LimitWindow;
use crate::responses::ReportedUsage;
use crate::retry::Preset;
use crate::run_view::log_memo;
use crate::state::prices::use_prices;
use crate::state::session::use_session;
use crate::usage::{CountsAs, Prices, Summary, Tier, Totals as UsageTotals};

/// The first part of section 4.
#[component]
pub fn TrackingPart() -> impl IntoView {
    let (cell, session) = (use_guide().tracking, use_session());
    let run = move |()| {
        cell.start(session, Preset::None, None, |model| {
            in_sequence(prompts::TRACKING.map(|prompt| (prompt.to_owned(), ask(model, prompt, None))).to_vec())
        });
    };
    let reports = reports(cell.run);
    // A memo: the table must not be made anew with each answer.
    let is_empty = Memo::new(move |_| reports.with(Vec::is_empty));
    let result = move || {
        if is_empty.get() {
            view! { <NotRun /> }.into_any()
        } else {
            view! { <TrackingResult reports=reports /> }.into_any()
        }
    };
    view! {
        <SectionHeading section=Section::Tracking />
        <p>
            "One usage tells you about one call. Budgets and token limits are about sums, so keep a ledger: add up every \
             answer's usage as it arrives, and the totals are always the sum of the history. The cell asks three \
             questions one after the other and prints its running totals after each."
        </p>
        <Cell title="Cell 3: tracking usage" state=cell on_run=run code=tracking() result=result />
    }
}

/// The ledger after each answered call, and after all of them.
fn ledgers(reports: &[CallReport], prices: &Prices) -> (Vec<Option<Summary>>, Summary) {
    let mut totals = UsageTotals::default();
    let after = reports
        .iter()
        .map(|report| {
            let model = report.model.as_deref().unwrap_or_default();
            (report.stage == CallStage::Answered).then(|| {
                totals.add((model, Tier::Standard), &CountsAs::response(&report.usage), prices);
                totals.summary()
            })
        })
        .collect();
    (after, totals.summary())
}

#[component]
fn TrackingResult(reports: Memo<Vec<CallReport>>) -> impl IntoView {
    let prices = use_prices();
    let totals = Memo::new(move |_| reports.with(|reports| ledgers(reports, &prices.get()).1));
    let ended = move || {
        reports.with(|reports| {
            let open = |report: &&CallReport| {
                !matches!(report.stage, CallStage::Queued | CallStage::InFlight | CallStage::Waiting)
            };
            (reports.iter().filter(open).count(), reports.len())
        })
    };
    #[allow(clippy::cast_precision_loss)] // three calls
    let share = move || Some(ended().0 as f64 / ended().1.max(1) as f64);
    let failed = move || reports.with(|reports| reports.iter().any(|report| report.stage == CallStage::Failed));
    let rows = move || {
        let reports = reports.get();
        let (after, _) = ledgers(&reports, &prices.get());
        reports
            .into_iter()
            .zip(after)
            .map(|(report, totals)| view! { <TrackedCall report=report totals=totals /> })
            .collect_view()
    };
    view! {
        <ProgressBar
            label="Calls"
            value=Signal::derive(share)
            text=Signal::derive(move || format!("{} of {} ended", ended().0, ended().1))
        />
        <ol class="guide-calls">{rows}</ol>
        <Totals totals=totals />
        <Show when=failed>
            <p class="guide-aside">
                "In the notebook, the exception of the failed call would have ended the cell there: later questions would \
                 not have been asked."
            </p>
        </Show>
    }
}

#[component]
fn TrackedCall(report: CallReport, totals: Option<Summary>) -> impl IntoView {
    let usage = match &report.usage {
        ReportedUsage::Known(usage) => Some(format!(
            "{} input + {} output = {} tokens",
            format_count(usage.input_tokens),
            format_count(usage.output_tokens),
            format_count(usage.total_tokens)
        )),
        _ => None,
    };
    let running =
        totals.map(|totals| format!("{} tokens after call {}", format_count(totals.total_tokens), totals.num_calls));
    view! {
        <li class="guide-call">
            <p class="guide-call-prompt">{report.label.clone()}</p>
            <StatusLine report=report.clone() />
            <OutputText report=report.clone() />
            <FailureNote report=report />
            {usage.map(|usage| view! { <p class="guide-call-usage num">{usage}</p> })}
            {running.map(|running| view! { <p class="guide-aside num">{running}</p> })}
        </li>
    }
}

/// The cell's totals, in a table and as the notebook prints them.
#[component]
fn Totals(totals: Memo<Summary>) -> impl IntoView {
    let count = move |pick: fn(&Summary) -> u64| move || format_count(totals.with(pick));
    view! {
        <table class="guide-totals" aria-label="Totals of this cell">
            <thead>
                <tr><th scope="col">"Calls"</th><th scope="col">"Input tokens"</th><th scope="col">"Output tokens"</th>
                <th scope="col">"Total tokens"</th><th scope="col">"Cost"</th></tr>
            </thead>
            <tbody>
                <tr class="num">
                    <td>{count(|totals| totals.num_calls)}</td>
                    <td>{count(|totals| totals.total_input_tokens)}</td>
                    <td>{count(|totals| totals.total_output_tokens)}</td>
                    <td>{count(|totals| totals.total_tokens)}</td>
                    <td>{move || totals.with(|totals| totals.cost.known.to_string())}</td>
                </tr>
            </tbody>
        </table>
        <Printed text=Signal::derive(move || totals.with(summary_dict)) label="token_stats.summary()" />
    }
}

/// The question about the cell.
#[component]
pub fn TrackingQuestion() -> impl IntoView {
    let cell = use_guide().tracking;
    let refused = log_memo(cell.run, |log| {
        let outcomes = log.calls.iter().flat_map(|call| &call.attempts).filter_map(|attempt| attempt.outcome.as_ref());
        let reached = outcomes
            .filter_map(|outcome| outcome.limit.as_ref())
            .find(|reached| reached.window == Some(LimitWindow::Day));
        reached.and_then(|reached| reached.try_again_in)
    });
    let finding = move || {
        let wait = refused.get().filter(|_| cell.ran_in("daily-limit"))?;
        Some(Finding {
            right: vec![1],
            words: format!("The third call was refused on requests per day, with a wait of {}.", format_duration(wait)),
        })
    };
    view! {
        <Question
            step="q-daily"
            ask="Two of the day's 200 requests are left, and the cell makes three calls. What does the third one get?"
            options=&["A wait of some seconds", "A wait of minutes", "An answer: the minute's limit is free"]
            how="Give cell 3 the scenario “Daily limit” and run it."
            why="A day's 200 requests flow back one every 86,400 s ÷ 200 = 432 s. A backoff of seconds never gets there: read the wait, and tell a person when it is long."
            finding=Signal::derive(finding)
        />
    }
}
