//! Section 1: how rate limits are observed to work.

use std::time::Duration;

use leptos::prelude::*;

use super::contents::{Section, SectionEnd};
use super::course::{BucketLab, BucketQuestions};
use super::pieces::Out;
use crate::components::{Disclosure, NumberField, NumberRange, Select, Stat};
use crate::format::format_duration;
use crate::rate_limit::arithmetic::{refill_wait, reset};

const DASHBOARD: &str = "https://platform.openai.com/settings/organization/limits";
const DOCUMENT: &str = "https://platform.openai.com/docs/guides/rate-limits";

/// The rest of section 1.
#[component]
pub fn LimitsSection() -> impl IntoView {
    view! {
        <section class="guide-section">
            <h3>"How they are enforced"</h3>
            <p>
                "Picture a bucket for each limit. It holds the limit, every request takes its share when it is let in, and \
                 it refills without pause at limit ÷ window. Send a few requests, drag a limit, watch it refill."
            </p>
            <BucketLab />
            <p>
                "A request that finds too little is refused and told how long until there is enough. That wait is no \
                 guess, it is arithmetic:"
            </p>
            <p class="guide-formula num">"wait = (used + requested − limit) × window ÷ limit"</p>
            <p>
                "The reset headers are another time: until the bucket is "<strong>"full"</strong>" again, not until your next \
                 request fits. Who waits for a reset waits too long."
            </p>
            <BucketQuestions />
            <Disclosure summary="Work out a wait from your own numbers"><Calculator /></Disclosure>
            <p class="guide-aside">
                "An honest note: OpenAI's documents speak of a rolling window. What its answers show is this bucket: in 429 \
                 texts on record the stated wait is this formula to the millisecond, and the reset headers are the time \
                 until the bucket is full."
            </p>
            <h3>"Whose limits"</h3>
            <p>
                "Limits belong to your organization and project and differ from model to model; some models share one. \
                 They grow with what the account has paid. Yours are on the "
                <Out href=DASHBOARD>"limits page of OpenAI's dashboard"</Out>"; the rules are in the "
                <Out href=DOCUMENT>"rate-limit guide"</Out>"."
            </p>
            <SectionEnd section=Section::Limits />
        </section>
    }
}

/// The arithmetic of continuous refill, for any numbers.
#[component]
fn Calculator() -> impl IntoView {
    let (limit, used, requested, window) =
        (RwSignal::new(30_000u64), RwSignal::new(29_937u64), RwSignal::new(385u64), RwSignal::new("minute".to_owned()));
    let length = move || Duration::from_secs(if window.get() == "day" { 86_400 } else { 60 });
    let wait = move || match (limit.get(), used.get(), requested.get()) {
        (limit, _, requested) if requested > limit => "never fits".to_owned(),
        (limit, used, requested) => match refill_wait(limit, used, requested, length()) {
            Duration::ZERO => "fits now".to_owned(),
            wait => format_duration(wait),
        },
    };
    let full = move || format_duration(reset(limit.get(), limit.get().saturating_sub(used.get()), length()));
    view! {
        <div class="guide-calculator" role="group" aria-label="Work out a wait">
            <Amount label="Limit" value=limit least=1.0 />
            <Amount label="Used" value=used least=0.0 />
            <Amount label="Requested" value=requested least=0.0 />
            <Select
                label="Window"
                options=Signal::derive(|| vec![("minute", "a minute").into(), ("day", "a day").into()])
                value=window
                on_change=move |choice| window.set(choice)
            />
            <Stat label="Wait" value=Signal::derive(wait) />
            <Stat label="Full again in" value=Signal::derive(full) />
        </div>
    }
}

#[component]
fn Amount(label: &'static str, value: RwSignal<u64>, least: f64) -> impl IntoView {
    #[allow(clippy::cast_precision_loss)] // the field's range ends far below 2^53
    let shown = move || Some(value.get() as f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers from `least` up
    let typed = move |number: Option<f64>| {
        if let Some(number) = number {
            value.set(number as u64);
        }
    };
    view! {
        <NumberField
            label=label
            value=Signal::derive(shown)
            on_change=typed
            range=NumberRange::new(least, 1_000_000_000.0, 1.0)
        />
    }
}
