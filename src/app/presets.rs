//! A preset that is chosen within the page: its settings are taken over and it runs at once, since a person asked for it.
//! The same link opened as an address only fills in.

use super::share::filler;
use crate::platform::dom;
use crate::presets::Preset;
use crate::state::route::{View, use_route};
use crate::state::shortcuts::while_here;
use crate::state::undo::use_undos;
use crate::views::{burst, request};

/// The attribute by which links name their preset, also those in `index.html`.
const PRESET: &str = "data-preset";

/// Lets links of presets run what they fill in.
pub fn listen() {
    let (route, undos, fill_in) = (use_route(), use_undos(), filler());
    let (send, burst) = (request::runner(), burst::runner());
    while_here(dom::on_link_with(PRESET, move |id| {
        let Some(preset) = Preset::from_id(id) else { return false };
        let undo = fill_in(preset.path(), &preset.settings());
        undos.tell(format!("“{}”: its settings took the place of yours.", preset.name()), undo);
        // The view first: what runs is shown there.
        if preset.path() == "request" {
            route.go(View::Request);
            send();
        } else {
            route.go(View::Burst);
            burst();
        }
        true
    }));
}
