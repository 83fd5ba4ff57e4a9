//! Section 5, first part: what the notebook promises and never shows, the 429 itself.

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionHeading};
use super::pieces::NotRun;
use super::reading::FirstRefusal;
use super::state::{MOST_REQUESTS, model_now, use_guide};
use crate::components::{NumberField, NumberRange, Stat, Tone};
use crate::format::format_count;
use crate::notebook::{prompts, provoke};
use crate::retry::Preset;
use crate::run::CostBound;
use crate::run_view::RunTimeline;
use crate::state::run::Run;
use crate::state::session::use_session;

/// The first part of section 5.
#[component]
pub fn ProvokePart() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let (cell, num_requests) = (guide.provoke, guide.num_requests);
    let run = move |()| {
        let settings = untrack(|| guide.settings(Preset::None));
        let bound = CostBound::of(&settings, &model_now(session), &cell.run.prices().now());
        cell.start(session, Preset::None, Some(bound), |model| settings.plan(model));
    };
    let code = move || provoke(num_requests.get(), prompts::TURTLES);
    let result = move || {
        if cell.has_result() {
            view! { <ProvokeResult run=cell.run /> }.into_any()
        } else {
            view! { <NotRun /> }.into_any()
        }
    };
    view! {
        <SectionHeading section=Section::Handling />
        <p>
            "A program that works when you try it alone fails when it does many things at once. So let it fail here first: "
            <code>"NUM_REQUESTS"</code>" calls at the same moment, none of them retried. The first few empty the bucket; the \
             rest are refused within milliseconds, and each refusal tells its numbers."
        </p>
        <Cell title="Cell 5: provoke a 429" state=cell on_run=run code=code result=result>
            <NumRequests value=num_requests />
        </Cell>
    }
}

/// `NUM_REQUESTS`, for the cells of section 5.
#[component]
pub fn NumRequests(value: RwSignal<u32>) -> impl IntoView {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers in range
    let typed = move |number: Option<f64>| {
        if let Some(number) = number {
            value.set(number as u32);
        }
    };
    view! {
        <NumberField
            label="NUM_REQUESTS"
            value=Signal::derive(move || Some(f64::from(value.get())))
            on_change=typed
            range=NumberRange::new(1.0, f64::from(MOST_REQUESTS), 1.0)
            unit="requests".to_owned()
        />
    }
}

#[component]
fn ProvokeResult(run: Run) -> impl IntoView {
    let counts = Memo::new(move |_| run.counts());
    let count =
        move |pick: fn(&crate::run::RunCounts) -> usize| Signal::derive(move || format_count(counts.with(pick) as u64));
    view! {
        <div class="stats">
            <Stat label="Answered" value=count(|counts| counts.succeeded) tone=Tone::Done />
            <Stat label="Refused with 429" value=count(|counts| counts.rate_limited) tone=Tone::Refused />
            <Stat label="Failed otherwise" value=count(|counts| counts.failed - counts.rate_limited.min(counts.failed)) tone=Tone::Failed />
            <Stat label="HTTP calls" value=count(|counts| counts.http_requests) />
        </div>
        <RunTimeline run=run />
        <FirstRefusal run=run />
    }
}
