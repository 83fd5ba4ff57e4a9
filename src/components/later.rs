//! A view whose code is fetched when it is first shown.

use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Button, Callout, CalloutKind};
use crate::platform::lazy::{LazyView, NotFetched};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Fetching,
    There,
    Failed(String),
}

/// Shows a view, after its code has been fetched where it is not there yet. Until then its place is kept; where it
/// cannot be fetched, that is said, and all else goes on working.
///
/// With `wanted` it is fetched once that is true. A `quiet` one shows nothing but the view. Of an `unasked` one, which
/// nobody pressed anything for, a failure interrupts nobody.
#[component]
pub fn Later(
    /// The view.
    view: LazyView,
    /// Whether it is time to fetch it.
    #[prop(default = Signal::stored(true), into)]
    wanted: Signal<bool>,
    /// A class for the place that is kept.
    #[prop(default = "later")]
    place: &'static str,
    /// Whether there is nothing to see until it is there.
    #[prop(optional)]
    quiet: bool,
    /// Whether it comes without being asked for.
    #[prop(optional)]
    unasked: bool,
    /// What stands in its place until then.
    #[prop(optional, into)]
    until_then: ViewFn,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Fetching);
    let fetch = move || {
        let mut fetching = (view.fetch)();
        let settle = move |fetched: Result<(), NotFetched>| match fetched {
            Ok(()) => Stage::There,
            Err(why) => Stage::Failed(why.to_string()),
        };
        // What was fetched before is there at once, without a placeholder in between.
        if let Some(fetched) = (&mut fetching).now_or_never() {
            return stage.set(settle(fetched));
        }
        stage.set(Stage::Fetching);
        spawn_local(async move {
            let _ = stage.try_set(settle(fetching.await));
        });
    };
    let begun = StoredValue::new(false);
    let begin = move || {
        if !begun.get_value() {
            begun.set_value(true);
            fetch();
        }
    };
    // Not left to the effect, which comes after the first picture.
    if wanted.get_untracked() {
        begin();
    } else {
        Effect::new(move |_| {
            if wanted.get() {
                begin();
            }
        });
    }
    move || {
        match stage.get() {
        Stage::There => view.now(),
        Stage::Fetching | Stage::Failed(_) if quiet => None,
        Stage::Fetching => Some(
            view! { <div class=place aria-busy="true">{until_then.run()}<p class="later-text">"Loading…"</p></div> }.into_any(),
        ),
        Stage::Failed(why) => Some(
            view! {
                <Callout
                    kind=CalloutKind::Error
                    title="This part of the page could not be loaded"
                    alert=!unasked
                    actions=move || view! { <Button on_click=move |()| fetch()>"Try again"</Button> }
                >
                    <p>
                        {why}". Everything else goes on working. Try again once there is a connection; if that does not help, \
                         reload the page: a newer one may be there."
                    </p>
                </Callout>
            }
            .into_any(),
        ),
    }
    }
}
