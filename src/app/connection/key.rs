//! The key's field, its promise, and the buttons that use it and forget it.

use leptos::prelude::*;

use super::keep::KeyStay;
use super::live::{LiveForm, MODEL_STATE, names_a_key};
use super::simulated::SIMULATED_PANEL;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, TextField, TextKind};
use crate::key::{ApiKey, KeyError, KeyNote};
use crate::platform::{clipboard, dom};
use crate::state::api::ApiSource;
use crate::state::locked_origin;
use crate::state::session::{Session, use_session};
use crate::transport::fetch::Connection;

/// The ids of the key's field, and of what is said of it.
const KEY_FIELD: &str = "connection-key";
const KEY_ANSWER: &str = "connection-key-answer";

/// What came of the last try to use a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// None yet.
    #[default]
    None,
    /// It cannot be used, and why.
    Wrong(String),
    /// None was given to an API that wants one.
    Missing,
    /// It can be used; what to know before it goes anywhere.
    Doubtful(Vec<String>),
    /// It is in use; what was done to it.
    Used(Vec<String>),
}

/// The key and who it belongs to.
#[component]
pub fn KeyFields(form: LiveForm, verdict: RwSignal<Verdict>) -> impl IntoView {
    let session = use_session();
    let error = move || match verdict.get() {
        Verdict::Wrong(why) => Some(why),
        Verdict::Missing => Some(KeyError::Empty.to_string()),
        _ => None,
    };
    let typed = move |text: String| {
        form.key.set(text);
        verdict.set(Verdict::None);
    };
    // A field of one line would run the lines of a pasted .env file into each other.
    let pasted = move |event: leptos::ev::ClipboardEvent| {
        if let Some(text) = clipboard::pasted_text(&event).filter(|text| text.trim().contains('\n')) {
            event.prevent_default();
            typed(text);
        }
    };
    let locked_out = Signal::derive(move || form.locked_out().is_some());
    let is_blank = Signal::derive(move || form.key.with(|key| key.trim().is_empty()));
    view! {
        <div on:paste=pasted>
            <TextField
                label="API key"
                kind=TextKind::Secret
                value=form.key
                on_input=typed
                error=Signal::derive(error)
                disabled=locked_out
                hint=Signal::derive(move || Some(key_hint(session)))
                id=KEY_FIELD
            />
        </div>
        <Promise form=form />
        <div class="connection-pair">
            <TextField
                label="Organization"
                kind=TextKind::Code
                placeholder="Optional"
                value=form.organization
                on_input=move |text| form.organization.set(text)
            />
            <TextField
                label="Project"
                kind=TextKind::Code
                placeholder="Optional"
                value=form.project
                on_input=move |text| form.project.set(text)
            />
        </div>
        <TextField
            label="Key name"
            placeholder="Optional, such as “team blue”"
            hint=Some("What this key is called in Usage, where calls are added up by key.".to_owned())
            value=form.key_name
            error=Signal::derive(move || form.key_name.with(|name| names_a_key(name)).then(|| NOT_A_NAME.to_owned()))
            on_input=move |name| form.name_key(name)
        />
        <div class="toolbar">
            <Button
                kind=ButtonKind::Primary
                disabled=locked_out
                reason=Signal::derive(move || locked_out.get().then(|| "Confirm the address first".to_owned()))
                on_click=move || {
                    let answer = use_typed(session, form);
                    dom::bring_into_sight(place_of(&answer));
                    verdict.set(answer);
                }
            >
                "Use key"
            </Button>
            <Button
                disabled=Signal::derive(move || session.connection.with(Option::is_none) && is_blank.get())
                on_click=move || {
                    session.forget_key();
                    form.name_key(String::new());
                    verdict.set(Verdict::None);
                }
            >
                "Forget key"
            </Button>
            {move || {
                // With a key that may go there it would forget that key: Forget key says so.
                (is_blank.get() && !wants_key(form) && !locked_out.get() && !has_key_for(session, form)).then(|| {
                    let go_on = move || verdict.set(connect(session, form, None, Vec::new()));
                    view! { <Button on_click=go_on>"Go on without one"</Button> }
                })
            }}
        </div>
        <div id=KEY_ANSWER>{move || told(verdict, session, form)}</div>
        <KeyStay />
    }
}

fn key_hint(session: Session) -> String {
    let in_use = session.connection.with(|to| to.as_ref().and_then(|to| to.key_label.clone()));
    let in_use = in_use.map(|label| format!("In use: {label}. ")).unwrap_or_default();
    format!("{in_use}The key alone, an OPENAI_API_KEY=… line, a .env file or a curl command.")
}

/// The id of the place where an answer is told; it may be beyond the window's edge.
const fn place_of(answer: &Verdict) -> &'static str {
    match answer {
        Verdict::None | Verdict::Wrong(_) => KEY_FIELD,
        Verdict::Missing | Verdict::Doubtful(_) => KEY_ANSWER,
        Verdict::Used(_) => MODEL_STATE,
    }
}

