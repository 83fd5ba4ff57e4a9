//! The theme: the user's, or else the system's. `public/theme.js` sets the stored one before the first paint.

use super::{document, storage};

const KEY: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

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
