//! What can be done with the batch.

use leptos::prelude::*;

use super::state::{Phase, use_batch};
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Dialog, Glyph, Shortcut};
use crate::format::format_count;
use crate::platform::online;
use crate::run_view::BudgetLink;
use crate::state::shortcuts::while_here;

/// What is asked about before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Cancel,
    ResendUnknown,
}

/// The buttons, and what stands in the way.
#[component]
pub fn Controls() -> impl IntoView {
    let batch = use_batch();
    let phase = Memo::new(move |_| batch.phase());
    let counts = Memo::new(move |_| batch.with_book(|book| book.state().counts()).unwrap_or_default());
    let question = RwSignal::new(None::<Question>);
    let wants_file = Signal::derive(move || batch.wants_file.with(Option::is_some));
    let is_idle = move || !matches!(phase.get(), Phase::Running | Phase::Stopping | Phase::InJob);
    let cannot_run = Signal::derive(move || phase.get() != Phase::Opened);
    let why_not_run = move || {
        let why = match phase.get() {
            Phase::Empty => "Choose a file of requests, or open a pasted text, first",
            Phase::Opened | Phase::Running => return None,
            Phase::InJob => "It is with OpenAI as a job",
            _ => "This batch has begun: Resume goes on with it",
        };
        Some(why.to_owned())
    };
    let can_resume = move || matches!(phase.get(), Phase::Paused(_));
    let has_begun = move || !matches!(phase.get(), Phase::Empty | Phase::Opened);
    let has_begun_here = move || has_begun() && phase.get() != Phase::InJob;
    let can_cancel = move || matches!(phase.get(), Phase::Running | Phase::Paused(_));
    let has_failed = move || is_idle() && counts.get().failed > 0;
    let has_unknown = move || is_idle() && counts.get().unknown > 0;
    view! {
        <div class="batch-buttons">
            <Button
                kind=ButtonKind::Primary
                icon=Glyph::Play
                disabled=cannot_run
                busy=Signal::derive(move || phase.get() == Phase::Running)
                reason=Signal::derive(why_not_run)
                shortcut=Shortcut::Run
                on_click=move |()| batch.run_or_ask()
            >
                "Run batch"
            </Button>
            <Show when=has_begun_here>
                <Button
                    icon=Glyph::Clock
                    disabled=Signal::derive(move || phase.get() != Phase::Running)
                    busy=Signal::derive(move || phase.get() == Phase::Stopping)
                    on_click=move |()| batch.pause("You paused it.")
                >
                    "Pause"
                </Button>
                <Button
                    icon=Glyph::Play
                    disabled=Signal::derive(move || !can_resume() || wants_file.get())
                    reason=Signal::derive(move || wants_file.get().then(|| "Choose its file again first".to_owned()))
                    on_click=move |()| batch.resume()
                >
                    "Resume"
                </Button>
                <Button
                    kind=ButtonKind::Danger
                    icon=Glyph::Stop
                    disabled=Signal::derive(move || !can_cancel())
                    on_click=move |()| question.set(Some(Question::Cancel))
                >
                    "Cancel"
                </Button>
            </Show>
            <Show when=has_failed>
                <Button icon=Glyph::Reset disabled=wants_file on_click=move |()| batch.retry_failed()>"Retry failed"</Button>
            </Show>
            <Show when=has_unknown>
                <Button icon=Glyph::Reset disabled=wants_file on_click=move |()| question.set(Some(Question::ResendUnknown))>
                    "Send unknown again"
                </Button>
            </Show>
        </div>
        <StandingBy />
        <Ask question=question />
    }
}

/// Why it does not go on.
#[component]
fn StandingBy() -> impl IntoView {
    let batch = use_batch();
    let phase = Memo::new(move |_| batch.phase());
    let is_online = RwSignal::new(online::is_online());
    for listener in online::on_change(move |now| is_online.set(now)) {
        while_here(listener);
    }
    let why = Memo::new(move |_| match phase.get() {
        Phase::Paused(why) => Some(why),
        _ => None,
    });
    let counts = Memo::new(move |_| batch.with_book(|book| book.state().counts()).unwrap_or_default());
    let is_live = move || batch.running.get() == Some(crate::state::api::ApiSource::Live);
    let unsaved = Memo::new(move |_| batch.with_book(|book| book.unsaved().len()).unwrap_or(0));
    view! {
        <Show when=move || why.with(Option::is_some)>
            <Callout kind=CalloutKind::Info title="Paused">
                <p>{move || why.get()}" Nothing is in flight; what has come is kept."</p>
                <BudgetLink text=Signal::derive(move || why.get().unwrap_or_default()) />
            </Callout>
        </Show>
        <Show when=move || is_live() && !is_online.get()>
            <Callout kind=CalloutKind::Warn title="Offline">
                <p>"There is no network. The batch waits for it, and no attempt is used up."</p>
            </Callout>
        </Show>
        <Show when=move || counts.get().unknown != 0 && phase.get() != Phase::Running>
            <Callout kind=CalloutKind::Warn title="Some outcomes are unknown">
                <p>
                    {move || format_count(counts.get().unknown.into())}
                    " requests were sent, or about to be, and no answer came. They may have been processed and billed, so they are not sent again unless you say so."
                </p>
            </Callout>
        </Show>
        <Show when=move || unsaved.get() != 0>
            <Callout kind=CalloutKind::Error title="Not all answers are saved" alert=true>
                <p>
                    {move || format_count(unsaved.get() as u64)}
                    " answers could not be written to the browser's storage. They are in this page alone: download the results before you close it."
                </p>
            </Callout>
        </Show>
    }
}

#[component]
fn Ask(question: RwSignal<Option<Question>>) -> impl IntoView {
    let batch = use_batch();
    let asked = move || question.get() == Some(Question::Cancel);
    let title = move || if asked() { "Cancel the batch?" } else { "Send requests of unknown outcome again?" };
    let text = move || {
        if asked() {
            "What is in flight is settled first, and its answers are kept. What waits is never sent."
        } else {
            "Each may have been processed already: it may then be answered and billed twice."
        }
    };
    let yes = move || match question.try_update(Option::take).flatten() {
        Some(Question::Cancel) => batch.cancel(),
        Some(Question::ResendUnknown) => batch.resend_unknown(),
        None => {}
    };
    let no = move || question.set(None);
    let act = move || if asked() { "Cancel the batch" } else { "Send them again" };
    let leave = move || if asked() { "Keep it" } else { "Leave them" };
    view! {
        <Dialog
            title=Signal::derive(move || title().to_owned())
            open=Signal::derive(move || question.get().is_some())
            on_close=move |()| no()
            actions=move || {
                view! {
                    <Button on_click=move |()| no()>{leave}</Button>
                    <Button kind=ButtonKind::Danger on_click=move |()| yes()>{act}</Button>
                }
            }
        >
            <p>{text}</p>
        </Dialog>
    }
}
