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

use crate::components::{Later, LiveRegion, Turns};
use crate::platform::timer::{next_frame, next_task};
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

/// The view that the address asks for.
#[component]
fn CurrentView() -> impl IntoView {
    let route = use_route();
    move || match parts::of_view(route.get()) {
        None => view! { <guide::GuideView /> }.into_any(),
        Some(part) => view! { <Later view=part /> }.into_any(),
    }
}

/// What is asked and told over the view.
#[component]
fn OverTheView(incoming: share::IncomingLink) -> impl IntoView {
    let undos = use_undos();
    let question = use_session().secrets().question();
    let help_open = use_shortcuts().help_open;
    let came_by_link = untrack(|| incoming.is_there());
    view! {
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
        <div class="corner">
            <OnceWanted
                wanted=Signal::derive(move || undos.is_any_shown())
                view=parts::undo_toasts()
                what="The message with Undo"
                on_failure=|()| {}
            />
            <hint::Hint came_by_link=came_by_link />
        </div>
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

/// Fills the frame that `index.html` holds, place by place and piece by piece, so that the browser can draw and answer in
/// between. The frame itself, with its headline, stays as it was first painted.
///
/// `None` where there is no frame.
pub async fn mount() -> Option<Page> {
    // What the program needs before it can run at all was work enough for one task.
    next_task().await;
    format::choose_separators();
    let turns = Turns::begin();
    let (mut page, incoming) = begin(turns)?;
    let owner = page.owner.clone()?;
    for provide in state::PROVIDE.into_iter().chain([listen as fn()]) {
        next_task().await;
        owner.with(provide);
    }
    let bands: [Step; 4] = [
        ("top-band", || view! { <TopBar /> }.into_any()),
        ("navigation", || view! { <Navigation /> }.into_any()),
        ("meter-band", || view! { <MeterBand /> }.into_any()),
        ("notices", || view! { <notices::NoticeList /> }.into_any()),
    ];
    // Shown once they are whole, and together: nothing moves for what comes after it, and each frame has its price.
    let mut whole = Vec::new();
    for (place, view) in bands {
        whole.push((place, made(&mut page, &owner, turns, view).await?));
    }
    for (place, band) in whole {
        dom::fill(place, &band)?;
    }
    let view = made(&mut page, &owner, turns, || view! { <CurrentView /> }.into_any()).await?;
    dom::fill("view", &view)?;
    next_frame().await;
    navigation::show_current();
    while turns.give_next(true) {
        next_task().await;
    }
    turns.end();
    let place = dom::element("view")?;
    let over = move || view! { <OverTheView incoming=incoming /> };
    page.places.push(owner.with(|| Box::new(mount_to(place, over)) as Box<dyn Any>));
    Some(page)
}

/// Makes a view, and each of its pieces in a task of its own, beside the page.
async fn made(page: &mut Page, owner: &Owner, turns: Turns, view: Make) -> Option<dom::Detached> {
    next_task().await;
    let whole = dom::detached()?;
    page.places.push(owner.with(|| Box::new(mount_to(whole.clone(), view)) as Box<dyn Any>));
    while turns.is_awaited() {
        next_task().await;
        turns.give_next(false);
    }
    Some(whole)
}

/// A place in the frame, and what fills it.
type Step = (&'static str, Make);

type Make = fn() -> AnyView;

/// A page with nothing in its places, and what its address brought.
fn begin(turns: Turns) -> Option<(Page, share::IncomingLink)> {
    let begun = Rc::new(RefCell::new(None));
    let state = Rc::clone(&begun);
    // Mounting starts what effects run on; what is mounted is nothing.
    let nothing = mount_to(dom::element("top-band")?, move || {
        // Before the routes: a link is taken out of the address before anything else reads it.
        let incoming = share::IncomingLink::intercept();
        provide_context(incoming);
        provide_context(turns);
        *state.borrow_mut() = Owner::current().map(|owner| (owner, incoming));
    });
    let (owner, incoming) = begun.take()?;
    Some((Page { owner: Some(owner), places: vec![Box::new(nothing)] }, incoming))
}

fn listen() {
    help::provide_book();
    guide::provide();
    keys::listen();
    presets::listen();
}
