//! Where the job stands, and what can be done about it.

use leptos::prelude::*;

use super::super::state::{Batch, use_batch};
use super::state::Question;
use crate::batch::job::{JobEnd, JobState, Stage, fault_words, line_at_fault};
use crate::clock::Clock;
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Countdown, Glyph, ProgressBar, StatusChip, Tone};
use crate::format::{format_bytes, format_count};
use crate::platform::format::time_of_day;
use crate::time::UnixTime;

/// The chip, the bar, what the server says, and the buttons.
#[component]
pub fn JobStatus() -> impl IntoView {
    let batch = use_batch();
    let told = Memo::new(move |_| told(batch));
    let of_told = move |read: fn(&Told) -> String| {
        Signal::derive(move || told.with(|told| told.as_ref().map_or_else(String::new, read)))
    };
    let tone = Signal::derive(move || told.with(|told| told.as_ref().map_or(Tone::Flight, |told| tone_of(told.stage))));
    let share = Signal::derive(move || told.with(|told| told.as_ref().and_then(|told| told.share)));
    let written = move || batch.job.written.get();
    let name = Signal::derive(move || match (written(), told.with(|told| told.as_ref().map(|told| told.name))) {
        (None, Some(name)) => name.to_owned(),
        _ => "Writing the job's file".to_owned(),
    });
    let meaning = move || match written() {
        Some(lines) => format!("{} lines are written. Nothing has been sent yet.", format_count(lines.into())),
        None => told.with(|told| told.as_ref().map_or_else(String::new, |told| told.meaning.to_owned())),
    };
    let facts = of_told(|told| told.facts.clone());
    let faults =
        Memo::new(move |_| told.with(|told| told.as_ref().map(|told| told.faults.clone()).unwrap_or_default()));
    announce(batch);
    view! {
        <div class="job-head">
            <StatusChip tone=tone text=name />
            <NextLook />
        </div>
        <p>{meaning}</p>
        <ProgressBar label="Job progress" value=share text=of_told(|told| told.progress.clone()) />
        <p class="num muted job-facts">{facts}</p>
        <Show when=move || faults.with(|faults| !faults.is_empty())>
            <Callout kind=CalloutKind::Error title="The server did not run it">
                <ul class="batch-faults" tabindex="0" aria-label="Why the job failed">
                    {move || faults.get().into_iter().map(|fault| view! { <li class="num" dir="auto">{fault}</li> }).collect_view()}
                </ul>
            </Callout>
        </Show>
        <Buttons />
    }
}

/// What is told of a job.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    stage: Stage,
    name: &'static str,
    meaning: &'static str,
    share: Option<f64>,
    progress: String,
    facts: String,
    faults: Vec<String>,
}

fn told(batch: Batch) -> Option<Told> {
    let told = batch.with_book(|book| {
        let lines = book.state();
        let job = lines.job();
        let stage = Stage::of(job)?;
        let is_watched = batch.job.watched.get().is_some();
        let (name, meaning) = if is_watched { (stage.name(), stage.meaning()) } else { stage.at_rest() };
        let errors = job.batch().map(|object| object.errors.clone()).unwrap_or_default();
        let faults = batch.with_file(|file| {
            errors.iter().map(|fault| fault_words(fault, line_at_fault(file, &lines, fault))).collect()
        });
        Some(Told {
            stage,
            name,
            meaning,
            share: stage.share(job),
            progress: stage.progress(job),
            facts: facts_of(job),
            faults: faults.unwrap_or_default(),
        })
    });
    told.flatten()
}

/// Its id, its times, its model and the size of its file.
fn facts_of(job: &JobState) -> String {
    let mut facts = Vec::new();
    let at = |seconds: u64| time_of_day(UnixTime::from_secs(seconds));
    if let Some(object) = job.batch() {
        facts.push(object.id.clone());
        facts.push(format!("created at {}", at(object.times.created_at)));
        let ends = [
            ("completed at", object.times.completed_at),
            ("failed at", object.times.failed_at),
            ("expired at", object.times.expired_at),
            ("cancelled at", object.times.cancelled_at),
        ];
        facts.extend(ends.into_iter().filter_map(|(what, when)| Some(format!("{what} {}", at(when?)))));
    }
    facts.extend(job.model().filter(|model| !model.is_empty()).map(str::to_owned));
    facts.push(format_bytes(job.bytes()));
    if job.strays() > 0 {
        facts.push(format!(
            "{} results belong to no line, and are in the journal alone",
            format_count(job.strays().into())
        ));
    }
    facts.join("; ") + "."
}

