//! When each client sends again, against the moment that another attempt is due.

use std::time::Duration;

use leptos::prelude::*;

use crate::chart::Scale;
use crate::chart::scale::steady_span;
use crate::chart::ticks::time_ticks;
use crate::explain::{Forecast, Send, Timing, exact};

/// The height of a client's row, in pixels.
const ROW: usize = 26;
/// The shortest span that later attempts are cut off at.
const LEAST_SPAN: Duration = Duration::from_secs(30);

/// One row a client; an attempt is as long as its jitter. The table beneath has the figures.
#[component]
pub fn ClientTimeline(forecasts: Vec<Forecast>, due: Option<Duration>) -> impl IntoView {
    let last = forecasts.iter().filter_map(|forecast| forecast.sends.last()).map(|send| send.at.1).max()?;
    // What comes long after the fit would squeeze what is before it: it is drawn at the end.
    let end = match due {
        Some(fit) => last.max(fit).min(fit.saturating_mul(3).max(LEAST_SPAN)),
        None => last,
    };
    let end = end.as_secs_f64();
    let time = Scale::new(0.0, steady_span(end * 1.02), 100.0);
    let height = ROW * forecasts.len();
    let rows: Vec<_> = forecasts.iter().enumerate().map(|(index, forecast)| row(forecast, index * ROW, time)).collect();
    let ticks = time_ticks(time.from(), time.to(), 5).into_iter().map(|tick| {
        let position = time.position(tick.at);
        let anchor = if position > 94.0 { "end" } else if position < 4.0 { "start" } else { "middle" };
        view! { <text class="timeline-tick" x=percent(position) y=(height + 16).to_string() text-anchor=anchor>{tick.label}</text> }
    });
    let fit = due.map(|fit| {
        let x = percent(time.position(fit.as_secs_f64()));
        view! { <line class="timeline-now" x1=x.clone() x2=x y1="0" y2=height.to_string()></line> }
    });
    let label = due.map_or_else(
        || "When each client sends again; the table has the figures".to_owned(),
        |fit| {
            format!(
                "When each client sends again; the line is when it is due, {} after the answer; the table has the figures",
                exact(fit)
            )
        },
    );
    let names: Vec<_> = forecasts.iter().map(|forecast| view! { <span>{forecast.client.name}</span> }).collect();
    let key = due.map(|fit| {
        view! { <p class="explain-due" aria-hidden="true">{format!("The line: it is due, {} after the answer", exact(fit))}</p> }
    });
    Some(view! {
        <div class="explain-timeline">
            <div class="explain-names" aria-hidden="true">{names}</div>
            <svg class="explain-plot" height=(height + 20).to_string() role="img" aria-label=label>
                {rows}
                {fit}
                {ticks.collect_view()}
            </svg>
            {key}
        </div>
    })
}

fn row(forecast: &Forecast, top: usize, time: Scale) -> impl IntoView + use<> {
    let line = (top + ROW / 2).to_string();
    let sends: Vec<_> = forecast.sends.iter().map(|send| mark(send, top, time)).collect();
    view! {
        <line class="timeline-line" x1="0" x2="100%" y1=line.clone() y2=line></line>
        {sends}
    }
}

/// The stretch in which the attempt goes out, with a sign at its beginning for those who see no colours.
fn mark(send: &Send, top: usize, time: Scale) -> impl IntoView + use<> {
    let (from, to) = (time.position(send.at.0.as_secs_f64()), time.position(send.at.1.as_secs_f64()));
    let (class, sign) = match send.timing {
        Timing::TooEarly | Timing::InVain => ("tone-refused", "×"),
        Timing::MayBeTooEarly => ("tone-waiting", "?"),
        Timing::InTime => ("tone-done", "✓"),
        Timing::Unknown => ("tone-queued", "·"),
    };
    let anchor = if from > 97.0 { "end" } else { "start" };
    view! {
        <g class=class>
            <rect class="send-span" x=percent(from) y=(top + ROW / 2).to_string() width=percent((to - from).max(0.4)) height="6"></rect>
            <text class="send-sign" x=percent(from) y=(top + ROW / 2 - 2).to_string() text-anchor=anchor>{sign}</text>
        </g>
    }
}

fn percent(value: f64) -> String {
    format!("{value:.3}%")
}
