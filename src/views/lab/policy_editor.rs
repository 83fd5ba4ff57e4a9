//! A policy of one's own: everything that a policy is, field by field.

use std::time::Duration;

use leptos::prelude::*;

use super::state::use_lab;
use crate::components::{Button, ButtonKind, Choice, Dialog, NumberField, NumberRange, Select, TextField};
use crate::lab::policy_parts::{self as parts, Kinds};
use crate::lab::{LabPolicy, MOST_POLICIES, PolicyChoice};
use crate::retry::{Backoff, HintRule, RetryPolicy};

/// A policy being edited, and its place in the experiment where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its place.
    pub place: Option<usize>,
    /// As it is now.
    pub policy: LabPolicy,
}

/// The longest time of a field, in seconds: a day.
const LONGEST: f64 = 86_400.0;
/// The most attempts.
const MOST_ATTEMPTS: f64 = 1_000.0;

/// The dialog.
#[component]
pub fn PolicyEditor(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let lab = use_lab();
    let open = Signal::derive(move || draft.with(Option::is_some));
    let save = move |()| {
        let Some(Draft { place, policy }) = draft.get_untracked() else { return };
        let choice = PolicyChoice::Edited(Box::new(policy));
        lab.form.update(|form| {
            let count = form.policies.len();
            if let Some(place) = place.and_then(|place| form.policies.get_mut(place)) {
                *place = choice;
            } else if count < MOST_POLICIES {
                form.policies.push(choice);
            } else {
                lab.failure.set(Some(format!("At most {MOST_POLICIES} policies are compared: remove one first.")));
            }
        });
        draft.set(None);
    };
    view! {
        <Dialog
            title="A policy of your own"
            open=open
            on_close=move |()| draft.set(None)
            actions=move || view! { <Button kind=ButtonKind::Primary on_click=save>"Use this policy"</Button> }
        >
            <Show when=move || open.get()>
            <div class="stack">
                <TextField
                    label="Name"
                    value=Signal::derive(move || draft.with(|draft| draft.as_ref().map(|draft| draft.policy.name.clone()).unwrap_or_default()))
                    on_input=move |name: String| change(draft, |policy| policy.name = name.chars().take(80).collect())
                />
                <Attempts draft=draft />
                <BackoffFields draft=draft />
                <Hints draft=draft />
                <Around draft=draft />
            </div>
            </Show>
        </Dialog>
    }
}

fn change(draft: RwSignal<Option<Draft>>, change: impl FnOnce(&mut LabPolicy)) {
    draft.update(|draft| {
        if let Some(draft) = draft {
            change(&mut draft.policy);
        }
    });
}

fn read<T: Default>(draft: RwSignal<Option<Draft>>, read: impl FnOnce(&LabPolicy) -> T) -> T {
    draft.with(|draft| draft.as_ref().map(|draft| read(&draft.policy)).unwrap_or_default())
}

/// A time of the policy, in seconds.
#[component]
fn Seconds(
    draft: RwSignal<Option<Draft>>,
    label: &'static str,
    get: fn(&RetryPolicy) -> Option<Duration>,
    set: fn(&mut RetryPolicy, Option<Duration>),
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let value =
        move || read(draft, |policy| get(&policy.retry).map(|time| time.as_secs_f64()).filter(|time| *time <= LONGEST));
    let set = move |value: Option<f64>| {
        let time = value.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        change(draft, |policy| set(&mut policy.retry, time));
    };
    view! {
        <NumberField
            label=label
            value=Signal::derive(value)
            on_change=set
            range=NumberRange::new(0.0, LONGEST, 0.1)
            unit="s"
            optional=optional
            hint=Signal::derive(move || optional.then(|| "Empty: none".to_owned()))
            disabled=disabled
        />
    }
}

/// One of a few kinds.
#[component]
fn Kind(
    draft: RwSignal<Option<Draft>>,
    label: &'static str,
    kinds: Kinds,
    get: fn(&LabPolicy) -> &'static str,
    set: fn(&mut LabPolicy, &str),
) -> impl IntoView {
    let options = move || kinds.iter().map(|(id, name)| Choice::new(*id, *name)).collect::<Vec<_>>();
    view! {
        <Select
            label=label
            options=Signal::derive(options)
            value=Signal::derive(move || read(draft, |policy| get(policy).to_owned()))
            on_change=move |id: String| change(draft, |policy| set(policy, &id))
        />
    }
}

