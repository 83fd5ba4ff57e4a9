//! What became of the connection: its models, and when the chosen one ends.

use leptos::prelude::*;

use crate::clock::Clock;
use crate::components::{Button, Callout, CalloutKind, ProgressBar};
use crate::format::format_count;
use crate::models;
use crate::platform::clock::BrowserClock;
use crate::state::session::{ConnectionSummary, ModelList, Session, use_session};

/// Where the connection stands.
#[component]
pub fn ModelState() -> impl IntoView {
    let session = use_session();
    move || {
        session.connection.get().map(|connection| {
            view! {
                <Callout
                    kind=Signal::derive(move || kind(session))
                    title=Signal::derive(move || title(session))
                    actions=move || view! { <Reload session=session /> }
                >
                    <p>{whereto(&connection)}</p>
                    {move || state(session, connection.same_origin)}
                    {move || shutdown_notice(session).map(|notice| view! { <p><strong>{notice}</strong></p> })}
                </Callout>
            }
        })
    }
}

#[component]
fn Reload(session: Session) -> impl IntoView {
    view! {
        <Button
            busy=Signal::derive(move || session.live_models.with(|list| *list == ModelList::Loading))
            on_click=move || session.reload_models()
        >
            "Reload models"
        </Button>
    }
}

fn kind(session: Session) -> CalloutKind {
    session.live_models.with(|list| match list {
        ModelList::Loaded(_) => CalloutKind::Success,
        ModelList::Failed(_) => CalloutKind::Error,
        ModelList::NotAsked | ModelList::Loading => CalloutKind::Info,
    })
}

fn title(session: Session) -> String {
    session.live_models.with(|list| match list {
        ModelList::Loaded(entries) => format!("Connected: {} models", format_count(entries.len() as u64)),
        ModelList::Failed(_) => "The models could not be loaded".to_owned(),
        ModelList::NotAsked | ModelList::Loading => "Asking for its models".to_owned(),
    })
}

fn whereto(connection: &ConnectionSummary) -> String {
    match &connection.key_label {
        Some(label) => format!("{} with the key {label}", connection.base_url),
        None => format!("{} without a key", connection.base_url),
    }
}

fn state(session: Session, same_origin: bool) -> AnyView {
    match session.live_models.get() {
        ModelList::Loading => {
            view! { <ProgressBar label="Loading models" value=Signal::stored(None) text="Loading…" /> }.into_any()
        }
        ModelList::Failed(why) => view! {
            <p dir="auto">{why}</p>
            {same_origin.then(|| view! { <p>"Check that the page's server relays this address."</p> })}
            <p><strong>"Kept: "</strong>"the address and the key, for another try. A model's name can also be typed by hand."</p>
        }
        .into_any(),
        ModelList::Loaded(entries) if entries.is_empty() => {
            view! { <p>"The list is empty: type a model's name where it is chosen."</p> }.into_any()
        }
        ModelList::Loaded(_) => view! { <p>"Default model: " <code>{session.live_model.get()}</code></p> }.into_any(),
        ModelList::NotAsked => ().into_any(),
    }
}

fn shutdown_notice(session: Session) -> Option<String> {
    // While the list is on its way the model may still be another server's.
    if session.live_models.with(|list| *list == ModelList::Loading) {
        return None;
    }
    let model = session.live_model.get();
    let listed = session.live_models.with(|list| match list {
        ModelList::Loaded(entries) => {
            entries.iter().find(|entry| entry.id == model).and_then(|entry| entry.shutdown_date.clone())
        }
        _ => None,
    });
    let is_openais = listed.is_none();
    let date = listed.or_else(|| models::facts(&model)?.shutdown_date.map(str::to_owned))?;
    Some(format!("{model} {}.", models::ending(&date, is_openais, BrowserClock.wall())))
}
