//! Usage over time, and the last minute, hour and day against the limits.

use std::time::Duration;

use leptos::prelude::*;

use super::state::{UsageState, use_usage};
use crate::chart::plot::{Bar, PlotBox, round_up};
use crate::clock::Clock;
use crate::components::plot::{HEIGHT, WIDTH};
use crate::components::{OneByOne, Panel, Plot, PlotKey, PlotPicture, PlotTable, WideTable};
use crate::format::{format_count, format_duration, format_percent};
use crate::platform::BrowserClock;
use crate::platform::format::{date_and_time, time_of_day};
use crate::rate_limit::{Knowledge, Reading};
use crate::state::api::ApiSource;
use crate::state::limits::use_limits;
use crate::state::ticker::use_ticker;
use crate::time::{UnixTime, micros};
use crate::usage::{AnsweredBy, Money, OverTime, Period, Stretch, Totals};

/// The shortest time that a chart is of, in microseconds.
const SHORTEST: u64 = 60_000_000;
/// From how long a time on its axis names days, in microseconds.
const A_DAY: u64 = 86_400_000_000;
/// How many stretches a chart has.
const STRETCHES: usize = 60;

/// A class, and what it draws of a stretch.
type Layer = (&'static str, fn(&Stretch) -> f64);

/// Charts and windows.
#[component]
pub fn OverTimePanels() -> impl IntoView {
    view! {
        <div class="stack">
            <Windows />
            <Panel title="Over time">
                <div class="plots">
                    <OneByOne views=[
                        || view! { <TokensPlot /> }.into_any(),
                        || view! { <CostPlot /> }.into_any(),
                        || view! { <CallsPlot /> }.into_any(),
                    ] />
                </div>
            </Panel>
        </div>
    }
}

/// The calls that are looked at in stretches, over the period that is looked at, or over as long as there are calls.
fn over_time(usage: UsageState) -> OverTime {
    let (period, to) = (usage.query.with(|query| query.period), micros(usage.now().since_epoch()));
    usage.prices.with(|prices| {
        let bounds = match period.length() {
            Some(length) => (to.saturating_sub(micros(length)), to),
            None => usage.with_rows(|rows| {
                let times = rows.map(|row| row.queued_at_micros);
                let (first, last) = times.fold((u64::MAX, 0), |(first, last), at| (first.min(at), last.max(at)));
                // What began at one moment is drawn in a minute, not in microseconds.
                let first = first.min(last);
                (first, last.max(first.saturating_add(SHORTEST)))
            }),
        };
        usage.with_rows(|rows| OverTime::of(rows, prices, bounds, STRETCHES))
    })
}

#[allow(clippy::cast_precision_loss)] // for a picture
fn float(number: u64) -> f64 {
    number as f64
}

/// Bars of a stretch from the ground up, one on another.
fn stacked(over: &OverTime, top: f64, values: &[Layer]) -> Vec<(&'static str, String)> {
    let plot = PlotBox { width: WIDTH, height: HEIGHT, x_most: float(over.stretches.len() as u64), y_most: top };
    let below =
        |stretch: &Stretch, level: usize| values.iter().take(level).map(|(_, value)| value(stretch)).sum::<f64>();
    let bars = |level: usize| {
        let stretches = over.stretches.iter().zip(0u64..);
        plot.bars(stretches.map(|(stretch, at)| Bar {
            from: float(at) + 0.1,
            to: float(at) + 0.9,
            low: below(stretch, level),
            high: below(stretch, level + 1),
        }))
    };
    values.iter().enumerate().map(|(level, (class, _))| (*class, bars(level))).collect()
}

fn along(over: &OverTime) -> Vec<String> {
    let length = over.length_micros.saturating_mul(over.stretches.len() as u64);
    let at = |quarter: u64| UnixTime::from_epoch(Duration::from_micros(over.from_micros + length / 4 * quarter));
    let words = if length >= A_DAY { date_and_time } else { time_of_day };
    (0..=4).map(|quarter| words(at(quarter))).collect()
}

fn picture(over: &OverTime, unit: &str, values: &[Layer]) -> PlotPicture {
    let highest = over.stretches.iter().map(|stretch| values.iter().map(|(_, value)| value(stretch)).sum::<f64>());
    let top = round_up(highest.fold(0.0, f64::max));
    PlotPicture { shapes: stacked(over, top, values), top: format!("{} {unit}", plain(top)), along: along(over) }
}

/// A round number without an exponent.
fn plain(number: f64) -> String {
    if number >= 1.0 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a round number of a chart
        return format_count(number as u64);
    }
    // It has one digit that is not zero: after so many others.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few decimals
    let decimals = -libm::floor(libm::log10(number)) as usize;
    crate::format::format_decimal(&format!("{number:.decimals$}"))
}

