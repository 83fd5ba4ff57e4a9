//! Keys that do something on the whole page.

use leptos::prelude::*;

use crate::platform::dom::{self, KeyPress};
use crate::state::activity::{Activity, use_activity};
use crate::state::route::{Route, View, use_route};
use crate::state::shortcuts::{Shortcuts, use_shortcuts, while_here};
use crate::state::undo::{Undos, use_undos};

/// Listens until the page goes. First of all who listen: what it has done, the others are not told.
pub fn listen() {
    let page = (use_activity(), use_shortcuts(), use_route(), use_undos());
    let after_g = StoredValue::new(false);
    while_here(dom::on_key(move |key| {
        let is_after_g = after_g.get_value();
        after_g.set_value(false);
        // An open window has its own keys, and closes by itself.
        if dom::dialog_is_open() || dom::popover_is_open() {
            return;
        }
        if pressed(&key, page, is_after_g, after_g) {
            key.prevent_default();
        }
    }));
}

type Page = (Activity, Shortcuts, Route, Undos);

/// Does what a key says; whether it said anything.
fn pressed(key: &KeyPress, page: Page, is_after_g: bool, after_g: StoredValue<bool>) -> bool {
    let (activity, shortcuts, route, undos) = page;
    let is_single = !(key.typing || key.command() || key.alt) && shortcuts.single_keys.get_untracked();
    match key.key.as_str() {
        // Also from within a field; in a list of choices it closes the list.
        "Escape" if !key.choosing && activity.is_running_untracked() => activity.stop_all(),
        // In a field it takes back what was typed.
        "z" if key.command() && !key.shift && !key.typing => return undos.undo_last(),
        "?" if is_single => shortcuts.help_open.set(true),
        letter if is_single && is_after_g => {
            let Some(view) = View::ALL.into_iter().find(|view| letter_of(*view) == letter) else { return false };
            route.go(view);
        }
        "g" if is_single => after_g.set_value(true),
        _ => return false,
    }
    true
}

/// The letter that leads to a view after `g`.
pub const fn letter_of(view: View) -> &'static str {
    match view {
        View::Guide => "g",
        View::Request => "r",
        View::Burst => "b",
        View::Explain => "e",
        View::Batch => "a",
        View::Lab => "l",
        View::Usage => "u",
    }
}
