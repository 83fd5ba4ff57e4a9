//! The rate over time, against the limit.

use leptos::prelude::*;

use super::state::use_batch;
use crate::chart::throughput::{Bin, bins, ceiling, height_of, line, peak};
use crate::components::{Disclosure, WideTable};
use crate::format::{format_count, format_decimal, format_duration};
use crate::pacing::PacedLimit;

/// The most points of a line.
const POINTS: usize = 200;
/// The most rows of the table.
const ROWS: usize = 30;
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 120.0;

/// Lines for sent and settled, marks for 429s; the same as a table.
#[component]
pub fn ThroughputChart() -> impl IntoView {
    let batch = use_batch();
    let limit = Memo::new(move |_| {
        batch.track();
        batch.with(|inner| {
            let (_, admission) = inner.admission.as_ref()?;
            let view = admission.view();
            let known = view.limits.iter().find(|limit| limit.limit == PacedLimit::RPM)?;
            Some(known.refill_per_second)
        })
    });
    let of_run = move |most: usize| {
        // The last second is under way, and would seem a fall.
        let under_way = usize::from(batch.running.get().is_some());
        let whole = |seconds: &[crate::batch::Second]| {
            seconds.get(..seconds.len().saturating_sub(under_way)).map(<[_]>::to_vec)
        };
        let seconds = batch.with_book(|book| book.with_throughput(|throughput| whole(throughput.seconds())));
        bins(&seconds.flatten().flatten().unwrap_or_default(), most)
    };
    let points = Memo::new(move |_| of_run(POINTS));
    let top = Memo::new(move |_| points.with(|bins| ceiling(bins, limit.get())));
    let top_words = move || {
        let (top, peak) = (top.get(), points.with(|bins| peak(bins)));
        let beyond = if peak > top { format!(", the peak of {}/s goes beyond it", one(peak)) } else { String::new() };
        format!("top: {}/s{beyond}", one(top))
    };
    let path = move |value: fn(&Bin) -> f64| points.with(|bins| line(bins, value, top.get(), (WIDTH, HEIGHT)));
    let marks = move || {
        points.with(|bins| {
            let end = bins.last().map_or(1, |last| last.from + last.seconds);
            #[allow(clippy::cast_precision_loss)] // a week has few seconds
            let place = |bin: &Bin| (bin.from as f64 + bin.seconds as f64 / 2.0) / end as f64 * WIDTH;
            let mark = |bin: &Bin| view! { <circle class="batch-refused" cx=format!("{:.1}", place(bin)) cy=HEIGHT - 3.0 r="3" /> };
            bins.iter().filter(|bin| bin.refused > 0).map(mark).collect_view()
        })
    };
    let limit_line = move || {
        limit.get().map(|limit| {
            let y = format!("{:.1}", height_of(limit, top.get(), HEIGHT));
            view! { <line class="batch-limit" x1="0" x2=WIDTH y1=y.clone() y2=y /> }
        })
    };
    let summary = Memo::new(move |_| points.with(|bins| in_words(bins, limit.get())));
    let is_open = RwSignal::new(false);
    let row = |bin: Bin| {
        view! {
            <tr>
                <th scope="row" class="num">{format!("{} s", format_count(bin.from as u64))}</th>
                <td class="num">{one(bin.sent)}</td>
                <td class="num">{one(bin.settled)}</td>
                <td class="num">{format_count(bin.refused.into())}</td>
            </tr>
        }
    };
    let rows = move || if is_open.get() { of_run(ROWS) } else { Vec::new() };
    view! {
        <figure class="batch-chart">
            <div class="batch-legend">
                <span class="batch-key batch-key-settled">"Settled/s"</span>
                <span class="batch-key batch-key-sent">"Sent/s"</span>
                <span class="batch-key batch-key-limit">"Limit"</span>
                <span class="batch-key batch-key-refused">"429"</span>
                <span class="num muted">{top_words}</span>
            </div>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=move || summary.get()>
                {limit_line}
                <path class="batch-sent" d=move || path(|bin| bin.sent)></path>
                <path class="batch-settled" d=move || path(|bin| bin.settled)></path>
                {marks}
            </svg>
            <figcaption class="num muted">{move || summary.get()}</figcaption>
        </figure>
        <Disclosure summary="As a table" open=is_open on_toggle=move |now| is_open.set(now)>
            <WideTable label="Throughput as a table" class="batch-rows">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col" class="num">"From"</th>
                            <th scope="col" class="num">"Sent/s"</th>
                            <th scope="col" class="num">"Settled/s"</th>
                            <th scope="col" class="num">"429s"</th>
                        </tr>
                    </thead>
                    <tbody>{move || rows().into_iter().map(row).collect_view()}</tbody>
                </table>
            </WideTable>
        </Disclosure>
    }
}

/// "48.2 settled/s on average over 19 s, the limit refills 50.0 requests/s; 4 answers were 429."
fn in_words(bins: &[Bin], limit: Option<f64>) -> String {
    let seconds: usize = bins.iter().map(|bin| bin.seconds).sum();
    if seconds == 0 {
        return "No second of it is over yet.".to_owned();
    }
    #[allow(clippy::cast_precision_loss)] // a week has few seconds
    let mean = bins.iter().map(|bin| bin.settled * bin.seconds as f64).sum::<f64>() / seconds as f64;
    let refused = bins.iter().map(|bin| u64::from(bin.refused)).sum::<u64>();
    let limit = limit.map_or_else(String::new, |limit| format!(", the limit refills {} requests/s", one(limit)));
    let took = format_duration(std::time::Duration::from_secs(seconds as u64));
    format!("{} settled/s on average over {took}{limit}; {} answers were 429.", one(mean), format_count(refused))
}

/// With one decimal.
fn one(number: f64) -> String {
    format_decimal(&format!("{number:.1}"))
}
