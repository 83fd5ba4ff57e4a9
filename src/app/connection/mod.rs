//! The Connection dialog: what the simulated API is like, or where live requests go and with which key.

mod keep;
mod key;
mod live;
mod models;
mod simulated;
mod test;

use leptos::prelude::*;

use crate::components::Dialog;
use crate::state::api::ApiSource;
use crate::state::locked_origin;
use crate::state::notices::use_notices;
use crate::state::session::use_session;
use live::{LiveForm, LivePanel};
use simulated::SimulatedPanel;

/// The dialog; it shows the panel of the API that is chosen.
#[component]
pub fn ConnectionDialog() -> impl IntoView {
    let session = use_session();
    let open = session.connection_open;
    // Here, and not in the panel, so that a look at the other API loses nothing.
    let form = LiveForm::new(session);
    Effect::watch(move || session.forgotten.get(), move |_, _, _| form.forget_typed_key(), false);
    // The page was reloaded to reach an address that was confirmed in this dialog: it goes on here.
    if let Some(url) = locked_origin::take_confirmed() {
        form.base_url.set(url.as_str().to_owned());
        form.remember_url();
        session.source.set(ApiSource::Live);
        open.set(true);
    }
    let notices = use_notices();
    // What was told on leaving holds until the dialog is open again.
    let told = StoredValue::new(None::<u64>);
    let take_back = move || {
        if let Some(id) = told.try_update_value(Option::take).flatten() {
            notices.dismiss(id);
        }
    };
    Effect::new(move |_| {
        if open.get() {
            take_back();
        }
    });
    let close = move |()| {
        form.forget_typed_key();
        form.forget_misplaced_key();
        open.set(false);
        if let Some((title, line)) = form.not_applied(session) {
            take_back();
            told.set_value(Some(notices.warn(title, line)));
        }
    };
    // Connecting sets the source anew: the panel, its focus and what it says must outlive that.
    let source = Memo::new(move |_| session.source.get());
    view! {
        <Dialog title="Connection" open=open on_close=close>
            {move || match source.get() {
                ApiSource::Simulated => view! { <SimulatedPanel /> }.into_any(),
                ApiSource::Live => view! { <LivePanel form=form /> }.into_any(),
            }}
        </Dialog>
    }
}
