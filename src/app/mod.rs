//! The page as a whole: the three bands, and which view is between them.

mod connection;
mod help;
mod hint;
mod key_in_prompt;
mod keys;
mod meter_band;
mod navigation;
mod notices;
mod parts;
mod presets;
mod share;
mod toasts;
mod top_bar;
mod window;

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;

use crate::components::{Later, LiveRegion};
use crate::platform::{dom, format};
use crate::state;
use crate::state::announcer::use_announcer;
use crate::state::route::use_route;
use crate::state::session::use_session;
use crate::state::shortcuts::use_shortcuts;
use crate::state::undo::use_undos;
use crate::views::guide;
use meter_band::MeterBand;
use navigation::Navigation;
use top_bar::TopBar;
use window::OnceWanted;

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
    let (route, undos) = (use_route(), use_undos());
    let question = use_session().secrets().question();
    let help_open = use_shortcuts().help_open;
    let came_by_link = untrack(|| incoming.is_there());
    view! {
        {move || match parts::of_view(route.get()) {
            None => view! { <guide::GuideView /> }.into_any(),
            Some(part) => view! { <Later view=part /> }.into_any(),
        }}
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
        <OnceWanted
            wanted=help_open
            view=parts::help_dialog()
            what="Help"
            on_failure=move |()| help_open.set(false)
        />
        <hint::Hint came_by_link=came_by_link />
        <OnceWanted
            wanted=Signal::derive(move || undos.is_any_shown())
            view=parts::undo_toasts()
            what="The message with Undo"
            on_failure=|()| {}
        />
        <LiveRegion text=use_announcer().text() />
    }
}

/// The page, filled in: dropped, it is taken down with all that listens for it.
pub struct Page {
    owner: Option<Owner>,
    places: Vec<Box<dyn Any>>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // What is fetched later runs under this owner and holds it, so it would not go by itself.
        if let Some(owner) = &self.owner {
            owner.cleanup();
        }
    }
}

/// Fills the frame that `index.html` holds. The frame itself, with its headline, stays as it was first painted.
///
/// `None` where there is no frame.
pub fn mount() -> Option<Page> {
    format::choose_separators();
    let bands = dom::emptied("bands")?;
    let page = Rc::new(RefCell::new(Page { owner: None, places: Vec::new() }));
    let filling = Rc::clone(&page);
    let bands = mount_to(bands, move || {
        // Before the routes: a link is taken out of the address before anything else reads it.
        let incoming = share::IncomingLink::intercept();
        provide_context(incoming);
        state::provide_all();
        help::provide_book();
        guide::provide();
        keys::listen();
        presets::listen();
        // In here, so that one owner holds the state of all three.
        let places =
            [fill("notices", notices::NoticeList), fill("view", move || view! { <CurrentView incoming=incoming /> })];
        let mut page = filling.borrow_mut();
        page.owner = Owner::current();
        page.places.extend(places);
        view! { <Bands /> }
    });
    page.borrow_mut().places.push(Box::new(bands));
    Rc::into_inner(page).map(RefCell::into_inner)
}

fn fill<V: IntoView + 'static>(id: &str, view: impl FnOnce() -> V + 'static) -> Box<dyn Any> {
    match dom::emptied(id) {
        Some(place) => Box::new(mount_to(place, view)),
        None => Box::new(()),
    }
}
