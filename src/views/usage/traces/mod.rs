//! Calls as OpenTelemetry traces: to save, or to send to a collector such as Phoenix.

mod state;
mod work;

use leptos::prelude::*;
use leptos::task::spawn_local;

pub use state::CallSlices;
use state::{Task, Told, Traces, use_traces};

use crate::components::{
    Button, ButtonKind, Callout, CalloutKind, Checkbox, Choice, Dialog, Disclosure, Glyph, NumberField, NumberRange,
    RadioGroup, Select, TextField, TextKind,
};
use crate::export::otlp::collector::CollectorUrl;
use crate::platform::location;
use crate::state::activity::use_activity;
use crate::state::collector;
use crate::state::ledger::{LedgerState, use_ledger};

/// The group "Traces".
#[component]
pub fn TracesPanel(
    /// Gives the calls that are to be told, from the first one on.
    #[prop(into)]
    calls: Callback<(), CallSlices>,
    /// Whether all that is kept has been read: before that, some calls would be missing.
    #[prop(into)]
    are_read: Signal<bool>,
) -> impl IntoView {
    let traces = use_traces();
    let busy = move |task: Task| Signal::derive(move || traces.task.get() == Some(task));
    let other =
        move |task: Task| Signal::derive(move || !are_read.get() || traces.task.get().is_some_and(|now| now != task));
    let reason = Signal::derive(move || (!are_read.get()).then(|| "The calls are being read".to_owned()));
    let ledger = use_ledger();
    let url = Memo::new(move |_| traces.checked_url());
    let cannot_send = Signal::derive(move || url.with(Result::is_err) || other(Task::Send).get());
    view! {
        <fieldset class="usage-group">
            <legend>"Traces"</legend>
            <p class="muted">
                "Of the calls that are looked at: one trace a call, its attempts and waits within it, in the names of OpenTelemetry and OpenInference. Never
                with a key."
            </p>
            <ContentChoice traces=traces />
            <div class="form-grid">
                <Select
                    label="Trace format"
                    options=Signal::derive(|| {
                        vec![Choice::new("protobuf", "OTLP protobuf"), Choice::new("json", "OTLP/JSON (not for Phoenix)")]
                    })
                    value=traces.format
                    on_change=move |format| traces.format.set(format)
                />
                <TextField
                    label="Collector URL"
                    kind=TextKind::Url
                    value=traces.url
                    on_input=move |url| traces.url.set(url)
                    placeholder="http://localhost:4318/v1/traces".to_owned()
                    error=Signal::derive(move || url.get().err())
                    hint=Signal::derive(move || url.get().ok().map(|url| whereto(&url)))
                />
            </div>
            <div class="toolbar">
                <Button
                    icon=Glyph::Download
                    busy=busy(Task::Export)
                    disabled=other(Task::Export)
                    reason=reason
                    on_click=move |()| traces.export(calls.run(()))
                >
                    "Export traces"
                </Button>
                <Button busy=busy(Task::Send) disabled=cannot_send reason=reason on_click=move |()| traces.send(move || calls.run(()))>
                    "Send traces"
                </Button>
                <Show when=|| collector::current().is_some()>
                    <Button kind=ButtonKind::Quiet on_click=move |()| forget(ledger)>
                        "Forget collector and reload"
                    </Button>
                </Show>
            </div>
            {move || traces.told.get().map(told)}
            <Project traces=traces />
        </fieldset>
        <Consent traces=traces />
    }
}

fn forget(ledger: LedgerState) {
    spawn_local(async move {
        ledger.keep_now().await;
        collector::forget_and_reload();
    });
}

/// Where traces go, and whether the page may reach that.
fn whereto(url: &CollectorUrl) -> String {
    if let Some(usual) = url.usual() {
        return format!("Collectors take traces below their origin: did you mean {usual}?");
    }
    if collector::allows(url) {
        return format!("Traces go to {} alone, without a key and without cookies.", url.origin());
    }
    format!("This page is not yet let through to {}: “Send traces” asks you first.", url.origin())
}

