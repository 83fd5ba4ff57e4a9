//! Request: one request, and all that its answer says.

mod answer;
mod answered_by;
mod body;
mod failure;
mod form;
mod headers;
mod sent;
mod settings;
mod state;
mod status;
mod stream;
mod take_away;
mod usage;

use leptos::prelude::*;

use crate::run_view::PresetLinks;
use form::RequestForm;
use sent::SentRequests;
pub use state::{opener, runner, sharer};

/// The Request view.
#[component]
pub fn RequestView() -> impl IntoView {
    view! {
        <div class="view">
            <div class="view-head">
                <h1>"Request"</h1>
                <p>"Send one request, and see all that comes back: status, text, usage, rate-limit headers, the raw body."</p>
                <PresetLinks path="request" />
            </div>
            <div class="split">
                <RequestForm />
                <SentRequests />
            </div>
        </div>
    }
}
