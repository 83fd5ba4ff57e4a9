//! What is kept of calls, and how to be rid of it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::use_usage;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Checkbox};
use crate::format::format_count;
use crate::platform::dom;
use crate::state::ledger::KEPT_DAYS;
use crate::state::undo::use_undos;
use crate::usage::AnsweredBy;

const FAILURE: &str = "usage-failure";

/// The checkbox for prompts and answers, and the buttons that delete.
#[component]
pub fn Keeping() -> impl IntoView {
    let usage = use_usage();
    let ledger = usage.ledger;
    let undos = use_undos();
    let is_there = move |api: AnsweredBy| Memo::new(move |_| ledger.with(|ledger| ledger.has_calls_of(api)));
    let delete = move |api: AnsweredBy| {
        spawn_local(async move {
            match ledger.delete(Some(api)).await {
                Ok(deleted) => {
                    let calls = deleted.calls() as u64;
                    let name = api.name().to_ascii_lowercase();
                    let words = format!("{} {name} calls are deleted, for good in a minute.", format_count(calls));
                    undos.tell(words, move || ledger.bring_back(deleted.clone()));
                }
                Err(why) => {
                    let _ = usage.failure.try_set(Some(format!("The history was not deleted: {why}")));
                }
            }
        });
    };
    let button = move |api: AnsweredBy| {
        let is_there = is_there(api);
        view! {
            <Button
                kind=ButtonKind::Quiet
                disabled=Signal::derive(move || !is_there.get())
                reason=Signal::derive(move || (!is_there.get()).then(|| "There are none".to_owned()))
                on_click=move |()| delete(api)
            >
                {format!("Delete {} calls", api.name().to_ascii_lowercase())}
            </Button>
        }
    };
    view! {
        <div class="usage-keeping">
            <Checkbox
                label="Keep prompts and answers"
                hint=Some(format!(
                    "On this device, of later calls, {KEPT_DAYS} days like all the rest. Without it, numbers, headers and errors alone are kept; a key never is."
                ))
                checked=ledger.keeps_content
                on_change=move |keeps| ledger.keeps_content.set(keeps)
            />
            <div class="usage-buttons">{button(AnsweredBy::Simulated)} {button(AnsweredBy::Live)}</div>
        </div>
    }
}

/// What went wrong: with keeping, and with the last press.
#[component]
pub fn Trouble() -> impl IntoView {
    let usage = use_usage();
    let trouble = usage.ledger.trouble;
    Effect::new(move |_| {
        if usage.failure.with(Option::is_some) {
            request_animation_frame(|| dom::reveal(FAILURE));
        }
    });
    view! {
        <Show when=move || trouble.with(Option::is_some)>
            <Callout kind=CalloutKind::Warn title="The history is not all there">
                <p>{move || trouble.get()}</p>
            </Callout>
        </Show>
        <div id=FAILURE>
            <Show when=move || usage.failure.with(Option::is_some)>
                <Callout kind=CalloutKind::Error title="That did not work" alert=true>
                    <p>{move || usage.failure.get()}</p>
                </Callout>
            </Show>
        </div>
    }
}
