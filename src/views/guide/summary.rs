//! Section 6: what was seen, and a checklist to take away.

use leptos::prelude::*;

use super::contents::{Section, SectionHeading};
use super::course::{Checklist, DrainQuestion, TakeAway};
use super::state::use_guide;
use crate::components::{StatusChip, Tone};
use crate::state::route::View;

/// Section 6.
#[component]
pub fn SummarySection() -> impl IntoView {
    let course = use_guide().course;
    let seen = [
        // Cell 5 explains its first refusal too.
        ("Saw a 429 and read its numbers", ["first", "cell-5"]),
        ("Listed the models", ["cell-1"; 2]),
        ("Read response.usage", ["cell-2"; 2]),
        ("Added up three calls", ["cell-3"; 2]),
        ("Read the rate-limit headers", ["cell-4"; 2]),
        ("Provoked a 429 without retries", ["cell-5"; 2]),
        ("Backed off with jitter", ["cell-6"; 2]),
        ("Compared a herd with a spread", ["cell-7"; 2]),
    ];
    let item = |(what, either): (&'static str, [&'static str; 2])| {
        let done = Memo::new(move |_| course.steps().count(&either) > 0);
        let tone = move || if done.get() { Tone::Done } else { Tone::Queued };
        let text = move || if done.get() { "done" } else { "not yet" };
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
            <p>"What you have run so far:"</p>
            <ul class="guide-seen">{seen.map(item).into_iter().collect_view()}</ul>
            <h3>"A last question"</h3>
            <DrainQuestion />
            <h3>"Checklist for production"</h3>
            <p>"Ticked by what you have seen here, or by you: does your program do it?"</p>
            <Checklist />
            <h3>"The code to take away"</h3>
            <p>
                "The loop with the policy and the numbers of cell 6, as a whole program. It reads the key from the environment; \
                 against the simulated API it runs as it stands, with "<code>"OPENAI_BASE_URL"</code>" set."
            </p>
            <TakeAway />
            <h3>"Where next"</h3>
            <p>
                <a href=View::Request.href()>"Request"</a>" sends one call and shows everything about it. "
                <a href=View::Burst.href()>"Burst"</a>" sends many, with any policy and any limits: try your own numbers there. "
                <a href=View::Explain.href()>"Explain"</a>" reads the 429 that you met today."
            </p>
        </section>
    }
}
