//! What each policy came to: progress, what is recommended, the table, the charts of one.

use leptos::prelude::*;

use super::charts::Charts;
use super::columns::{COLUMNS, Column, best_of};
use super::pace::{Pace, Stage};
use super::replay::Replay;
use super::spread::Spread;
use super::state::{Lab, use_lab};
use crate::components::{
    Button, ButtonKind, Callout, CalloutKind, Choice, Disclosure, EmptyState, Glyph, OneByOne, Panel, ProgressBar,
    Select, WideTable,
};
use crate::format::{format_count, format_duration};
use crate::lab::{PolicyResult, Recommendation};
use crate::state::route::View;

/// The results of the experiment that was run last.
#[component]
pub fn Results() -> impl IntoView {
    let lab = use_lab();
    let is_idle = Memo::new(move |_| lab.stage.get() == Stage::Idle);
    let has_results = Memo::new(move |_| lab.results.with(|results| !results.is_empty()));
    view! {
        <Show when=move || !is_idle.get() fallback=|| view! { <FirstRun /> }>
            <Panel title="Run">
                <Progress />
                <Recommended />
            </Panel>
            <Show when=move || has_results.get()>
                <Panel title="Policies" actions=|| view! { <super::code::ChosenCode /> }>
                    <ResultTable />
                </Panel>
                <OneByOne views=[
                    || view! { <Panel title="Spread over seeds"><Spread /></Panel> }.into_any(),
                    || view! { <Panel title="One trial, in charts" actions=|| view! { <ChoosePolicy /> }><Charts /></Panel> }.into_any(),
                    || view! { <Panel title="Replay in real time" actions=|| view! { <crate::run_view::SpeedControl /> }><Replay /></Panel> }.into_any(),
                ] />
            </Show>
        </Show>
    }
}

/// Before the first run.
#[component]
fn FirstRun() -> impl IntoView {
    let lab = use_lab();
    view! {
        <Panel title="Results">
            <EmptyState text="Each policy does the same work under the same limits, many times over: what it costs and how long it takes stands here.">
                <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=move |()| lab.run()>"Run experiment"</Button>
            </EmptyState>
        </Panel>
    }
}

#[component]
fn Progress() -> impl IntoView {
    let lab = use_lab();
    let share = move || {
        let Pace { done, of, .. } = lab.pace.get();
        #[allow(clippy::cast_precision_loss)] // counts of trials
        let share = done as f64 / of.max(1) as f64;
        Some(share)
    };
    let title = move || match lab.stage.get() {
        Stage::Idle | Stage::Running => "Running".to_owned(),
        Stage::Done => "Done".to_owned(),
        Stage::Stopped => "Stopped".to_owned(),
        Stage::Failed(_) => "Ended".to_owned(),
    };
    let trouble = move || match lab.stage.get() {
        Stage::Failed(why) => Some(why),
        _ => None,
    };
    view! {
        <ProgressBar
            label=Signal::derive(title)
            value=Signal::derive(share)
            text=Signal::derive(move || pace_words(&lab.pace.get(), "trials"))
        />
        {move || trouble().map(|why| view! {
            <Callout kind=CalloutKind::Error title="The experiment could not go on" alert=true>
                <p>{why}</p>
                <p class="muted">"Trials that are over are kept. Run it again to go on."</p>
            </Callout>
        })}
    }
}

/// "700 of 700 trials, 81,240 HTTP calls in 0.4 s: 203,100 a second".
pub fn pace_words(pace: &Pace, what: &str) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate, to be read
    let rate = pace.per_second().round() as u64;
    format!(
        "{} of {} {what}, {} HTTP calls in {}: {} a second",
        format_count(pace.done),
        format_count(pace.of),
        format_count(pace.calls),
        format_duration(pace.took),
        format_count(rate)
    )
}

#[component]
fn Recommended() -> impl IntoView {
    let lab = use_lab();
    let title = Memo::new(move |_| {
        lab.recommendation.with(|best| {
            best.as_ref()
                .map(|best| format!("Recommended: {}, {} in flight for each client", best.name, best.concurrency))
        })
    });
    let reasons =
        move || lab.recommendation.with(|best| best.as_ref().map(|best| best.reasons.clone()).unwrap_or_default());
    let is_paced = move || {
        let name = lab.recommendation.with(|best| best.as_ref().map(|best| best.name.clone()));
        lab.ran.with(|ran| {
            let policies = ran.as_ref().map(|ran| ran.policies.as_slice()).unwrap_or_default();
            policies.iter().any(|policy| Some(&policy.name) == name.as_ref() && policy.pacing.is_some())
        })
    };
    let look = move |()| {
        if let Some(Recommendation { policy, .. }) = lab.recommendation.get_untracked() {
            lab.chosen.set(place_of(lab, policy));
        }
    };
    view! {
        <Show when=move || title.with(Option::is_some)>
            <Callout
                kind=CalloutKind::Info
                title=Signal::derive(move || title.get().unwrap_or_default())
                actions=move || view! { <Button on_click=look>"Show its charts"</Button> }
            >
                <ul class="lab-reasons">
                    <Show when=is_paced>
                        <li>
                            "Pacing waits before a request is sent, so it is no retry policy of Burst's: "
                            <a href=View::Batch.href()>"Batch"</a>" sends this way."
                        </li>
                    </Show>
                    {move || reasons().into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view()}
                </ul>
            </Callout>
        </Show>
    }
}

