//! Which policy retries, and what of it is changed.

use std::time::Duration;

use leptos::prelude::*;

use super::{Burst, use_burst};
use crate::components::{Choice, NumberField, NumberRange, Select};
use crate::retry::{Backoff, Preset};
use crate::run::BurstSettings;
use crate::run_view::{PolicyCode, PolicyProgram};

/// The retry policy with its source, its attempts and its base delay.
#[component]
pub fn PolicyFields() -> impl IntoView {
    let burst = use_burst();
    let settings = burst.settings;
    let policies = || Preset::ALL.map(|preset| Choice::new(preset.id(), preset.name())).to_vec();
    let choose = move |policy: String| {
        settings.update(|settings| {
            // What was changed was changed of the other policy.
            *settings = BurstSettings { policy, max_attempts: None, base_delay: None, ..settings.clone() };
        });
    };
    let source = move || settings.with(|settings| settings.preset().source());
    view! {
        <Select
            label="Retry policy"
            options=Signal::derive(policies)
            value=Signal::derive(move || settings.with(|settings| settings.preset().id().to_owned()))
            on_change=choose
            hint=Signal::derive(move || Some(source().to_owned()))
        />
        <Changes />
        <div><PolicyCode program=Signal::derive(move || Some(program_of(burst))) /></div>
    }
}

/// One of the burst's calls under its policy.
fn program_of(burst: Burst) -> PolicyProgram {
    let model = burst.model();
    burst.settings.with(|settings| {
        PolicyProgram::of(settings.preset(), settings.retry_policy(), &settings.request(&model), burst.session)
    })
}

#[component]
fn Changes() -> impl IntoView {
    let settings = use_burst().settings;
    let fixed = Signal::derive(move || settings.with(|settings| !settings.has_retries()));
    let attempts = move || settings.with(|settings| f64::from(settings.retry_policy().max_attempts));
    let set_attempts = move |value: Option<f64>| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field's range is checked
        let attempts = value.map(|value| value as u32);
        settings.update(|settings| settings.max_attempts = attempts);
    };
    let base = move || {
        settings.with(|settings| match settings.retry_policy().backoff {
            Backoff::Fixed(base) | Backoff::Exponential { base, .. } | Backoff::Decorrelated { base, .. } => {
                Duration::as_secs_f64(&base)
            }
        })
    };
    let set_base = move |value: Option<f64>| settings.update(|settings| settings.base_delay = value);
    view! {
        <div class="form-grid">
            <NumberField
                label="Max attempts"
                value=Signal::derive(move || Some(attempts()))
                on_change=set_attempts
                range=NumberRange::new(1.0, f64::from(BurstSettings::MOST_ATTEMPTS), 1.0)
                disabled=fixed
            />
            <NumberField
                label="Base delay"
                value=Signal::derive(move || Some(base()))
                on_change=set_base
                range=NumberRange::new(0.0, BurstSettings::LONGEST_BASE, 0.1)
                unit="s"
                disabled=fixed
            />
        </div>
    }
}
