//! A run told to those who listen, a few words at a time.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::LiveRegion;
use crate::run::RunCounts;
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
    let ticker = use_ticker();
    let counts = Memo::new(move |_| run.counts());
    let ticks = StoredValue::new(0u32);
    // The run that was there before is no news.
    let told = StoredValue::new((untrack(|| run.started()), counts.get_untracked()));
    let text = Memo::new(move |before: Option<&String>| {
        ticker.track();
        let silent = ticks.try_update_value(|ticks| {
            *ticks = ticks.saturating_add(1);
            *ticks
        });
        let before = before.cloned().unwrap_or_default();
        let now = untrack(|| (run.started(), run.counts()));
        let is_early = TICK.saturating_mul(silent.unwrap_or(0)) < PAUSE;
        if told.get_value() == now || is_early {
            return before;
        }
        ticks.set_value(0);
        told.set_value(now);
        words(now)
    });
    view! { <LiveRegion text=text /> }
}

fn words((_, counts): (Instant, RunCounts)) -> String {
    let open = counts.queued + counts.in_flight + counts.waiting;
    let what = if open > 0 { format!("{open} still open, {} waiting", counts.waiting) } else { "Ended".to_owned() };
    let refused =
        if counts.rate_limited > 0 { format!(", {} met a rate limit", counts.rate_limited) } else { String::new() };
    let gave_up = if counts.gave_up > 0 { format!(", {} gave up", counts.gave_up) } else { String::new() };
    format!("{} of {} requests done{refused}{gave_up}. {what}.", counts.succeeded, counts.calls)
}
