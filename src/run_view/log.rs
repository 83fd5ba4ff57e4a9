//! The attempts log: what the notebook prints, as it happens.

use std::fmt::Write as _;

use leptos::html;
use leptos::prelude::*;

use super::{VERY_MANY, log_changed, log_memo};
use crate::components::{Button, ButtonKind, CopyButton, Tone};
use crate::format::format_count;
use crate::run::{LogLine, RunLog};
use crate::state::run::Run;
use crate::time::Instant;

/// How many lines are on the page at a time; a copy has them all.
const SHOWN: usize = 100;
/// How many while thousands of calls write hundreds a second, which all take the place of those before.
const SHOWN_IN_A_RUSH: usize = 24;

#[derive(Debug, Clone, PartialEq)]
struct Row {
    key: (Instant, usize),
    when: String,
    who: String,
    text: String,
    tone: Tone,
}

/// The lines of a run, the newest last. It follows its end only while its end is in sight.
#[component]
pub fn AttemptsLog(
    /// The run.
    run: Run,
) -> impl IntoView {
    let total = log_memo(run, |log| log.lines.len());
    // The first line in sight; the end is followed where none is set.
    let first = RwSignal::new(None::<usize>);
    let changed = log_changed(run);
    let rows = Memo::new(move |_| {
        let _ = changed.get();
        let first = first.get();
        untrack(|| run.with_log(|log| rows(log, first)))
    });
    let node = NodeRef::<html::Div>::new();
    let at_end = StoredValue::new(true);
    let last_top = StoredValue::new(0);
    let scrolled = move |_| {
        if let Some(log) = node.get_untracked() {
            let top = log.scroll_top();
            if log.scroll_height() - top - log.client_height() < 8 {
                at_end.set_value(true);
            } else if top < last_top.get_value() {
                // Only a person scrolls back; the end moving away is no scrolling.
                at_end.set_value(false);
            }
            last_top.set_value(top);
        }
    };
    Effect::new(move |_| {
        if rows.with(Vec::is_empty) {
            at_end.set_value(true);
            first.set(None);
        }
        if first.with_untracked(Option::is_some) {
            return;
        }
        // After the rows of this change are in the page.
        request_animation_frame(move || {
            if at_end.try_get_value() == Some(true)
                && let Some(log) = node.try_get_untracked().flatten()
            {
                log.set_scroll_top(log.scroll_height());
            }
        });
    });
    let extent = move || match (total.get(), rows.with(|rows| Some((rows.first()?.key.1, rows.last()?.key.1)))) {
        (0, _) => String::new(),
        (1, _) => "1 line".to_owned(),
        (total, Some((first, last))) if total > SHOWN => {
            format!("Lines {} to {} of {}; a copy has them all.", count(first + 1), count(last + 1), count(total))
        }
        (total, _) => format!("{total} lines"),
    };
    let newest = move || total.get().saturating_sub(SHOWN);
    let at = move || first.get().unwrap_or_else(newest);
    let earlier = move |()| {
        let shown = untrack(|| rows.with(Vec::len));
        let is_rush = first.get_untracked().is_none() && shown < SHOWN;
        let back = if is_rush { 0 } else { SHOWN };
        first.set(Some(untrack(at).saturating_sub(back)));
    };
    let later = move |()| {
        let next = untrack(at) + SHOWN;
        first.set((next < untrack(newest)).then_some(next));
    };
    let is_first = Signal::derive(move || at() == 0);
    let is_last = Signal::derive(move || first.get().is_none());
    view! {
        <div class="attempts-log" class:attempts-log-empty=move || total.get() == 0>
            <div class="attempts-log-head">
                <p class="muted num">{extent}</p>
                <Show when=move || { total.get() > SHOWN }>
                    <Button kind=ButtonKind::Quiet disabled=is_first on_click=earlier>"Earlier lines"</Button>
                    <Button kind=ButtonKind::Quiet disabled=is_last on_click=later>"Later lines"</Button>
                </Show>
                <CopyButton text=Signal::derive(move || run.with_log(as_text)) label="Copy log" />
            </div>
            // Spoken by the page's announcer, a few lines a minute, not line by line.
            <div
                class="log"
                role="log"
                aria-label="Attempts log"
                aria-live="off"
                tabindex="0"
                node_ref=node
                on:scroll=scrolled
            >
                <Show when=move || total.get() == 0>
                    <p class="muted">"Nothing yet: each attempt will be told here."</p>
                </Show>
                <For each=move || rows.get() key=|row| row.key children=line />
            </div>
        </div>
    }
}

fn line(row: Row) -> impl IntoView {
    view! {
        <p class=format!("log-line {}", row.tone.class())>
            <span class="log-when num">{row.when}</span>
            <span class="log-who num">{row.who}</span>
            <span class="log-text" dir="auto">{row.text}</span>
        </p>
    }
}

/// The lines from number `first` on, or the newest.
fn rows(log: &RunLog, first: Option<usize>) -> Vec<Row> {
    let started = log.started_at().unwrap_or_default();
    let is_rush = first.is_none() && log.is_running() && log.calls.len() > VERY_MANY;
    let shown = if is_rush { SHOWN_IN_A_RUSH } else { SHOWN };
    let newest = log.lines.len().saturating_sub(shown);
    log.lines
        .iter()
        .enumerate()
        .skip(first.unwrap_or(newest).min(newest))
        .take(shown)
        .map(|(index, line)| Row {
            key: (started, index),
            when: when(log, line),
            who: who(line),
            text: line.text.clone(),
            tone: tone_of(&line.text),
        })
        .collect()
}

fn count(lines: usize) -> String {
    format_count(u64::try_from(lines).unwrap_or(u64::MAX))
}

fn when(log: &RunLog, line: &LogLine) -> String {
    format!("+{:.1} s", log.elapsed(line.at).as_secs_f64())
}

fn who(line: &LogLine) -> String {
    format!("#{}", line.call.saturating_add(1))
}

fn tone_of(text: &str) -> Tone {
    match text.split(' ').next() {
        Some("Success") => Tone::Done,
        Some("Taken") => Tone::Queued,
        Some("Rate" | "Failed," | "Sleeping" | "The") => Tone::Waiting,
        _ => Tone::Failed,
    }
}

fn as_text(log: &RunLog) -> String {
    log.lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{} {} {}", when(log, line), who(line), line.text);
        text
    })
}
