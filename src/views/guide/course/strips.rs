//! Four herds over one time axis, and what they come to.

use std::fmt::Write as _;
use std::time::Duration;

use leptos::prelude::*;

use super::state::{HerdRun, HerdState};
use crate::chart::ticks::time_ticks;
use crate::components::{Stat, Tone};
use crate::course::{Herd, Spread};
use crate::format::{format_count, format_duration};

/// The strips, one beneath the other.
#[component]
pub fn Strips(state: HerdState) -> impl IntoView {
    let played = Memo::new(move |_| {
        let span = state.run.with(|run| run.as_ref().map_or(Duration::ZERO, |run| run.span)).as_secs_f64();
        if span > 0.0 { format!("{:.4}", state.played.get().as_secs_f64() / span) } else { "0".to_owned() }
    });
    view! {
        <div class="strips" style:--played=move || played.get()>
            {Spread::ALL
                .into_iter()
                .enumerate()
                .map(|(index, spread)| view! { <StripRow state=state index=index spread=spread /> })
                .collect_view()}
            <Axis state=state />
            <p class="strip-legend">
                <span class="strip-key strip-key-in"></span>"let in"
                <span class="strip-key strip-key-out"></span>"refused"
                <span class="strip-key strip-key-room"></span>"the server has room for one more"
            </p>
        </div>
    }
}

/// What of a herd is known by now: calls, refusals, when all were through, the most at once.
type Known = (usize, usize, Option<Duration>, Option<usize>);

#[component]
fn StripRow(state: HerdState, index: usize, spread: Spread) -> impl IntoView {
    let paths = Memo::new(move |_| {
        state.run.with(|run| run.as_ref().and_then(|run| run.strips.get(index).cloned())).unwrap_or_default()
    });
    let room = Memo::new(move |_| state.run.with(|run| run.as_ref().map(room)).unwrap_or_default());
    // What of the herd is known by now: its calls and refusals so far, its end once it is seen.
    let known = Memo::new(move |_| {
        let played = state.played.get();
        state.run.with(|run| {
            let run = run.as_ref()?;
            let herd = run.herds.get(index)?;
            let (calls, refused) = herd.until(played);
            Some((
                calls,
                refused,
                (played >= herd.took).then_some(herd.took),
                (played >= run.span).then_some(herd.peak),
            ))
        })
    });
    let figure = move |words: fn(Known) -> Option<String>| {
        Signal::derive(move || known.get().and_then(words).unwrap_or_else(|| "–".to_owned()))
    };
    let summary = move || match state.run.with(|run| run.as_ref().and_then(|run| run.herds.get(index).map(told))) {
        Some(words) if state.is_over() => format!("{}: {words}", spread.name()),
        Some(_) => format!("{}: being played", spread.name()),
        None => format!("{}: not run yet", spread.name()),
    };
    view! {
        <div class="strip" role="group" aria-label=spread.name()>
            <p class="strip-name"><strong>{spread.name()}</strong>" "<span class="muted num">{spread.rule()}</span></p>
            <div class="strip-picture" role="img" aria-label=summary>
                <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                    <path class="strip-room" d=move || room.get()></path>
                    <g class="strip-marks">
                        <path class="strip-refused" d=move || paths.with(|paths| paths.refused.clone())></path>
                        <path class="strip-admitted" d=move || paths.with(|paths| paths.admitted.clone())></path>
                    </g>
                </svg>
            </div>
            <div class="stats">
                <Stat label="HTTP calls" value=figure(|(calls, ..)| Some(format_count(calls as u64))) tone=Tone::Requests />
                <Stat label="Refused" value=figure(|(_, refused, ..)| Some(format_count(refused as u64))) tone=Tone::Refused />
                <Stat label="Most at once" value=figure(|(.., peak)| peak.map(|peak| format_count(peak as u64))) />
                <Stat label="All through after" value=figure(|(_, _, took, _)| took.map(format_duration)) />
            </div>
        </div>
    }
}

/// Where the server has room for one more: a line at each request that flows back.
fn room(run: &HerdRun) -> String {
    let period = 60.0 / u64_to_f64(run.settings.rpm.max(1));
    let span = run.span.as_secs_f64();
    let shares = (1u32..400).map(|number| f64::from(number) * period / span).take_while(|share| *share <= 1.0);
    shares.fold(String::new(), |mut path, share| {
        let _ = write!(path, "M{:.1} 0v100", share * 1_000.0);
        path
    })
}

#[allow(clippy::cast_precision_loss)] // limits are far below 2^53
const fn u64_to_f64(value: u64) -> f64 {
    value as f64
}

fn told(herd: &Herd) -> String {
    format!(
        "{} HTTP calls, at most {} retries at once, the last one let in after {}",
        herd.calls(),
        herd.peak,
        format_duration(herd.took)
    )
}

#[component]
fn Axis(state: HerdState) -> impl IntoView {
    let span = Memo::new(move |_| state.run.with(|run| run.as_ref().map_or(0.0, |run| run.span.as_secs_f64())));
    let ticks = move || {
        let span = span.get();
        time_ticks(0.0, span, 6)
            .into_iter()
            .map(|tick| {
                let at = format!("{:.2}%", 100.0 * tick.at / span);
                view! { <span class="strip-tick num" style:--at=move || at.clone()>{tick.label}</span> }
            })
            .collect_view()
    };
    view! { <div class="strip-axis" aria-hidden="true">{ticks}</div> }
}
