//! Section 2: the client, its key, and the models it can reach.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::cell::Cell;
use super::contents::{Section, SectionEnd, SectionHeading};
use super::course::Question;
use super::dotenv::{EnvField, EnvFile};
use super::pieces::{FailureNote, NotRun, Printed, StatusLine, reports};
use super::state::{CellState, in_sequence, use_guide};
use crate::clock::Clock;
use crate::components::{Callout, CalloutKind, CodeBlock};
use crate::course::Finding;
use crate::highlight::Language;
use crate::models::is_shut_down;
use crate::notebook::{CallReport, CallStage, Setup, python_list, setup};
use crate::platform::clock::BrowserClock;
use crate::reply::Content;
use crate::responses::{ApiRequest, ModelEntry};
use crate::retry::Preset;
use crate::state::api::ApiSource;
use crate::state::run::Run;
use crate::state::session::{ConnectionSummary, Session, use_session};

const RAISED: &str = "RuntimeError: OPENAI_API_KEY is not set. Please set it in your environment or .env file.";
const INSTALL: &str = "pip install --upgrade openai python-dotenv\nexport OPENAI_API_KEY=\"sk-...\"";

/// Section 2.
#[component]
pub fn SetupSection() -> impl IntoView {
    let (guide, session) = (use_guide(), use_session());
    let cell = guide.setup;
    let code = move || {
        let live = session.source.get() == ApiSource::Live;
        let base_url = session.connection.get().filter(|_| live).map(|connection| connection.base_url);
        // A path on this page's own origin means nothing to a script.
        let base_url = base_url.filter(|url| url != "https://api.openai.com/v1" && url.starts_with("http"));
        setup(&Setup { model: session.model(), base_url })
    };
    // Listing needs no model, and costs nothing.
    let run = move |()| {
        cell.problem.set(None);
        // What was typed was meant to be read.
        guide.env.read_typed();
        cell.launch(session, Preset::None, in_sequence(vec![("List models".to_owned(), ApiRequest::ListModels)]));
    };
    let result = move || view! { <SetupResult run=cell.run /> };
    view! {
        <section class="guide-section">
            <SectionHeading section=Section::Setup />
            <p>
                "In Python you install the SDK and give it a key, through the environment or a "<code>".env"</code>" file. The \
                 set-up makes a client for calls one by one and an asynchronous one for calls side by side, and asks which \
                 models your key can reach."
            </p>
            <CodeBlock code=INSTALL label="In a terminal" language=Language::Shell />
            <p>
                "Here you need neither. Without a key the cells talk to an API simulated inside this page; with one they \
                 can talk to the real one. To run the same Python against the simulation, start "
                <code>"simulated_api"</code>" and set "<code>"OPENAI_BASE_URL=http://127.0.0.1:4010/v1"</code>"."
            </p>
            <Cell title="Cell 1: set-up" state=cell on_run=run code=code result=result>
                <EnvField env=guide.env />
            </Cell>
            <Question
                step="q-credit"
                ask="The account has no credit left. Does the set-up above still work?"
                options=&["No: it gets a 429", "Yes: it lists the models"]
                how="Give cell 1 the scenario “Quota exhausted” and run it."
                why="Listing costs nothing, so it says nothing of your credit: only calls that cost money are refused. Try cell 2 in that scenario: a 429 that no waiting cures."
                finding=Signal::derive(move || without_credit(cell))
            />
            <SectionEnd section=Section::Setup />
        </section>
    }
}

/// What the set-up does without credit, once it was run so.
fn without_credit(cell: CellState) -> Option<Finding> {
    if !cell.ran_in("quota-exhausted") || cell.is_running() {
        return None;
    }
    let ended = cell.run.with_log(|log| log.calls.first().map(|call| CallReport::of(call).stage));
    match ended? {
        CallStage::Answered => Some(Finding { right: vec![1], words: "It listed the models.".to_owned() }),
        CallStage::Failed => Some(Finding { right: vec![0], words: "It was refused.".to_owned() }),
        _ => None,
    }
}

/// What is known of the key that the set-up would find.
#[derive(Debug, Clone, PartialEq)]
enum Key {
    Missing(ApiSource),
    Found(ApiSource, String),
    Live(ConnectionSummary),
}

fn key_of(session: Session, env: EnvFile) -> Key {
    match (session.source.get(), session.connection.get()) {
        (ApiSource::Live, Some(connection)) => Key::Live(connection),
        (source, _) => env.found().map_or(Key::Missing(source), |label| Key::Found(source, label)),
    }
}

#[component]
fn SetupResult(run: Run) -> impl IntoView {
    let session = use_session();
    let env = use_guide().env;
    let key = Memo::new(move |_| key_of(session, env));
    let reports = reports(run);
    let models = Memo::new(move |_| {
        run.with_log(|log| match &log.calls.first()?.attempts.last()?.result.as_ref()?.as_ref().ok()?.content {
            Content::Models(entries) => Some(entries.clone()),
            _ => None,
        })
    });
    let answer = move || match reports.with(|reports| reports.first().cloned()) {
        None => view! { <NotRun /> }.into_any(),
        Some(report) => {
            let answered = report.stage == CallStage::Answered;
            view! {
                <StatusLine report=report.clone() />
                <FailureNote report=report />
                {answered.then(|| models.get().map(|models| view! { <Models models=models /> }))}
            }
            .into_any()
        }
    };
    view! {
        {move || match key.get() {
            Key::Missing(source) => view! {
                <Printed text=RAISED label="Without a key the notebook stops here" />
                <p>
                    {match source {
                        ApiSource::Simulated => {
                            "This page does not: it goes on with the simulated API, which takes any key."
                        }
                        ApiSource::Live => "This page lacks one too, as long as Live is not connected.",
                    }}
                </p>
            }
            .into_any(),
            Key::Found(source, label) => view! {
                <p>
                    "The notebook would go on with " <code>{label}</code> ". "
                    {match source {
                        ApiSource::Simulated => {
                            "Here the simulated API answers, and the key is sent nowhere until you connect to Live."
                        }
                        ApiSource::Live => "It is sent nowhere until you press “Connect to Live”.",
                    }}
                </p>
            }
            .into_any(),
            Key::Live(connection) => view! {
                <p>
                    {connection.key_label.map_or_else(
                        || "Connected without a key to ".to_owned(),
                        |label| format!("The key {label}, held in memory only, is used with "),
                    )}
                    <code>{connection.base_url}</code>"."
                </p>
            }
            .into_any(),
        }}
        {answer}
    }
}

#[component]
fn Models(models: Vec<ModelEntry>) -> impl IntoView {
    let count = models.len();
    let printed = format!("Available models: {}", python_list(models.iter().map(|model| model.id.as_str())));
    let mut ending: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for model in &models {
        if let Some(date) = &model.shutdown_date {
            ending.entry(date).or_default().push(&model.id);
        }
    }
    let now = BrowserClock.wall();
    let lines = |ended: bool| {
        let of_kind = ending.iter().filter(|(date, _)| is_shut_down(date, now) == ended);
        of_kind.map(|(date, ids)| format!("{date}: {}", ids.join(", "))).collect::<Vec<_>>()
    };
    // The simulated API answers with all of them: the dates are OpenAI's.
    let told = |title: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <p class="num">{line}</p> }).collect_view();
            view! { <Callout kind=CalloutKind::Info title=title>{lines}</Callout> }
        })
    };
    view! {
        <p class="num">{format!("{count} models to choose from, at the top of the page.")}</p>
        <Printed text=printed />
        {told("Already shut down at OpenAI", lines(true))}
        {told("To be shut down at OpenAI", lines(false))}
    }
}
