//! The list of kept batches, and the one to go on with.

use leptos::prelude::*;

use super::kept::KeptBatch;
use super::state::{Batch, Phase, use_batch};
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Glyph, Panel};
use crate::format::format_count;
use crate::platform::format::time_of_day;
use crate::time::UnixTime;

/// The last unfinished batch, offered first while nothing is open; and one that another tab has.
#[component]
pub fn UnfinishedBatch() -> impl IntoView {
    let batch = use_batch();
    let opened =
        Memo::new(
            move |_| {
                if batch.phase() == Phase::Opened { batch.with_file(|file| file.fingerprint) } else { None }
            },
        );
    // While nothing is open the newest; beside a file that is, only one of that very file.
    let unfinished = Memo::new(move |_| {
        let file = opened.get();
        let is_asked = (file.is_some() || batch.phase() == Phase::Empty)
            && batch.reading.with(Option::is_none)
            && batch.elsewhere.with(Option::is_none);
        let is_it = |kept: &&KeptBatch| is_asked && kept.label.open > 0 && (file.is_none() || file == kept.label.file);
        batch.kept.with(|kept| kept.iter().flatten().find(is_it).cloned())
    });
    let title = move || {
        let name = unfinished.with(|kept| kept.as_ref().map(|kept| kept.label.name.clone())).unwrap_or_default();
        if opened.with(Option::is_some) {
            format!("This file was begun before, as “{name}”")
        } else {
            format!("“{name}” is not finished")
        }
    };
    let words = move || unfinished.with(|kept| kept.as_ref().map(words_of));
    let then = move || {
        let is_job = unfinished.with(|kept| kept.as_ref().is_some_and(|kept| kept.label.is_job));
        match (opened.with(Option::is_some), is_job) {
            (true, _) => {
                " Open it to go on with what is left: Run batch would send, and be billed for, all lines again."
            }
            (false, true) => " Opening it goes on looking at its job.",
            (false, false) => " Nothing is sent before you say Resume.",
        }
    };
    let take_up = move |()| {
        if let Some(kept) = unfinished.get_untracked() {
            batch.take_up(kept);
        }
    };
    let elsewhere =
        move || batch.elsewhere.get().map_or_else(String::new, |name| format!("“{name}” runs in another tab"));
    view! {
        <Show when=move || unfinished.with(Option::is_some)>
            <Callout
                kind=CalloutKind::Info
                title=Signal::derive(title)
                actions=move || {
                    view! {
                        <Button kind=ButtonKind::Primary on_click=take_up>"Open it"</Button>
                    }
                }
            >
                <p class="num">{words} {then}</p>
            </Callout>
        </Show>
        <Show when=move || batch.elsewhere.with(Option::is_some)>
            <Callout
                kind=CalloutKind::Warn
                title=Signal::derive(elsewhere)
                actions=move || view! { <Button on_click=move |()| batch.leave_to_other_tab()>"Leave it there"</Button> }
            >
                <p>"Only one tab runs a batch, so that nothing is sent twice. It opens here as soon as that tab closes it or is closed."</p>
            </Callout>
        </Show>
    }
}

/// All batches in the store.
#[component]
pub fn KeptBatches() -> impl IntoView {
    let batch = use_batch();
    let has_some = Memo::new(move |_| batch.kept.with(|kept| kept.as_ref().is_some_and(|kept| !kept.is_empty())));
    view! {
        <Show when=move || has_some.get()>
            <Panel title="Kept batches">
                <p class="muted">"Kept in this browser until you delete them: journals and results, and files where that is asked for. No key."</p>
                <ul class="batch-kept" role="list">
                    <For each=move || batch.kept.get().unwrap_or_default() key=|kept| format!("{kept:?}") let:kept>
                        <Kept batch=batch kept=kept />
                    </For>
                </ul>
            </Panel>
        </Show>
    }
}

#[component]
fn Kept(batch: Batch, kept: KeptBatch) -> impl IntoView {
    let name = kept.label.name.clone();
    let words = words_of(&kept);
    let id = kept.id.clone();
    let is_own = Memo::new(move |_| {
        batch.track();
        batch.with(|inner| inner.job.as_ref().is_some_and(|job| job.id == id))
    });
    let (open, delete) = (kept.clone(), kept);
    let (open_name, delete_name) = (format!("Open {name}"), format!("Delete {name}"));
    let is_asked = RwSignal::new(false);
    let press = move |()| {
        if is_asked.get_untracked() {
            batch.delete(delete.clone());
        } else {
            is_asked.set(true);
        }
    };
    let button = move || if is_asked.get() { "Delete for good" } else { "Delete" };
    view! {
        <li class="batch-kept-item">
            <span class="batch-kept-words">
                <strong dir="auto">{name}</strong>
                " "
                <span class="num muted">{words}</span>
            </span>
            // Whoever goes elsewhere did not mean it.
            <span class="batch-buttons" on:focusout=move |_| is_asked.set(false)>
                <Show when=move || !is_own.get() fallback=|| view! { <span class="muted">"Open above"</span> }>
                    <Button label=Signal::stored(Some(open_name.clone())) on_click={
                        let open = open.clone();
                        move |()| batch.take_up(open.clone())
                    }>"Open"</Button>
                </Show>
                <Button kind=ButtonKind::Danger icon=Glyph::Close label=Signal::derive(move || Some(if is_asked.get() { format!("{delete_name} for good") } else { delete_name.clone() })) on_click=press>
                    {button}
                </Button>
            </span>
        </li>
    }
}

/// "120 of 200 done, 3 failed; simulated; begun at 16:20."
fn words_of(kept: &KeptBatch) -> String {
    let label = &kept.label;
    let count = |lines: u32| format_count(lines.into());
    let mut words = format!("{} of {} done", count(label.done), count(label.total));
    for (lines, what) in [(label.failed, "failed"), (label.unknown, "unknown"), (label.open, "open")] {
        if lines > 0 {
            words.extend([", ", count(lines).as_str(), " ", what]);
        }
    }
    if label.is_job {
        words.push_str(", with OpenAI as a job");
    }
    if kept.is_elsewhere {
        words.push_str(", open in another tab");
    }
    let answered = if label.is_live { "live" } else { "simulated" };
    let begun = time_of_day(UnixTime::from_epoch(std::time::Duration::from_millis(label.at_ms)));
    format!("{words}; {answered}; begun at {begun}.")
}
