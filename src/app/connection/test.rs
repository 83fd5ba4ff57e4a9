//! Test connection: what answers at the address, and what a page can read of it. It costs nothing.

use leptos::prelude::*;

use super::live::LiveForm;
use crate::components::{Badge, Button, Callout, CalloutKind, CodeBlock};
use crate::diagnosis::{Answer, HeadersRead, Probe, ProbeLog, Situation, Verdict, VerdictKind};
use crate::highlight::Language;
use crate::key::ApiKey;
use crate::platform::{dom, location};
use crate::state::locked_origin;
use crate::state::session::{Session, use_session};
use crate::transport::fetch::Connection;

/// What came of the last test.
#[derive(Debug, Clone, Default)]
enum Tested {
    /// None yet.
    #[default]
    Not,
    /// There is nothing to test, and why.
    Wrong(String),
    /// Under way, or done: the probes so far, and of what in words.
    Probed { of: String, log: ProbeLog, situation: Situation, is_done: bool },
}

/// The id of what came of it.
const ANSWER: &str = "connection-test-answer";

/// The button, and what came of it.
#[component]
pub fn TestConnection(form: LiveForm) -> impl IntoView {
    let session = use_session();
    let tested = RwSignal::new(Tested::default());
    let is_busy = move || tested.with(|tested| matches!(tested, Tested::Probed { is_done: false, .. }));
    view! {
        <div class="connection-test stack">
            <div class="toolbar">
                <Button busy=Signal::derive(is_busy) on_click=move |()| start(session, form, tested)>"Test connection"</Button>
                <span class="muted">"Asks for the models alone, a few times at most: free of charge, and counted nowhere."</span>
            </div>
            <div id=ANSWER aria-live="polite">{move || shown(&tested.get())}</div>
        </div>
    }
}

fn start(session: Session, form: LiveForm, tested: RwSignal<Tested>) {
    let connection = match untrack(|| what_to_test(session, form)) {
        Ok(connection) => connection,
        Err(why) => {
            tested.set(Tested::Wrong(why));
            return dom::bring_into_sight(ANSWER);
        }
    };
    let of = named(&connection);
    let situation = connection.situation(location::origin());
    let transport = session.transport_to(connection);
    let log = ProbeLog::default();
    tested.set(Tested::Probed { of: of.clone(), log, situation: situation.clone(), is_done: false });
    // Ends with the dialog: what nobody waits for need not be asked.
    leptos::task::spawn_local_scoped_with_cancellation(async move {
        let mut log = ProbeLog::default();
        while let Some(probe) = log.next(&situation) {
            let answer = transport.probe(probe).await;
            log.steps.push((probe, answer));
            let is_done = log.next(&situation).is_none();
            // The dialog may have gone meanwhile.
            let so_far = Tested::Probed { of: of.clone(), log: log.clone(), situation: situation.clone(), is_done };
            if tested.try_set(so_far).is_some() {
                return;
            }
            dom::bring_into_sight(ANSWER);
        }
    });
}

/// What is tested, in words.
fn named(connection: &Connection) -> String {
    let key = connection.key.as_ref().map(ApiKey::label);
    let key = key.map_or_else(|| "without a key".to_owned(), |label| format!("with the key {label}"));
    format!("Tested: {} {key}.", connection.base_url.as_str())
}

/// What is typed, and of what is not typed the connection in use, where it is to the same origin: a key is for one.
fn what_to_test(session: Session, form: LiveForm) -> Result<Connection, String> {
    let base_url = form.checked_url().map_err(|error| format!("The base URL must be right first. {error}"))?;
    locked_origin::check(&base_url).map_err(|error| error.to_string())?;
    let in_use = session.live_connection().filter(|in_use| in_use.base_url.origin() == base_url.origin());
    let typed_key = form.key.with(|text| typed_key(text))?;
    let typed = |field: RwSignal<String>| Some(field.get().trim().to_owned()).filter(|text| !text.is_empty());
    let (used_key, used_organization, used_project) =
        in_use.map_or((None, None, None), |in_use| (in_use.key, in_use.organization, in_use.project));
    Ok(Connection {
        base_url,
        key: typed_key.or(used_key),
        organization: typed(form.organization).or(used_organization),
        project: typed(form.project).or(used_project),
    })
}

/// The key as typed, if there is one; not one that a person should look at again before it goes anywhere.
fn typed_key(text: &str) -> Result<Option<ApiKey>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (key, notes) = ApiKey::parse(text).map_err(|error| error.to_string())?;
    match notes.iter().find(|note| note.needs_confirmation()) {
        Some(doubt) => Err(format!("{doubt} If it is the right key, press Use key first.")),
        None => Ok(Some(key)),
    }
}

fn shown(tested: &Tested) -> Option<AnyView> {
    match tested {
        Tested::Not => None,
        Tested::Wrong(why) => {
            let why = why.clone();
            Some(view! { <Callout kind=CalloutKind::Warn title="Nothing was sent"><p>{why}</p></Callout> }.into_any())
        }
        Tested::Probed { of, log, situation, is_done } => {
            let of = of.clone();
            let steps = log.steps.iter().map(step).collect_view();
            let verdict = log.verdict(situation).filter(|_| *is_done).map(told);
            Some(
                view! {
                    <p class="connection-tested">{of}</p>
                    {verdict}
                    <ol class="connection-probes muted" aria-label="What was asked">
                        {steps}
                    </ol>
                }
                .into_any(),
            )
        }
    }
}

fn told(verdict: Verdict) -> AnyView {
    let kind = match verdict.kind {
        VerdictKind::Good => CalloutKind::Success,
        VerdictKind::Warning => CalloutKind::Warn,
        VerdictKind::Bad => CalloutKind::Error,
    };
    let badge = verdict.headers.map(|headers| match headers {
        HeadersRead::Full => "full headers",
        HeadersRead::BodyOnly => "body only",
    });
    view! {
        <Callout kind=kind title=verdict.title>
            {badge.map(|badge| view! { <p><Badge text=badge /></p> })}
            <p>{verdict.text}</p>
            <p>{verdict.fix}</p>
            {verdict
                .command
                .map(|command| view! { <CodeBlock code=command label="Check by curl" language=Language::Shell wrap=true /> })}
        </Callout>
    }
    .into_any()
}

fn step((probe, answer): &(Probe, Answer)) -> AnyView {
    let asked = match probe {
        Probe::Whole => "As requests are sent".to_owned(),
        Probe::NoCors => "Without headers, unread (no-cors)".to_owned(),
        Probe::Bare => "Without headers".to_owned(),
        Probe::Alone(name) => format!("With {name} alone"),
    };
    let answered = match answer {
        Answer::Read { status, .. } => format!("{status}, readable"),
        Answer::Reached => "something answered".to_owned(),
        Answer::Nothing { .. } => "failed, the browser hides why".to_owned(),
        Answer::Late => "no answer in time".to_owned(),
        Answer::NotSent(_) => "not sent".to_owned(),
    };
    view! { <li>{format!("{asked}: {answered}.")}</li> }.into_any()
}
