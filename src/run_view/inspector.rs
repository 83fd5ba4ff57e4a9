//! One call of a run, attempt by attempt.

use std::time::Duration;

use leptos::prelude::*;

use super::attempt::AttemptDetails;
use super::log_memo;
use crate::components::{Button, ButtonKind, Glyph};
use crate::platform::frames::after_next_frame;
use crate::platform::timer::Timer;
use crate::reply::Reply;
use crate::retry::Class;
use crate::run::RunLog;
use crate::state::explain::{explain_words, use_explain};
use crate::state::run::Run;

/// How long a selection rests before what is said of it is shown.
const REST: Duration = Duration::from_millis(80);

/// The attempts of the call that is selected; with buttons to the next and the one before.
#[component]
pub fn CallInspector(
    /// The run.
    run: Run,
    /// The index of the call.
    selected: RwSignal<Option<usize>>,
    /// Called when it has been closed: the button goes away with it, so the focus needs a place.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let total = log_memo(run, |log| log.calls.len());
    let seen = followed(selected);
    let shown = Memo::new(move |_| seen.get().filter(|index| *index < total.get()));
    let step = move |by: isize| {
        let last = total.get_untracked().saturating_sub(1);
        selected.update(|selected| *selected = Some(selected.map_or(0, |at| at.saturating_add_signed(by)).min(last)));
    };
    let title =
        move || shown.get().map_or_else(String::new, |index| format!("Request {} of {}", index + 1, total.get()));
    let attempts = Memo::new(move |_| {
        let index = shown.get()?;
        Some((index, run.with_log(|log| log.calls.get(index).map_or(0, |call| call.attempts.len()))))
    });
    let explain = use_explain();
    let status = Memo::new(move |_| {
        let call = shown.get()?;
        run.with_log(|log| refusal(log, call).map(|reply| reply.status))
    });
    let open = move |()| {
        if let Some(reply) = shown.get_untracked().and_then(|call| run.with_log(|log| refusal(log, call).cloned())) {
            explain.open_with(&reply);
        }
    };
    view! {
        <Show when=move || shown.get().is_some()>
            <div class="inspector-head">
                <p class="inspector-title num">{title}</p>
                {move || status.get().map(|status| view! { <Button on_click=open>{explain_words(status)}</Button> })}
                <Button kind=ButtonKind::Quiet on_click=move |()| step(-1)>"Previous"</Button>
                <Button kind=ButtonKind::Quiet on_click=move |()| step(1)>"Next"</Button>
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Close
                    label="Close inspector"
                    on_click=move |()| {
                        selected.set(None);
                        on_close.run(());
                    }
                />
            </div>
            <ol class="attempts">
                <For
                    each=move || attempts.get().map_or_else(Vec::new, |(call, count)| (0..count).map(|at| (untrack(|| run.started()), call, at)).collect())
                    key=|place| *place
                    children=move |(_, call, attempt)| view! { <AttemptDetails run=run call=call attempt=attempt /> }
                />
            </ol>
        </Show>
    }
}

/// What is selected, once the picture has shown it; of several that are walked along, where the walk rests: who holds a key
/// waits for none of what is said of them.
pub fn followed(selected: RwSignal<Option<usize>>) -> RwSignal<Option<usize>> {
    let seen = RwSignal::new(None);
    let rest = StoredValue::new_local(None::<Timer>);
    let follow = move || {
        if let Some(selected) = selected.try_get_untracked() {
            let _ = seen.try_set(selected);
        }
    };
    Effect::new(move |_| match selected.get() {
        None => {
            rest.set_value(None);
            seen.set(None);
        }
        Some(_) if seen.with_untracked(Option::is_none) => after_next_frame(follow),
        Some(_) => rest.set_value(Some(Timer::after(REST, follow))),
    });
    seen
}

/// The last answer of a call that was no success.
fn refusal(log: &RunLog, call: usize) -> Option<&Reply> {
    let attempts = log.calls.get(call)?.attempts.iter().rev();
    let mut failed = attempts.filter(|attempt| attempt.outcome.as_ref().is_some_and(|it| it.class != Class::Success));
    failed.find_map(|attempt| attempt.result.as_ref()?.as_ref().ok())
}
