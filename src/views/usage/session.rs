//! A session file, opened: its calls in the ledger's stead.

use std::collections::HashMap;

use futures_util::StreamExt;
use leptos::prelude::*;

use super::state::{OpenedSession, UsageState, use_usage};
use crate::components::{Button, Callout, CalloutKind};
use crate::export::session::SessionReader;
use crate::format::format_count;
use crate::platform::dom;
use crate::platform::files::FileBytes;
use crate::platform::format::date_and_time;
use crate::platform::timer::next_task;
use crate::usage::{CallRecord, Ledger, LedgerRow};

/// A file is read in pieces of so many bytes: each is a few milliseconds of work.
const PIECE: u32 = 256 * 1024;
/// So many calls are taken in at a time.
const AT_A_TIME: usize = 2_000;

/// Opens a session file.
///
/// # Errors
/// What is wrong with it, where, and what to do.
pub async fn open_session(usage: UsageState, name: String, file: FileBytes) -> Result<(), String> {
    let mut reader = SessionReader::default();
    let mut pieces = std::pin::pin!(file.chunks(PIECE));
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| format!("“{name}” could not be read: {error}"))?;
        reader.push(&piece).map_err(|fault| format!("“{name}”: {fault}"))?;
        next_task().await;
    }
    let session = reader.finish().map_err(|fault| format!("“{name}”: {fault}"))?;
    let (mut ledger, mut calls) = (Ledger::default(), HashMap::new());
    let mut waiting = session.calls.into_iter().peekable();
    while waiting.peek().is_some() {
        let some: Vec<CallRecord> = waiting.by_ref().take(AT_A_TIME).collect();
        for call in some {
            ledger.put(LedgerRow::of(&call));
            calls.insert(call.id, call);
        }
        next_task().await;
    }
    let opened = OpenedSession { name, made_at: session.made_at, with_content: session.with_content, ledger, calls };
    usage.look_into(Some(opened));
    Ok(())
}

/// Says that a session file is looked at, and leads back.
#[component]
pub fn SessionBanner() -> impl IntoView {
    let usage = use_usage();
    let words = move || {
        usage.session.get().map(|session| {
            let content = if session.with_content { "with prompts and answers" } else { "without prompts and answers" };
            let calls = format_count(session.ledger.rows().len() as u64);
            format!(
                "{calls} calls, written {}, {content}. None of them is in this browser's ledger.",
                date_and_time(session.made_at)
            )
        })
    };
    let title =
        move || usage.session.get().map(|session| format!("Session file “{}”", session.name)).unwrap_or_default();
    let back = move |()| {
        usage.look_into(None);
        dom::focus_view();
    };
    view! {
        <Show when=move || usage.session.with(Option::is_some)>
            <Callout
                kind=CalloutKind::Info
                title=Signal::derive(title)
                actions=ViewFnOnce::from(move || view! { <Button on_click=back>"Back to the ledger"</Button> })
            >
                <p class="num">{words}</p>
            </Callout>
        </Show>
    }
}
