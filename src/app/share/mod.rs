//! Share links: the dialog that makes one, and what happens when one is opened.

mod address;
mod make;
mod open;

pub use make::ShareDialog;
pub use open::{IncomingLink, OpenedLink, filler};

use crate::share::{Field, SharedSettings};

/// The longest value that is shown, in characters.
const SHOWN: usize = 60;

/// Settings that fill in fields, as people read them. Those left unset are named only where nothing else is there.
fn told(settings: &SharedSettings) -> Vec<(&'static str, String)> {
    let filled_in = || settings.iter().filter(|(field, _)| *field != Field::BaseUrl);
    let only_unset = filled_in().all(|(_, text)| text.is_empty());
    let told = filled_in().filter(|(_, text)| only_unset || !text.is_empty());
    told.map(|(field, text)| (field.label(), shown(field, text))).collect()
}

/// A field's value as people read it, cut off where it is long.
fn shown(field: Field, value: &str) -> String {
    let value = field.value_label(value);
    match value.chars().count() {
        0 => "none, or its own".to_owned(),
        1..=SHOWN => value.to_owned(),
        _ => format!("{}…", value.chars().take(SHOWN).collect::<String>()),
    }
}
