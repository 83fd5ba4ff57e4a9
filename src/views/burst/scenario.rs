//! Which simulated API answers.

use leptos::prelude::*;

use super::use_burst;
use crate::components::{Button, Choice, Select};
use crate::simulator::{Scenario, ScenarioPreset};

const QUICK: [(ScenarioPreset, &str); 3] = [
    (ScenarioPreset::First429, "First 429 (3 RPM)"),
    (ScenarioPreset::Tier1, "Tier 1"),
    (ScenarioPreset::TokenBound, "Token-bound"),
];

/// Which scenario answers: the session's, with what was used of it, or one of its own, fresh for each burst.
#[component]
pub fn ScenarioPicker() -> impl IntoView {
    let burst = use_burst();
    let sessions = move || burst.session.scenario.with(|choice| choice.scenario());
    let options = move || {
        let own = ScenarioPreset::ALL
            .map(|preset| Choice::new(preset.id(), format!("{}, fresh for each burst", preset.name())));
        let mut options = vec![Choice::new("", format!("This session's: {}", sessions().name_in_words()))];
        options.extend(own);
        options
    };
    let about = move || {
        let own = burst.scenario.with(|id| ScenarioPreset::from_id(id)).map(Scenario::from);
        let scenario = own.unwrap_or_else(sessions);
        // A preset's description tells the preset's own limits.
        let is_changed = scenario.is_changed();
        Some(if is_changed {
            format!("{}.", scenario.in_words(&burst.model()))
        } else {
            scenario.description().to_owned()
        })
    };
    let quick = move |(preset, name): (ScenarioPreset, &'static str)| {
        view! { <Button on_click=move |()| burst.scenario.set(preset.id().to_owned())>{name}</Button> }
    };
    view! {
        <div class="scenario-picker">
            <Select
                label="Answered by"
                options=Signal::derive(options)
                value=burst.scenario
                on_change=move |id: String| burst.scenario.set(id)
                hint=Signal::derive(about)
            />
            <div class="quick-choices" role="group" aria-label="Quick choices">
                {QUICK.map(quick).into_iter().collect_view()}
            </div>
        </div>
    }
}