fn told(verdict: RwSignal<Verdict>, session: Session, form: LiveForm) -> Option<AnyView> {
    let list = |lines: Vec<String>| lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    match verdict.get() {
        Verdict::None | Verdict::Wrong(_) => None,
        Verdict::Missing => Some(
            view! {
                <Callout kind=CalloutKind::Info title="No key at hand?">
                    <p>"The simulated API inside this page needs none and costs nothing. It has the same limits, headers and errors."</p>
                    <Button on_click=move || use_simulated(session)>"Use the simulated API"</Button>
                </Callout>
            }
            .into_any(),
        ),
        Verdict::Doubtful(notes) => Some(
            view! {
                <Callout kind=CalloutKind::Warn title="Is this the right key?" alert=true>
                    {list(notes)}
                    <p>"Nothing was sent yet."</p>
                    <Button on_click=move || verdict.set(use_key(session, form, true))>"It is: go on with it"</Button>
                </Callout>
            }
            .into_any(),
        ),
        Verdict::Used(notes) if notes.is_empty() => None,
        Verdict::Used(notes) => Some(view! { <Callout title="Changes made to the key">{list(notes)}</Callout> }.into_any()),
    }
}

fn use_simulated(session: Session) {
    session.source.set(ApiSource::Simulated);
    // This button goes away with its panel.
    request_animation_frame(|| {
        dom::focus(SIMULATED_PANEL);
    });
}

const NOT_A_NAME: &str = "This looks like a key itself, and is not kept: give it a name that tells nothing of it.";
const MEMORY_ONLY: &str = "Your key stays in this tab's memory.";
const KEPT_WHERE: &str = "Your key stays in this tab's memory, and in its session storage until the tab is closed.";

/// What is promised of the key, in sentences that tests hold.
#[component]
fn Promise(form: LiveForm) -> impl IntoView {
    let session = use_session();
    let whereto = move || {
        let typed = match form.checked_url() {
            Ok(url) if locked_origin::allows(&url) => url.origin().to_owned(),
            Ok(_) => locked_origin::current(),
            Err(_) => "the base URL".to_owned(),
        };
        // A key in use goes where it was given for, whatever has been typed since.
        match form.in_use_instead(session).filter(|in_use| in_use.key_label.is_some()) {
            Some(in_use) if in_use.origin != typed => {
                format!("It is sent only to {}; one that you use from now on, only to {typed}.", in_use.origin)
            }
            _ => format!("It is sent only to {typed}."),
        }
    };
    let keeps = move || session.keeps_key.get();
    view! {
        <ul class="connection-promise muted">
            <li>{move || if keeps() { KEPT_WHERE } else { MEMORY_ONLY }}</li>
            <li>{whereto}</li>
            <li>
                {move || if keeps() {
                    "It is never in the address bar, logs, exports or copied code, and in no other storage."
                } else {
                    "It is never in the address bar, storage, logs, exports or copied code."
                }}
            </li>
            <li>"This page loads nothing from third parties."</li>
            <li>{move || if keeps() { "Reloading keeps the key; closing the tab forgets it." } else { "Reloading forgets the key." }}</li>
        </ul>
    }
}

fn wants_key(form: LiveForm) -> bool {
    form.checked_url().map_or(true, |url| url.origin() == "https://api.openai.com" || url.is_same_origin())
}

/// Whether a key is in use that may go to the typed address; tracked.
fn has_key_for(session: Session, form: LiveForm) -> bool {
    let in_use = session.connection.get().filter(|in_use| in_use.key_label.is_some());
    in_use.zip(form.checked_url().ok()).is_some_and(|(in_use, url)| in_use.origin == url.origin())
}

/// Uses what is typed; without a typed key, the one in use, where the address is of its origin.
pub fn use_typed(session: Session, form: LiveForm) -> Verdict {
    use_key(session, form, false)
}

fn use_key(session: Session, form: LiveForm, is_confirmed: bool) -> Verdict {
    if let Err(error) = untrack(|| form.checked_url()) {
        return Verdict::Wrong(format!("The base URL must be right first. {error}"));
    }
    match form.key.with_untracked(|typed| ApiKey::parse(typed)) {
        Err(KeyError::Empty) if untrack(|| has_key_for(session, form) || form.can_move(session).is_some()) => {
            connect(session, form, session.live_connection().and_then(|in_use| in_use.key), Vec::new())
        }
        Err(KeyError::Empty) if session.has_key() => Verdict::Wrong(of_another_origin(session)),
        Err(KeyError::Empty) if untrack(|| wants_key(form)) => Verdict::Missing,
        Err(error) => Verdict::Wrong(error.to_string()),
        Ok((_, notes)) if !is_confirmed && notes.iter().any(KeyNote::needs_confirmation) => {
            Verdict::Doubtful(notes.iter().map(ToString::to_string).collect())
        }
        Ok((key, notes)) => {
            let told = notes.iter().filter(|note| !note.needs_confirmation()).map(ToString::to_string).collect();
            connect(session, form, Some(key), told)
        }
    }
}

fn of_another_origin(session: Session) -> String {
    let origin = session.connection.with_untracked(|in_use| in_use.as_ref().map(|in_use| in_use.origin.clone()));
    format!(
        "The key in use is for {} alone, and is not used for this address: type a key for it here, even if it is the same one.",
        origin.unwrap_or_default()
    )
}

fn connect(session: Session, form: LiveForm, key: Option<ApiKey>, told: Vec<String>) -> Verdict {
    let Ok(base_url) = untrack(|| form.checked_url()) else { return Verdict::None };
    let optional =
        |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
    let connected = session.connect(Connection {
        base_url,
        key,
        organization: optional(form.organization),
        project: optional(form.project),
    });
    if let Err(why) = connected {
        return Verdict::Wrong(why.to_string());
    }
    form.remember_url();
    form.forget_typed_key();
    Verdict::Used(told)
}
