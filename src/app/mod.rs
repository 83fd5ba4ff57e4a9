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

use crate::components::{Later, LiveRegion};
use crate::platform::lazy::lazy_view;
use crate::platform::{dom, format};
use crate::state;
use crate::state::announcer::use_announcer;
use crate::state::route::{View, use_route};
use crate::views::{burst, explain, guide, request};
use meter_band::MeterBand;
use navigation::Navigation;
use top_bar::TopBar;

lazy_view! {
    fn request_view in request = view! { <request::RequestView /> }.into_any();
}
lazy_view! {
    fn burst_view in burst = view! { <burst::BurstView /> }.into_any();
}
lazy_view! {
    fn explain_view in explain = view! { <explain::ExplainView /> }.into_any();
}

/// The three bands above and beside the view.
#[component]
fn Bands() -> impl IntoView {
    view! {
        <TopBar />
        <Navigation />
        <MeterBand />
    }
}

/// The view that the address asks for, and what is asked over it.
#[component]
fn CurrentView(incoming: share::IncomingLink) -> impl IntoView {
    let route = use_route();
    let came_by_link = incoming.is_there();
    view! {
        {move || match route.get() {
            View::Guide => view! { <guide::GuideView /> }.into_any(),
            View::Request => view! { <Later view=request_view() /> }.into_any(),
            View::Burst => view! { <Later view=burst_view() /> }.into_any(),
            View::Explain => view! { <Later view=explain_view() /> }.into_any(),
        }}
        <share::OpenedLink incoming=incoming />
        <key_in_prompt::KeyInPrompt />
        <help::HelpDialog />
        <hint::Hint came_by_link=came_by_link />
        <toasts::UndoToasts />
        <LiveRegion text=use_announcer().text() />
    }
}

/// Fills the frame that `index.html` holds. The frame itself, with its headline, stays as it was first painted.
pub fn mount() {
    format::choose_separators();
    fill("bands", || {
        // Before the routes: a link is taken out of the address before anything else reads it.
        let incoming = share::IncomingLink::intercept();
        state::provide_all();
        help::provide_book();
        guide::provide();
        request::provide();
        burst::provide();
        keys::listen();
        presets::listen();
        // In here, so that one owner holds the state of all three.
        fill("notices", notices::NoticeList);
        fill("view", move || view! { <CurrentView incoming=incoming /> });
        view! { <Bands /> }
    });
}

fn fill<V: IntoView + 'static>(id: &str, view: impl FnOnce() -> V + 'static) {
    if let Some(place) = dom::emptied(id) {
        mount_to(place, view).forget();
    }
}
