//! The guide below its opening: fetched once a reader is there.

use leptos::prelude::*;

use super::{backoff, basic, contents, headers, herd, limits, provoke, setup, summary, tracking};
use crate::platform::lazy::lazy_view;

lazy_view! {
    /// The sections with their cells.
    pub fn article in guide = view! { <Article /> }.into_any();
}

#[component]
fn Article() -> impl IntoView {
    contents::follow_address();
    view! {
        <limits::LimitsSection />
        <setup::SetupSection />
        <basic::BasicSection />
        <section class="guide-section">
            <tracking::TrackingPart />
            <tracking::TrackingQuestion />
            <headers::HeadersPart />
        </section>
        <section class="guide-section">
            <provoke::ProvokePart />
            <backoff::BackoffPart />
            <herd::HerdPart />
        </section>
        <summary::SummarySection />
    }
}
