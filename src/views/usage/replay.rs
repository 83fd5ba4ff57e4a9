//! A run of the ledger, or of a session file, on the timeline again.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{UsageState, use_usage};
use crate::components::{Button, ButtonKind, Glyph, Panel};
use crate::format::format_count;
use crate::platform::dom;
use crate::platform::format::date_and_time;
use crate::run::Replay as SavedReplay;
use crate::run_view::{AttemptsLog, RunTimeline};
use crate::state::session::use_session;
use crate::usage::CallId;

const PLACE: &str = "usage-replay";

/// Plays the run of the selected call.
pub fn replay_run(usage: UsageState) {
    let calls: Vec<CallId> = untrack(|| {
        usage.with_ledger(|ledger| {
            let run = usage.selected.get().and_then(|id| Some(ledger.get(id)?.run.clone()));
            run.map_or_else(Vec::new, |run| {
                ledger.rows().iter().filter(|row| row.run == run).map(|row| row.id).collect()
            })
        })
    });
    let clock = use_session().simulated_clock();
    spawn_local(async move {
        let calls = match usage.calls(&calls).await {
            Ok(calls) => calls,
            Err(why) => return usage.failure.set(Some(format!("The run cannot be played again: {why}"))),
        };
        let Some(first) = calls.first() else { return };
        let queued = crate::time::UnixTime::from_epoch(std::time::Duration::from_micros(first.queued_at_micros));
        let count = calls.len();
        let of = if count == 1 { "1 call".to_owned() } else { format!("{} calls", format_count(count as u64)) };
        usage.failure.set(None);
        usage.replayed.set(Some(format!("{} of {}, {of}.", first.made_in.name(), date_and_time(queued))));
        usage.replay.play(clock, count, async move |clock, log| SavedReplay::of(&calls).play(clock, log).await);
        request_animation_frame(|| dom::reveal(PLACE));
    });
}

/// The run that is played again.
#[component]
pub fn Replay() -> impl IntoView {
    let usage = use_usage();
    let runs = Memo::new(move |_| usage.replay.is_running());
    let close = move |()| {
        usage.replay.clear();
        usage.replayed.set(None);
        dom::focus_view();
    };
    view! {
        <Show when=move || usage.replayed.with(Option::is_some)>
            <div id=PLACE tabindex="-1">
                <Panel title="Replay">
                    <p class="muted num">{move || usage.replayed.get()}</p>
                    <div class="usage-buttons">
                        <Button
                            icon=Glyph::Stop
                            disabled=Signal::derive(move || !runs.get())
                            reason=Signal::derive(move || (!runs.get()).then(|| "Nothing is played".to_owned()))
                            on_click=move |()| usage.replay.stop()
                        >
                            "Stop replay"
                        </Button>
                        <Button kind=ButtonKind::Quiet icon=Glyph::Close on_click=close>"Close replay"</Button>
                    </div>
                    <RunTimeline run=usage.replay />
                    <AttemptsLog run=usage.replay />
                </Panel>
            </div>
        </Show>
    }
}
