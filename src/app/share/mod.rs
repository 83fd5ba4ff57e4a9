//! Share links: the dialog that makes one, and what happens when one is opened.

mod address;
mod make;
mod open;

pub use make::ShareDialog;
pub use open::{IncomingLink, OpenedLink};

use crate::share::{Field, SharedSettings};

/// The longest value that is shown, in characters.
const SHOWN: usize = 60;

/// Settings as people read them.
fn told(settings: &SharedSettings) -> Vec<(&'static str, String)> {
    let value = |value: &str| match value.chars().count() {
        0 => "none, or its own".to_owned(),
        1..=SHOWN => value.to_owned(),
        _ => format!("{}…", value.chars().take(SHOWN).collect::<String>()),
    };
    settings
        .iter()
        .filter(|(field, _)| *field != Field::BaseUrl)
        .map(|(field, text)| (field.label(), value(text)))
        .collect()
}
