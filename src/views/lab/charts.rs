//! The first seed's trial in pictures: calls against the limit, completions, waits, levels.

use std::time::Duration;

use leptos::prelude::*;

use super::state::{Lab, use_lab};
use crate::chart::plot::{Bar, PlotBox, ceiling_of, round_span, round_up};
use crate::components::{OneByOne, Plot, PlotKey, PlotPicture, PlotTable};
use crate::format::{format_count, format_decimal, format_duration};
use crate::lab::{Bin, Detail, LimitSettings, Series};

/// The most rows of a table.
const ROWS: usize = 60;

/// The charts of the policy that is looked at.
#[component]
pub fn Charts() -> impl IntoView {
    let lab = use_lab();
    view! {
        <p class="muted">{move || format!("The trial of the first seed, {}.", seed_of(lab))}</p>
        <div class="plots">
            <OneByOne views=[
                || view! { <Calls /> }.into_any(),
                || view! { <Completions /> }.into_any(),
                || view! { <Waits /> }.into_any(),
                || view! { <Levels /> }.into_any(),
            ] />
        </div>
    }
}

fn seed_of(lab: Lab) -> u64 {
    lab.ran.with(|ran| ran.as_ref().map_or(0, |ran| ran.seeds.first))
}

/// What `read` makes of the chosen policy's detail and of the limits it ran under; nothing before it is there.
fn of_chosen<T: Default>(lab: Lab, read: impl FnOnce(&Detail, &LimitSettings) -> T) -> T {
    let chosen = lab.chosen.get();
    lab.ran.with(|ran| {
        let limits = ran.as_ref().map(|ran| &ran.limits);
        lab.details.with(|details| {
            let detail = details.iter().find(|detail| detail.policy == chosen);
            detail.zip(limits).map(|(detail, limits)| read(detail, limits)).unwrap_or_default()
        })
    })
}

#[allow(clippy::cast_precision_loss)] // counts and times of a chart
fn float(number: u64) -> f64 {
    number as f64
}

fn seconds_of(series: &Series) -> f64 {
    float(series.bin_micros) / 1e6
}

/// A series in fewer bins, at least a second each where it lasts long enough: the rate of a tenth is noise.
fn coarse(series: &Series) -> Series {
    let whole = float(series.bin_micros) * float(series.bins.len() as u64);
    let wanted = if whole >= 20e6 { 1_000_000 } else { 100_000 };
    let per = usize::try_from(wanted / series.bin_micros.max(1)).unwrap_or(1).max(1);
    let merge = |bins: &[Bin]| {
        let sum = |of: fn(&Bin) -> u64| bins.iter().map(of).sum();
        let last = bins.last().copied().unwrap_or_default();
        Bin {
            admitted: sum(|bin| bin.admitted),
            refused: sum(|bin| bin.refused),
            completed: sum(|bin| bin.completed),
            ..last
        }
    };
    Series {
        bin_micros: series.bin_micros.saturating_mul(per as u64),
        bins: series.bins.chunks(per).map(merge).collect(),
    }
}

fn plot_box(seconds: f64, highest: f64) -> PlotBox {
    use crate::components::plot::{HEIGHT, WIDTH};
    PlotBox { width: WIDTH, height: HEIGHT, x_most: round_span(seconds), y_most: round_up(highest) }
}

/// Five times along an axis of so many seconds.
fn times(x_most: f64) -> Vec<String> {
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| time(x_most * share)).into()
}

fn time(seconds: f64) -> String {
    if seconds <= 0.0 {
        return "0 s".to_owned();
    }
    format_duration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn one(number: f64) -> String {
    format_decimal(&format!("{number:.1}"))
}

/// With a decimal only where there is something behind the point.
fn short(number: f64) -> String {
    if number.fract().abs() < 0.05 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of a chart
        return format_count(number.max(0.0).round() as u64);
    }
    one(number)
}

/// Every so many rows, so that a table is one to read.
fn thinned<T>(rows: Vec<T>) -> Vec<T> {
    let step = rows.len().div_ceil(ROWS).max(1);
    rows.into_iter().step_by(step).collect()
}

