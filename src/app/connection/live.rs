//! Where live requests go, and as whom.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::key::{KeyFields, Verdict, use_typed};
use super::models::ModelState;
use super::test::TestConnection;
use crate::base_url::{BaseUrl, BaseUrlError};
use crate::components::{Button, ButtonKind, Callout, CalloutKind, TextField, TextKind};
use crate::key::looks_like_key;
use crate::platform::{dom, location, storage};
use crate::state::activity::use_activity;
use crate::state::api::ApiSource;
use crate::state::ledger::{KEY_NAME, use_ledger};
use crate::state::locked_origin;
use crate::state::persisted::persisted;
use crate::state::session::{ConnectionSummary, Session, use_session};

/// OpenAI's own API, asked directly.
pub const OPENAI: &str = "https://api.openai.com/v1";

/// The id of what is known of the connection in use.
pub const MODEL_STATE: &str = "connection-models";

/// The id of the base URL's field.
const BASE_URL: &str = "connection-base-url";

/// Addresses that people use, as (name, URL).
const SUGGESTIONS: [(&str, &str); 6] = [
    ("OpenAI, direct", OPENAI),
    ("OpenAI, relayed by this page's server", "/openai/v1"),
    ("simulated_api on this machine", "http://127.0.0.1:4010/v1"),
    ("Ollama", "http://localhost:11434/v1"),
    ("OpenRouter", "https://openrouter.ai/api/v1"),
    ("Groq", "https://api.groq.com/openai/v1"),
];

/// What is being filled in. The key is held here only until it is used, or the dialog closes.
#[derive(Debug, Clone, Copy)]
pub struct LiveForm {
    /// The base URL as typed.
    pub base_url: RwSignal<String>,
    /// The key as typed or pasted; never stored.
    pub key: RwSignal<String>,
    /// `OpenAI-Organization`; empty for none.
    pub organization: RwSignal<String>,
    /// `OpenAI-Project`; empty for none.
    pub project: RwSignal<String>,
    /// What the key is called in Usage; empty for nothing.
    pub key_name: RwSignal<String>,
    // Kept over a reload once it has been used, so that a key typed into the wrong field is never stored.
    used_url: RwSignal<String>,
}

impl LiveForm {
    /// A form with the base URL used last, and whom a connection that this tab has kept is made as.
    pub fn new(session: Session) -> Self {
        let used_url = persisted("live-base-url", OPENAI.to_owned());
        let (organization, project) =
            session.live_connection().map(|kept| (kept.organization, kept.project)).unwrap_or_default();
        Self {
            base_url: RwSignal::new(used_url.get_untracked()),
            key: RwSignal::default(),
            organization: RwSignal::new(organization.unwrap_or_default()),
            project: RwSignal::new(project.unwrap_or_default()),
            key_name: RwSignal::new(storage::read(KEY_NAME).unwrap_or_default()),
            used_url,
        }
    }

    /// Takes a name for the key; one that is a key itself is shown as wrong, and kept nowhere.
    pub fn name_key(self, name: String) {
        if name.trim().is_empty() || names_a_key(&name) {
            storage::remove(KEY_NAME);
        } else {
            let _ = storage::write(KEY_NAME, name.trim());
        }
        self.key_name.set(name);
    }

    /// Keeps the base URL for the next visit.
    pub fn remember_url(self) {
        self.used_url.set(self.base_url.get_untracked());
    }

    /// Empties the key's field.
    pub fn forget_typed_key(self) {
        self.key.set(String::new());
    }

    /// Empties the base URL's field of a key that was typed there by mistake.
    pub fn forget_misplaced_key(self) {
        if untrack(|| self.checked_url()) == Err(BaseUrlError::Key) {
            self.base_url.set(self.used_url.get_untracked());
        }
    }

    /// The address that is typed, where this page is locked to another one; tracked.
    pub fn locked_out(self) -> Option<BaseUrl> {
        self.checked_url().ok().filter(|url| !locked_origin::allows(url))
    }

    /// The connection in use, where the form holds another address; tracked. What is typed is not yet where things go.
    pub fn in_use_instead(self, session: Session) -> Option<ConnectionSummary> {
        let in_use = session.connection.get()?;
        let is_same = self.checked_url().is_ok_and(|url| url.as_str() == in_use.base_url);
        (!is_same).then_some(in_use)
    }

