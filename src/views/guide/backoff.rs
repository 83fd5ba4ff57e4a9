//! Section 5, second part: retry with exponential backoff and jitter.

use leptos::prelude::*;

use super::cell::Cell;
use super::pieces::{NotRun, Speed};
use super::provoke::NumRequests;
use super::state::{BASE_DELAYS, Guide, MOST_ATTEMPTS, model_now, use_guide};
use crate::components::{Choice, NumberField, NumberRange, Select};
use crate::notebook::{BackoffCode, backoff, prompts};
use crate::retry::Preset;
use crate::run::CostBound;
use crate::run_view::{AskedWaits, AttemptsLog, RunOutcome, RunTimeline, RunUndone};
use crate::state::session::use_session;

/// The policies that the cell compares.
pub const POLICIES: [Preset; 3] = [Preset::Notebook, Preset::NotebookAsWritten, Preset::Sluice];

/// The second part of section 5.
#[component]
pub fn BackoffPart() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let cell = guide.backoff;
    let run = move |()| {
        let settings = untrack(|| guide.backoff_settings());
        let bound = CostBound::of(&settings, &model_now(session), &cell.run.prices().now());
        cell.start(session, settings.preset(), Some(bound), |model| settings.plan(model));
    };
    let code = move || {
        backoff(&BackoffCode {
            style: guide.loop_style(),
            num_requests: guide.num_requests.get(),
            max_attempts: guide.max_attempts.get(),
            base_delay: guide.base_delay.get(),
            prompt: prompts::TURTLES.to_owned(),
        })
    };
    let result = move || {
        if cell.has_result() {
            view! {
                <Speed />
                <RunTimeline run=cell.run />
                <RunOutcome run=cell.run />
                <RunUndone run=cell.run />
                <AskedWaits run=cell.run />
                <AttemptsLog run=cell.run />
            }
            .into_any()
        } else {
            view! { <NotRun /> }.into_any()
        }
    };
    view! {
        <h3>"Backing off"</h3>
        <p>
            "The cure has four parts: catch the rate-limit error and nothing else, wait before trying again, double the wait \
             each time, and add "<strong>"jitter"</strong>", a bit of chance, so that clients refused together do not return \
             together. "<code>"safe_call_with_backoff"</code>" does that, five attempts at most."
        </p>
        <Explained guide=guide />
        <Cell title="Cell 6: backoff with jitter" state=cell on_run=run code=code result=result>
            <Parameters guide=guide />
        </Cell>
    }
}

/// What the three policies differ in.
#[component]
fn Explained(guide: Guide) -> impl IntoView {
    let text = move || match guide.preset() {
        Preset::NotebookAsWritten => {
            "As written, the loop sits on top of the SDK, which retries twice by itself: each of its attempts is up to three \
             HTTP requests, so five attempts are up to fifteen."
        }
        Preset::Sluice => {
            "Sluice's policy reads the server's wait and never goes earlier, puts full jitter on top, stops at a deadline, and \
             does not retry what waiting cannot cure."
        }
        _ => {
            "The notebook's loop never looks at retry-after. Its waits of about 1, 2, 4 and 8 s, each times 0.5 to 1.5, come \
             to 22.5 s at the most, while at 3 requests a minute the tenth of ten needs 140 s."
        }
    };
    view! { <p class="guide-aside">{text}</p> }
}

#[component]
fn Parameters(guide: Guide) -> impl IntoView {
    let options = Signal::derive(|| POLICIES.map(|preset| Choice::new(preset.id(), preset.name())).to_vec());
    let choose = move |id: String| {
        if let Some(preset) = Preset::from_id(&id) {
            guide.choose(preset);
        }
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers in range
    let attempts = move |number: Option<f64>| {
        if let Some(number) = number {
            guide.max_attempts.set(number as u32);
        }
    };
    let delay = move |number: Option<f64>| {
        if let Some(number) = number {
            guide.base_delay.set(number);
        }
    };
    view! {
        <Select label="Retry policy" options=options value=guide.policy on_change=choose />
        <NumRequests value=guide.num_requests />
        <NumberField
            label="max_attempts"
            value=Signal::derive(move || Some(f64::from(guide.max_attempts.get())))
            on_change=attempts
            range=NumberRange::new(1.0, f64::from(MOST_ATTEMPTS), 1.0)
        />
        <NumberField
            label="base_delay"
            value=Signal::derive(move || Some(guide.base_delay.get()))
            on_change=delay
            range=NumberRange::new(BASE_DELAYS.0, BASE_DELAYS.1, 0.1)
            unit="s".to_owned()
        />
    }
}