#[component]
fn Calls() -> impl IntoView {
    let lab = use_lab();
    let picture = move || {
        of_chosen(lab, |detail, limits| {
            let series = coarse(&detail.series);
            let bin = seconds_of(&series);
            let limit = limits.rpm.map(|rpm| float(rpm) / 60.0);
            let rate = |calls: u64| float(calls) / bin;
            let rates = || series.bins.iter().map(|bin| rate(bin.admitted + bin.refused));
            let peak = rates().fold(0.0, f64::max);
            let top = ceiling_of(rates(), limit.unwrap_or(0.0));
            let plot = plot_box(float(series.bins.len() as u64) * bin, top);
            let bars = |of: fn(&Bin) -> (u64, u64)| {
                plot.bars(series.bins.iter().enumerate().map(|(place, one)| {
                    let (low, high) = of(one);
                    let from = float(place as u64) * bin;
                    Bar { from, to: from + bin, low: rate(low), high: rate(high) }
                }))
            };
            let mut shapes = vec![
                ("plot-done", bars(|bin| (0, bin.admitted))),
                ("plot-refused", bars(|bin| (bin.admitted, bin.admitted + bin.refused))),
            ];
            shapes.extend(limit.map(|limit| ("plot-limit", plot.line([(0.0, limit), (plot.x_most, limit)]))));
            PlotPicture {
                shapes,
                top: format!(
                    "{} a second{}",
                    short(plot.y_most),
                    if peak > plot.y_most {
                        format!(", the peak of {} goes beyond it", short(peak))
                    } else {
                        String::new()
                    }
                ),
                along: times(plot.x_most),
            }
        })
    };
    let summary = move || {
        of_chosen(lab, |detail, limits| {
            let series = coarse(&detail.series);
            let sum = |of: fn(&Bin) -> u64| series.bins.iter().map(of).sum::<u64>();
            let (admitted, refused) = (sum(|bin| bin.admitted), sum(|bin| bin.refused));
            let most = series.bins.iter().map(|bin| bin.admitted + bin.refused).max().unwrap_or(0);
            let most = float(most) / seconds_of(&series).max(1e-9);
            let limit = limits
                .rpm
                .map_or_else(String::new, |rpm| format!(" The limit refills {} a second.", one(float(rpm) / 60.0)));
            format!(
                "{} calls were let in and {} refused; at most {} a second were sent.{limit}",
                format_count(admitted),
                format_count(refused),
                one(most)
            )
        })
    };
    let table = move || {
        of_chosen(lab, |detail, _| {
            let series = coarse(&detail.series);
            let bin = seconds_of(&series);
            let row = |(place, one): (usize, &Bin)| {
                vec![time(float(place as u64) * bin), format_count(one.admitted), format_count(one.refused)]
            };
            let rows =
                series.bins.iter().enumerate().filter(|(_, bin)| bin.admitted + bin.refused > 0).map(row).collect();
            PlotTable { heads: vec!["From".into(), "Let in".into(), "Refused".into()], rows: thinned(rows) }
        })
    };
    let keys = vec![
        PlotKey::new("plot-done", "Let in"),
        PlotKey::new("plot-refused", "429"),
        PlotKey::new("plot-limit", "Limit"),
    ];
    view! {
        <Plot title="Calls over time" summary=Signal::derive(summary) picture=Signal::derive(picture) table=Signal::derive(table) keys=keys />
    }
}

