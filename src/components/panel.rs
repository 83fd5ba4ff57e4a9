//! A framed part of a view.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::unique_id;

/// A region named by its title.
#[component]
pub fn Panel(
    /// The title, and the region's accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Buttons, badges and the like at the end of the title's line.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The level of the heading, 2 unless given.
    #[prop(default = 2)]
    level: u8,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let id = unique_id("panel");
    let text = move || title.get();
    let heading = if level <= 2 {
        view! { <h2 class="panel-title" id=id.clone()>{text}</h2> }.into_any()
    } else {
        view! { <h3 class="panel-title" id=id.clone()>{text}</h3> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby=id>
            <div class="panel-head">
                {heading}
                {actions.map(|actions| view! { <div class="panel-actions">{actions.run()}</div> })}
            </div>
            <div class="panel-body">{children()}</div>
        </section>
    }
}
