//! Response: the text, and what there is to say of it.

use leptos::prelude::*;

use super::failure::Failure;
use super::state::Sent;
use super::stream::{ArrivingText, StreamEvents};
use crate::client::CallEnd;
use crate::components::{Badge, Callout, CalloutKind, CopyButton, Panel};
use crate::format::{format_bytes, format_count};
use crate::reply::{Content, Reply, TransportError};
use crate::responses::{Note, Response, Unreadable};
use crate::run::{Attempt, CallLog, CallState};
use crate::state::secrets::use_secrets;
use crate::transport::boundary;

/// The region "Response".
#[component]
pub fn AnswerRegion(sent: Sent, call: CallLog, last: Option<Attempt>) -> impl IntoView {
    let run = sent.run;
    let streams = sent.request.stream;
    let secrets = use_secrets();
    let unfinished = call.unfinished_stream().map(|stream| stream.text.clone());
    let content = match (&call.state, last) {
        (CallState::InFlight, _) if unfinished.is_some() => view! { <ArrivingText run=run /> }.into_any(),
        (CallState::Cancelled { .. }, _) if unfinished.is_some() => stopped(unfinished.unwrap_or_default()),
        (CallState::Queued | CallState::InFlight, None) => waiting_text("Waiting for the answer…"),
        (CallState::Cancelled { .. }, None) => {
            waiting_text("Stopped before an answer came. Your prompt and settings are kept.")
        }
        (_, None) => waiting_text("No answer."),
        (state, Some(attempt)) => {
            let response =
                attempt.result.as_ref().and_then(|result| result.as_ref().ok()).and_then(|reply| {
                    match &reply.content {
                        Content::Response(response) => Some(response.clone()),
                        _ => None,
                    }
                });
            let received = attempt.result.as_ref().and_then(received).map(|text| secrets.text(text));
            let is_success = matches!(state, CallState::Ended(CallEnd::Succeeded));
            match response {
                Some(response) if is_success => view! { <Text notes=response.notes() response=*response /> }.into_any(),
                response => {
                    let partial = response.map(|response| {
                        // The failure itself is told once, with what to do about it.
                        let notes = response.notes().into_iter().filter(|note| !matches!(note, Note::Failed { .. }));
                        view! { <Text notes=notes.collect() response=*response /> }
                    });
                    view! {
                        <Failure call=call attempt=attempt path=sent.path run=sent.run />
                        {partial}
                        {received.map(words)}
                    }
                    .into_any()
                }
            }
        }
    };
    view! {
        <Panel title="Response">
            {content}
            {streams.then(|| view! { <StreamEvents run=run /> })}
        </Panel>
    }
}

/// The text that had come when a stream broke off.
fn received(result: &Result<Reply, TransportError>) -> Option<&str> {
    match &result.as_ref().ok()?.content {
        Content::Unreadable(Unreadable::EndedEarly { text, .. }) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn stopped(text: String) -> AnyView {
    view! {
        {(!text.is_empty()).then(|| words(use_secrets().text(&text)))}
        <Callout kind=CalloutKind::Warn title="Stopped by you">
            <p>"What had come until then is kept. It may be billed, and its usage is unknown: a stream tells it last."</p>
        </Callout>
    }
    .into_any()
}

/// More text than this, in bytes, keeps the browser busy for seconds.
pub(super) const MOST_SHOWN: usize = 200_000;

fn words(text: String) -> AnyView {
    let shown = text.get(..boundary(&text, MOST_SHOWN)).unwrap_or_default().to_owned();
    let rest = text.len() - shown.len();
    view! {
        <div class="request-text">
            <p class="output-text" dir="auto">{shown}</p>
            <CopyButton text=Signal::stored(text) label="Copy text" />
        </div>
        {(rest > 0)
            .then(|| {
                let rest = format_bytes(rest as u64);
                view! { <p class="muted">{format!("{rest} more are not shown; Copy text copies all of it.")}</p> }
            })}
    }
    .into_any()
}

fn waiting_text(text: &'static str) -> AnyView {
    view! { <p class="muted">{text}</p> }.into_any()
}

#[component]
fn Text(response: Response, notes: Vec<Note>) -> impl IntoView {
    let text = use_secrets().text(&response.output_text());
    let model = response.model.clone();
    view! {
        {(!text.is_empty()).then(|| words(text))}
        {notes.into_iter().map(note).collect_view()}
        {model.map(|model| view! { <p class="request-by">"Answered by " <Badge text=model /></p> })}
    }
}

fn note(note: Note) -> AnyView {
    let callout = |kind: CalloutKind, title: String, text: String| {
        view! {
            <Callout kind=kind title=title>
                <p dir="auto">{text}</p>
            </Callout>
        }
        .into_any()
    };
    match note {
        Note::SpentOnReasoning { reasoning_tokens } => {
            let spent = reasoning_tokens.map_or_else(
                || "All output tokens".to_owned(),
                |tokens| format!("All {} output tokens", format_count(tokens)),
            );
            callout(
                CalloutKind::Warn,
                "Empty: all tokens went into reasoning".to_owned(),
                format!(
                    "{spent} were spent on reasoning before the first word; they are billed. Raise max output tokens, or choose a lower reasoning effort."
                ),
            )
        }
        Note::Incomplete { reason } => callout(
            CalloutKind::Warn,
            "Incomplete".to_owned(),
            match reason.as_deref() {
                Some("max_output_tokens" | "max_tokens") | None => {
                    "The text was cut off at the bound of output tokens. Raise max output tokens for more.".to_owned()
                }
                Some("content_filter") => "A content filter cut the text off.".to_owned(),
                Some(other) => format!("The server cut the text off: {other}."),
            },
        ),
        Note::Refusal(words) => callout(CalloutKind::Warn, "The model declined".to_owned(), words),
        Note::ToolCall { name, arguments } => {
            callout(CalloutKind::Info, format!("The model asks for a call of {name}"), arguments)
        }
        Note::Failed { code, message } => {
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            callout(CalloutKind::Error, format!("The response failed{code}"), message)
        }
        Note::Unfinished(status) => callout(
            CalloutKind::Info,
            format!("The response is {status}"),
            "It may still be running on the server.".to_owned(),
        ),
        Note::UnknownStatus(status) => {
            callout(CalloutKind::Info, "A status Sluice does not know".to_owned(), format!("status: {status}"))
        }
        Note::OtherOutput(kinds) => callout(
            CalloutKind::Info,
            "More output than is shown here".to_owned(),
            format!("{}: see the raw body.", kinds.join(", ")),
        ),
        Note::NoText => callout(
            CalloutKind::Info,
            "An empty answer".to_owned(),
            "The response is complete and holds no text. The raw body has all that came.".to_owned(),
        ),
    }
}
