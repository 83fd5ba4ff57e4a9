//! Which API answers the next request, and the way to another.

use leptos::prelude::*;

use super::state::use_request;
use crate::components::{Button, ButtonKind};
use crate::state::api::ApiSource;
use crate::state::session::use_session;

/// The line beside Send: a preset, or Connection, may have left another scenario than one thinks.
#[component]
pub fn AnsweredBy() -> impl IntoView {
    let (state, session) = (use_request(), use_session());
    let api = move || match session.source.get() {
        ApiSource::Simulated => {
            let scenario = session.scenario.with(|choice| choice.scenario());
            format!("Simulated, {}", scenario.in_words(&state.model()))
        }
        ApiSource::Live => session.connection.with(|connection| match connection {
            Some(to) => format!("Live: {}", to.origin.split_once("://").map_or(to.origin.as_str(), |(_, host)| host)),
            None => "Live, not connected".to_owned(),
        }),
    };
    view! {
        <p class="request-answered-by">
            <span>"Answered by: " {api}</span>
            <Button
                kind=ButtonKind::Quiet
                label=Some("Change what answers".to_owned())
                on_click=move |()| session.connection_open.set(true)
            >
                "Change"
            </Button>
        </p>
    }
}