    /// The connection in use, where the form holds another address of its origin; tracked. Its key may go there too.
    pub fn can_move(self, session: Session) -> Option<ConnectionSummary> {
        let url = self.checked_url().ok()?;
        self.in_use_instead(session).filter(|in_use| in_use.origin == url.origin())
    }

    /// What to say on leaving the form: a title and a sentence, where it holds another address than the one in use.
    pub fn not_applied(self, session: Session) -> Option<(String, String)> {
        if session.source.get_untracked() != ApiSource::Live {
            return None;
        }
        let in_use = untrack(|| self.in_use_instead(session))?;
        let title = match untrack(|| self.checked_url()) {
            Ok(url) => format!("Not applied: {}", url.as_str()),
            Err(_) => "Not applied: the base URL as typed cannot be one".to_owned(),
        };
        Some((title, format!("Requests still go to {}.", in_use.base_url)))
    }

    /// The base URL, checked; tracked.
    pub fn checked_url(self) -> Result<BaseUrl, BaseUrlError> {
        self.base_url.with(|text| BaseUrl::parse(text, &location::origin()))
    }
}

/// Whether a word of the name looks like a key.
pub fn names_a_key(name: &str) -> bool {
    name.split_whitespace().any(looks_like_key)
}

/// The panel of the live API.
#[component]
pub fn LivePanel(form: LiveForm) -> impl IntoView {
    if location::is_framed() {
        return view! {
            <Callout kind=CalloutKind::Warn title="No key is taken here">
                <p>"Another page holds this one in a frame, and could lay something over the fields. Open Sluice in a tab of its own."</p>
                <p><a href="./" target="_blank" rel="noopener">"Open in a new tab"</a></p>
            </Callout>
        }
        .into_any();
    }
    let session = use_session();
    let verdict = RwSignal::new(Verdict::default());
    let is_shown = Memo::new(move |_| form.in_use_instead(session).is_none());
    view! {
        <div class="connection stack">
            <Address form=form verdict=verdict />
            <Visibility form=form />
            <KeyFields form=form verdict=verdict />
            <TestConnection form=form />
            // What it says is of the address in use: beside another one it would be taken for that one's.
            <div id=MODEL_STATE>
                <Show when=move || is_shown.get()>
                    <ModelState />
                </Show>
            </div>
        </div>
    }
    .into_any()
}

/// The base URL, what is wrong with it, and addresses to choose from.
#[component]
fn Address(form: LiveForm, verdict: RwSignal<Verdict>) -> impl IntoView {
    let session = use_session();
    let can_move = Memo::new(move |_| form.can_move(session).is_some());
    let key_is_typed = move || form.key.with(|key| !key.trim().is_empty());
    let use_address = move || {
        verdict.set(use_typed(session, form));
        // The button goes away with what it does.
        dom::focus(BASE_URL);
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() && untrack(|| form.locked_out()).is_none() {
            event.prevent_default();
            verdict.set(use_typed(session, form));
        }
    };
    let hint = move || {
        let url = form.checked_url().ok()?;
        let notes: Vec<String> = url.notes().iter().map(ToString::to_string).collect();
        let whereto = match form.in_use_instead(session) {
            Some(in_use) => format!(
                "In use: {}. Not applied yet: {}.{}",
                in_use.base_url,
                url.as_str(),
                how_to_apply(&in_use, &url, key_is_typed())
            ),
            None if form.locked_out().is_some() => format!("Not applied yet: {}.", url.as_str()),
            None => format!("Requests, and the key, go to {} alone.", url.origin()),
        };
        Some(format!("{whereto} {}", notes.join(" ")).trim_end().to_owned())
    };
    let chip = move |(name, url): (&'static str, &'static str)| {
        view! { <Button on_click=move || form.base_url.set(url.to_owned())>{name}</Button> }
    };
    view! {
        <div on:keydown=on_key>
            <TextField
                label="Base URL"
                kind=TextKind::Code
                value=form.base_url
                on_input=move |text| form.base_url.set(text)
                error=Signal::derive(move || form.checked_url().err().map(|error| error.to_string()))
                hint=Signal::derive(hint)
                id=BASE_URL
            />
        </div>
        <Show when=move || can_move.get() && !key_is_typed()>
            <div class="toolbar">
                <Button kind=ButtonKind::Primary on_click=use_address>"Use this address"</Button>
            </div>
        </Show>
        <div class="connection-chips toolbar">{SUGGESTIONS.map(chip).into_iter().collect_view()}</div>
        <p class="muted">
            "This page is locked to "<code>{locked_origin::current()}</code>
            ": the browser lets it reach that address and the page's own server, nothing else."
        </p>
        <OtherAddress form=form />
    }
}

