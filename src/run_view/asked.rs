//! Calls whose wait a person decides on.

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Callout, CalloutKind, Countdown, unique_id};
use crate::platform::dom;
use crate::run::explain::asking;
use crate::run::lanes::source_words;
use crate::state::run::Run;
use crate::state::session::use_session;
use crate::state::ticker::use_ticker;
use crate::time::Instant;

/// The calls that the server told to wait longer than their policy waits by itself: a countdown, and what can be done.
#[component]
pub fn AskedWaits(
    /// The run.
    run: Run,
) -> impl IntoView {
    let (session, ticker) = (use_session(), use_ticker());
    let waiting = Memo::new(move |_| if run.is_running() { Vec::new() } else { run.with_log(asking) });
    let failure = RwSignal::new(None::<&'static str>);
    let due = Memo::new(move |_| {
        run.with_log(|log| waiting.get().iter().filter_map(|index| log.calls.get(*index)?.allowed_from()).max())
    });
    let remaining = Signal::derive(move || {
        ticker.track();
        due.get().map(|due: Instant| due.saturating_since(run.now()))
    });
    let allowed = Memo::new(move |_| remaining.get().is_some_and(|left| left.is_zero()));
    let title = move || match waiting.with(Vec::len) {
        1 => "The server asks for a long wait: yours to decide".to_owned(),
        count => format!("The server asks {count} requests for a long wait: yours to decide"),
    };
    let why = move || {
        let hint = run.with_log(|log| waiting.get().first().and_then(|index| log.calls.get(*index)?.last_hint()));
        match hint {
            Some((wait, source)) => {
                format!("It said {} ({}). ", crate::format::format_duration(wait), source_words(source))
            }
            None => "It names a wait longer than any clock here can hold. ".to_owned(),
        }
    };
    let id = unique_id("asked");
    let focus_id = StoredValue::new(id.clone());
    let send = move || {
        let Some(policy) = untrack(|| run.policy()) else { return };
        let which = waiting.get_untracked();
        let at_once = which.len();
        failure.set(run.resume(session.api(), which, policy, at_once).err());
        // The button goes away with what it sends.
        focus_id.with_value(|id| dom::focus(id));
    };
    let button = move || if allowed.get() { "Send again now it is allowed" } else { "Wait and send" };
    view! {
        <div class="run-notice" id=id tabindex="-1">
            <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
                <Callout kind=CalloutKind::Info title=Signal::derive(title) actions=move || {
                    view! {
                        <Show when=move || due.get().is_some()>
                            <Button kind=ButtonKind::Primary on_click=send>{button}</Button>
                        </Show>
                        {move || failure.get().map(|failure| view! { <p class="field-error" role="alert">{failure}</p> })}
                    }
                }>
                    <p class="num">
                        {why} "No request is under way, and none goes out earlier than allowed. "
                        <Countdown remaining=remaining prefix="Allowed in" />
                    </p>
                </Callout>
            </Show>
        </div>
    }
}
