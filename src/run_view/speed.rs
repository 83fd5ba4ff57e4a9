//! How fast the simulated clock runs.

use leptos::prelude::*;

use crate::components::{Choice, RadioGroup};
use crate::state::session::use_session;

const SPEEDS: [f64; 3] = [1.0, 10.0, 60.0];

/// How much faster than life the simulated clock runs: for waits that nobody wants to sit through.
#[component]
pub fn SpeedControl() -> impl IntoView {
    let session = use_session();
    let options = || SPEEDS.map(|speed| Choice::new(speed.to_string(), format!("{speed}×"))).to_vec();
    let choose = move |value: String| {
        if let Ok(speed) = value.parse() {
            session.speed.set(speed);
        }
    };
    view! {
        <div class="speed">
            <span class="muted" aria-hidden="true">
                "Simulated time"
            </span>
            <RadioGroup
                label="Simulated time"
                options=Signal::derive(options)
                value=Signal::derive(move || session.speed.get().to_string())
                on_change=choose
                segmented=true
            />
        </div>
    }
}