/// What it takes to use `url` in the place of the address in use.
fn how_to_apply(in_use: &ConnectionSummary, url: &BaseUrl, key_is_typed: bool) -> String {
    let is_same_origin = in_use.origin == url.origin();
    match (&in_use.key_label, is_same_origin) {
        _ if !locked_origin::allows(url) => String::new(),
        _ if key_is_typed => " “Use key” applies it.".to_owned(),
        (Some(_), true) => " “Use this address” applies it, with the key in use.".to_owned(),
        (None, true) => " “Use this address” applies it, without a key as before.".to_owned(),
        (Some(_), false) => format!(
            " The key in use is for {} alone: type a key for {} below, even if it is the same one.",
            in_use.origin,
            url.origin()
        ),
        (None, false) => String::new(),
    }
}

/// What it takes to use an address that the page is not locked to.
#[component]
fn OtherAddress(form: LiveForm) -> impl IntoView {
    let (activity, ledger) = (use_activity(), use_ledger());
    let other = Memo::new(move |_| form.locked_out());
    move || {
        other.get().map(|url| {
            let title = format!("Use {}?", url.origin());
            let text = {
                let url = url.clone();
                move || locked_origin::consequences(&url, activity.is_running())
            };
            let confirm = move || {
                let url = url.clone();
                let go_on = move || {
                    let url = url.clone();
                    spawn_local(async move {
                        // What has just ended would be lost with the page.
                        ledger.keep_now().await;
                        locked_origin::confirm_and_reload(&url);
                    });
                };
                view! {
                    <Button kind=ButtonKind::Primary on_click=go_on>
                        "Use this address and reload"
                    </Button>
                }
            };
            view! { <Callout kind=CalloutKind::Warn title=title actions=confirm><p>{text}</p></Callout> }
        })
    }
}

/// What can be read of answers, directly and through a relay; the column that holds is marked.
#[component]
fn Visibility(form: LiveForm) -> impl IntoView {
    let is_relay = Memo::new(move |_| form.checked_url().is_ok_and(|url| url.is_same_origin()));
    let rows = [
        ("Text, usage, error bodies", "readable, where the server allows pages", "readable"),
        (
            "x-ratelimit-…, retry-after",
            "At OpenAI hidden by CORS: limits are inferred from error texts. Elsewhere what the server exposes",
            "readable",
        ),
        (
            "A wrong key",
            "At OpenAI it looks like a network failure: the 401 carries no CORS headers",
            "a 401 that says why",
        ),
    ];
    let mark = move |relay: bool| (is_relay.get() == relay).then_some("true");
    view! {
        <div class="connection-scroll">
            <table class="connection-paths">
                <caption class="visually-hidden">"What can be read of answers"</caption>
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col" data-chosen=move || mark(false)>
                            "Direct" <Chosen when=Signal::derive(move || !is_relay.get()) />
                        </th>
                        <th scope="col" data-chosen=move || mark(true)>"Relay" <Chosen when=is_relay /></th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .map(|(what, direct, relay)| {
                            view! {
                                <tr>
                                    <th scope="row">{what}</th>
                                    <td data-chosen=move || mark(false)>{direct}</td>
                                    <td data-chosen=move || mark(true)>{relay}</td>
                                </tr>
                            }
                        })
                        .into_iter()
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <p class="muted">
            "Direct: this page asks the API on its own origin. Relay: the page's server passes requests on; make serve relays
            /openai/v1 to api.openai.com and adds no key."
        </p>
    }
}

#[component]
fn Chosen(#[prop(into)] when: Signal<bool>) -> impl IntoView {
    move || when.get().then(|| view! { <span class="connection-chosen">" ✓ this one"</span> })
}
