//! What known clients would do with the answer, and when.

use std::time::Duration;

use leptos::prelude::*;

use super::timeline::ClientTimeline;
use crate::components::{StatusChip, Tone, WideTable};
use crate::explain::{Ending, Forecast, Send, Timing};

/// The timeline, and a table that says the same in figures.
#[component]
pub fn Clients(forecasts: Vec<Forecast>, due: Option<Duration>) -> impl IntoView {
    let rows: Vec<_> = forecasts.iter().map(row).collect();
    view! {
        <h3>"What clients would do with it"</h3>
        <p class="muted">
            "If the same answer came each time. Times count from this answer; ranges are the client's own jitter."
        </p>
        <ClientTimeline forecasts=forecasts due=due />
        <WideTable label="What clients would do, as a table">
            <table class="table explain-clients" role="table">
                <caption class="visually-hidden">"What clients would do"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">"Client"</th>
                        <th scope="col" role="columnheader">"Comes to"</th>
                        <th scope="col" role="columnheader">"Sends again after"</th>
                        <th scope="col" role="columnheader" class="num">"HTTP requests"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </WideTable>
    }
}

fn row(forecast: &Forecast) -> impl IntoView + use<> {
    let sends: Vec<_> = forecast.sends.chunk_by(|one, other| one.timing == other.timing).map(group).collect();
    let is_empty = sends.is_empty();
    view! {
        // As cards, on narrow pages, rows stay rows for those who listen: hence the roles.
        <tr role="row">
            <th scope="row" role="rowheader" title=forecast.client.preset.source()>{forecast.client.name}</th>
            <td role="cell">
                <StatusChip tone=ending_tone(forecast.ending) text=forecast.ending_words() />
                <span class="ending-detail">{forecast.ending_detail()}</span>
            </td>
            <td class="num" role="cell" data-label="Sends again after">{sends}{is_empty.then_some("–")}</td>
            <td class="num" role="cell" data-label="HTTP requests">{forecast.requests_words()}</td>
        </tr>
    }
}

/// Attempts of one timing, one after the other.
fn group(sends: &[Send]) -> impl IntoView + use<> {
    // A figure stays with its unit.
    let times: Vec<String> = sends.iter().map(|send| send.at_words().replace(' ', "\u{a0}")).collect();
    let is_one_source = sends.iter().all(|send| Some(send.source) == sends.first().map(|first| first.source));
    let what = sends.first().map(|send| {
        // An SDK follows the header, the loop over it does not: then neither is named.
        let source = if is_one_source { format!(" ({})", send.source_words()) } else { String::new() };
        format!("{}{source}: ", send.timing_words())
    });
    let tone = sends.first().map_or(Tone::Neutral, |send| timing_tone(send.timing));
    view! {
        <span class=format!("send-group {}", tone.class())>
            <strong>{what}</strong>
            {times.join(", ")}
        </span>
    }
}

const fn timing_tone(timing: Timing) -> Tone {
    match timing {
        Timing::TooEarly | Timing::InVain => Tone::Refused,
        Timing::MayBeTooEarly => Tone::Waiting,
        Timing::InTime => Tone::Done,
        Timing::Unknown => Tone::Queued,
    }
}

const fn ending_tone(ending: Ending) -> Tone {
    match ending {
        Ending::Fits => Tone::Done,
        Ending::Asks | Ending::MayGiveUp | Ending::GivesUpIfItLasts => Tone::Waiting,
        Ending::NotRetried | Ending::HintTooLong => Tone::Neutral,
        Ending::GivesUp | Ending::GivesUpInVain => Tone::Refused,
    }
}
