//! The loop to take away, with the policy that was chosen.

use leptos::prelude::*;

use crate::components::{Choice, CodeBlock, RadioGroup, Select};
use crate::highlight::Language;
use crate::notebook::{BackoffCode, prompts, take_away};
use crate::retry::Preset;
use crate::state::session::use_session;
use crate::views::guide::backoff::POLICIES;
use crate::views::guide::state::use_guide;

/// The program, in Python or in TypeScript.
#[component]
pub fn TakeAway() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let language = RwSignal::new(Language::Python);
    let languages = || {
        [Language::Python, Language::TypeScript].map(|language| Choice::new(language.name(), language.name())).to_vec()
    };
    let choose = move |name: String| {
        language.set(if name == Language::TypeScript.name() { Language::TypeScript } else { Language::Python });
    };
    let policies = Signal::derive(|| POLICIES.map(|preset| Choice::new(preset.id(), preset.name())).to_vec());
    let choose_policy = move |id: String| {
        if let Some(preset) = Preset::from_id(&id) {
            guide.choose(preset);
        }
    };
    let code = move || {
        let code = BackoffCode {
            style: guide.loop_style(),
            num_requests: guide.num_requests.get(),
            max_attempts: guide.max_attempts.get(),
            base_delay: guide.base_delay.get(),
            prompt: prompts::TURTLES.to_owned(),
        };
        take_away(language.get(), &session.model(), &code)
    };
    view! {
        <div class="take-away">
            <div class="guide-row">
                <Select label="Policy to take away" options=policies value=guide.policy on_change=choose_policy />
                <RadioGroup
                    label="Language"
                    options=Signal::derive(languages)
                    value=Signal::derive(move || language.get().name().to_owned())
                    on_change=choose
                    segmented=true
                />
            </div>
            <CodeBlock code=Signal::derive(code) label="The loop, a whole program" language=language />
        </div>
    }
}
