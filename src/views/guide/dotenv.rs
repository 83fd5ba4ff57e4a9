//! The key that a pasted or dropped `.env` brings: held in memory until it is used or forgotten.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::base_url::BaseUrl;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, TextArea};
use crate::notebook::{EnvKeys, read_env};
use crate::platform::{clipboard, files, location};
use crate::state::activity::use_activity;
use crate::state::locked_origin;
use crate::state::session::{Session, use_session};
use crate::transport::fetch::Connection;

/// Where a key goes unless the `.env` says otherwise.
const OPENAI: &str = "https://api.openai.com/v1";
/// No `.env` is larger.
const LARGEST_FILE: f64 = 64_000.0;

/// What there is to say of the last `.env`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Said {
    /// None was given.
    #[default]
    Nothing,
    /// It cannot be used, and why.
    Refused(String),
    /// It holds a key.
    Found { label: String, notes: Vec<String>, base_url: BaseUrl },
}

/// The last `.env` that was given.
#[derive(Debug, Clone, Copy)]
pub struct EnvFile {
    // Not a signal: nothing may ever render it.
    keys: StoredValue<Option<EnvKeys>, LocalStorage>,
    said: RwSignal<Said>,
    // What is typed and not read yet; gone with the field.
    typed: RwSignal<String>,
}

impl EnvFile {
    /// None yet.
    pub fn new() -> Self {
        let env = Self {
            keys: StoredValue::new_local(None),
            said: RwSignal::new(Said::Nothing),
            typed: RwSignal::new(String::new()),
        };
        let session = use_session();
        Effect::watch(move || session.forgotten.get(), move |_, _, _| env.forget(), false);
        env
    }

    fn take(self, text: &str) {
        let said = match read_env(text) {
            Err(why) => {
                self.keys.set_value(None);
                Said::Refused(why.to_string())
            }
            Ok(keys) => match BaseUrl::parse(keys.base_url.as_deref().unwrap_or(OPENAI), &location::origin()) {
                Err(why) => Said::Refused(format!("Its OPENAI_BASE_URL cannot be used. {why}")),
                Ok(url) => {
                    let said = Said::Found {
                        label: keys.key.label(),
                        notes: keys.notes.iter().map(ToString::to_string).collect(),
                        base_url: url,
                    };
                    self.keys.set_value(Some(keys));
                    said
                }
            },
        };
        let _ = self.said.try_set(said);
    }

    /// How the key that was found may be shown, tracked.
    pub fn found(self) -> Option<String> {
        self.said.with(|said| match said {
            Said::Found { label, .. } => Some(label.clone()),
            _ => None,
        })
    }

    /// Reads what was typed, if anything was.
    pub fn read_typed(self) {
        if let Some(text) = self.typed.try_update(std::mem::take).filter(|text| !text.trim().is_empty()) {
            self.take(&text);
        }
    }

    fn forget(self) {
        self.keys.set_value(None);
        self.typed.set(String::new());
        self.said.set(Said::Nothing);
    }

    /// Connects with the key, which the session holds from then on.
    fn connect(self, session: Session) {
        let Some(keys) = self.keys.try_update_value(Option::take).flatten() else { return };
        let url = BaseUrl::parse(keys.base_url.as_deref().unwrap_or(OPENAI), &location::origin());
        match url {
            Ok(base_url) => {
                let connected = session.connect(Connection {
                    base_url,
                    key: Some(keys.key),
                    organization: keys.organization,
                    project: keys.project,
                });
                self.said.set(connected.map_or_else(|why| Said::Refused(why.to_string()), |()| Said::Nothing));
            }
            Err(why) => self.said.set(Said::Refused(why.to_string())),
        }
    }
}

/// The field for a `.env`, and what came of it.
#[component]
pub fn EnvField(env: EnvFile) -> impl IntoView {
    // A paste is read at once and never reaches the field; what is typed stays there until it is read.
    let typed = env.typed;
    on_cleanup(move || {
        let _ = typed.try_update(String::clear);
    });
    let pasted = move |event: leptos::ev::ClipboardEvent| {
        if let Some(text) = clipboard::pasted_text(&event) {
            event.prevent_default();
            typed.set(String::new());
            env.take(&text);
        }
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        let Some(file) = files::dropped(&event) else { return };
        if file.size() > LARGEST_FILE {
            return env.said.set(Said::Refused("That file is too large for a .env.".to_owned()));
        }
        spawn_local(async move {
            match files::read_text(file).await {
                Ok(text) => env.take(&text),
                Err(why) => {
                    let _ = env.said.try_set(Said::Refused(why.to_string()));
                }
            }
        });
    };
    view! {
        <Show
            when=|| !location::is_framed()
            fallback=|| view! { <p class="guide-aside">"This page is shown inside another one: open it in a tab of its own to give a key."</p> }
        >
            <div
                class="guide-drop"
                on:paste=pasted
                on:dragover=|event: leptos::ev::DragEvent| event.prevent_default()
                on:drop=dropped
            >
                <TextArea
                    label="Paste or drop your .env"
                    value=typed
                    on_input=move |text| typed.set(text)
                    rows=2
                    mono=true
                    placeholder=Some("OPENAI_API_KEY=sk-…".to_owned())
                    hint=Some("Optional. The key stays in this page's memory, is never stored, and nothing is sent yet.".to_owned())
                />
                <Show when=move || !typed.with(String::is_empty)>
                    <Button on_click=move |()| env.read_typed()>"Read it"</Button>
                </Show>
            </div>
        </Show>
        <EnvSaid env=env />
    }
}

#[component]
fn EnvSaid(env: EnvFile) -> impl IntoView {
    let session = use_session();
    move || match env.said.get() {
        Said::Nothing => ().into_any(),
        Said::Refused(why) => view! {
            <Callout kind=CalloutKind::Warn title="No key in that">
                <p>{why}</p>
                <p>"Nothing was kept of it. Paste it again, or go on with the simulated API."</p>
            </Callout>
        }
        .into_any(),
        Said::Found { label, notes, base_url } => view! {
            <Callout kind=CalloutKind::Success title=format!("Found OPENAI_API_KEY: {label}")>
                <p>{format!("It will be sent to {} and nowhere else. Base URL: {base_url}.", base_url.origin())}</p>
                {notes.into_iter().map(|note| view! { <p>{note}</p> }).collect_view()}
                <NextStep env=env session=session base_url=base_url />
            </Callout>
        }
        .into_any(),
    }
}

/// What can be done with the key that was found.
#[component]
fn NextStep(env: EnvFile, session: Session, base_url: BaseUrl) -> impl IntoView {
    let forget = view! { <Button on_click=move |()| env.forget()>"Forget it"</Button> };
    if locked_origin::allows(&base_url) {
        return view! {
            <div class="guide-row">
                <Button kind=ButtonKind::Primary on_click=move |()| env.connect(session)>"Connect to Live"</Button>
                {forget}
            </div>
        }
        .into_any();
    }
    let activity = use_activity();
    let (shown, confirmed) = (base_url.clone(), base_url);
    view! {
        <p>{move || locked_origin::consequences(&shown, activity.is_running())} " Give it again after that."</p>
        <div class="guide-row">
            <Button kind=ButtonKind::Primary on_click=move |()| locked_origin::confirm_and_reload(&confirmed)>
                "Use this address and reload"
            </Button>
            {forget}
        </div>
    }
    .into_any()
}
