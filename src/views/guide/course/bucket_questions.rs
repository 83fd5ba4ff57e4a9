//! The two questions of section 1, each with the buttons that settle it on the buckets above.

use std::time::Duration;

use leptos::prelude::*;

use super::answer::clock_words;
use super::question::Question;
use super::state::BucketsState;
use crate::components::{Button, Glyph};
use crate::course::experiments::{
    OUTPUT_LIMITS, OUTPUT_ROOMS, REFILL_LIMITS, RefillSeen, fits_at_once, output_finding,
};
use crate::format::format_count;
use crate::views::guide::state::use_guide;

/// How many fitted with the small room, and how many with the large one, where it was tried.
type Fitted = (Option<u64>, Option<u64>);

/// Both questions.
#[component]
pub fn BucketQuestions() -> impl IntoView {
    let lab = use_guide().course.buckets;
    view! {
        <RefillQuestion lab=lab />
        <OutputQuestion lab=lab />
    }
}

#[component]
fn RefillQuestion(lab: BucketsState) -> impl IntoView {
    let empty = move |()| {
        lab.set_limits(REFILL_LIMITS.0, REFILL_LIMITS.1);
        lab.refill.set(None);
        lab.buckets.update(|buckets| {
            buckets.refill();
            buckets.empty_requests();
        });
    };
    let since = Memo::new(move |_| lab.buckets.with(crate::course::Buckets::since_emptied));
    // The measured request is one of the experiment's own limits.
    let finding = move || lab.refill.get().and_then(RefillSeen::finding);
    let running = move || match since.get() {
        Some(since) => format!("{} since it ran empty", clock_words(since)),
        None => "0:00.0 since it ran empty".to_owned(),
    };
    let told = move || match lab.refill.get() {
        Some(seen) if seen.finding().is_none() => seen.words(),
        _ => String::new(),
    };
    view! {
        <Question
            step="q-refill"
            ask="At 3 requests a minute the bucket has just run empty. When does the next request fit?"
            options=&["After 20 s", "After 60 s"]
            how="Empty the bucket, and send when you think it fits; time runs as fast as the picture's clock says."
            why="A window that starts anew each minute would take 60 s. OpenAI's answers fit a bucket that refills all the time: limit ÷ window, 3 ÷ 60 s."
            finding=Signal::derive(finding)
        >
            <Button icon=Glyph::Reset on_click=empty>"Empty it, at 3 RPM"</Button>
            <Button
                on_click=move |()| {
                    lab.send(1);
                }
                disabled=Signal::derive(move || since.with(Option::is_none))
                reason=Signal::derive(move || since.with(Option::is_none).then(|| "Empty the bucket first".to_owned()))
            >
                "Send now"
            </Button>
            <Button on_click=move |()| lab.pass(Duration::from_secs(5))>"Wait 5 s"</Button>
            <span class="question-clock num">{running}</span>
            <span class="question-told num">{told}</span>
        </Question>
    }
}

#[component]
fn OutputQuestion(lab: BucketsState) -> impl IntoView {
    let fill = move |room: u64| {
        lab.room.set(room);
        let charged = untrack(|| lab.charged());
        let mut fitted = 0;
        lab.set_limits(OUTPUT_LIMITS.0, OUTPUT_LIMITS.1);
        lab.buckets.update(|buckets| fitted = fits_at_once(buckets, charged));
        lab.fitted.update(|(small, large)| {
            *if room == OUTPUT_ROOMS.0 { small } else { large } = Some(fitted);
        });
    };
    let finding = move || {
        let (small, large) = lab.fitted.get();
        output_finding(small, large)
    };
    let count = move |pick: fn(Fitted) -> Option<u64>| {
        move || {
            pick(lab.fitted.get())
                .map_or_else(|| "not tried".to_owned(), |count| format!("{} fitted", format_count(count)))
        }
    };
    view! {
        <Question
            step="q-output"
            ask="30,000 tokens a minute, short answers. You raise max_output_tokens from 64 to 4,096. How many fewer requests fit at once?"
            options=&["None: the answers are as short as before", "Some 8 times fewer", "Some 65 times fewer"]
            how="Send until one is refused, with either room."
            why="A request is charged when it is let in, before its answer exists: the larger of its input and the room you reserve for output."
            finding=Signal::derive(finding)
        >
            <Button on_click=move |()| fill(OUTPUT_ROOMS.0)>"Send all with 64"</Button>
            <span class="question-clock num">{count(|(small, _)| small)}</span>
            <Button on_click=move |()| fill(OUTPUT_ROOMS.1)>"Send all with 4,096"</Button>
            <span class="question-clock num">{count(|(_, large)| large)}</span>
        </Question>
    }
}
