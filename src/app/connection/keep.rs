//! How long the key stays, and what to know before one is given to any page.

use leptos::prelude::*;

use crate::components::{Checkbox, Choice, Disclosure, Select};
use crate::idle::IdleLimit;
use crate::state::key_life::use_key_life;
use crate::state::session::use_session;

const ABOUT_KEEPING: &str = "Off unless you tick it. The key then survives a reload of this tab. Any script that runs on this \
                             site's address could read it, and a duplicate of this tab, or a window opened from it, gets a copy. \
                             It is gone when the tab is closed, or with Forget key.";

/// The two settings of the key's life.
#[component]
pub fn KeyStay() -> impl IntoView {
    let (session, life) = (use_session(), use_key_life());
    let failure = RwSignal::new(None::<String>);
    let keep = move |keeps: bool| failure.set(session.keep_key(keeps).err().map(|why| why.to_string()));
    let limits = || IdleLimit::ALL.map(|limit| Choice::new(limit.id(), limit.name())).to_vec();
    view! {
        <Checkbox
            label="Keep the key in this tab until it is closed (session storage)"
            checked=session.keeps_key
            on_change=keep
            hint=ABOUT_KEEPING.to_owned()
        />
        {move || failure.get().map(|why| view! { <p class="field-error" role="alert">{why}</p> })}
        <Select
            label="Forget the key after"
            options=Signal::stored(limits())
            value=Signal::derive(move || life.limit().id().to_owned())
            on_change=move |id: String| {
                if let Some(limit) = IdleLimit::from_id(&id) {
                    life.set_limit(limit);
                }
            }
            hint="Minutes without a key or a button pressed on this page. While requests are under way none count."
        />
        <Advice />
    }
}

/// What OpenAI says of keys in browsers, and how to risk little.
#[component]
fn Advice() -> impl IntoView {
    let is_open = RwSignal::new(false);
    view! {
        <Disclosure summary="Is it safe to give a key to a page?" open=is_open on_toggle=move |open| is_open.set(open)>
            <div class="stack">
                <p>
                    "OpenAI advises against it: keys should not be exposed in browsers or apps, and its SDKs refuse to run in \
                     one unless told otherwise. It fits your own tests with a key that you can lose: one of a project of its \
                     own, with a small budget, made for this and revoked afterwards."
                </p>
                <p>
                    "This page can promise what its own code does. It cannot protect a key from extensions of your browser, \
                     from a changed copy of this page on a server you do not trust, or from people who see your screen."
                </p>
            </div>
        </Disclosure>
    }
}
