//! The beginning of section 1: there from the start, as the first thing to read below the button.

use leptos::prelude::*;

use super::contents::{Section, SectionHeading};

/// What rate limits are.
#[component]
pub fn Opening() -> impl IntoView {
    view! {
        <section class="guide-section">
            <SectionHeading section=Section::Limits />
            <p class="guide-aside">
                "The course follows a short Python notebook, “Understanding and Handling OpenAI Rate Limits”, cell by cell:                  its code stands beside what it does, and Run runs the same in this page."
            </p>
            <p>
                "A rate limit caps how much you may ask of an API in a stretch of time. Go past it and the answer is not \
                 text but "<strong>"HTTP 429"</strong>", which the Python SDK raises as "<code>"RateLimitError"</code>
                ". Four limits count at once, and the tightest one decides:"
            </p>
            <dl class="guide-terms">
                <div><dt>"RPM"</dt><dd>"requests per minute, however small"</dd></div>
                <div><dt>"TPM"</dt><dd>"tokens per minute: your input, and room for the output you allow"</dd></div>
                <div><dt>"RPD"</dt><dd>"requests per day, mostly on small accounts"</dd></div>
                <div><dt>"TPD"</dt><dd>"tokens per day"</dd></div>
            </dl>
            <h3>"Why they exist"</h3>
            <p>
                "Everybody draws on the same machines. Limits keep one caller from crowding out the rest, keep response \
                 times steady, stop a loop that ran wild before the bill does, and let the provider plan."
            </p>
        </section>
    }
}
