//! Beneath the headline, which is in index.html: one button that provokes the first 429.

use std::time::Duration;

use leptos::prelude::*;

use super::cell::{MadeWith, ScenarioOf, WhyNot};
use super::contents::{Section, go_to};
use super::pieces::Speed;
use super::reading::FirstRefusal;
use super::state::{model_now, use_guide};
use crate::components::{Button, ButtonKind, Glyph};
use crate::format::{format_count, format_duration};
use crate::run::{BurstSettings, CostBound, RunCounts};
use crate::run_view::{AskedWaits, AttemptsLog, ConfirmPaid, RunOutcome, RunTimeline, RunUndone, cost_words};
use crate::state::api::ApiSource;
use crate::state::session::use_session;

/// One button, and what it does.
#[component]
pub fn Hero() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let first = guide.first;
    let provoke = move |()| {
        let settings = BurstSettings::default();
        guide.told.set(Some(first.run));
        let bound = CostBound::of(&settings, &model_now(session));
        first.start(session, settings.preset(), Some(bound), |model| settings.plan(model));
    };
    let running = Signal::derive(move || first.run.is_running());
    view! {
        <section class="guide-hero" aria-label="First 429">
            <div class="guide-row">
                <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=provoke busy=running>"Provoke a 429"</Button>
                <Show when=move || running.get()>
                    <Button kind=ButtonKind::Danger icon=Glyph::Stop on_click=move |()| first.run.stop()>"Stop"</Button>
                </Show>
                <ScenarioOf state=first />
            </div>
            <Lead />
            <ConfirmPaid question=first.question />
            <WhyNot state=first />
            <Show when=move || first.has_result()>
                <div class="guide-hero-result">
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
                        <button type="button" class="guide-link" on:click=move |_| go_to(Section::Handling)>
                            "Go to section 5"
                        </button>
                    </p>
                </div>
            </Show>
        </section>
    }
}

/// What the button does, on the API that is chosen.
#[component]
fn Lead() -> impl IntoView {
    let session = use_session();
    let text = move || {
        let at = session.connection.with(|to| to.as_ref().map(|to| to.base_url.clone()));
        match (session.source.get(), at) {
            (ApiSource::Simulated, _) => "Ten requests go out at once against three a minute. See which are refused, and \
                how a retry loop waits its way through."
                .to_owned(),
            (ApiSource::Live, None) => "On Live, ten real requests go out at once. They count against your own limits, \
                and answered ones are billed. It is not connected yet: open Connection first, or choose Simulated, which \
                needs no key."
                .to_owned(),
            (ApiSource::Live, Some(at)) => format!(
                "On Live, ten real requests go out at once, to {at}. They count against your own limits, so a 429 comes \
                 only where ten are too many. {} You are asked before they are sent.",
                cost_words(&CostBound::of(&BurstSettings::default(), &session.model()))
            ),
        }
    };
    view! { <p class="guide-lead num">{text}</p> }
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
                "{} of {} answered and {} left undone, after {} HTTP requests.",
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