fn table(over: &OverTime, heads: &[&str], cells: impl Fn(&Stretch) -> Vec<String>) -> PlotTable {
    let at = |place: u64| UnixTime::from_epoch(Duration::from_micros(over.from_micros + over.length_micros * place));
    let used = over.stretches.iter().zip(0u64..).filter(|(stretch, _)| stretch.calls > 0);
    PlotTable {
        heads: std::iter::once("From").chain(heads.iter().copied()).map(str::to_owned).collect(),
        rows: used
            .map(|(stretch, place)| std::iter::once(date_and_time(at(place))).chain(cells(stretch)).collect())
            .collect(),
    }
}

fn each_is(over: &OverTime) -> String {
    format!("Each bar is {}.", format_duration(Duration::from_micros(over.length_micros)))
}

fn sum(over: &OverTime, pick: fn(&Stretch) -> u64) -> String {
    format_count(over.stretches.iter().map(pick).sum())
}

#[component]
fn TokensPlot() -> impl IntoView {
    let usage = use_usage();
    let over = Memo::new(move |_| over_time(usage));
    let values: [Layer; 2] = [
        ("plot-requests plot-fill", |stretch| float(stretch.input_tokens)),
        ("plot-tokens plot-fill", |stretch| float(stretch.output_tokens)),
    ];
    let summary = move || {
        over.with(|over| {
            let (input, output) = (sum(over, |it| it.input_tokens), sum(over, |it| it.output_tokens));
            format!("{input} input and {output} output tokens. {}", each_is(over))
        })
    };
    view! {
        <Plot
            title="Tokens"
            summary=Signal::derive(summary)
            picture=Signal::derive(move || over.with(|over| picture(over, "tokens", &values)))
            table=Signal::derive(move || over.with(|over| table(over, &["Input tokens", "Output tokens"], |it| {
                vec![format_count(it.input_tokens), format_count(it.output_tokens)]
            })))
            keys=Signal::derive(|| vec![PlotKey::new("plot-requests plot-fill", "Input"), PlotKey::new("plot-tokens plot-fill", "Output")])
        />
    }
}

#[component]
fn CostPlot() -> impl IntoView {
    let usage = use_usage();
    let over = Memo::new(move |_| over_time(usage));
    // A thousandth of a cent is fine enough for a picture.
    #[allow(clippy::cast_precision_loss)]
    let values: [Layer; 1] = [("plot-done", |stretch| stretch.cost.picodollars() as f64 / 1e12)];
    let summary = move || {
        over.with(|over| {
            let cost: Money = over.stretches.iter().map(|stretch| stretch.cost).sum();
            format!("{cost} that is known. {}", each_is(over))
        })
    };
    view! {
        <Plot
            title="Cost"
            summary=Signal::derive(summary)
            picture=Signal::derive(move || over.with(|over| picture(over, "USD", &values)))
            table=Signal::derive(move || over.with(|over| table(over, &["USD"], |it| vec![it.cost.to_string()])))
        />
    }
}

