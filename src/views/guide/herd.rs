//! Section 5, third part: the same herd without jitter and with it.

use std::time::Duration;

use leptos::prelude::*;

use super::cell::Cell;
use super::pieces::{NotRun, Question, Speed};
use super::provoke::NumRequests;
use super::state::{notebook_with, use_guide};
use crate::components::{Stat, Tone};
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
        let bound = CostBound::of(&both, &model);
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
            "Clients refused at the same instant that all wait exactly one second come back at the same instant, and are \
             refused again: a herd. Chance spreads them out. Both runs send the same requests under the same limits, each \
             to a fresh API of its own."
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
        <Question ask="How many calls does the notebook's loop leave undone at 3 requests a minute, and Sluice's?">
            <p>
                "Run cell 6 with each policy. The notebook's loop gives up long before the bucket has let ten requests \
                 through; Sluice's waits as long as each refusal asks and finishes all of them."
            </p>
        </Question>
    }
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
