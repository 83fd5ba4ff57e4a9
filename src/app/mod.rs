//! The page as a whole: the three bands, and which view is between them.

mod connection;
mod key_in_prompt;
mod meter_band;
mod navigation;
mod notices;
mod share;
mod top_bar;

use leptos::mount::mount_to;
use leptos::prelude::*;

use crate::components::LiveRegion;
use crate::platform::{dom, format};
use crate::state;
use crate::state::activity::use_activity;
use crate::state::announcer::use_announcer;
use crate::state::route::{View, use_route};
use crate::views::{burst, explain, guide, request};
use meter_band::MeterBand;
use navigation::Navigation;
use top_bar::TopBar;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    // Before the routes: a link is taken out of the address before anything else reads it.
    let incoming = share::IncomingLink::intercept();
    state::provide_all();
    guide::provide();
    request::provide();
    burst::provide();
    let route = use_route();
    stop_on_escape();
    let skip = move |event: leptos::ev::MouseEvent| {
        // The fragment belongs to the routes, so the jump is made by hand.
        event.prevent_default();
        dom::focus("work");
    };
    view! {
        <div class="app">
        <a class="skip-link" href="#work" on:click=skip>"Skip to content"</a>
        <TopBar />
        <Navigation />
        <MeterBand />
        <main class="work" id="work" tabindex="-1">
            <notices::NoticeList />
            {move || match route.get() {
                View::Guide => view! { <guide::GuideView /> }.into_any(),
                View::Request => view! { <request::RequestView /> }.into_any(),
                View::Burst => view! { <burst::BurstView /> }.into_any(),
                View::Explain => view! { <explain::ExplainView /> }.into_any(),
            }}
        </main>
        <share::OpenedLink incoming=incoming />
        <key_in_prompt::KeyInPrompt />
        <LiveRegion text=use_announcer().text() />
        </div>
    }
}

// Escape stops what is in flight, unless it closes a dialog or is typed into a field.
fn stop_on_escape() {
    let activity = use_activity();
    let listener = dom::on_key(move |key| {
        if key.key == "Escape" && !key.typing && !dom::dialog_is_open() && activity.is_running_untracked() {
            activity.stop_all();
        }
    });
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || {
        let _ = listener.try_update_value(Option::take);
    });
}

/// Mounts the page into `#app`.
pub fn mount() {
    format::choose_separators();
    let Some(root) = dom::element("app") else { return };
    mount_to(root, App).forget();
}
