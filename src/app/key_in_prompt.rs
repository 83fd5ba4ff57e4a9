//! A key in a prompt that is about to go to a live API.

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Dialog};
use crate::state::session::use_session;

/// Asks before it is sent; nothing is sent before the answer.
#[component]
pub fn KeyInPrompt() -> impl IntoView {
    let question = use_session().secrets().question();
    let open = Signal::derive(move || question.with(Option::is_some));
    let yes = move || {
        if let Some(go) = question.try_update(Option::take).flatten() {
            go.run(());
        }
    };
    let no = move || question.set(None);
    view! {
        <Dialog
            title="Your prompt contains an API key"
            open=open
            on_close=move |()| question.set(None)
            actions=move || {
                view! {
                    // First, so that it has the focus.
                    <Button kind=ButtonKind::Primary on_click=no>"Send nothing"</Button>
                    <Button on_click=yes>"Send it all the same"</Button>
                }
            }
        >
            <p>
                "A prompt goes to the server in full, which may keep it, and to whoever reads its logs. Take the key out, or put
                something else in its place. Code and logs that you copy here have it marked out."
            </p>
        </Dialog>
    }
}
