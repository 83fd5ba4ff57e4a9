//! Windows over the page, and other things beside the view, whose code is fetched when they are first wanted.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::platform::lazy::LazyView;
use crate::state::notices::use_notices;

/// Something that is nowhere until it is first wanted, and then stays. Where its code cannot be fetched, a notice says so
/// and `on_failure` takes the wish back.
#[component]
pub fn OnceWanted(
    /// Whether it is wanted.
    #[prop(into)]
    wanted: Signal<bool>,
    /// What is shown.
    view: LazyView,
    /// What it is, as the beginning of a sentence: "Connection".
    what: &'static str,
    /// Takes the wish back, so that it can be wanted again.
    #[prop(into)]
    on_failure: Callback<()>,
) -> impl IntoView {
    let notices = use_notices();
    let there = RwSignal::new(false);
    Effect::new(move |_| {
        if !wanted.get() || there.get_untracked() {
            return;
        }
        spawn_local(async move {
            match (view.fetch)().await {
                Ok(()) => {
                    let _ = there.try_set(true);
                }
                Err(why) => {
                    notices.not_fetched(what, &why);
                    on_failure.run(());
                }
            }
        });
    });
    move || there.get().then(|| view.now())
}
