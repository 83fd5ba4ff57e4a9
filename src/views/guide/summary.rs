//! Section 6: what was seen, and a checklist to take away.

use leptos::prelude::*;

use super::contents::{Section, SectionHeading};
use super::pieces::Question;
use super::state::{CellState, use_guide};
use crate::components::{StatusChip, Tone};
use crate::state::route::View;

/// What a program that meets rate limits should do.
const CHECKLIST: [&str; 8] = [
    "Retry rate limits and server trouble only. Never a bill, never a request that is too large, never a wrong one.",
    "Wait at least as long as retry-after says; where there is none, back off exponentially.",
    "Add jitter, always on top of the server's wait and never below it.",
    "Cap the attempts, each single wait and the time for all of it.",
    "Retry in one place: switch the SDK's own retries off where your loop has its own.",
    "Keep max_output_tokens near what you need: room you reserve counts against tokens per minute.",
    "Add up usage from every answer, and stop at a budget.",
    "Send no more at once than the bucket holds: pacing beats retrying.",
];

/// Section 6.
#[component]
pub fn SummarySection() -> impl IntoView {
    let guide = use_guide();
    let seen = [
        // Cell 5 explains its first refusal too.
        ("Saw a 429 and read its numbers", [guide.first, guide.provoke]),
        ("Listed the models", [guide.setup; 2]),
        ("Read response.usage", [guide.basic; 2]),
        ("Added up three calls", [guide.tracking; 2]),
        ("Read the rate-limit headers", [guide.headers; 2]),
        ("Provoked a 429 without retries", [guide.provoke; 2]),
        ("Backed off with jitter", [guide.backoff; 2]),
        ("Compared a herd with a spread", [guide.herd; 2]),
    ];
    let item = |(what, either): (&'static str, [CellState; 2])| {
        let is_done = move || either.iter().any(|cell| cell.is_done());
        let tone = move || if is_done() { Tone::Done } else { Tone::Queued };
        let text = move || if is_done() { "done" } else { "not yet" };
        view! {
            <li>
                <StatusChip tone=Signal::derive(tone) text=Signal::derive(move || text().to_owned()) />
                <span>{what}</span>
            </li>
        }
    };
    view! {
        <section class="guide-section">
            <SectionHeading section=Section::Summary />
            <p>"What you have done in this visit:"</p>
            <ul class="guide-seen">{seen.map(item).into_iter().collect_view()}</ul>
            <h3>"Checklist for production"</h3>
            <ul class="guide-checklist">
                {CHECKLIST.map(|point| view! { <li>{point}</li> }).into_iter().collect_view()}
            </ul>
            <h3>"Where next"</h3>
            <p>
                <a href=View::Request.href()>"Request"</a>" sends one call and shows everything about it. "
                <a href=View::Burst.href()>"Burst"</a>" sends many, with any policy and any limits."
            </p>
            <Question ask="With your own numbers: how many requests at once does your limit let through, and how long do the rest take?">
                <p>
                    "Open Burst, enter your requests per minute under Connection and your number of requests, and run it. N \
                     requests against a full bucket of L a minute take at least (N − L) × 60 s ÷ L."
                </p>
            </Question>
        </section>
    }
}
