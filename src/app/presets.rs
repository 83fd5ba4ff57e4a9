//! A preset that is chosen within the page: its settings are taken over and it runs at once, since a person asked for it.
//! The same link opened as an address only fills in.

use leptos::prelude::*;

use super::share::filler;
use crate::platform::dom;
use crate::platform::lazy::lazy_fn;
use crate::presets::Preset;
use crate::state::notices::use_notices;
use crate::state::route::{View, use_route};
use crate::state::shortcuts::while_here;
use crate::state::undo::use_undos;
use crate::views::{burst, request};

/// The attribute by which links name their preset, also those in `index.html`.
const PRESET: &str = "data-preset";

/// Lets links of presets run what they fill in.
pub fn listen() {
    let (notices, fetching) = (use_notices(), RwSignal::new(false));
    let Some(owner) = Owner::current() else { return };
    while_here(dom::on_link_with(PRESET, move |id| {
        let Some(preset) = Preset::from_id(id) else { return false };
        notices.do_later(preset.name(), choose(owner.clone(), preset), fetching);
        true
    }));
}

lazy_fn! {
    /// Takes over what a preset says, and runs it. The owner is the page's, where its contexts are.
    fn choose(owner: Owner, preset: Preset) in preset {
        owner.with(|| {
            let undo = filler()(preset.path(), &preset.settings());
            use_undos()
                .tell(format!("“{}”: its settings took the place of yours.", preset.name()), move || undo.run(()));
            // The view first: what runs is shown there.
            if preset.path() == "request" {
                use_route().go(View::Request);
                request::runner()();
            } else {
                use_route().go(View::Burst);
                burst::runner()();
            }
        });
    }
}
