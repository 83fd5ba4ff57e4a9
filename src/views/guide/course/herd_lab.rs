//! The picture of section 5: a herd, and what jitter makes of it.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;

use super::motion::while_moving;
use super::state::HerdState;
use super::strips::Strips;
use crate::components::{Button, ButtonKind, Glyph, NumberField, NumberRange, Slider};
use crate::course::MOST_CLIENTS;
use crate::views::guide::state::use_guide;

/// The herd with its settings.
#[component]
pub fn HerdLab() -> impl IntoView {
    let state = use_guide().course.herd;
    let moving = Memo::new(move |_| state.moves());
    while_moving(moving, Duration::ZERO, Rc::new(move |elapsed| state.step(elapsed)));
    let another = move |()| {
        state.seed.update(|seed| *seed = seed.wrapping_add(1));
        state.start();
    };
    let preset = move |clients, rpm| {
        move |()| {
            state.clients.set(clients);
            state.rpm.set(rpm);
            state.start();
        }
    };
    view! {
        <section class="lab" aria-label="A herd and its jitter">
            <header class="lab-head">
                <p class="lab-title">"Try it: all refused at once. When do they come back?"</p>
                <div class="lab-time">
                    <Button on_click=preset(10, 3)>"10 at 3 RPM"</Button>
                    <Button on_click=preset(30, 10)>"30 at 10 RPM"</Button>
                </div>
            </header>
            <div class="lab-body">
                <div class="herd-settings">
                    <Clients state=state />
                    <Rpm state=state />
                    <div class="herd-buttons">
                        <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=move |()| state.start() busy=Signal::derive(move || moving.get())>
                            "Run the herd"
                        </Button>
                        <Button icon=Glyph::Reset on_click=another>"Draw again"</Button>
                        <span class="guide-aside num">{move || format!("draw {}", state.seed.get())}</span>
                    </div>
                </div>
                <Strips state=state />
                <p class="guide-aside">
                    "Each row is the page's own retry loop against the simulated API, on a clock of its own; answers take no \
                     time. d is 1 s, 2 s, 4 s and so on, up to 60 s. All of them wait what the server asks, and the jitter on top."
                </p>
            </div>
        </section>
    }
}

#[component]
fn Clients(state: HerdState) -> impl IntoView {
    let clients = move || state.clients.get();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the track gives whole numbers in range
    let moved = move |value: f64| state.clients.set(value as u32);
    view! {
        <div class="field">
            <span class="field-label num" aria-hidden="true">"Clients: "{clients}</span>
            <Slider
                label="Clients"
                value=Signal::derive(move || f64::from(clients()))
                on_input=moved
                bounds=(2.0, f64::from(MOST_CLIENTS), 1.0)
                text=Signal::derive(move || format!("{} clients", clients()))
            />
        </div>
    }
}

#[component]
fn Rpm(state: HerdState) -> impl IntoView {
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    let value = move || Some(state.rpm.get() as f64);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field takes whole numbers in range
    let typed = move |typed: Option<f64>| {
        if let Some(typed) = typed {
            state.rpm.set(typed as u64);
        }
    };
    view! {
        <NumberField
            label="The server lets in"
            value=Signal::derive(value)
            on_change=typed
            range=NumberRange::new(3.0, 60.0, 1.0)
            unit="a minute".to_owned()
        />
    }
}