fn told(told: Told) -> AnyView {
    let (kind, title, words) = match told {
        Told::Done(words) => (CalloutKind::Success, "Done", words),
        Told::Partly(words) => (CalloutKind::Warn, "Not all of it was taken", words),
        Told::Failed(words) => (CalloutKind::Error, "That did not work", words),
    };
    view! { <Callout kind=kind title=title><p>{words}</p></Callout> }.into_any()
}

#[component]
fn ContentChoice(traces: Traces) -> impl IntoView {
    let options = || {
        vec![
            Choice::new("none", "None"),
            Choice::new("sample", "Of a sample of calls"),
            Choice::new("all", "Of all calls"),
        ]
    };
    let is_sample = move || traces.content.with(|content| content == "sample");
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the range
    let set_percent = move |percent: Option<f64>| {
        if let Some(percent) = percent {
            traces.percent.set(percent as u32);
        }
    };
    view! {
        <RadioGroup
            label="Content in traces"
            options=Signal::derive(options)
            value=traces.content
            on_change=move |content| traces.content.set(content)
            hint="Prompts and answers, where Usage keeps them. Who can read the collector can read them.".to_owned()
        />
        <Show when=is_sample>
            <NumberField
                label="Calls with content"
                unit="%"
                value=Signal::derive(move || Some(f64::from(traces.percent.get())))
                on_change=set_percent
                range=NumberRange::new(1.0, 99.0, 1.0)
                hint="Chosen by their ids: the same calls each time".to_owned()
            />
        </Show>
    }
}

#[component]
fn Project(traces: Traces) -> impl IntoView {
    view! {
        <Disclosure summary="Project, and what the collector needs">
            <div class="form-grid">
                <TextField
                    label="Trace project"
                    value=traces.project
                    on_input=move |project| traces.project.set(project)
                    hint="Phoenix files the traces under it".to_owned()
                />
                <Checkbox
                    label="Send the project as x-project-name too"
                    checked=traces.sends_header
                    on_change=move |sends| traces.sends_header.set(sends)
                    hint="Of Phoenix alone: other collectors must allow the header".to_owned()
                />
            </div>
            <p class="muted">
                "A collector answers this page only if it lists the page's origin, " <code>{location::origin()}</code>
                ": Phoenix in PHOENIX_ALLOWED_ORIGINS, an OpenTelemetry Collector in
                receivers.otlp.protocols.http.cors.allowed_origins."
            </p>
        </Disclosure>
    }
}

/// The question whether the page may reach a collector.
#[component]
fn Consent(traces: Traces) -> impl IntoView {
    let (activity, ledger) = (use_activity(), use_ledger());
    let origin = move || traces.asking.with(|url| url.as_ref().map(|url| url.origin().to_owned()));
    let title = Signal::derive(move || format!("Send traces to {}?", origin().unwrap_or_default()));
    let text = move || {
        let is_running = activity.is_running();
        traces.asking.with(|url| url.as_ref().map(|url| collector::consequences(url, is_running)))
    };
    let confirm = move |()| {
        let Some(url) = traces.asking.get_untracked() else { return };
        spawn_local(async move {
            // What has just ended is not on the disk yet.
            ledger.keep_now().await;
            if let Err(why) = collector::confirm_and_reload(&url) {
                traces.asking.set(None);
                traces.end(Told::Failed(why.to_string()));
            }
        });
    };
    let actions = move || {
        view! {
            <Button kind=ButtonKind::Primary on_click=confirm>
                "Allow this collector and reload"
            </Button>
            <Button on_click=move |()| traces.asking.set(None)>"Cancel"</Button>
        }
    };
    view! {
        <Dialog
            title=title
            open=Signal::derive(move || traces.asking.with(Option::is_some))
            on_close=move |()| traces.asking.set(None)
            actions=actions
        >
            <p>{text}</p>
        </Dialog>
    }
}
