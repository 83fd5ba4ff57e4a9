//! A link that names another API address: a stranger asks where the key and the prompts shall go.

use leptos::prelude::*;

use crate::base_url::BaseUrl;
use crate::components::{Button, ButtonKind, Dialog};
use crate::platform::{location, storage};
use crate::state::locked_origin;
use crate::state::session::{Session, use_session};

/// OpenAI's own API: the address until another is used.
const OPENAI: &str = "https://api.openai.com/v1";

/// The address in use, and the one a link asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAddress {
    now: String,
    asked: BaseUrl,
}

impl AskedAddress {
    /// The question about `address`; `None` where it is the one in use.
    ///
    /// # Errors
    /// Where it can be no base URL: why.
    pub fn of(session: Session, address: &str) -> Result<Option<Self>, String> {
        let asked = BaseUrl::parse(address, &location::origin()).map_err(|why| why.to_string())?;
        let in_use = session.connection.with_untracked(|connection| connection.as_ref().map(|to| to.base_url.clone()));
        let used_last = || storage::read("live-base-url").and_then(|text| serde_json::from_str(&text).ok());
        let now = in_use.or_else(used_last).unwrap_or_else(|| OPENAI.to_owned());
        Ok((now != asked.as_str()).then_some(Self { now, asked }))
    }
}

/// Asks about the address, both side by side; without an answer the present one stays.
#[component]
pub fn AddressQuestion(
    /// The question, there while it is asked.
    asked: RwSignal<Option<AskedAddress>>,
) -> impl IntoView {
    let session = use_session();
    let open = Signal::derive(move || asked.with(Option::is_some));
    let keep = move || asked.set(None);
    let accept = move || {
        if let Some(question) = asked.try_update(Option::take).flatten() {
            session.forget_key();
            locked_origin::confirm_and_reload(&question.asked);
        }
    };
    let sides = move || asked.get().map(|question| view! { <Sides question=question /> });
    view! {
        <Dialog
            title="The link asks for another API address"
            open=open
            on_close=move |()| asked.set(None)
            actions=move || {
                view! {
                    // First, so that it has the focus.
                    <Button kind=ButtonKind::Primary on_click=keep>"Keep current"</Button>
                    <Button on_click=accept>"Use the link's address"</Button>
                }
            }
        >
            <div class="stack">
                <p>
                    "Whoever runs that server can read what you send to it. Say yes only if you know it, and wanted to go there.
                    Nothing has been sent."
                </p>
                {sides}
                <p>"If you use the link's address, your key is forgotten and the page reloads. A key is never sent there unless you give it again."</p>
            </div>
        </Dialog>
    }
}

#[component]
fn Sides(question: AskedAddress) -> impl IntoView {
    let host = |url: &str| {
        url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default().to_owned()
    };
    let notes = question.asked.notes().iter().map(|note| view! { <p>{note.to_string()}</p> }).collect_view();
    view! {
        <dl class="address-sides">
            <div>
                <dt>"Now"</dt>
                <dd><strong class="address-host">{host(&question.now)}</strong><code>{question.now.clone()}</code></dd>
            </div>
            <div>
                <dt>"In the link"</dt>
                <dd>
                    <strong class="address-host">{host(question.asked.as_str())}</strong>
                    <code>{question.asked.as_str().to_owned()}</code>
                    {notes}
                </dd>
            </div>
        </dl>
    }
}
