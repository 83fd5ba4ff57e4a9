//! Why work was left undone, and the one button that finishes it.

use leptos::prelude::*;

use super::budget::BudgetLink;
use super::confirm::{ConfirmPaid, PaidQuestion, asks_before};
use super::log_memo;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, unique_id};
use crate::platform::dom;
use crate::retry::Preset;
use crate::run::Undone;
use crate::state::api::ApiSource;
use crate::state::run::Run;
use crate::state::session::use_session;

/// Why a run left work undone, in numbers, and the button that runs the rest with a policy that finishes it.
#[component]
pub fn RunUndone(
    /// The run.
    run: Run,
) -> impl IntoView {
    let undone = Memo::new(move |_| {
        let policy = run.policy()?;
        if run.is_running() { None } else { run.with_log(|log| Undone::of(log, &policy)) }
    });
    let total = log_memo(run, |log| log.calls.len());
    let title = move || {
        let left = undone.with(|undone| undone.as_ref().map_or(0, |undone| undone.unfinished.len()));
        format!("{left} of {} requests are not done", total.get())
    };
    let reasons =
        move || undone.with(|undone| undone.as_ref().map(|undone| undone.reasons.clone()).unwrap_or_default());
    let can_finish =
        Memo::new(move |_| undone.with(|undone| undone.as_ref().is_some_and(|it| !it.finishable.is_empty())));
    let id = unique_id("undone");
    let focus_id = StoredValue::new(id.clone());
    view! {
        <div class="run-notice" id=id tabindex="-1">
            <Show when=move || undone.with(Option::is_some)>
                <Callout kind=CalloutKind::Warn title=Signal::derive(title) actions=move || {
                    view! { <Show when=move || can_finish.get()><Finish run=run undone=undone focus_id=focus_id /></Show> }
                }>
                    {move || reasons().into_iter().map(|reason| view! { <p class="num">{reason}</p> }).collect_view()}
                    <p class="muted">"What succeeded is kept."</p>
                    <BudgetLink text=Signal::derive(move || reasons().concat()) />
                </Callout>
            </Show>
        </div>
    }
}

#[component]
fn Finish(run: Run, undone: Memo<Option<Undone>>, focus_id: StoredValue<String>) -> impl IntoView {
    let session = use_session();
    let failure = RwSignal::new(None::<&'static str>);
    let question = RwSignal::new(None::<PaidQuestion>);
    let go = move |()| {
        let Some(undone) = undone.get_untracked() else { return };
        let at_once = untrack(|| run.with_log(|log| undone.gentle_concurrency(log)));
        failure.set(run.resume(session.api(), undone.finishable, Preset::Sluice.policy(), at_once).err());
        // The button goes away with what it finishes.
        focus_id.with_value(|id| dom::focus(id));
    };
    let pressed = move |()| {
        let Some(which) = undone.with_untracked(|undone| undone.as_ref().map(|it| it.finishable.clone())) else {
            return;
        };
        let source = untrack(|| run.source()).unwrap_or(ApiSource::Simulated);
        if asks_before(source, which.len()) {
            let bound = run.cost_of(&which, &Preset::Sluice.policy());
            question.set(Some(PaidQuestion { calls: which.len(), bound, go: Callback::new(go) }));
        } else {
            go(());
        }
    };
    view! {
        <Button kind=ButtonKind::Primary on_click=pressed>
            "Finish with Sluice's policy"
        </Button>
        <span class="muted">{move || undone.with(|undone| undone.as_ref().map(|it| how(run, it)))}</span>
        {move || failure.get().map(|failure| view! { <p class="field-error" role="alert">{failure}</p> })}
        <ConfirmPaid question=question />
    }
}

/// How the rest is run: never earlier than the server says, and no more at a time than the limit admits at once.
fn how(run: Run, undone: &Undone) -> String {
    let at_once = untrack(|| run.with_log(|log| undone.gentle_concurrency(log)));
    let pace = if at_once == 1 { "one at a time".to_owned() } else { format!("at most {at_once} at a time") };
    format!("Sends {} again, {pace}, never earlier than the server asks.", undone.finishable.len())
}
