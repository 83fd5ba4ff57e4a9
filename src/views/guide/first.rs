//! The landing view's first 429, and what comes of it: fetched when the button is about to be pressed.

use std::time::Duration;

use leptos::prelude::*;

use super::cell::MadeWith;
use super::contents::{Section, go_to};
use super::pieces::Speed;
use super::reading::FirstRefusal;
use super::state::{Guide, model_now, use_guide};
use crate::format::{format_count, format_duration};
use crate::platform::dom;
use crate::platform::lazy::{lazy_fn, lazy_view};
use crate::run::{BurstSettings, CostBound, RunCounts};
use crate::run_view::{
    AskedWaits, AttemptsLog, ConfirmPaid, RunAnnouncer, RunOutcome, RunTimeline, RunUndone, cost_words,
};
use crate::state::prices::use_prices;
use crate::state::session::{Session, use_session};

/// The id of what the button brought.
const FIRST_RESULT: &str = "first-result";

lazy_fn! {
    /// Sends ten requests at once, after asking where they are paid.
    pub fn provoke(guide: Guide, session: Session) in first {
        let settings = BurstSettings::default();
        guide.told.set(Some(guide.first.run));
        let bound = CostBound::of(&settings, &model_now(session), &guide.first.run.prices().now());
        guide.first.start(session, settings.preset(), Some(bound), |model| settings.plan(model));
        // On a narrow page it is below the fold. It is mounted by the second frame.
        request_animation_frame(|| request_animation_frame(|| dom::reveal(FIRST_RESULT)));
    }
}
lazy_view! {
    /// What the button brought.
    pub fn first_result in first = view! { <FirstResult /> }.into_any();
}
lazy_view! {
    /// The question before paid calls.
    pub fn first_question in first = view! { <ConfirmPaid question=use_guide().first.question /> }.into_any();
}
lazy_view! {
    /// What the calls can cost on the live API that is connected.
    pub fn first_cost in first = view! { <Cost /> }.into_any();
}
lazy_view! {
    /// The milestones of the run started last, for those who listen.
    pub fn told in first = view! { <Told /> }.into_any();
}

#[component]
fn FirstResult() -> impl IntoView {
    let guide = use_guide();
    let first = guide.first;
    view! {
        <div class="guide-hero-result" id=FIRST_RESULT>
            <div class="guide-row"><Story /><Speed /></div>
            <MadeWith state=first />
            <RunTimeline run=first.run />
            <div class="guide-pair">
                <FirstRefusal run=first.run />
                <AttemptsLog run=first.run />
            </div>
            <RunOutcome run=first.run />
            <RunUndone run=first.run />
            <AskedWaits run=first.run />
            <p class="guide-aside">
                "The loop is the notebook's: five attempts, waits that double. Section 5 takes it apart. "
                <button type="button" class="guide-link" on:click=move |_| go_to(guide, Section::Handling)>
                    "Go to section 5"
                </button>
            </p>
        </div>
    }
}

#[component]
fn Told() -> impl IntoView {
    let guide = use_guide();
    move || guide.told.get().map(|run| view! { <RunAnnouncer run=run /> })
}

#[component]
fn Cost() -> impl IntoView {
    let session = use_session();
    let prices = use_prices();
    move || cost_words(&CostBound::of(&BurstSettings::default(), &session.model(), &prices.get()))
}

/// What is happening, in a sentence.
#[component]
fn Story() -> impl IntoView {
    let run = use_guide().first.run;
    let text = Memo::new(move |_| {
        let next = run.with_log(|log| {
            log.calls
                .iter()
                .filter_map(|call| call.attempts.last()?.wait.filter(|wait| wait.ended.is_none()))
                .map(|wait| wait.until())
                .min()
        });
        story(&run.counts(), next.map(|until| until.saturating_since(run.now())))
    });
    view! { <p class="guide-story num">{move || text.get()}</p> }
}

fn story(counts: &RunCounts, next: Option<Duration>) -> String {
    let count = |number: usize| format_count(number as u64);
    let refused = counts.rate_limited;
    let answered = counts.succeeded;
    let pending = counts.queued + counts.in_flight + counts.waiting;
    if pending == 0 {
        let undone = counts.calls.saturating_sub(answered);
        return match undone {
            0 => format!("All {} answered, after {} HTTP requests.", count(counts.calls), count(counts.http_requests)),
            _ => format!(
                "{} of {} answered and {} left undone, after {} HTTP requests. Why, and how to finish them, stands below.",
                count(answered),
                count(counts.calls),
                count(undone),
                count(counts.http_requests)
            ),
        };
    }
    if refused == 0 {
        return format!("{} requests are out at the same moment…", count(counts.calls));
    }
    let wait = next.map(|next| format!(" Next try in {}.", format_duration(next))).unwrap_or_default();
    format!(
        "{} of {} met a 429. {} answered, {} waiting before the next attempt.{wait}",
        count(refused),
        count(counts.calls),
        count(answered),
        count(counts.waiting)
    )
}
