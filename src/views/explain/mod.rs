//! Explain: paste a failure, and read what it says, when the request fits, and what clients would do.

mod bucket;
mod clients;
mod facts;
mod paste;
mod timeline;
mod verdict;

use leptos::prelude::*;

use crate::clock::Clock;
use crate::explain::{NotUnderstood, Verdict, read};
use crate::platform::BrowserClock;
use crate::platform::dom;
use crate::state::explain::use_explain;

/// The id of the verdict.
const VERDICT: &str = "explain-verdict";

/// What the text says, made anew with each change of it.
type Explained = Memo<Result<Verdict, NotUnderstood>>;

/// The Explain view.
#[component]
pub fn ExplainView() -> impl IntoView {
    let text = use_explain().text;
    let explained: Explained =
        Memo::new(move |_| text.with(|text| read(text)).map(|paste| Verdict::of(&paste, BrowserClock.wall())));
    // The verdict follows the text by itself: the button leads there.
    let show = move || {
        if dom::focus(VERDICT) {
            dom::reveal(VERDICT);
        }
    };
    view! {
        <div class="view">
            <header class="view-head">
                <h1>"Explain"</h1>
                <p>
                    "Paste a 429, its headers or a whole answer: which limit it was, when the request fits, and what clients would do. Nothing leaves this page."
                </p>
            </header>
            <div class="split explain-split">
                <paste::PasteForm explained=explained on_explain=show />
                <div id=VERDICT tabindex="-1">
                    <verdict::VerdictRegion explained=explained />
                </div>
            </div>
        </div>
    }
}
