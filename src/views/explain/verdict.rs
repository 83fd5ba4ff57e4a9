//! The region "Verdict": the answer first, then why.

use leptos::prelude::*;

use super::Explained;
use super::bucket::BucketFigure;
use super::clients::Clients;
use super::facts::Facts;
use crate::components::{Button, Callout, CalloutKind, CopyButton, EmptyState, Icon, Panel, Tone};
use crate::explain::{Answer, NotUnderstood, Verdict};
use crate::redact::Redactor;
use crate::state::announcer::use_announcer;
use crate::state::explain::use_explain;

/// What the pasted text amounts to.
#[component]
pub fn VerdictRegion(explained: Explained) -> impl IntoView {
    let copied = move || explained.with(|explained| explained.as_ref().map(Verdict::to_text).unwrap_or_default());
    let is_known = move || explained.with(Result::is_ok);
    let copy = move || {
        view! {
            <Show when=is_known>
                <CopyButton text=Signal::derive(copied) label="Copy verdict" />
            </Show>
        }
    };
    view! {
        <Panel title="Verdict" actions=copy>
            <Headline explained=explained />
            {move || match explained.get() {
                Ok(verdict) => view! { <Reasons verdict=verdict /> }.into_any(),
                Err(NotUnderstood::Empty) => {
                    view! { <EmptyState text="What it says appears here: the wait, the limit, and what to do." /> }.into_any()
                }
                Err(_) => view! { <p class="muted">{NotUnderstood::WHAT_CAN_BE_PASTED}</p> }.into_any(),
            }}
        </Panel>
    }
}

/// The answer in a line; a change of it is spoken.
#[component]
fn Headline(explained: Explained) -> impl IntoView {
    let line = move || {
        explained.with(|explained| match explained {
            Ok(verdict) => Some((tone(&verdict.answer), verdict.answer.headline())),
            Err(NotUnderstood::Empty) => None,
            Err(why) => Some((Tone::Neutral, why.headline().to_owned())),
        })
    };
    let announcer = use_announcer();
    Effect::new(move |before: Option<()>| {
        let text = line().map(|(_, text)| text).unwrap_or_default();
        if before.is_some() {
            announcer.say(text);
        }
    });
    move || {
        line().map(|(tone, text)| {
            view! {
                <h3 class=format!("explain-headline num {}", tone.class())>
                    <Icon glyph=tone.glyph() />
                    <span>{text}</span>
                </h3>
            }
        })
    }
}

const fn tone(answer: &Answer) -> Tone {
    match answer {
        Answer::Wait { .. } | Answer::WaitUnsaid | Answer::TryAgain(_) => Tone::Waiting,
        Answer::Never(_) | Answer::Vetoed => Tone::Refused,
        Answer::Standing(_) | Answer::Worked => Tone::Done,
        Answer::Unclear => Tone::Failed,
    }
}

#[component]
fn Reasons(verdict: Verdict) -> impl IntoView {
    let message = verdict.outcome.as_ref().map(|outcome| outcome.message.clone()).filter(|message| !message.is_empty());
    // Said where it shows, lest it be taken for what the server wrote.
    let is_masked =
        message.as_ref().is_some_and(|message| message.contains("[organization]") || message.contains("[project]"));
    let read_as = format!("Read as {}. {}", verdict.kind.name(), verdict.happened);
    view! {
        <p>{read_as}</p>
        {message.map(|message| view! { <blockquote class="explain-quote" dir="auto">{message}</blockquote> })}
        {is_masked.then(|| view! { <p class="muted">"Sluice left out whose account it is: what is in brackets."</p> })}
        {verdict.holds_key.then(|| view! { <KeyNotice /> })}
        {left_out(&verdict.earlier).map(|text| view! { <p class="muted">{text}</p> })}
        {contradictions(&verdict)}
        {verdict.bucket.clone().map(|bucket| view! { <BucketFigure bucket=bucket /> })}
        {steps(verdict.steps.clone())}
        {(!verdict.forecasts.is_empty())
            .then(|| view! { <Clients forecasts=verdict.forecasts.clone() due=verdict.due /> })}
        <Facts facts=verdict.facts />
    }
}

/// Says that a key was pasted, and takes it out.
#[component]
fn KeyNotice() -> impl IntoView {
    let text = use_explain().text;
    let take_out = move |()| text.update(|text| *text = Redactor::new(None).text(text));
    view! {
        <Callout kind=CalloutKind::Warn title="What you pasted holds an API key">
            <p>"It is shown nowhere but in the field, and is not kept. A key that was copied around is better revoked."</p>
            <Button on_click=take_out>"Take the key out of the field"</Button>
        </Callout>
    }
}

fn left_out(earlier: &[u16]) -> Option<String> {
    if earlier.len() > 8 {
        return Some(format!("The last answer is explained; {} before it are left out.", earlier.len()));
    }
    let statuses: Vec<String> = earlier.iter().map(u16::to_string).collect();
    (!statuses.is_empty())
        .then(|| format!("The last answer is explained; left out before it: {}.", statuses.join(", ")))
}

fn contradictions(verdict: &Verdict) -> Option<impl IntoView + use<>> {
    let lines: Vec<_> = verdict
        .conflicts
        .iter()
        .map(|conflict| view! { <li>{conflict.says()}" "<strong>{conflict.trust()}</strong></li> })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Callout kind=CalloutKind::Warn title="This answer contradicts itself">
                <ul class="explain-list">{lines}</ul>
            </Callout>
        }
    })
}

fn steps(steps: Vec<String>) -> Option<impl IntoView> {
    (!steps.is_empty()).then(|| {
        view! {
            <h3>"What to do"</h3>
            <ol class="explain-list">{steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
        }
    })
}
