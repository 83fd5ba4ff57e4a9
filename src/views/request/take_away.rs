//! The request as code to paste elsewhere.

use leptos::prelude::*;

use super::state::{RequestState, use_request};
use crate::components::{CodeBlock, Disclosure};
use crate::export::code;
use crate::highlight::Language;
use crate::retry::Preset;
use crate::run_view::{PolicyCode, PolicyProgram, exported_base_url};
use crate::state::session::{Session, use_session};

/// The request in Python and as a shell command, with `$OPENAI_API_KEY` where the key goes.
#[component]
pub fn TakeAway() -> impl IntoView {
    let state = use_request();
    let session = use_session();
    let is_open = RwSignal::new(false);
    let text = move |language: Language| {
        Signal::derive(move || if is_open.get() { code_of(state, session, language) } else { String::new() })
    };
    view! {
        <Disclosure summary="As code" open=is_open on_toggle=move |open| is_open.set(open)>
            <div class="stack">
                <CodeBlock
                    code=text(Language::Python)
                    label="as Python"
                    language=Language::Python
                />
                <CodeBlock code=text(Language::Shell) label="as curl" language=Language::Shell />
                <p>"With the retry policy that is chosen above, as a whole program:"</p>
                <div><PolicyCode program=Signal::derive(move || program_of(state, session)) /></div>
            </div>
        </Disclosure>
    }
}

fn code_of(state: RequestState, session: Session, language: Language) -> String {
    let model = state.model();
    let body = match state.draft.with(|draft| draft.request(&model)) {
        Ok(request) => request.to_value(),
        Err(_) => return "# Complete the fields above first.".to_owned(),
    };
    let Some(body) = body.as_object() else { return String::new() };
    let base_url = exported_base_url(session);
    let base_url = base_url.as_deref();
    match language {
        Language::Python => code::python(base_url, body),
        _ => code::curl(base_url, body),
    }
}

/// The request under its policy; `None` while a field is wrong.
fn program_of(state: RequestState, session: Session) -> Option<PolicyProgram> {
    let model = state.model();
    let (request, policy) = state.draft.with(|draft| (draft.request(&model).ok(), draft.policy.clone()));
    let preset = Preset::from_id(&policy).unwrap_or(Preset::Sluice);
    Some(PolicyProgram::of(preset, preset.policy(), &request?, session))
}
