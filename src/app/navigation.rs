//! The rail of views.

use leptos::prelude::*;

use crate::state::route::{View, use_route};

/// Links to the views; the one shown is marked.
#[component]
pub fn Navigation() -> impl IntoView {
    let route = use_route();
    let link = move |view: View| {
        view! {
            <li>
                <a href=view.href() aria-current=move || (route.get() == view).then_some("page")>
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
