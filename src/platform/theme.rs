//! The theme: the user's, or else the system's. `public/theme.js` sets the stored one before the first paint.

use web_sys::Event;

use super::listener::window_target;
use super::{Listener, document, storage};

const KEY: &str = "theme";
const ATTRIBUTE: &str = "data-theme";
/// Told to the window when the user has chosen a theme.
const CHOSEN: &str = "sluice:theme";

/// Tells `callback` when the page may wear other colours: another theme, or forced ones.
pub fn on_change(callback: impl Fn() + Clone + 'static) -> [Listener; 3] {
    let query = |query: &str| {
        let found = web_sys::window().and_then(|window| window.match_media(query).ok().flatten()).map(Into::into);
        let callback = callback.clone();
        Listener::new(found, "change", move |_| callback())
    };
    let queries = [query("(prefers-color-scheme: dark)"), query("(forced-colors: active)")];
    let [scheme, forced] = queries;
    [scheme, forced, Listener::new(window_target(), CHOSEN, move |_| callback())]
}

/// Which colours the page wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The theme that is stored; the system's where none is.
    pub fn read() -> Self {
        match storage::read(KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// Wears this theme and stores it; where nothing can be stored it lasts until the page is closed.
    pub fn apply(self) {
        let root = document().and_then(|document| document.document_element());
        if let Some(name) = self.name() {
            let _ = storage::write(KEY, name);
            if let Some(root) = root {
                let _ = root.set_attribute(ATTRIBUTE, name);
            }
        } else {
            storage::remove(KEY);
            if let Some(root) = root {
                let _ = root.remove_attribute(ATTRIBUTE);
            }
        }
        if let (Some(window), Ok(chosen)) = (web_sys::window(), Event::new(CHOSEN)) {
            let _ = window.dispatch_event(&chosen);
        }
    }

    /// Its name in storage and in the attribute; the system's has none.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}
