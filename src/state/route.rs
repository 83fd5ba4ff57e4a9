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
    /// A file of requests.
    Batch,
    /// Experiments.
    Lab,
    /// What it has cost.
    Usage,
}

impl View {
    /// All views, in the order of the navigation.
    pub const ALL: [Self; 7] =
        [Self::Guide, Self::Request, Self::Burst, Self::Explain, Self::Batch, Self::Lab, Self::Usage];

    /// The name in the navigation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Request => "Request",
            Self::Burst => "Burst",
            Self::Explain => "Explain",
            Self::Batch => "Batch",
            Self::Lab => "Lab",
            Self::Usage => "Usage",
        }
    }

    /// The fragment that leads here.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Guide => "#/guide",
            Self::Request => "#/request",
            Self::Burst => "#/burst",
            Self::Explain => "#/explain",
            Self::Batch => "#/batch",
            Self::Lab => "#/lab",
            Self::Usage => "#/usage",
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
pub struct Route {
    current: RwSignal<View>,
    // How far each view was scrolled when it was left, in CSS pixels.
    scrolled: StoredValue<[f64; View::ALL.len()]>,
}

impl Route {
    /// Starts at the address's view and follows it.
    pub fn new() -> Self {
        let current = RwSignal::new(View::at(&location::hash()).unwrap_or(View::Guide));
        let route = Self { current, scrolled: StoredValue::default() };
        let listener = location::on_hash_change(move |hash| {
            // A fragment that names no view, such as a heading's, leaves the view as it is.
            if let Some(view) = View::at(&hash) {
                route.show(view);
            }
        });
        let listener = StoredValue::new_local(Some((listener, location::keep_scroll())));
        on_cleanup(move || {
            let _ = listener.try_update_value(Option::take);
        });
        Effect::new(move || {
            let view = current.get();
            dom::set_title(&format!("{} · Sluice", view.name()));
            dom::set_view(view.href().trim_start_matches("#/"));
        });
        route
    }

    // Each view is found as far down as it was left.
    fn show(self, view: View) {
        let Some(before) = self.current.try_get_untracked().filter(|before| *before != view) else { return };
        let left_at = dom::scroll_top();
        self.scrolled.update_value(|scrolled| {
            if let Some(place) = scrolled.get_mut(before as usize) {
                *place = left_at;
            }
        });
        let place = self.scrolled.with_value(|scrolled| scrolled.get(view as usize).copied()).unwrap_or_default();
        self.current.set(view);
        // By then the view is mounted: one that was left has been fetched.
        request_animation_frame(move || dom::scroll_to(place));
    }

    /// The view shown, tracked.
    pub fn get(self) -> View {
        self.current.get()
    }

    /// Goes to a view, as a link would.
    pub fn go(self, view: View) {
        self.show(view);
        location::set_hash(view.href());
    }
}

/// The page's route.
pub fn use_route() -> Route {
    expect_context()
}
