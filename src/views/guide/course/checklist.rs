//! The checklist at the end: ticked by what was learnt, or by hand.

use leptos::prelude::*;

use crate::components::Checkbox;
use crate::course::{CHECKLIST, CheckItem};
use crate::views::guide::state::use_guide;

/// The checklist, kept over a reload.
#[component]
pub fn Checklist() -> impl IntoView {
    let course = use_guide().course;
    let item = move |item: CheckItem| {
        let ticked = Memo::new(move |_| course.steps().has(item.id));
        let proven = Memo::new(move |_| item.proof.is_some_and(|proof| course.steps().has(proof)));
        view! {
            <li>
                <Checkbox
                    label=item.text
                    checked=ticked
                    on_change=move |is_ticked| course.tick(item.id, is_ticked)
                    hint=Signal::derive(move || proven.get().then(|| "You have seen why in this course.".to_owned()))
                />
            </li>
        }
    };
    view! {
        <p class="guide-aside num">{move || format!("{}. Kept in this browser.", course.steps().words())}</p>
        <ul class="guide-checklist" role="list">{CHECKLIST.map(item).into_iter().collect_view()}</ul>
    }
}
