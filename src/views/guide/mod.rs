//! The guide: a course in the notebook's six sections. Each has one idea, a picture, a question, and cells to run.

mod article;
mod backoff;
mod basic;
mod cell;
mod cell_state;
mod contents;
mod course;
mod dotenv;
mod first;
mod headers;
mod herd;
mod hero;
mod limits;
mod opening;
mod pieces;
mod provoke;
mod reading;
mod setup;
mod state;
mod summary;
mod tracking;

use leptos::prelude::*;

use crate::components::{InTurn, Later};

use contents::Contents;
use hero::Hero;
use opening::Opening;

/// Makes the guide's state, at the root of the page, so that results outlive a change of view.
pub fn provide() {
    provide_context(state::Guide::new());
}

/// The guide.
#[component]
pub fn GuideView() -> impl IntoView {
    let guide = state::use_guide();
    view! {
        <div class="guide">
            <Hero />
            <InTurn><Contents /></InTurn>
            <Show when=move || guide.is_told.get()><Later view=first::told() quiet=true /></Show>
            <article class="guide-article">
                <InTurn last=true><Opening /></InTurn>
                <InTurn last=true><Rest /></InTurn>
            </article>
        </div>
    }
}

/// The sections after the opening, once they are wanted.
#[component]
fn Rest() -> impl IntoView {
    let wanted = state::use_guide().article;
    contents::want_when_near(wanted);
    view! {
        <Later view=article::article() wanted=wanted place="guide-rest" unasked=true until_then=|| view! { <contents::Headings /> } />
    }
}
