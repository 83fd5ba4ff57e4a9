//! A run told to those who listen, a few words at a time.

use std::time::Duration;

use leptos::prelude::*;

use crate::run::{Milestone, RunCounts};
use crate::state::announcer::use_announcer;
use crate::state::run::Run;
use crate::state::ticker::use_ticker;
use crate::time::Instant;

/// The least time between two announcements, by the browser's own clock.
const PAUSE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(250);

/// Tells of a run's milestones, at most once every five seconds; the end is always told.
#[component]
pub fn RunAnnouncer(
    /// The run.
    run: Run,
) -> impl IntoView {
    let (ticker, announcer) = (use_ticker(), use_announcer());
    let now = move || untrack(|| (run.started(), run.counts()));
    let reached = |(started, counts): (Instant, RunCounts)| (started, counts.milestone());
    // What has ended before is no news.
    let told = StoredValue::new(Some(reached(now())).filter(|_| !untrack(|| run.is_running())));
    // Long enough ago for the first to be told at once.
    let silent = StoredValue::new(u32::MAX);
    Effect::new(move |_| {
        ticker.track();
        let ticks = silent.get_value().saturating_add(1);
        silent.set_value(ticks);
        let now = now();
        if TICK.saturating_mul(ticks) < PAUSE || told.get_value() == Some(reached(now)) {
            return;
        }
        silent.set_value(0);
        told.set_value(Some(reached(now)));
        announcer.say(words(&now.1));
    });
}

fn words(counts: &RunCounts) -> String {
    let open = counts.queued + counts.in_flight + counts.waiting;
    let what = match counts.milestone() {
        Milestone::Begun { .. } if counts.succeeded == 0 && counts.rate_limited == 0 => "Started".to_owned(),
        Milestone::Ended => "Ended".to_owned(),
        _ => format!("{open} still open, {} waiting", counts.waiting),
    };
    let part = |count: usize, what: &str| if count > 0 { format!(", {count} {what}") } else { String::new() };
    let done = format!("{} of {} requests done", counts.succeeded, counts.calls);
    let refused = part(counts.rate_limited, "met a rate limit");
    let gave_up = part(counts.gave_up, "gave up");
    let failed = part(counts.failed, "failed");
    format!("{done}{refused}{gave_up}{failed}. {what}.")
}
