//! A stream as it comes: its text, its pace, its events.

use leptos::prelude::*;

use super::answer::MOST_SHOWN;
use crate::components::{Disclosure, Stat, Tone};
use crate::format::{format_count, format_decimal, format_duration};
use crate::run::{MOST_EVENTS, RunLog, StreamRecord, TokenRate};
use crate::state::run::Run;
use crate::transport::boundary;

/// The attempt that streamed last, by its place, and its stream.
fn streamed(log: &RunLog) -> Option<(usize, &StreamRecord)> {
    let attempts = &log.calls.first()?.attempts;
    attempts.iter().enumerate().rev().find_map(|(place, attempt)| Some((place, attempt.stream.as_ref()?)))
}

fn token_rate(log: &RunLog) -> Option<TokenRate> {
    let (place, stream) = streamed(log)?;
    let reply = log.calls.first()?.attempts.get(place)?.result.as_ref().and_then(|result| result.as_ref().ok());
    stream.token_rate(reply.and_then(|reply| reply.usage().known()))
}

/// The text while it is written: no live region, which would read out every word.
#[component]
pub fn ArrivingText(run: Run) -> impl IntoView {
    let text = Memo::new(move |_| {
        run.with_log(|log| streamed(log).map(|(_, stream)| stream.text.clone()).unwrap_or_default())
    });
    let is_empty = move || text.with(String::is_empty);
    view! {
        <Show when=is_empty>
            <p class="muted">"The stream is open. Waiting for the first words…"</p>
        </Show>
        <p class="output-text" dir="auto" aria-busy="true" class:is-empty=is_empty>
            // What is written last is what is read.
            {move || text.with(|text| text.get(boundary(text, text.len().saturating_sub(MOST_SHOWN))..).unwrap_or_default().to_owned())}
        </p>
    }
}

/// How soon the first words came, and how fast the rest.
#[component]
pub fn StreamStats(run: Run) -> impl IntoView {
    let first = Memo::new(move |_| run.with_log(|log| streamed(log)?.1.time_to_first_token()));
    // In tenths, which is what is shown.
    let rate = Memo::new(move |_| {
        run.with_log(|log| {
            token_rate(log).map(|rate| (format_decimal(&format!("{:.1}", rate.tokens_per_second)), rate.is_estimate))
        })
    });
    let first_text = move || first.get().map_or_else(|| "–".to_owned(), format_duration);
    let rate_text = move || rate.with(|rate| rate.as_ref().map_or_else(|| "–".to_owned(), |(rate, _)| rate.clone()));
    let is_estimate = move || rate.with(|rate| rate.as_ref().is_some_and(|(_, is_estimate)| *is_estimate));
    view! {
        <Stat
            label="Time to first token"
            value=Signal::derive(first_text)
            hint="From the request to the first words; reasoning comes before them."
        />
        <Stat
            label="Output tokens per second"
            value=Signal::derive(rate_text)
            unit=Signal::derive(move || is_estimate().then(|| "estimate".to_owned()))
            tone=Tone::Tokens
            hint="From the first words to the last, reasoning left out. An estimate from the text until the usage is there."
        />
    }
}

/// The events of the stream, by name, whether known or not; nothing where there are none.
#[component]
pub fn StreamEvents(run: Run) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let shown = Memo::new(move |_| {
        run.with_log(|log| {
            streamed(log).map_or((0, 0, 0), |(place, stream)| (place, stream.events.len(), stream.events_in_all))
        })
    });
    let summary = move || format!("Events of the stream ({})", format_count(u64::try_from(shown.get().2).unwrap_or(0)));
    let rows = move || {
        let (place, count, _) = shown.get();
        if is_open.get() { (0..count).map(|index| (place, index)).collect() } else { Vec::new() }
    };
    let is_cut = move || shown.with(|(_, listed, all)| listed < all);
    view! {
        <Show when=move || shown.with(|(_, _, all)| *all > 0)>
            <Disclosure summary=Signal::derive(summary) open=is_open on_toggle=move |open| is_open.set(open)>
                <div class="stream-events" role="region" aria-label="Events of the stream" tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Time"</th>
                                <th scope="col">"Sequence"</th>
                                <th scope="col">"Type"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=rows key=|row| *row children=move |(place, index)| event_row(run, place, index) />
                        </tbody>
                    </table>
                </div>
                <Show when=is_cut>
                    <p class="muted">
                        {format!("The first {MOST_EVENTS} are listed; the raw body has all of them.")}
                    </p>
                </Show>
            </Disclosure>
        </Show>
    }
}

fn event_row(run: Run, place: usize, index: usize) -> impl IntoView {
    let event = untrack(|| {
        run.with_log(|log| {
            let attempt = log.calls.first()?.attempts.get(place)?;
            let event = attempt.stream.as_ref()?.events.get(index)?;
            Some((event.at.saturating_since(attempt.started), event.sequence, event.kind.clone()))
        })
    });
    event.map(|(after, sequence, kind)| {
        view! {
            <tr>
                <td class="num">"+" {format_duration(after)}</td>
                <td class="num">{sequence.map_or_else(|| "–".to_owned(), |number| number.to_string())}</td>
                <td>
                    <code>{kind}</code>
                </td>
            </tr>
        }
    })
}
