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

use crate::components::Later;
use crate::platform::dom;
use crate::platform::lazy::lazy_view;
use crate::state;
use crate::state::activity::use_activity;
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
    stop_on_escape();
    view! {
        {move || match route.get() {
            View::Guide => view! { <guide::GuideView /> }.into_any(),
            View::Request => view! { <Later view=request_view() /> }.into_any(),
            View::Burst => view! { <Later view=burst_view() /> }.into_any(),
            View::Explain => view! { <Later view=explain_view() /> }.into_any(),
        }}
        <share::OpenedLink incoming=incoming />
        <key_in_prompt::KeyInPrompt />
    }
}

// Escape stops what is in flight, unless it closes a dialog or is typed into a field.
fn stop_on_escape() {
    let activity = use_activity();
    let listener = dom::on_key(move |key| {
        if key.key == "Escape" && !key.typing && activity.is_running_untracked() {
            activity.stop_all();
        }
    });
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || {
        let _ = listener.try_update_value(Option::take);
    });
}

/// Fills the frame that `index.html` holds. The frame itself, with its headline, stays as it was first painted.
pub fn mount() {
    fill("bands", || {
        // Before the routes: a link is taken out of the address before anything else reads it.
        let incoming = share::IncomingLink::intercept();
        state::provide_all();
        guide::provide();
        request::provide();
        burst::provide();
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
