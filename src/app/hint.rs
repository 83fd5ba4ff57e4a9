//! The hint for those who are here for the first time: three steps, each taken by doing it. It covers nothing that it
//! points at, moves nothing, and is not there for those who came by a share link.

use leptos::prelude::*;

use crate::components::{Button, ButtonKind};
use crate::platform::dom;
use crate::state::accounts::use_accounts;
use crate::state::activity::use_activity;
use crate::state::announcer::use_announcer;
use crate::state::api::ApiSource;
use crate::state::persisted::persisted_count;
use crate::state::route::{View, use_route};
use crate::state::session::use_session;
use crate::state::ticker::use_ticker;

/// What to do next; the last is nothing more.
const START: u32 = 0;
/// Something has run, and no limit was met yet.
const RAN: u32 = 1;
const LOOK: u32 = 2;
const COMPARE: u32 = 3;
const DONE: u32 = 4;

/// What there is to say at a step, in a view.
fn words(step: u32, view: View) -> (&'static str, &'static str) {
    match step {
        START => ("Start here", "It runs against an API inside this page: no key, no cost, nothing is sent."),
        LOOK if view == View::Burst => (
            "That was a 429",
            "Refused is red, waiting is hatched. Press a bar to read what the server said, and why it waits.",
        ),
        LOOK => (
            "That was a 429",
            "Refused is red, waiting is hatched. In Burst, press a bar to read what the server said, and why it waits.",
        ),
        _ => (
            "Now compare",
            "In Burst, “Backoff without jitter, then with” shows what another policy makes of the same limit.",
        ),
    }
}

/// The hint, seen and spoken.
#[component]
pub fn Hint(
    /// Whether the page was opened by a share link.
    came_by_link: bool,
) -> impl IntoView {
    let announcer = use_announcer();
    let step = persisted_count("hint", START, (START, DONE));
    let (route, ticker, activity, accounts) = (use_route(), use_ticker(), use_activity(), use_accounts());
    let session = use_session();
    let has_run = move || {
        [ApiSource::Simulated, ApiSource::Live].into_iter().any(|source| {
            let summary = accounts.summary(source);
            summary.num_calls + summary.failed_attempts + summary.unknown_outcomes > 0
        })
    };
    // Looked for at each tick, and only by those who have not seen one.
    Effect::new(move |_| {
        let now = step.get();
        if now <= RAN {
            ticker.track();
            if untrack(|| activity.has_met_limit()) {
                step.set(LOOK);
            } else if now == START && untrack(has_run) {
                step.set(RAN);
            }
        }
    });
    let sees_timeline = Memo::new(move |_| {
        // Pointed at only while it is there to be looked at.
        step.get() == LOOK && {
            ticker.track();
            dom::is_in_sight(".timeline")
        }
    });
    let shown = Memo::new(move |_| {
        let (step, view) = (step.get(), route.get());
        let is_its_place = match step {
            // On Live it would cost something.
            START => {
                let is_free = session.source.get() == ApiSource::Simulated;
                let sends = matches!(view, View::Guide | View::Request | View::Burst);
                is_free && sends && !activity.is_running() && dom::has_spare_corner()
            }
            RAN => false,
            LOOK => sees_timeline.get(),
            _ => view != View::Burst,
        };
        (step < DONE && is_its_place && !came_by_link).then_some((step, view))
    });
    // Once in Burst there is nothing left to point at.
    Effect::new(move |_| {
        if step.get() == COMPARE && route.get() == View::Burst {
            step.set(DONE);
        }
    });
    // Each is spoken once, however often it comes into sight.
    Effect::new(move |spoken: Option<Option<u32>>| {
        let spoken = spoken.flatten();
        let Some((step, view)) = shown.get() else { return spoken };
        if spoken != Some(step) {
            let (title, text) = words(step, view);
            announcer.say(format!("Hint: {title}. {text}"));
        }
        Some(step)
    });
    let next = move |()| {
        let following = if step.get_untracked() == LOOK { COMPARE } else { DONE };
        // The button goes away with its step; nobody was there before.
        step.set(following);
    };
    let hint = move |(step_now, view): (u32, View)| {
        let (title, text) = words(step_now, view);
        let class = if step_now == START { "hint hint-start" } else { "hint" };
        let (button, more) = if step_now == LOOK { ("Next", true) } else { ("Got it", false) };
        view! {
            <aside class=class aria-label="Hint">
                <p><strong>{title}</strong>" "{text}</p>
                <div class="hint-actions">
                    <Button kind=ButtonKind::Quiet on_click=next>{button}</Button>
                    {more.then(|| view! { <Button kind=ButtonKind::Quiet on_click=move |()| step.set(DONE)>"No more hints"</Button> })}
                </div>
            </aside>
        }
        .into_any()
    };
    move || shown.get().map(hint)
}
