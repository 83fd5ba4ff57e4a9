//! One trial again, in real time, on the timeline that shows runs.

use leptos::prelude::*;

use super::state::use_lab;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, EmptyState, Glyph};
use crate::run_view::{AttemptsLog, RunTimeline};

/// The replay of the chosen policy's first trial.
#[component]
pub fn Replay() -> impl IntoView {
    let lab = use_lab();
    let has_run = Memo::new(move |_| lab.replay.with_log(|log| !log.calls.is_empty()));
    let runs = Memo::new(move |_| lab.replay.is_running());
    let name = move |place: usize| {
        lab.ran
            .with(|ran| ran.as_ref().and_then(|ran| ran.policies.get(place)).map(|policy| policy.name.clone()))
            .unwrap_or_default()
    };
    let what = move || format!("Play {}", name(lab.chosen.get()));
    let of = move || {
        lab.replayed.get().map(|(place, _)| {
            let seed = lab.ran.with(|ran| ran.as_ref().map_or(0, |ran| ran.seeds.first));
            format!("{}, seed {seed}: what each request did in its trial, at the speed above.", name(place))
        })
    };
    let is_cut = Memo::new(move |_| lab.replayed.get().is_some_and(|(_, is_whole)| !is_whole));
    view! {
        <div class="lab-actions">
            <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=move |()| lab.play(lab.chosen.get_untracked())>{what}</Button>
            <Button
                icon=Glyph::Stop
                disabled=Signal::derive(move || !runs.get())
                reason=Signal::derive(move || (!runs.get()).then(|| "Nothing is played".to_owned()))
                on_click=move |()| lab.replay.stop()
            >
                "Stop replay"
            </Button>
        </div>
        <Show when=move || has_run.get() fallback=|| view! { <EmptyState text="Each request becomes a lane: queued, in flight, refused, waiting, done." /> }>
            <p class="muted">{of}</p>
            <Show when=move || is_cut.get()>
                <Callout kind=CalloutKind::Warn title="The trial's first 20,000 attempts">
                    <p>"It had more, which are in its figures and not in the replay."</p>
                </Callout>
            </Show>
            <RunTimeline run=lab.replay />
            <AttemptsLog run=lab.replay />
        </Show>
    }
}
