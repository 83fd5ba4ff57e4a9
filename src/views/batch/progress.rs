//! How far the batch has come, and what it has cost.

use leptos::prelude::*;

use super::state::{Batch, Phase, use_batch};
use crate::clock::Clock;
use crate::components::{ProgressBar, Stat, Tone};
use crate::format::{format_count, format_duration};

/// The bar, the counts, the money; milestones for those who listen.
#[component]
pub fn Progress() -> impl IntoView {
    let batch = use_batch();
    let counts = Memo::new(move |_| batch.with_book(|book| book.state().counts()).unwrap_or_default());
    let share = move || {
        let counts = counts.get();
        Some(f64::from(counts.settled()) / f64::from(counts.total().max(1)))
    };
    let count =
        move |read: fn(&crate::batch::Counts) -> u32| Signal::derive(move || format_count(read(&counts.get()).into()));
    let money = Memo::new(move |_| {
        batch.with_book(|book| {
            let state = book.state();
            (state.spent(), state.at_stake(), state.settings().spend_cap(), state.unpriced())
        })
    });
    let spent = move || money.get().map_or_else(String::new, |(spent, ..)| spent.to_string());
    let of_cap = move || match money.get() {
        Some((_, _, Some(cap), _)) => Some(format!("of {cap}")),
        _ => None,
    };
    let at_stake = move || {
        let (_, at_stake, _, unpriced) = money.get()?;
        let mut words = format!("In flight and unknown ones can cost up to {at_stake} more");
        if unpriced > 0 {
            let count = format_count(unpriced.into());
            words.extend(["; ", count.as_str(), " answers have no price and are not in it"]);
        }
        Some(words)
    };
    let tokens = Memo::new(move |_| batch.with_book(|book| book.state().tokens()).unwrap_or_default());
    announce(batch);
    view! {
        <ProgressBar label="Batch progress" value=Signal::derive(share) text=Signal::derive(move || words(batch)) />
        <div class="stats batch-counts">
            <Stat label="Done" value=count(|counts| counts.done) tone=Tone::Done />
            <Stat label="In flight" value=count(|counts| counts.sending) tone=Tone::Flight />
            <Stat label="Waiting" value=count(|counts| counts.waiting) tone=Tone::Queued />
            <Stat label="Failed" value=count(|counts| counts.failed) tone=Tone::Failed />
            <Stat label="Unknown" value=count(|counts| counts.unknown) tone=Tone::Refused />
            <Stat label="Left out" value=count(|counts| counts.skipped) />
            <Show when=move || counts.get().cancelled != 0>
                <Stat label="Cancelled" value=count(|counts| counts.cancelled) />
            </Show>
            <Stat label="Spent" value=Signal::derive(spent) unit=Signal::derive(of_cap) hint=Signal::derive(at_stake) />
            <Stat label="Batch input tokens" value=Signal::derive(move || format_count(tokens.get().input)) tone=Tone::Tokens />
            <Stat label="Batch output tokens" value=Signal::derive(move || format_count(tokens.get().output)) tone=Tone::Tokens />
        </div>
    }
}

/// "38 of 50, about 12 s left".
fn words(batch: Batch) -> String {
    let phase = batch.phase();
    let of_book = batch.with_book(|book| {
        let counts = book.state().counts();
        let now = batch.with(|inner| inner.clock.as_ref().map(Clock::now));
        let left = counts.waiting + counts.sending;
        let eta = now.and_then(|now| book.with_throughput(|throughput| throughput.remaining(left, now)).flatten());
        let done = format!("{} of {}", format_count(counts.settled().into()), format_count(counts.total().into()));
        match phase {
            Phase::Running => match eta {
                Some(eta) => format!("{done}, about {} left", format_duration(eta)),
                None => done,
            },
            Phase::Stopping => format!("{done}, {} in flight are settled first", format_count(counts.sending.into())),
            Phase::InJob => format!("{done}, with OpenAI as a job"),
            Phase::Paused(_) => format!("{done}, paused"),
            Phase::Cancelled => format!("{done}, cancelled"),
            Phase::Settled | Phase::Opened | Phase::Empty => format!("{done}, ended"),
        }
    });
    of_book.unwrap_or_default()
}

/// Tells of the start and of each quarter; the end is told by the run.
fn announce(batch: Batch) {
    let quarter = Memo::new(move |_| {
        let is_running = batch.running.get().is_some();
        batch.with_book(|book| {
            let counts = book.state().counts();
            (is_running, counts.settled() / counts.total().div_ceil(4).max(1))
        })
    });
    Effect::new(move |before: Option<Option<(bool, u32)>>| {
        let now = quarter.get();
        if let Some((true, quarter)) = now
            && before.flatten() != now
        {
            let what =
                if quarter == 0 { "The batch runs".to_owned() } else { format!("{} % of the batch", quarter * 25) };
            let counts = untrack(|| batch.with_book(|book| book.state().counts())).unwrap_or_default();
            batch.announcer.say(format!(
                "{what}: {} of {} lines.",
                format_count(counts.settled().into()),
                format_count(counts.total().into())
            ));
        }
        now
    });
}
