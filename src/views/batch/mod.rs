//! Batch: a file of requests, run right under the limits, with nothing lost.

mod chart;
mod connections;
mod controls;
mod downloads;
mod estimate;
mod faults;
mod file;
mod job;
mod kept;
mod kept_list;
mod line;
mod lines;
mod opening;
mod pacer;
mod preview;
mod progress;
mod resume;
mod run;
mod settings;
mod state;

use leptos::context::Provider;
use leptos::ev::DragEvent;
use leptos::prelude::*;

use crate::components::{Callout, CalloutKind, Panel};
use crate::platform::files::{self, FileBytes};
use crate::platform::visibility;
use crate::run_view::{ConfirmPaid, SpeedControl};
use crate::share::{SharedSettings, share_batch, take_batch};
use crate::state::api::ApiSource;
use crate::state::shortcuts::{on_command_enter, while_here};
use kept::RESULTS;
use state::{Batch, Phase, use_batch, use_settings};

/// What puts the batch's settings into a link's, tracked.
pub fn sharer() -> impl Fn(&mut SharedSettings) + Copy + Send + Sync + 'static {
    let form = use_settings();
    move |settings| form.with(|form| share_batch(form, settings))
}

/// What takes a link's settings over; it gives what takes them back.
pub fn opener() -> impl Fn(&SharedSettings) -> Callback<()> + Copy + 'static {
    let form = use_settings();
    move |settings| {
        let before = form.get_untracked();
        form.update(|form| take_batch(settings, form));
        Callback::new(move |()| form.set(before.clone()))
    }
}

/// The view.
#[component]
pub fn BatchView() -> impl IntoView {
    let batch = use_batch();
    batch.look_at_kept();
    // Another tab may have opened or closed one of them since.
    while_here(visibility::on_visibility_change(move |is_hidden| {
        if !is_hidden {
            batch.look_at_kept();
        }
    }));
    on_command_enter(Callback::new(move |()| batch.run_or_ask()));
    let is_over = RwSignal::new(false);
    let over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop_file = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(file) = files::dropped(&event) {
            batch.open(&file.name(), FileBytes::new(file));
        }
    };
    view! {
        <div
            class="view batch"
            class:batch-over=move || is_over.get()
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop_file
        >
            <header class="view-head">
                <h1>"Batch"</h1>
                <p class="muted">
                    "A whole file of requests, sent as fast as the limits allow. Every line is accounted for, over reloads and crashes too."
                </p>
            </header>
            <kept_list::UnfinishedBatch />
            <div class="split">
                <div>
                    <Provider value=batch.faults>
                        <file::FilePanel />
                        <settings::SettingsPanel />
                    </Provider>
                </div>
                <div id=RESULTS tabindex="-1">
                    <Trouble />
                    <Results />
                </div>
            </div>
            <kept_list::KeptBatches />
            <ConfirmPaid question=batch.question />
        </div>
    }
}

/// Why the last press did nothing, and what the store could not do.
#[component]
fn Trouble() -> impl IntoView {
    let batch = use_batch();
    let title = Signal::derive(move || batch.failure.get().map_or_else(String::new, |(title, _)| title.to_owned()));
    view! {
        <Show when=move || batch.failure.with(Option::is_some)>
            <Callout kind=CalloutKind::Error title=title alert=true>
                <p>{move || batch.failure.get().map(|(_, why)| why)}</p>
            </Callout>
        </Show>
        <Show when=move || batch.store_trouble.with(Option::is_some)>
            <Callout kind=CalloutKind::Warn title="The browser's storage">
                <p>{move || batch.store_trouble.get()}</p>
            </Callout>
        </Show>
    }
}

/// What is known of the file, and what comes of it.
#[component]
fn Results() -> impl IntoView {
    let batch = use_batch();
    let phase = Memo::new(move |_| batch.phase());
    let has_file = move || phase.get() != Phase::Empty;
    let has_begun = Memo::new(move |_| !matches!(phase.get(), Phase::Empty | Phase::Opened));
    let has_job = Memo::new(move |_| batch.has_job());
    // What goes out as a job is neither paced nor counted by the second.
    let runs_here = Memo::new(move |_| {
        let has_run = batch.with_book(|book| book.with_throughput(|_| ()).is_some()).unwrap_or_default();
        has_begun.get() && (has_run || !has_job.get())
    });
    view! {
        <Panel title="Run" actions=move || view! { <Speed batch=batch /> }>
            <controls::Controls />
            <Show when=move || has_begun.get()>
                <progress::Progress />
            </Show>
        </Panel>
        <Show when=move || has_job.get()>
            <job::JobPanel />
        </Show>
        <Show when=move || runs_here.get()>
            <Panel title="Throughput">
                <chart::ThroughputChart />
            </Panel>
            <Panel title="Pacing">
                <pacer::PacerPanel />
            </Panel>
        </Show>
        <Show when=move || has_begun.get()>
            <Panel title="Results">
                <downloads::Downloads />
                <lines::LineTable />
            </Panel>
        </Show>
        <Show when=has_file>
            <faults::FaultPanel />
            <Panel title="Estimate">
                <estimate::EstimateFigures />
            </Panel>
        </Show>
        <Show when=move || has_file() && !has_job.get()>
            <job::JobPanel />
        </Show>
        <preview::PreviewPanel />
    }
}

/// The speed of simulated time, where it is simulated.
#[component]
fn Speed(batch: Batch) -> impl IntoView {
    view! {
        <Show when=move || batch.session.source.get() == ApiSource::Simulated>
            <SpeedControl />
        </Show>
    }
}
