//! Pieces of a view that are made one after the other, so that none of its tasks is long.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::platform::timer::next_task;

/// Views that are made in a task each, one after the other: what a browser makes for the first time takes it a while.
#[component]
pub fn OneByOne<const N: usize>(views: [fn() -> AnyView; N]) -> impl IntoView {
    let made = RwSignal::new(0);
    spawn_local(async move {
        for count in 1..=N {
            next_task().await;
            // Whoever looked may have gone on.
            if made.try_set(count).is_some() {
                return;
            }
        }
    });
    let one = |(place, view): (usize, fn() -> AnyView)| {
        let is_due = Memo::new(move |_| made.get() > place);
        view! { <Show when=move || is_due.get()>{view}</Show> }
    };
    views.into_iter().enumerate().map(one).collect_view()
}
