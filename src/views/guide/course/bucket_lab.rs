//! The picture of section 1: two buckets to send requests into.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;

use super::answer::{Answers, clock_words};
use super::motion::while_moving;
use super::state::{BucketsState, INPUT_TOKENS};
use super::tank::{Kind, Tank};
use crate::components::{Button, ButtonKind, Choice, Glyph, NumberField, NumberRange, RadioGroup};
use crate::format::format_count;
use crate::platform::dom;
use crate::state::announcer::use_announcer;
use crate::views::guide::state::use_guide;

const SPEEDS: [&str; 3] = ["1", "5", "20"];
/// How far a press of the button moves the time.
const STEP: Duration = Duration::from_secs(5);

/// Two buckets, their clock, and buttons that send.
#[component]
pub fn BucketLab() -> impl IntoView {
    let lab = use_guide().course.buckets;
    let moving = Memo::new(move |_| {
        // Full and unwatched, nothing changes.
        lab.playing.get() && lab.buckets.with(|buckets| !buckets.are_full() || buckets.since_emptied().is_some())
    });
    // Who asks for less motion sees steps of a second, not a flow.
    let step = if dom::prefers_reduced_motion() { Duration::from_secs(1) } else { Duration::ZERO };
    while_moving(moving, step, Rc::new(move |elapsed| lab.pass(elapsed.mul_f64(lab.speed.get_untracked()))));
    view! {
        <section class="lab" aria-label="Two buckets">
            <header class="lab-head">
                <p class="lab-title">"Try it: a bucket for requests, one for tokens"</p>
                <Time lab=lab />
            </header>
            <div class="lab-body buckets">
                <Tank kind=Kind::Requests lab=lab />
                <Tank kind=Kind::Tokens lab=lab />
                <div class="bucket-send">
                    <Send lab=lab />
                    <Answers lab=lab />
                </div>
            </div>
        </section>
    }
}

/// The clock of the buckets, and what moves it.
#[component]
fn Time(lab: BucketsState) -> impl IntoView {
    let clock = Memo::new(move |_| lab.buckets.with(|buckets| clock_words(buckets.clock())));
    let speeds = || SPEEDS.map(|speed| Choice::new(speed, format!("{speed}×"))).to_vec();
    let choose = move |value: String| {
        if let Ok(speed) = value.parse() {
            lab.speed.set(speed);
        }
    };
    let toggle = move |()| lab.playing.update(|playing| *playing = !*playing);
    let playing = move || lab.playing.get();
    view! {
        <div class="lab-time">
            <span class="lab-clock num" role="timer" aria-label="Time in the picture">{move || clock.get()}</span>
            <Button
                icon=Signal::derive(move || Some(if playing() { Glyph::Stop } else { Glyph::Play }))
                on_click=toggle
            >
                {move || if playing() { "Pause time" } else { "Let time run" }}
            </Button>
            <Button on_click=move |()| lab.pass(STEP)>"+ 5 s"</Button>
            <RadioGroup
                label="Speed of time"
                options=Signal::derive(speeds)
                value=Signal::derive(move || lab.speed.get().to_string())
                on_change=choose
                segmented=true
            />
        </div>
    }
}

/// What a request takes, and the buttons that send it.
#[component]
fn Send(lab: BucketsState) -> impl IntoView {
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    let room = move || Some(lab.room.get() as f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers in range
    let typed = move |typed: Option<f64>| {
        if let Some(typed) = typed {
            lab.room.set(typed as u64);
        }
    };
    let announcer = use_announcer();
    let send = move |count| {
        move |()| {
            if let Some(sent) = lab.send(count) {
                announcer.say(match &sent.refused {
                    None => "200: let in.".to_owned(),
                    Some(reached) => format!("429. {reached}"),
                });
            }
        }
    };
    view! {
        <div class="bucket-buttons">
            <Button kind=ButtonKind::Primary icon=Glyph::Arrow on_click=send(1)>"Send one"</Button>
            <Button on_click=send(5)>"Send 5"</Button>
            <Button icon=Glyph::Reset on_click=move |()| lab.buckets.update(crate::course::Buckets::refill)>"Fill up"</Button>
        </div>
        <NumberField
            label="max_output_tokens"
            value=Signal::derive(room)
            on_change=typed
            range=NumberRange::new(16.0, 128_000.0, 1.0)
            unit="tokens".to_owned()
        />
        <p class="guide-aside num">
            {move || format!("Each takes 1 request and {} tokens: the larger of its input, {INPUT_TOKENS}, and max_output_tokens.", format_count(lab.charged()))}
        </p>
    }
}
