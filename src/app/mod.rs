//! The page as a whole: the three bands, and which view is between them.

mod connection;
mod key_in_prompt;
mod meter_band;
mod navigation;
mod notices;
mod parts;
mod share;
mod top_bar;
mod window;

use leptos::mount::mount_to;
use leptos::prelude::*;

use crate::components::Later;
use crate::platform::dom;
use crate::state;
use crate::state::activity::use_activity;
use crate::state::route::use_route;
use crate::state::session::use_session;
use crate::views::{burst, guide, request};
use meter_band::MeterBand;
use navigation::Navigation;
use top_bar::TopBar;
use window::OnceWanted;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    // Before the routes: a link is taken out of the address before anything else reads it.
    let incoming = share::IncomingLink::intercept();
    state::provide_all();
    guide::provide();
    request::provide();
    burst::provide();
    provide_context(incoming);
    let question = use_session().secrets().question();
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
            {move || match parts::of_view(route.get()) {
                None => view! { <guide::GuideView /> }.into_any(),
                Some(part) => view! { <Later view=part /> }.into_any(),
            }}
        </main>
        <OnceWanted
            wanted=Signal::derive(move || incoming.is_there())
            view=parts::opened_link()
            what="What the link says"
            on_failure=move |()| incoming.drop()
        />
        <OnceWanted
            wanted=Signal::derive(move || question.with(Option::is_some))
            view=parts::key_in_prompt()
            what="The question about the key in your prompt"
            on_failure=move |()| question.set(None)
        />
        </div>
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

/// Mounts the page into `#app`.
pub fn mount() {
    let Some(root) = dom::element("app") else { return };
    mount_to(root, App).forget();
}