const fn tone_of(stage: Stage) -> Tone {
    match stage {
        Stage::Validating => Tone::Queued,
        Stage::Searching | Stage::Cancelling => Tone::Waiting,
        Stage::Over(JobEnd::Completed) => Tone::Done,
        Stage::Over(JobEnd::Failed | JobEnd::NotCreated) => Tone::Failed,
        Stage::Over(_) => Tone::Refused,
        _ => Tone::Flight,
    }
}

/// When it is looked at next.
#[component]
fn NextLook() -> impl IntoView {
    let batch = use_batch();
    let next = batch.job.next_look;
    let remaining = Signal::derive(move || {
        batch.ticker.track();
        let until = next.get()?;
        batch.with(|inner| inner.clock.as_ref().map(|clock| until.saturating_since(clock.now())))
    });
    view! {
        <Show when=move || next.with(Option::is_some)>
            <span class="muted"><Countdown remaining=remaining prefix="next look in".to_owned() /></span>
        </Show>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let batch = use_batch();
    let ask = move |question| batch.job.question.set(Some(question));
    let is_watched = move || batch.job.watched.get().is_some();
    let job = Memo::new(move |_| {
        batch.with_book(|book| {
            let state = book.state();
            let job = state.job();
            let is_over = job.batch().is_some_and(|object| object.status.is_over());
            (job.is_open(), job.is_cancel_wanted() || is_over)
        })
    });
    let is_open = move || job.get().is_some_and(|(is_open, _)| is_open);
    let cannot_cancel = Signal::derive(move || job.get().is_none_or(|(_, cannot)| cannot));
    let is_waiting = move || batch.job.next_look.with(Option::is_some);
    view! {
        <Show when=is_open>
            <div class="batch-buttons">
                <Show
                    when=is_watched
                    fallback=move || {
                        view! {
                            <Button kind=ButtonKind::Primary icon=Glyph::Play on_click=move |()| batch.watch_job()>"Go on with the job"</Button>
                        }
                    }
                >
                    <Button icon=Glyph::Reset disabled=Signal::derive(move || !is_waiting()) on_click=move |()| batch.look_at_job_now()>
                        "Look now"
                    </Button>
                </Show>
                <Button kind=ButtonKind::Danger icon=Glyph::Stop disabled=cannot_cancel on_click=move |()| ask(Question::Cancel)>
                    "Cancel job"
                </Button>
                <Show when=move || !is_watched()>
                    <Button kind=ButtonKind::Quiet on_click=move |()| ask(Question::GiveUp)>"Give it up"</Button>
                </Show>
            </div>
        </Show>
    }
}

/// Why it does not go on, and what a person can decide.
#[component]
pub fn JobTrouble() -> impl IntoView {
    let batch = use_batch();
    let trouble = batch.job.trouble;
    let title = move || trouble.with(|trouble| trouble.as_ref().map_or("", |trouble| trouble.title).to_owned());
    let why = move || trouble.with(|trouble| trouble.as_ref().map(|trouble| trouble.why.clone()));
    let is_unclear = move || trouble.with(|trouble| trouble.as_ref().is_some_and(|trouble| trouble.is_unclear));
    view! {
        <Show when=move || trouble.with(Option::is_some)>
            <Callout
                kind=CalloutKind::Error
                alert=true
                title=Signal::derive(title)
                actions=move || {
                    view! {
                        <Show when=is_unclear>
                            <Button on_click=move |()| batch.watch_job()>"Look again"</Button>
                            <Button kind=ButtonKind::Danger on_click=move |()| batch.job.question.set(Some(Question::CreateAgain))>
                                "Create it again"
                            </Button>
                        </Show>
                    }
                }
            >
                <p>{why}</p>
            </Callout>
        </Show>
    }
}

/// Tells of each stage; the end is told by the run.
fn announce(batch: Batch) {
    let stage = Memo::new(move |_| batch.with_book(|book| Stage::of(book.state().job())).flatten());
    Effect::new(move |before: Option<Option<Stage>>| {
        let now = stage.get();
        if let Some(stage) = now.filter(|stage| !matches!(stage, Stage::Over(_)))
            && before.is_some_and(|before| before != now)
        {
            batch.announcer.say(format!("OpenAI Batch job: {}.", stage.name()));
        }
        now
    });
}
