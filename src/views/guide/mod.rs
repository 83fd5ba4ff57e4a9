//! The guide: the notebook's six sections, each cell runnable in place.

mod backoff;
mod basic;
mod cell;
mod contents;
mod dotenv;
mod headers;
mod herd;
mod hero;
mod limits;
mod pieces;
mod provoke;
mod reading;
mod setup;
mod state;
mod summary;
mod tracking;

use leptos::prelude::*;

use crate::run_view::RunAnnouncer;

use contents::Contents;
use hero::Hero;

/// Makes the guide's state, at the root of the page, so that results outlive a change of view.
pub fn provide() {
    provide_context(state::Guide::new());
}

/// The guide.
#[component]
pub fn GuideView() -> impl IntoView {
    contents::follow_address();
    view! {
        <div class="guide">
            <Hero />
            <Contents />
            <Told />
            <article class="guide-article">
                <limits::LimitsSection />
                <setup::SetupSection />
                <basic::BasicSection />
                <section class="guide-section">
                    <tracking::TrackingPart />
                    <headers::HeadersPart />
                </section>
                <section class="guide-section">
                    <provoke::ProvokePart />
                    <backoff::BackoffPart />
                    <herd::HerdPart />
                </section>
                <summary::SummarySection />
            </article>
        </div>
    }
}

/// The milestones of the run started last, for those who listen.
#[component]
fn Told() -> impl IntoView {
    let guide = state::use_guide();
    move || guide.told.get().map(|run| view! { <RunAnnouncer run=run /> })
}
