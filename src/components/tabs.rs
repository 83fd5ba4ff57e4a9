//! Several panels in one place.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use super::Choice;

fn tab_id(name: &str, tab: &str) -> String {
    format!("{name}-tab-{tab}")
}

fn panel_id(name: &str, tab: &str) -> String {
    format!("{name}-panel-{tab}")
}

/// The tabs; each shows its [`TabPanel`]. The arrow keys, Home and End move between them.
#[component]
pub fn Tabs(
    /// What ties tabs and panels together: unique on the page, as "inspector".
    name: &'static str,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Choice>>,
    /// The value of the tab that is shown.
    #[prop(into)]
    selected: Signal<String>,
    /// Called with the value of the tab to show.
    #[prop(into)]
    on_select: Callback<String>,
) -> impl IntoView {
    let by_key = StoredValue::new(false);
    let tab = move |choice: Choice| {
        view! { <Tab name=name choice=choice tabs=tabs selected=selected on_select=on_select by_key=by_key /> }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=move || label.get()>
            {move || tabs.get().into_iter().map(tab).collect_view()}
        </div>
    }
}

#[component]
fn Tab(
    name: &'static str,
    choice: Choice,
    tabs: Signal<Vec<Choice>>,
    selected: Signal<String>,
    on_select: Callback<String>,
    by_key: StoredValue<bool>,
) -> impl IntoView {
    let node = NodeRef::<html::Button>::new();
    let value = StoredValue::new(choice.value.clone());
    let is_selected = move || value.with_value(|value| selected.with(|selected| selected == value));
    // The focus follows a selection made by the arrow keys: then, and only then, another tab holds it.
    Effect::new(move |before: Option<bool>| {
        let now = is_selected();
        if now
            && before == Some(false)
            && let Some(button) = node.get_untracked()
            && by_key.try_update_value(std::mem::take) == Some(true)
        {
            let _ = button.focus();
        }
        now
    });
    let key = move |event: KeyboardEvent| {
        let step: Option<fn(usize, usize) -> usize> = match event.key().as_str() {
            "ArrowRight" => Some(|at, count| (at + 1) % count),
            "ArrowLeft" => Some(|at, count| (at + count - 1) % count),
            "Home" => Some(|_, _| 0),
            "End" => Some(|_, count| count - 1),
            _ => None,
        };
        let Some(step) = step else { return };
        let next = tabs.with_untracked(|tabs| {
            let at = tabs.iter().position(|tab| value.with_value(|value| tab.value == *value))?;
            tabs.get(step(at, tabs.len())).map(|tab| tab.value.clone())
        });
        if let Some(next) = next {
            event.prevent_default();
            by_key.set_value(true);
            on_select.run(next);
        }
    };
    view! {
        <button
            class="tab"
            type="button"
            role="tab"
            node_ref=node
            id=tab_id(name, &choice.value)
            aria-controls=panel_id(name, &choice.value)
            aria-selected=move || if is_selected() { "true" } else { "false" }
            tabindex=move || if is_selected() { "0" } else { "-1" }
            on:click=move |_| on_select.run(value.get_value())
            on:keydown=key
        >
            {choice.label}
        </button>
    }
}

/// What a tab shows. It stays in the page while hidden, so that the tab always controls something.
#[component]
pub fn TabPanel(
    /// The name of the [`Tabs`].
    name: &'static str,
    /// The value of its tab.
    tab: &'static str,
    /// The value of the tab that is shown.
    #[prop(into)]
    selected: Signal<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class="tab-panel"
            role="tabpanel"
            id=panel_id(name, tab)
            aria-labelledby=tab_id(name, tab)
            tabindex="0"
            hidden=move || selected.with(|selected| selected != tab)
        >
            {children()}
        </div>
    }
}
