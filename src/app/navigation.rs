//! The rail of views.

use leptos::prelude::*;

use super::parts;
use crate::platform::lazy::LazyView;
use crate::state::route::{View, use_route};

/// Links to the views; the one shown is marked.
#[component]
pub fn Navigation() -> impl IntoView {
    let route = use_route();
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
