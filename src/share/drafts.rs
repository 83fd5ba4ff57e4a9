//! Between a link and the forms of the views.

use super::{Field, SharedSettings};
use crate::lab::LabForm;
use crate::run::BurstSettings;
use crate::run::batch_form::BatchForm;
use crate::run::draft::RequestDraft;

/// Puts a request's settings into a link's.
pub fn share_request(draft: &RequestDraft, model: &str, settings: &mut SharedSettings) {
    settings.set(Field::Model, model.trim());
    settings.set(Field::Prompt, draft.prompt.as_str());
    settings.set(Field::Instructions, draft.instructions.as_str());
    settings.set(Field::MaxOutputTokens, draft.max_output_tokens.trim());
    settings.set(Field::Temperature, draft.temperature.trim());
    settings.set(Field::Effort, draft.effort.as_str());
    settings.set(Field::Stream, draft.stream.to_string());
    settings.set(Field::Store, draft.store.to_string());
    settings.set(Field::Policy, draft.policy.as_str());
}

/// Takes a link's settings over into a request's; what the link does not say stays.
pub fn take_request(settings: &SharedSettings, draft: &mut RequestDraft) {
    for (field, value) in settings.iter() {
        let place = match field {
            Field::Prompt => &mut draft.prompt,
            Field::Instructions => &mut draft.instructions,
            Field::MaxOutputTokens => &mut draft.max_output_tokens,
            Field::Temperature => &mut draft.temperature,
            Field::Effort => &mut draft.effort,
            Field::Policy => &mut draft.policy,
            Field::Model => {
                draft.model = Some(value.to_owned());
                continue;
            }
            Field::Stream => {
                draft.stream = value == "true";
                continue;
            }
            Field::Store => {
                draft.store = value == "true";
                continue;
            }
            _ => continue,
        };
        value.clone_into(place);
    }
}

/// Puts a burst's settings into a link's; `answered_by` is the id of its own scenario, if it has one.
pub fn share_burst(burst: &BurstSettings, answered_by: &str, settings: &mut SharedSettings) {
    let optional = |number: Option<String>| number.unwrap_or_default();
    settings.set(Field::Prompt, burst.prompt.as_str());
    settings.set(Field::Stream, burst.stream.to_string());
    settings.set(Field::Requests, burst.requests.to_string());
    settings.set(Field::Concurrency, optional(burst.concurrency.map(|count| count.to_string())));
    settings.set(Field::MaxOutputTokens, optional(burst.max_output_tokens.map(|tokens| tokens.to_string())));
    settings.set(Field::Policy, burst.policy.as_str());
    settings.set(Field::MaxAttempts, optional(burst.max_attempts.map(|attempts| attempts.to_string())));
    settings.set(Field::BaseDelay, optional(burst.base_delay.map(|seconds| seconds.to_string())));
    settings.set(Field::AnsweredBy, answered_by);
}

/// Takes a link's settings over into a burst's; what the link does not say stays.
pub fn take_burst(settings: &SharedSettings, burst: &mut BurstSettings, answered_by: &mut String) {
    if let Some(prompt) = settings.get(Field::Prompt) {
        prompt.clone_into(&mut burst.prompt);
    }
    if let Some(requests) = settings.number(Field::Requests).flatten() {
        burst.requests = requests;
    }
    if let Some(concurrency) = settings.number(Field::Concurrency) {
        burst.concurrency = concurrency;
    }
    if let Some(tokens) = settings.number(Field::MaxOutputTokens) {
        burst.max_output_tokens = tokens;
    }
    if let Some(policy) = settings.get(Field::Policy) {
        // What was changed was changed of the other policy.
        *burst = BurstSettings { policy: policy.to_owned(), max_attempts: None, base_delay: None, ..burst.clone() };
    }
    if let Some(streams) = settings.get(Field::Stream) {
        burst.stream = streams == "true";
    }
    if let Some(attempts) = settings.number(Field::MaxAttempts) {
        burst.max_attempts = attempts;
    }
    if let Some(seconds) = settings.number(Field::BaseDelay) {
        burst.base_delay = seconds;
    }
    // A link that sets the session's scenario and names none of the burst's own means the session's.
    let sessions = settings.get(Field::Scenario).map(|_| "");
    if let Some(id) = settings.get(Field::AnsweredBy).or(sessions) {
        id.clone_into(answered_by);
    }
}

/// Puts a batch's settings into a link's: never its file.
pub fn share_batch(batch: &BatchForm, settings: &mut SharedSettings) {
    let optional = |number: Option<String>| number.unwrap_or_default();
    settings.set(Field::MaxOutputTokens, optional(batch.max_output_tokens.map(|tokens| tokens.to_string())));
    settings.set(Field::Store, batch.store.to_string());
    settings.set(Field::Concurrency, optional(batch.most_in_flight.map(|count| count.to_string())));
    settings.set(Field::Policy, batch.policy.as_str());
    settings.set(Field::SpendCap, optional(batch.spend_cap.map(|dollars| dollars.to_string())));
}

/// Takes a link's settings over into a batch's; what the link does not say stays.
pub fn take_batch(settings: &SharedSettings, batch: &mut BatchForm) {
    if let Some(tokens) = settings.number(Field::MaxOutputTokens) {
        batch.max_output_tokens = tokens;
    }
    if let Some(stores) = settings.get(Field::Store) {
        batch.store = stores == "true";
    }
    if let Some(count) = settings.number::<u32>(Field::Concurrency) {
        batch.most_in_flight = count.map(|count| count.clamp(1, BatchForm::MOST_IN_FLIGHT));
    }
    if let Some(policy) = settings.get(Field::Policy) {
        policy.clone_into(&mut batch.policy);
    }
    if let Some(dollars) = settings.number(Field::SpendCap) {
        // A cap of nothing lets nothing be sent.
        batch.spend_cap = dollars.filter(|dollars| *dollars > 0.0);
    }
}

/// Puts an experiment's settings into a link's.
pub fn share_lab(form: &LabForm, settings: &mut SharedSettings) {
    settings.set(Field::Experiment, form.to_link());
}

/// Takes a link's experiment over; what the link does not say stays.
pub fn take_lab(settings: &SharedSettings, form: &mut LabForm) {
    if let Some(shared) = settings.get(Field::Experiment).and_then(LabForm::from_link) {
        *form = shared;
    }
}
