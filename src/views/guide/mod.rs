//! The guide: the notebook's six sections, each cell runnable in place.

mod article;
mod backoff;
mod basic;
mod cell;
mod contents;
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

use crate::components::Later;

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
    contents::want_when_near(guide.article);
    view! {
        <div class="guide">
            <Hero />
            <Contents />
            <Show when=move || guide.is_told.get()><Later view=first::told() quiet=true /></Show>
            <article class="guide-article">
                <Opening />
                <Later view=article::article() wanted=guide.article place="guide-rest" unasked=true until_then=|| view! { <contents::Headings /> } />
            </article>
        </div>
    }
}
