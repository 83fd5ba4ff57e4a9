//! The page as a whole: the three bands, and which view is between them.

mod connection;
mod help;
mod hint;
mod key_in_prompt;
mod keys;
mod meter_band;
mod navigation;
mod notices;
mod presets;
mod share;
mod toasts;
mod top_bar;

use leptos::mount::mount_to;
use leptos::prelude::*;

use crate::components::LiveRegion;
use crate::platform::dom;
use crate::state;
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
    let came_by_link = incoming.is_there();
    state::provide_all();
    help::provide_book();
    guide::provide();
    request::provide();
    burst::provide();
    let route = use_route();
    keys::listen();
    presets::listen();
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
        <help::HelpDialog />
        <hint::Hint came_by_link=came_by_link />
        <toasts::UndoToasts />
        <LiveRegion text=use_announcer().text() />
        </div>
    }
}

/// Mounts the page into `#app`.
pub fn mount() {
    let Some(root) = dom::element("app") else { return };
    mount_to(root, App).forget();
}
