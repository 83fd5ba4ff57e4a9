//! What stands where there is nothing yet.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// Says what will be here, and holds the action that brings it.
#[component]
pub fn EmptyState(
    /// What will be here.
    #[prop(into)]
    text: Signal<String>,
    /// A drawing above.
    #[prop(optional)]
    icon: Option<Glyph>,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.map(|glyph| view! { <Icon glyph=glyph /> })} <p class="empty-text">{move || text.get()}</p>
            {children.map(|children| view! { <div class="empty-action">{children()}</div> })}
        </div>
    }
}