/// The place in the experiment of the policy at `result` in the results: policies without trials are in none.
fn place_of(lab: Lab, result: usize) -> usize {
    let name = lab.results.with_untracked(|results| results.get(result).map(|result| result.name.clone()));
    lab.ran
        .with_untracked(|ran| ran.as_ref()?.policies.iter().position(|policy| Some(&policy.name) == name.as_ref()))
        .unwrap_or(result)
}

/// Which policy the charts are of.
#[component]
fn ChoosePolicy() -> impl IntoView {
    let lab = use_lab();
    let options = move || {
        lab.ran.with(|ran| {
            let policies = ran.as_ref().map(|ran| ran.policies.as_slice()).unwrap_or_default();
            let choice =
                |(place, policy): (usize, &crate::lab::LabPolicy)| Choice::new(place.to_string(), policy.name.clone());
            policies.iter().enumerate().map(choice).collect::<Vec<_>>()
        })
    };
    view! {
        <Select
            label="Policy"
            inline=true
            options=Signal::derive(options)
            value=Signal::derive(move || lab.chosen.get().to_string())
            on_change=move |place: String| lab.chosen.set(place.parse().unwrap_or(0))
        />
    }
}

#[component]
fn ResultTable() -> impl IntoView {
    let lab = use_lab();
    let head = |column: &Column| view! { <th scope="col" class="num">{column.head}</th> };
    let meaning = |column: &Column| {
        view! {
            <dt>{column.head}</dt>
            <dd>{column.about} "."</dd>
        }
    };
    let body = move || {
        lab.results.with(|results| {
            let best = COLUMNS.map(|column| best_of(&column, results));
            results.iter().enumerate().map(|(place, result)| row(lab, place, result, &best)).collect_view()
        })
    };
    let seeds = move || {
        lab.results.with(|results| {
            let trials = results.iter().map(|result| result.trials).max().unwrap_or(0);
            format!("Means over {} seeds, ± the half of their 95 % confidence interval (Student’s t). Marked: the best of its column, where less or more is better.", format_count(trials.into()))
        })
    };
    view! {
        <WideTable label="The policies' results as a table" class="lab-results">
            <table class="table">
                <caption class="visually-hidden">"The policies' results"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Policy"</th>
                        {COLUMNS.iter().map(head).collect_view()}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </WideTable>
        <p class="muted">{seeds}</p>
        <Disclosure summary="What the columns mean">
            <dl class="lab-columns">{COLUMNS.iter().map(meaning).collect_view()}</dl>
        </Disclosure>
        <CutShort />
    }
}

fn row(lab: Lab, place: usize, result: &PolicyResult, best: &[Option<f64>]) -> AnyView {
    let (of, name) = (place_of(lab, place), result.name.clone());
    let choose = move |_| lab.chosen.set(of);
    let cell = |(column, best): (&Column, &Option<f64>)| {
        let summary = (column.of)(result);
        #[allow(clippy::float_cmp)] // the same number, not a computed one
        let is_best = summary.is_some_and(|summary| *best == Some(summary.mean));
        let text = summary.map_or_else(|| "–".to_owned(), |summary| (column.write)(summary.mean));
        let half = summary.map(|summary| summary.mean_high - summary.mean).filter(|half| *half > 0.0);
        let spread = half.map(|half| format!("± {}", (column.write)(half)));
        view! {
            <td class="num" class:lab-best=is_best>
                {text}
                {spread.map(|spread| view! { " " <span class="lab-spread">{spread}</span> })}
            </td>
        }
    };
    let cells = COLUMNS.iter().zip(best).map(cell).collect_view();
    view! {
        <tr class:lab-chosen=move || lab.chosen.get() == of>
            <th scope="row">
                <button type="button" class="link-button" aria-pressed=move || (lab.chosen.get() == of).to_string() on:click=choose>
                    {name}
                </button>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}

/// That trials ran too long.
#[component]
fn CutShort() -> impl IntoView {
    let lab = use_lab();
    let cut =
        Memo::new(move |_| lab.results.with(|results| results.iter().map(|result| result.cut_short).sum::<u32>()));
    view! {
        <Show when=move || { cut.get() > 0 }>
            <Callout kind=CalloutKind::Warn title="Some trials had no end">
                <p>{move || format!("{} trials made as many calls, or went on for as long, as a trial may: their figures are of what they did until then.", format_count(cut.get().into()))}</p>
            </Callout>
        </Show>
    }
}
