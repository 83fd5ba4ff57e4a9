//! The batch as one of OpenAI's own jobs: half the price, within 24 hours, and without this page.

mod ask;
mod file;
mod offer;
mod run;
mod state;
mod status;

use leptos::prelude::*;

use super::state::{Phase, use_batch};
use crate::components::{Badge, Panel};
pub use state::JobSignals;

/// What a job would cost and take, and once there is one, where it stands.
#[component]
pub fn JobPanel() -> impl IntoView {
    let batch = use_batch();
    let has_job = Memo::new(move |_| batch.has_job());
    let can_send = Memo::new(move |_| matches!(batch.phase(), Phase::Opened | Phase::Paused(_)));
    let is_needed = Memo::new(move |_| has_job.get() || can_send.get() || batch.job.trouble.with(Option::is_some));
    view! {
        <Show when=move || is_needed.get()>
            <Panel title="OpenAI Batch job" actions=|| view! { <Badge text="half the price, within 24 h" /> }>
                <Show when=move || has_job.get()>
                    <status::JobStatus />
                </Show>
                <status::JobTrouble />
                <Show when=move || can_send.get()>
                    <offer::Offered />
                </Show>
            </Panel>
        </Show>
        <ask::Ask />
    }
}
