//! Section 5, third part: the same herd without jitter and with it.

use std::time::Duration;

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionEnd};
use super::course::{HerdLab, HerdQuestions, Question};
use super::pieces::{NotRun, Speed};
use super::provoke::NumRequests;
use super::state::{CellState, notebook_with, use_guide};
use crate::components::{Stat, Tone};
use crate::course::Finding;
use crate::format::{format_count, format_duration};
use crate::notebook::{Surge, herd, surge};
use crate::retry::{Jitter, Preset};
use crate::run::{BurstPlan, BurstSettings, CostBound};
use crate::run_view::RunTimeline;
use crate::state::run::Run;
use crate::state::session::use_session;

/// What counts as the same moment.
const MOMENT: Duration = Duration::from_millis(250);

/// The third part of section 5.
#[component]
pub fn HerdPart() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let (herd_cell, spread) = (guide.herd, guide.spread);
    let run = move |()| {
        let Some(model) = herd_cell.ready(session) else { return };
        let settings = untrack(|| guide.settings(Preset::Notebook));
        let both = BurstSettings { requests: settings.requests.saturating_mul(2), ..settings.clone() };
        let bound = CostBound::of(&both, &model, &herd_cell.run.prices().now());
        let with = move |jitter| BurstPlan { policy: notebook_with(jitter), ..settings.plan(&model) };
        // One question for both.
        herd_cell.ask_first(session, both.requests, Some(bound), move || {
            herd_cell.launch(session, Preset::Notebook, with(Jitter::NONE));
            spread.launch(session, Preset::Notebook, with(Jitter::NOTEBOOK));
        });
    };
    let result = move || {
        if herd_cell.has_result() {
            view! {
                <Speed />
                <HerdResult title="Without jitter" run=herd_cell.run />
                <HerdResult title="With jitter" run=spread.run />
            }
            .into_any()
        } else {
            view! { <NotRun /> }.into_any()
        }
    };
    view! {
        <h3>"Why jitter"</h3>
        <p>
            "Clients refused at the same instant that all wait exactly as long come back at the same instant, and all but one \
             are refused again: a herd. Chance spreads them out. Place your bets below, then run it."
        </p>
        <HerdLab />
        <HerdQuestions />
        <p>
            "The same in real time, with the notebook's own loop: both runs send the same requests under the same limits, \
             each to a fresh API of its own."
        </p>
        <Cell
            title="Cell 7: the herd"
            state=herd_cell
            on_run=run
            code=move || herd(guide.num_requests.get())
            result=result
        >
            <NumRequests value=guide.num_requests />
        </Cell>
        <Question
            step="q-undone"
            ask="Ten calls at 3 requests a minute: how many does the notebook's loop leave undone?"
            options=&["None", "Up to half", "More than half"]
            how="Run cell 6 with the policy “Notebook”, at 60× if you like."
            why="It gives up after 22.5 s at the most, and the tenth of ten needs 140 s: attempts × delay must outlast the queue. Sluice's policy waits as long as each refusal asks and finishes all of them."
            finding=Signal::derive(move || undone(guide.backoff))
        />
        <SectionEnd section=Section::Handling />
    }
}

/// What the notebook's loop leaves undone of cell 6, once it has ended by itself.
fn undone(cell: CellState) -> Option<Finding> {
    let counts = cell.run.counts();
    let whole = counts.calls > 0 && counts.succeeded + counts.gave_up == counts.calls && !cell.is_running();
    if !whole || !cell.ran_with(Preset::Notebook) {
        return None;
    }
    let left = counts.gave_up;
    Some(Finding {
        right: vec![match left * 2 {
            0 => 0,
            twice if twice <= counts.calls => 1,
            _ => 2,
        }],
        words: format!("{left} of {} were left undone, after {} HTTP calls.", counts.calls, counts.http_requests),
    })
}

#[component]
fn HerdResult(title: &'static str, run: Run) -> impl IntoView {
    let surge = Memo::new(move |_| run.with_log(|log| surge(log, MOMENT)));
    let counts = Memo::new(move |_| run.counts());
    let peak = move || match surge.get() {
        Surge { requests: 0, .. } => "none yet".to_owned(),
        Surge { requests, at } => format!("{} at {}", format_count(requests as u64), format_duration(at)),
    };
    view! {
        <div class="guide-herd" role="group" aria-label=title>
            <h4>{title}</h4>
            <div class="stats">
                <Stat label="Most retries within 250 ms" value=Signal::derive(peak) tone=Tone::Requests />
                <Stat
                    label="Refused requests"
                    value=Signal::derive(move || format_count(counts.with(|counts| counts.wasted_requests) as u64))
                    tone=Tone::Refused
                />
            </div>
            <RunTimeline run=run />
        </div>
    }
}