#[component]
fn Attempts(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let attempts =
        move || read(draft, |policy| Some(f64::from(policy.retry.max_attempts)).filter(|most| *most <= MOST_ATTEMPTS));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field's range is checked
    let set = move |value: Option<f64>| {
        change(draft, |policy| policy.retry.max_attempts = value.map_or(1, |value| value as u32));
    };
    view! {
        <div class="form-grid">
            <NumberField
                label="Max attempts"
                value=Signal::derive(attempts)
                on_change=set
                range=NumberRange::new(1.0, MOST_ATTEMPTS, 1.0)
            />
            <Seconds draft=draft label="Deadline" get=|policy| policy.deadline set=|policy, time| policy.deadline = time optional=true />
        </div>
        <Kind draft=draft label="Retries" kinds=parts::RETRIES get=|policy| parts::retry_on_id(policy.retry.retry_on) set=|policy, id| policy.retry.retry_on = parts::retry_on(id) />
    }
}

#[component]
fn BackoffFields(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let is_exponential = move || read(draft, |policy| matches!(policy.retry.backoff, Backoff::Exponential { .. }));
    let is_fixed = Signal::derive(move || read(draft, |policy| matches!(policy.retry.backoff, Backoff::Fixed(_))));
    let no_factor = Signal::derive(move || !is_exponential());
    let factor = move || {
        read(draft, |policy| match policy.retry.backoff {
            Backoff::Exponential { factor, .. } => Some(factor),
            Backoff::Fixed(_) | Backoff::Decorrelated { .. } => None,
        })
    };
    let set_factor = move |value: Option<f64>| {
        change(draft, |policy| {
            if let (Backoff::Exponential { factor, .. }, Some(value)) = (&mut policy.retry.backoff, value) {
                *factor = value;
            }
        });
    };
    view! {
        <div class="form-grid">
            <Kind draft=draft label="Backoff" kinds=parts::BACKOFFS get=|policy| parts::backoff_id(&policy.retry.backoff) set=|policy, id| parts::set_backoff(&mut policy.retry.backoff, id) />
            <Kind draft=draft label="Jitter" kinds=parts::JITTERS get=|policy| parts::jitter_id(&policy.retry.backoff) set=|policy, id| parts::set_jitter(&mut policy.retry.backoff, id) />
            <Seconds draft=draft label="Base delay" get=|policy| Some(parts::base(&policy.backoff)) set=|policy, time| parts::set_base(&mut policy.backoff, time) />
            <NumberField label="Factor" value=Signal::derive(factor) on_change=set_factor range=NumberRange::new(1.0, 100.0, 0.1) optional=true disabled=no_factor />
            <Seconds draft=draft label="Cap of the backoff" get=|policy| parts::cap(&policy.backoff) set=|policy, time| parts::set_cap(&mut policy.backoff, time) optional=true disabled=is_fixed />
            <Seconds draft=draft label="Longest delay" get=|policy| Some(policy.max_delay) set=|policy, time| policy.max_delay = time.unwrap_or(Duration::MAX) optional=true />
        </div>
    }
}

#[component]
fn Hints(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let ignores = Signal::derive(move || read(draft, |policy| policy.retry.hint == HintRule::Ignore));
    view! {
        <div class="form-grid">
            <Kind draft=draft label="What the server asks for" kinds=parts::HINTS get=|policy| parts::hint_id(policy.retry.hint) set=|policy, id| parts::set_hint(&mut policy.retry.hint, id) />
            <Seconds draft=draft label="Longest wait that is heeded" get=|policy| parts::ceiling(policy.hint).map(|(ceiling, _)| ceiling) set=|policy, time| parts::set_ceiling(&mut policy.hint, time) disabled=ignores />
            <Kind draft=draft label="A longer one" kinds=parts::BEYOND get=|policy| parts::beyond_id(policy.retry.hint) set=|policy, id| parts::set_beyond(&mut policy.retry.hint, id) />
        </div>
    }
}

#[component]
fn Around(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    view! {
        <div class="form-grid">
            <Kind draft=draft label="Over the retries of" kinds=parts::INNER get=parts::inner_id set=|policy, id| parts::set_inner(&mut policy.retry, id) />
            <Kind draft=draft label="Retry budget" kinds=parts::BUDGETS get=parts::budget_id set=|policy, id| policy.budget = parts::budget(id) />
            <Kind draft=draft label="Guard" kinds=parts::GUARDS get=parts::guard_id set=|policy, id| policy.guard = parts::guard(id) />
            <Kind draft=draft label="Pacing" kinds=parts::PACINGS get=parts::pacing_id set=|policy, id| policy.pacing = parts::pacing(id) />
        </div>
    }
}
