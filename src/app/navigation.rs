//! The rail of views.

use leptos::prelude::*;

use super::parts;
use crate::platform::dom;
use crate::platform::lazy::LazyView;
use crate::state::route::{View, use_route};

/// Brings the link of the view that is shown into sight, where the strip goes on to the side.
pub fn show_current() {
    dom::centre_in_strip(".nav", ".nav [aria-current]");
}

/// Links to the views; the one shown is marked.
#[component]
pub fn Navigation() -> impl IntoView {
    let route = use_route();
    // On a phone the rail is a strip that goes on to the side.
    Effect::new(move || {
        route.get();
        request_animation_frame(show_current);
    });
    let link = move |view: View| {
        // Its code is there by the time the link is pressed.
        let prefetch = move || parts::of_view(view).into_iter().for_each(LazyView::prefetch);
        view! {
            <li>
                <a
                    href=view.href()
                    on:pointerenter=move |_| prefetch()
                    on:focus=move |_| prefetch()
                    aria-current=move || (route.get() == view).then_some("page")
                >
                    {view.name()}
                </a>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Views">
            <ul role="list">{View::ALL.map(link).into_iter().collect_view()}</ul>
        </nav>
    }
}
