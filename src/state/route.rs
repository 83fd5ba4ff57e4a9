//! Which view is shown: the address's fragment says, so that Back and deep links work on any static host.

use leptos::prelude::*;

use crate::platform::{dom, location};

/// The views of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// The course.
    Guide,
    /// One request.
    Request,
    /// Parallel requests.
    Burst,
    /// A pasted failure.
    Explain,
}

impl View {
    /// All views, in the order of the navigation.
    pub const ALL: [Self; 4] = [Self::Guide, Self::Request, Self::Burst, Self::Explain];

    /// The name in the navigation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Request => "Request",
            Self::Burst => "Burst",
            Self::Explain => "Explain",
        }
    }

    /// The fragment that leads here.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Guide => "#/guide",
            Self::Request => "#/request",
            Self::Burst => "#/burst",
            Self::Explain => "#/explain",
        }
    }

    fn from_hash(hash: &str) -> Option<Self> {
        let path = hash.split('?').next().unwrap_or_default().trim_end_matches('/');
        // The bare address is the landing view's: Back leads there too.
        if path.trim_start_matches('#').is_empty() {
            return Some(Self::Guide);
        }
        Self::ALL.into_iter().find(|view| view.href() == path)
    }

    /// The view that an address shows, if it is a view's address; one of no view there is leads to the Guide.
    fn at(hash: &str) -> Option<Self> {
        let known = Self::from_hash(hash);
        if known.is_none() && hash.starts_with("#/") {
            location::replace_hash(Self::Guide.href());
            return Some(Self::Guide);
        }
        known
    }
}

/// The view shown.
#[derive(Debug, Clone, Copy)]
pub struct Route(RwSignal<View>);

impl Route {
    /// Starts at the address's view and follows it.
    pub fn new() -> Self {
        let current = RwSignal::new(View::at(&location::hash()).unwrap_or(View::Guide));
        let listener = location::on_hash_change(move |hash| {
            // A fragment that names no view, such as a heading's, leaves the view as it is.
            if let Some(view) = View::at(&hash) {
                let _ = current.try_set(view);
            }
        });
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || {
            let _ = listener.try_update_value(Option::take);
        });
        Effect::new(move || {
            let view = current.get();
            dom::set_title(&format!("{} · Sluice", view.name()));
            dom::set_view(view.href().trim_start_matches("#/"));
        });
        Self(current)
    }

    /// The view shown, tracked.
    pub fn get(self) -> View {
        self.0.get()
    }

    /// Goes to a view, as a link would.
    pub fn go(self, view: View) {
        location::set_hash(view.href());
        self.0.set(view);
    }
}

/// The page's route.
pub fn use_route() -> Route {
    expect_context()
}