#[component]
fn CallsPlot() -> impl IntoView {
    let usage = use_usage();
    let over = Memo::new(move |_| over_time(usage));
    let values: [Layer; 2] = [
        ("plot-done", |stretch| float(stretch.attempts.saturating_sub(stretch.wasted))),
        ("plot-refused", |stretch| float(stretch.wasted)),
    ];
    let summary = move || {
        over.with(|over| {
            let (attempts, wasted) = (sum(over, |it| it.attempts), sum(over, |it| it.wasted));
            format!("{attempts} HTTP requests, {wasted} of them wasted. {}", each_is(over))
        })
    };
    view! {
        <Plot
            title="HTTP requests"
            summary=Signal::derive(summary)
            picture=Signal::derive(move || over.with(|over| picture(over, "requests", &values)))
            table=Signal::derive(move || over.with(|over| table(over, &["HTTP requests", "Wasted"], |it| {
                vec![format_count(it.attempts), format_count(it.wasted)]
            })))
            keys=Signal::derive(|| vec![PlotKey::new("plot-done", "Answered"), PlotKey::new("plot-refused", "Wasted")])
        />
    }
}

/// The last minute, hour and day of this browser's calls, beside the limits that answers told.
#[component]
fn Windows() -> impl IntoView {
    let usage = use_usage();
    let (limits, ticker) = (use_limits(), use_ticker());
    let rows = Memo::new(move |_| {
        ticker.track();
        let now = micros(BrowserClock.wall().since_epoch());
        let apis = [(AnsweredBy::Simulated, ApiSource::Simulated), (AnsweredBy::Live, ApiSource::Live)];
        let periods = [Period::Minute, Period::Hour, Period::Day];
        let mut rows = Vec::new();
        for (api, source) in apis {
            let known = limits.latest(source).map(|known| known.limits).unwrap_or_default();
            for period in periods {
                let since = now.saturating_sub(micros(period.length().unwrap_or_default()));
                let (requests, summary) = usage.ledger.with(|ledger| {
                    let picked =
                        || ledger.rows().iter().rev().filter(|row| row.api == api && row.queued_at_micros >= since);
                    let requests: u64 = picked().map(|row| u64::from(row.attempts)).sum();
                    (requests, usage.prices.with(|prices| Totals::of(picked(), prices).summary()))
                });
                let limit =
                    |reading: &Option<Reading>| reading.as_ref().filter(|reading| is_of(reading, period)).cloned();
                let shares = (limit(&known.requests), limit(&known.tokens));
                if requests > 0 || summary.num_calls > 0 {
                    rows.push((api, period, requests, summary.total_tokens, shares));
                }
            }
        }
        rows
    });
    let against = |used: u64, reading: Option<Reading>| match reading {
        Some(reading) => {
            let how = if reading.knowledge == Knowledge::Shown { "" } else { ", inferred" };
            let share = format_percent(float(used) / float(reading.limit.max(1)));
            format!("{} of {} ({share}{how})", format_count(used), format_count(reading.limit))
        }
        None => format!("{}, limit not told", format_count(used)),
    };
    let row = move |(api, period, requests, tokens, (of_requests, of_tokens)): Row| {
        view! {
            <tr>
                <th scope="row">{period.name()}</th>
                <td>{api.name()}</td>
                <td class="num">{against(requests, of_requests)}</td>
                <td class="num">{against(tokens, of_tokens)}</td>
            </tr>
        }
    };
    view! {
        <Panel title="Against the limits">
            <p class="muted">
                "HTTP requests and tokens of this browser's calls, all views together. Others may use the same limits, and the server \
                 counts tokens before they are used: the meters above show what it tells."
            </p>
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=|| view! { <p class="muted">"Nothing was sent in the last 24 hours."</p> }
            >
                <WideTable label="Usage against the limits">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Window"</th>
                                <th scope="col">"API"</th>
                                <th scope="col" class="num">"HTTP requests"</th>
                                <th scope="col" class="num">"Tokens"</th>
                            </tr>
                        </thead>
                        <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
                    </table>
                </WideTable>
            </Show>
        </Panel>
    }
}

type Row = (AnsweredBy, Period, u64, u64, (Option<Reading>, Option<Reading>));

/// Whether a limit's window is the period; a window that nothing tells is a minute.
fn is_of(reading: &Reading, period: Period) -> bool {
    let window = reading.window.or_else(|| reading.other_window().is_none().then_some(Duration::from_secs(60)));
    window == period.length()
}
