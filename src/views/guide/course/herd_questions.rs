//! What a run of the herd settles.

use leptos::prelude::*;

use super::question::Question;
use super::state::{HerdRun, HerdState};
use crate::course::{Finding, Spread, best};
use crate::format::{format_count, format_duration};
use crate::views::guide::state::use_guide;

const NAMES: &[&str] = &["No jitter", "Equal jitter", "Full jitter", "Decorrelated jitter"];

/// What `read` makes of a run that has been played to its end.
fn of_run(state: HerdState, read: fn(&HerdRun) -> Option<Finding>) -> Signal<Option<Finding>> {
    Signal::derive(move || if state.is_over() { state.run.with(|run| run.as_ref().and_then(read)) } else { None })
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let all: Vec<String> =
        Spread::ALL.iter().zip(words).map(|(spread, words)| format!("{}: {words}", spread.name())).collect();
    format!("{}.", all.join("; "))
}

#[allow(clippy::unnecessary_wraps)] // the shape of all readings of a run
fn first(run: &HerdRun) -> Option<Finding> {
    let took: Vec<_> = run.herds.iter().map(|herd| herd.took).collect();
    Some(Finding { right: best(&took), words: listed(took.iter().map(|took| format_duration(*took))) })
}

#[allow(clippy::unnecessary_wraps)] // as above
fn fewest(run: &HerdRun) -> Option<Finding> {
    let calls: Vec<_> = run.herds.iter().map(crate::course::Herd::calls).collect();
    Some(Finding {
        right: best(&calls),
        words: listed(calls.iter().map(|calls| format!("{} calls", format_count(*calls as u64)))),
    })
}

fn drained(run: &HerdRun) -> Option<Finding> {
    let took = run.herds.first().filter(|_| run.settings.clients == 10 && run.settings.rpm == 3)?.took;
    Some(Finding {
        right: vec![1],
        words: format!("Without jitter the last of ten was let in after {}.", format_duration(took)),
    })
}

/// The bets on the herd.
#[component]
pub fn HerdQuestions() -> impl IntoView {
    let state = use_guide().course.herd;
    view! {
        <Question
            step="q-first"
            ask="Which herd has its last client through first?"
            options=NAMES
            how="Run the herd above."
            why="Surprised? Who is back at the very moment is never late, so in this ideal world the herd drains fastest. It pays in calls, and in a peak that a real server answers with slowness for all; real clocks and networks are not exact either."
            finding=of_run(state, first)
        />
        <Question
            step="q-fewest"
            ask="And which one makes the fewest HTTP calls?"
            options=NAMES
            how="Run the herd above; draw again to see what is chance."
            why="The server has room for one, and a herd of M asks M times for it: N + M(M + 1) ÷ 2 calls, M being the N that were refused at first: 240 for 30 at 10 a minute. Spread out, most come when there is room."
            finding=of_run(state, fewest)
        />
    }
}

/// The question at the end: what a limit lets through at best.
#[component]
pub fn DrainQuestion() -> impl IntoView {
    let state = use_guide().course.herd;
    view! {
        <Question
            step="q-drain"
            ask="Ten requests at once, three a minute, a full bucket. How long does the last one take at the least, with the best of policies?"
            options=&["60 s", "140 s", "200 s"]
            how="Run the herd of section 5 with 10 at 3 RPM, or do it here."
            why="Three go at once, the other seven flow back one every 20 s: (N − L) × 60 s ÷ L = 7 × 20 s. No policy is faster; a loop that gives up sooner leaves work undone. Put in your own N and L."
            finding=of_run(state, drained)
        >
            <crate::components::Button on_click=move |()| {
                state.clients.set(10);
                state.rpm.set(3);
                state.start();
            }>"Run 10 at 3 RPM"</crate::components::Button>
        </Question>
    }
}