#[component]
fn Completions() -> impl IntoView {
    let lab = use_lab();
    let curve = |detail: &Detail| {
        let bin = seconds_of(&detail.series);
        let mut done = 0u64;
        let mut points = vec![(0.0, 0.0)];
        for (place, one) in detail.series.bins.iter().enumerate() {
            done += one.completed;
            points.push((float(place as u64 + 1) * bin, float(done)));
        }
        points
    };
    let picture = move || {
        let chosen = lab.chosen.get();
        let requests = lab.ran.with(|ran| ran.as_ref().map_or(0, |ran| ran.workload.requests));
        lab.details.with(|details| {
            let longest =
                details.iter().map(|detail| seconds_of(&detail.series) * float(detail.series.bins.len() as u64));
            let plot = plot_box(longest.fold(0.0, f64::max), f64::from(requests));
            // The chosen one is drawn last, over the others.
            let mut shapes: Vec<(&'static str, String)> = details
                .iter()
                .filter(|detail| detail.policy != chosen)
                .map(|detail| ("plot-other", plot.line(curve(detail))))
                .collect();
            let own = details.iter().find(|detail| detail.policy == chosen);
            shapes.extend(own.map(|detail| ("plot-chosen", plot.line(curve(detail)))));
            let all = f64::from(requests);
            shapes.push(("plot-limit", plot.line([(0.0, all), (plot.x_most, all)])));
            PlotPicture { shapes, top: format!("{} responses", short(plot.y_most)), along: times(plot.x_most) }
        })
    };
    let ends = move || {
        lab.ran.with(|ran| {
            let Some(ran) = ran else { return Vec::new() };
            lab.details.with(|details| {
                let end = |detail: &Detail| {
                    let name = ran.policies.get(detail.policy).map(|policy| policy.name.clone()).unwrap_or_default();
                    let done: u64 = detail.series.bins.iter().map(|bin| bin.completed).sum();
                    let last =
                        detail.series.bins.iter().rposition(|bin| bin.completed > 0).map_or(0, |place| place + 1);
                    (name, done, float(last as u64) * seconds_of(&detail.series))
                };
                details.iter().map(end).collect::<Vec<_>>()
            })
        })
    };
    let summary = move || {
        let ends = ends();
        let requests = lab.ran.with(|ran| ran.as_ref().map_or(0, |ran| u64::from(ran.workload.requests)));
        let whole = ends.iter().filter(|(_, done, _)| *done >= requests);
        let first = whole.min_by(|a, b| a.2.total_cmp(&b.2));
        let of = format!(
            "{} of {} policies bring all {} requests through",
            ends.iter().filter(|(_, done, _)| *done >= requests).count(),
            ends.len(),
            format_count(requests)
        );
        match first {
            Some((name, _, after)) => format!("{of}; {name} is the first, after {}.", time(*after)),
            None => format!("{of}."),
        }
    };
    let table = move || {
        let rows = ends().into_iter().map(|(name, done, after)| vec![name, format_count(done), time(after)]).collect();
        PlotTable { heads: vec!["Policy".into(), "Responses".into(), "The last one after".into()], rows }
    };
    let keys = vec![
        PlotKey::new("plot-chosen", "The chosen policy"),
        PlotKey::new("plot-other", "The others"),
        PlotKey::new("plot-limit", "All of the work"),
    ];
    view! {
        <Plot title="Completions" summary=Signal::derive(summary) picture=Signal::derive(picture) table=Signal::derive(table) keys=keys />
    }
}

#[component]
fn Waits() -> impl IntoView {
    let lab = use_lab();
    let picture = move || {
        of_chosen(lab, |detail, _| {
            let longest = detail.waits.last().map_or(0.0, |bin| float(bin.up_to_micros) / 1e6);
            let most = detail.waits.iter().map(|bin| f64::from(bin.requests)).fold(0.0, f64::max);
            let plot = plot_box(longest, most);
            let mut from = 0.0;
            let bars = plot.bars(detail.waits.iter().map(|bin| {
                let to = float(bin.up_to_micros) / 1e6;
                let bar = Bar { from, to, low: 0.0, high: f64::from(bin.requests) };
                from = to;
                bar
            }));
            PlotPicture {
                shapes: vec![("plot-waiting", bars)],
                top: format!("{} requests", short(plot.y_most)),
                along: times(plot.x_most),
            }
        })
    };
    let summary = move || {
        of_chosen(lab, |detail, _| {
            let all: u32 = detail.waits.iter().map(|bin| bin.requests).sum();
            let Some(longest) = detail.waits.iter().rfind(|bin| bin.requests > 0) else {
                return "No request succeeded, so none waited for it.".to_owned();
            };
            let mut below = 0;
            let half = detail.waits.iter().find(|bin| {
                below += bin.requests;
                below * 2 >= all
            });
            format!(
                "Of {} requests that succeeded, half were let in within {} of coming up, and all within {}.",
                format_count(all.into()),
                time(half.map_or(0.0, |bin| float(bin.up_to_micros) / 1e6)),
                time(float(longest.up_to_micros) / 1e6)
            )
        })
    };
    let table = move || {
        of_chosen(lab, |detail, _| {
            let rows = detail.waits.iter().filter(|bin| bin.requests > 0);
            let rows =
                rows.map(|bin| vec![time(float(bin.up_to_micros) / 1e6), format_count(bin.requests.into())]).collect();
            PlotTable { heads: vec!["Waited up to".into(), "Requests".into()], rows }
        })
    };
    let keys = vec![PlotKey::new("plot-waiting", "Requests that waited so long")];
    view! {
        <Plot title="Waits" summary=Signal::derive(summary) picture=Signal::derive(picture) table=Signal::derive(table) keys=keys />
    }
}

#[component]
fn Levels() -> impl IntoView {
    let lab = use_lab();
    // Where both limits are there, tokens: they carry the reservations.
    let by_tokens = move || of_chosen(lab, |_, limits| limits.tpm.is_some());
    let picture = move || {
        of_chosen(lab, |detail, limits| {
            let (series, tokens) = (&detail.series, limits.tpm.is_some());
            let bin = seconds_of(series);
            let left = |bin: &Bin| if tokens { bin.tokens_left } else { bin.requests_left };
            let limit = float(if tokens { limits.tpm } else { limits.rpm }.unwrap_or(0));
            let reserved = series.bins.iter().map(|bin| float(bin.tokens_reserved)).fold(0.0, f64::max);
            let plot = plot_box(float(series.bins.len() as u64) * bin, limit.max(if tokens { reserved } else { 0.0 }));
            let at = |place: usize| float(place as u64 + 1) * bin;
            let level = series.bins.iter().enumerate().filter_map(|(place, one)| Some((at(place), float(left(one)?))));
            let mut shapes = vec![(if tokens { "plot-tokens" } else { "plot-requests" }, plot.line(level))];
            if tokens {
                let line = series.bins.iter().enumerate().map(|(place, one)| (at(place), float(one.tokens_reserved)));
                shapes.push(("plot-reserved", plot.line(line)));
            }
            let unit = if tokens { "tokens" } else { "requests" };
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a round number
            let top = format_count(plot.y_most as u64);
            PlotPicture { shapes, top: format!("{top} {unit}"), along: times(plot.x_most) }
        })
    };
    let summary = move || {
        of_chosen(lab, |detail, limits| {
            let tokens = limits.tpm.is_some();
            let left = |bin: &Bin| if tokens { bin.tokens_left } else { bin.requests_left };
            let lowest = detail.series.bins.iter().filter_map(left).min();
            let unit = if tokens { "tokens" } else { "requests" };
            let Some(lowest) = lowest else { return "There is no limit a minute.".to_owned() };
            let empty = detail.series.bins.iter().filter(|bin| left(bin) == Some(0)).count();
            let empty = time(float(empty as u64) * seconds_of(&detail.series));
            let reserved = detail.series.bins.iter().map(|bin| bin.tokens_reserved).max().unwrap_or(0);
            let held = if tokens {
                format!(" At most {} tokens were charged for requests in flight.", format_count(reserved))
            } else {
                String::new()
            };
            format!(
                "The bucket's lowest level was {} {unit}; it stood at zero for {empty}.{held}",
                format_count(lowest)
            )
        })
    };
    let table = move || {
        of_chosen(lab, |detail, limits| {
            let tokens = limits.tpm.is_some();
            let bin = seconds_of(&detail.series);
            let cell = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), format_count);
            let row = |(place, one): (usize, &Bin)| {
                let mut cells = vec![
                    time(float(place as u64 + 1) * bin),
                    cell(if tokens { one.tokens_left } else { one.requests_left }),
                ];
                if tokens {
                    cells.push(format_count(one.tokens_reserved));
                }
                cells
            };
            let heads: &[&str] =
                if tokens { &["At", "Tokens left", "Charged in flight"] } else { &["At", "Requests left"] };
            let rows = detail.series.bins.iter().enumerate().map(row).collect();
            PlotTable { heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows: thinned(rows) }
        })
    };
    let keys = move || {
        if by_tokens() {
            vec![
                PlotKey::new("plot-tokens", "Tokens left"),
                PlotKey::new("plot-reserved", "Charged for requests in flight"),
            ]
        } else {
            vec![PlotKey::new("plot-requests", "Requests left")]
        }
    };
    view! {
        <Plot title="The bucket's level" summary=Signal::derive(summary) picture=Signal::derive(picture) table=Signal::derive(table) keys=Signal::derive(keys) />
    }
}
