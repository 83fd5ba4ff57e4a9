//! Beneath the headline, which is in index.html: one button that provokes the first 429.

use leptos::prelude::*;

use super::cell::{ScenarioOf, StopButton, WhyNot};
use super::first::{first_cost, first_question, first_result, provoke};
use super::state::use_guide;
use crate::components::{Button, ButtonKind, Glyph, InTurn, Intent, Later};
use crate::state::api::ApiSource;
use crate::state::notices::use_notices;
use crate::state::session::use_session;

/// The id of the button.
const PROVOKE: &str = "provoke";

/// One button, and what it does.
#[component]
pub fn Hero() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let first = guide.first;
    let (notices, fetching) = (use_notices(), RwSignal::new(false));
    let provoke = move |()| notices.do_later("What runs the requests", provoke(guide, session), fetching);
    let running = Memo::new(move |_| first.run.is_running());
    let asked = Memo::new(move |_| first.question.with(Option::is_some));
    view! {
        <section class="guide-hero" aria-label="First 429">
            <div class="guide-row">
                <Intent of=first_result()>
                    <Button
                        id=PROVOKE
                        kind=ButtonKind::Primary
                        icon=Glyph::Play
                        on_click=provoke
                        busy=Signal::derive(move || running.get() || fetching.get())
                    >
                        "Provoke a 429"
                    </Button>
                </Intent>
                <Show when=move || running.get()>
                    <StopButton back_to=PROVOKE.to_owned() on_stop=move |()| first.run.stop() />
                </Show>
                <InTurn><ScenarioOf state=first /></InTurn>
            </div>
            <InTurn>
                <Lead />
                <Show when=move || asked.get()><Later view=first_question() quiet=true /></Show>
                <WhyNot state=first />
                <Show when=move || first.has_result()><Later view=first_result() place="guide-hero-result" /></Show>
            </InTurn>
        </section>
    }
}

/// What the button does, on the API that is chosen.
#[component]
fn Lead() -> impl IntoView {
    let session = use_session();
    let text = move || {
        let at = session.connection.with(|to| to.as_ref().map(|to| to.base_url.clone()));
        match (session.source.get(), at) {
            (ApiSource::Simulated, _) => "Ten requests go out at once against three a minute. See which are refused, and \
                how a retry loop waits its way through."
                .to_owned(),
            (ApiSource::Live, None) => "On Live, ten real requests go out at once. They count against your own limits, \
                and answered ones are billed. It is not connected yet: open Connection first, or choose Simulated, which \
                needs no key."
                .to_owned(),
            (ApiSource::Live, Some(at)) => format!(
                "On Live, ten real requests go out at once, to {at}. They count against your own limits, so a 429 comes \
                 only where ten are too many. "
            ),
        }
    };
    let is_paid =
        Memo::new(move |_| session.source.get() == ApiSource::Live && session.connection.with(Option::is_some));
    view! {
        <p class="guide-lead num">
            {text}
            <Show when=move || is_paid.get()>
                <Later view=first_cost() quiet=true />
                " You are asked before they are sent."
            </Show>
        </p>
    }
}
