//! The attempts log: what the notebook prints, as it happens.

use std::fmt::Write as _;

use leptos::html;
use leptos::prelude::*;

use super::log_memo;
use crate::components::{CopyButton, Tone};
use crate::run::{LogLine, RunLog};
use crate::state::run::Run;
use crate::time::Instant;

/// How many lines are kept on the page; a copy has them all.
const SHOWN: usize = 200;

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
    let rows = log_memo(run, rows);
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
    let extent = move || match total.get() {
        0 => String::new(),
        1 => "1 line".to_owned(),
        total if total > SHOWN => format!("The last {SHOWN} of {total} lines; a copy has them all."),
        total => format!("{total} lines"),
    };
    view! {
        <div class="attempts-log" class:attempts-log-empty=move || total.get() == 0>
            <div class="attempts-log-head">
                <p class="muted num">{extent}</p>
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

fn rows(log: &RunLog) -> Vec<Row> {
    let started = log.started_at().unwrap_or_default();
    log.lines
        .iter()
        .enumerate()
        .skip(log.lines.len().saturating_sub(SHOWN))
        .map(|(index, line)| Row {
            key: (started, index),
            when: when(log, line),
            who: who(line),
            text: line.text.clone(),
            tone: tone_of(&line.text),
        })
        .collect()
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
