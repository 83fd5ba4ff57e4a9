//! What came of the last requests: the answer, its wait worked out, and a short history.

use std::time::Duration;

use leptos::prelude::*;

use super::state::BucketsState;
use crate::components::{StatusChip, Tone};
use crate::course::Sent;
use crate::format::{format_count, format_decimal, format_duration};
use crate::notebook::read_429;
use crate::views::guide::reading::arithmetic;

/// A moment on the buckets' clock: `1:02.4`.
pub fn clock_words(at: Duration) -> String {
    let tenths = at.as_millis() / 100;
    format_decimal(&format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10))
}

/// The last answer, and the few before it.
#[component]
pub fn Answers(lab: BucketsState) -> impl IntoView {
    let sent = Memo::new(move |_| lab.buckets.with(|buckets| buckets.sent().cloned().collect::<Vec<_>>()));
    let last = move || {
        match sent.with(|sent| sent.first().cloned()) {
        None => view! { <p class="bucket-none">"Nothing sent yet. Each request takes its share when it is let in; one too many, and it is refused."</p> }.into_any(),
        Some(sent) => view! { <Answer sent=sent /> }.into_any(),
    }
    };
    let line = |sent: &Sent| {
        let what = match &sent.refused {
            None => format!("200, took 1 request and {} tokens", format_count(sent.tokens)),
            Some(reached) if reached.too_large => "429, too large to ever fit".to_owned(),
            Some(reached) => format!("429, wait {}", format_duration(reached.try_again_in.unwrap_or_default())),
        };
        view! { <li class:is-refused=sent.refused.is_some()><span class="muted">{clock_words(sent.at)}</span>" "{what}</li> }
    };
    view! {
        <div class="bucket-answers">
            <div class="bucket-last">{last}</div>
            <ol class="bucket-history num" reversed aria-label="Last requests">
                {move || sent.with(|sent| sent.iter().map(line).collect_view())}
            </ol>
        </div>
    }
}

#[component]
fn Answer(sent: Sent) -> impl IntoView {
    let Some(reached) = sent.refused else {
        return view! {
            <p class="guide-status"><StatusChip tone=Tone::Done text="200 OK" /></p>
            <p class="num">{format!("Let in. It took 1 request and {} tokens, at once: its answer's real length is not known yet.", format_count(sent.tokens))}</p>
        }
        .into_any();
    };
    let sum = arithmetic(&read_429(&reached));
    let stated = reached.try_again_in.unwrap_or_default();
    let earlier = sent.fits_in.filter(|fits| *fits + Duration::from_millis(100) < stated);
    view! {
        <p class="guide-status"><StatusChip tone=Tone::Refused text="429 Too many requests" /></p>
        <p class="guide-message">{reached.to_string()}</p>
        {sum.map(|sum| view! { <p class="guide-sum num">{sum}</p> })}
        {earlier
            .map(|fits| view! {
                <p class="guide-aside num">
                    {format!("It really fits in {}: the text counts whole units as used, the bucket their fractions.", format_duration(fits))}
                </p>
            })}
        {reached
            .too_large
            .then(|| view! { <p class="guide-aside">"Larger than the whole bucket: no waiting helps. Lower max_output_tokens, or split it."</p> })}
    }
    .into_any()
}
