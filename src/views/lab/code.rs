//! The policy that is looked at, as a program to take away.

use leptos::prelude::*;

use super::state::{Lab, use_lab};
use crate::lab::PolicyChoice;
use crate::responses::{CreateResponse, Input};
use crate::run_view::{PolicyCode, PolicyProgram};

/// What the program asks; it is there to be replaced.
const PROMPT: &str = "Give me a funny fact about turtles.";

/// The chosen policy's retries in each language. Its pacing, budget and guard are of many calls, and no part of it.
#[component]
pub fn ChosenCode() -> impl IntoView {
    let lab = use_lab();
    view! { <PolicyCode program=Signal::derive(move || program_of(lab)) /> }
}

fn program_of(lab: Lab) -> Option<PolicyProgram> {
    let chosen = lab.chosen.get();
    let (policy, most) = lab.ran.with(|ran| {
        let ran = ran.as_ref()?;
        Some((ran.policies.get(chosen)?.clone(), ran.workload.max_output_tokens))
    })?;
    let known = PolicyChoice::known().into_iter().filter_map(|(id, _)| PolicyChoice::of_id(id));
    let source = known.filter(|choice| choice.policy().as_ref() == Some(&policy)).map(|choice| choice.source()).next();
    let request = CreateResponse {
        model: lab.session.model(),
        input: Input::Text(PROMPT.to_owned()),
        max_output_tokens: most,
        store: Some(false),
        ..CreateResponse::default()
    };
    Some(PolicyProgram::named(policy.name, source.unwrap_or("Edited in the Lab"), policy.retry, &request, lab.session))
}
