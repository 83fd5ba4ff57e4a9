//! A retry policy as a program to take away.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use crate::components::{Button, Choice, CodeBlock, Dialog, Glyph, Later, Select};
use crate::export::policy::{Program, Target, origin};
use crate::platform::download::FileWriter;
use crate::platform::lazy::lazy_view;
use crate::responses::CreateResponse;
use crate::retry::{Preset, RetryPolicy};
use crate::state::api::ApiSource;
use crate::state::secrets::use_secrets;
use crate::state::session::Session;

/// What a program is written of.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyProgram {
    /// The policy's name.
    pub name: String,
    /// Where its numbers come from; empty where that is not known.
    pub source: String,
    /// The policy.
    pub policy: RetryPolicy,
    /// The request.
    pub body: Map<String, Value>,
    /// The API; `None` for OpenAI's, or for whatever `$OPENAI_BASE_URL` names.
    pub base_url: Option<String>,
}

impl PolicyProgram {
    /// A policy that was made from `preset`, for a request to the session's API, tracked.
    pub fn of(preset: Preset, policy: RetryPolicy, request: &CreateResponse, session: Session) -> Self {
        let (name, source) = origin(preset, &policy);
        Self::named(name, source, policy, request, session)
    }

    /// A policy of that name, whose numbers come from `source`, for a request to the session's API, tracked.
    pub fn named(
        name: impl Into<String>,
        source: impl Into<String>,
        policy: RetryPolicy,
        request: &CreateResponse,
        session: Session,
    ) -> Self {
        let body = match request.to_value() {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { name: name.into(), source: source.into(), policy, body, base_url: exported_base_url(session) }
    }

    fn write(&self, target: Target) -> String {
        let Self { name, source, policy, body, base_url } = self;
        Program { name, source, policy, body, base_url: base_url.as_deref() }.write(target)
    }
}

/// The API that copied code names, tracked: none for the simulated one and for OpenAI's own.
pub fn exported_base_url(session: Session) -> Option<String> {
    let base_url = match session.source.get() {
        ApiSource::Simulated => None,
        ApiSource::Live => session.connection.get().map(|connection| connection.base_url),
    };
    base_url.filter(|url| !url.starts_with("https://api.openai.com/"))
}

/// What the dialog shows.
#[derive(Clone, Copy)]
struct Shown {
    program: Signal<Option<PolicyProgram>>,
    is_open: RwSignal<bool>,
}

/// A button that opens a policy as a program, in each of its languages.
#[component]
pub fn PolicyCode(
    /// What is written; `None` while there is no request to write.
    #[prop(into)]
    program: Signal<Option<PolicyProgram>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    view! {
        <Button icon=Glyph::Download on_click=move |()| is_open.set(true)>"Take the code"</Button>
        <Dialog title="This policy as a program" open=is_open on_close=move |()| is_open.set(false)>
            <Provider value=Shown { program, is_open }>
                <Later view=programs() wanted=is_open />
            </Provider>
        </Dialog>
    }
}

lazy_view! {
    fn programs in code = view! { <Programs /> }.into_any();
}

#[component]
fn Programs() -> impl IntoView {
    let shown = use_context::<Shown>();
    let secrets = use_secrets();
    let target = RwSignal::new(Target::Python);
    let failure = RwSignal::new(None::<String>);
    // What nobody sees need not be written at each key.
    let program = move || shown.filter(|shown| shown.is_open.get()).and_then(|shown| shown.program.get());
    let code = Signal::derive(move || {
        program().map_or_else(|| "Complete the request first.".to_owned(), |program| program.write(target.get()))
    });
    let save = move |()| {
        let text = secrets.text(&code.get_untracked());
        let name = format!("ask.{}", target.get_untracked().ending());
        spawn_local(async move {
            let mut file = FileWriter::download(&name, "text/plain");
            let saved = match file.write(&text).await {
                Ok(()) => file.finish().await,
                Err(why) => Err(why),
            };
            let _ = failure.try_set(saved.err().map(|why| why.to_string()));
        });
    };
    let targets = || Target::ALL.map(|target| Choice::new(target.id(), target.name())).to_vec();
    view! {
        <p>
            "It runs as it is, with " <code>"$OPENAI_API_KEY"</code> ", and waits as this policy does. What to \
             install stands at its head."
        </p>
        <Select
            label="Written in"
            options=Signal::derive(targets)
            value=Signal::derive(move || target.get().id().to_owned())
            on_change=move |id: String| target.set(Target::from_id(&id).unwrap_or(Target::Python))
            inline=true
        />
        <CodeBlock code=code label="the program" language=Signal::derive(move || target.get().language()) />
        <div>
            <Button icon=Glyph::Download on_click=save>"Download"</Button>
            {move || failure.get().map(|why| view! { <p role="alert">{why}</p> })}
        </div>
    }
}
