//! What the file will take and cost, before a cent is spent.

use std::time::Duration;

use leptos::prelude::*;

use super::state::{Batch, use_batch};
use crate::batch::RequestDefaults;
use crate::batch::estimate::{BatchLimits, Binding, CostRange, Estimate, Totals};
use crate::batch::input::LineEntry;
use crate::components::{Stat, Tone, WideTable};
use crate::format::{format_count, format_duration};
use crate::models;
use crate::platform::timer::next_task;
use crate::rate_limit::{LimitScope, LimitWindow, Reading};
use crate::run_view::BudgetOutlook;
use crate::simulator::{ChargeRule, Limits};
use crate::state::api::ApiSource;
use crate::usage::Prices;

/// An answer's time, where nothing is known of it.
const LATENCY: Duration = Duration::from_secs(2);

/// The figures, and where the limits behind them come from.
#[component]
pub fn EstimateFigures() -> impl IntoView {
    let batch = use_batch();
    let of_totals = move |read: fn(&Totals) -> String| {
        Signal::derive(move || {
            batch
                .estimate
                .with(|estimate| estimate.as_ref().map_or_else(|| "…".to_owned(), |estimate| read(estimate.totals())))
        })
    };
    let forecast = move || {
        let limits = known_limits(batch);
        batch.estimate.with(|estimate| estimate.as_ref().map(|estimate| forecast_words(estimate, limits)))
    };
    let planned = move || {
        batch
            .estimate
            .with(|estimate| estimate.as_ref().map(Estimate::totals).map(|totals| totals.planned(&totals.cost)))
    };
    let by_model =
        Memo::new(move |_| batch.estimate.with(|estimate| estimate.as_ref().map(model_rows).unwrap_or_default()));
    let row = |row: [String; 5]| {
        let [model, requests, input, output, cost] = row;
        view! {
            <tr>
                <th scope="row">{model}</th>
                <td class="num">{requests}</td>
                <td class="num">{input}</td>
                <td class="num">{output}</td>
                <td class="num">{cost}</td>
            </tr>
        }
    };
    view! {
        <div class="stats">
            <Stat label="Requests" value=of_totals(|totals| format_count(totals.requests)) tone=Tone::Requests />
            <Stat label="Input, estimated" value=of_totals(input_words) unit=Signal::stored(Some("tokens".to_owned())) tone=Tone::Tokens />
            <Stat label="Output at most" value=of_totals(output_words) unit=Signal::stored(Some("tokens".to_owned())) tone=Tone::Tokens />
            <Stat label="Estimated cost" value=of_totals(|totals| cost_words(&totals.cost)) />
        </div>
        <p class="num">{forecast}</p>
        <BudgetOutlook source=batch.session.source planned=planned />
        <Show when=move || by_model.with(|rows| rows.len() > 1)>
            <WideTable label="Estimate by model">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="num">"Requests"</th>
                            <th scope="col" class="num">"Input tokens"</th>
                            <th scope="col" class="num">"Output at most"</th>
                            <th scope="col" class="num">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>{move || by_model.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </WideTable>
        </Show>
    }
}

/// How many lines are estimated at a time.
const ESTIMATED: usize = 2_000;

/// What those of `entries` come to that `is_meant`, made while the page goes on; `None` once it is no longer wanted.
pub(super) async fn estimate_of(
    entries: &[LineEntry],
    defaults: RequestDefaults,
    is_meant: impl Fn(&LineEntry) -> bool,
    is_wanted: impl Fn() -> bool,
    prices: Prices,
) -> Option<Estimate> {
    let mut estimate = Estimate::new(defaults, ChargeRule::default(), prices);
    for entries in entries.chunks(ESTIMATED) {
        estimate.extend(entries.iter().filter(|entry| is_meant(entry)));
        if entries.len() == ESTIMATED {
            next_task().await;
        }
        if !is_wanted() {
            return None;
        }
    }
    Some(estimate)
}

fn model_rows(estimate: &Estimate) -> Vec<[String; 5]> {
    let row = |(model, totals): (&str, &Totals)| {
        let model = if model.is_empty() { "no model".to_owned() } else { model.to_owned() };
        [model, format_count(totals.requests), input_words(totals), output_words(totals), cost_words(&totals.cost)]
    };
    estimate.models().map(row).collect()
}

fn input_words(totals: &Totals) -> String {
    let (least, most) = totals.input_range();
    format!("{} to {}", format_count(least), format_count(most))
}

fn output_words(totals: &Totals) -> String {
    match totals.unbounded {
        0 => format_count(totals.max_output_tokens),
        all if all == totals.requests => "no bound".to_owned(),
        some => format!("{}, {} without a bound", format_count(totals.max_output_tokens), format_count(some)),
    }
}

pub(super) fn cost_words(cost: &CostRange) -> String {
    let range = format!("{} to {}", cost.least, cost.most);
    match (cost.is_bounded(), cost.unpriced) {
        (true, _) => range,
        (false, 0) => format!("at least {}, without output that has no bound", cost.least),
        (false, unpriced) => format!("at least {}, {} without a price", cost.least, format_count(unpriced)),
    }
}

/// The limits of a model, where they are known.
pub(super) type LimitsOf = Box<dyn Fn(&str) -> Option<BatchLimits>>;

/// What is known of limits beforehand, and where from.
pub(super) struct KnownLimits {
    /// By model.
    pub of: LimitsOf,
    /// Where from, in words.
    pub source: String,
}

pub(super) fn known_limits(batch: Batch) -> KnownLimits {
    let concurrency = batch.form.with(|form| form.most_in_flight);
    if batch.session.source.get() == ApiSource::Simulated {
        let scenario = batch.session.scenario.with(|choice| choice.scenario());
        let source = format!("the limits of the scenario “{}”", scenario.name());
        let of = move |model: &str| {
            let limits = scenario.limits(models::family(model));
            let burst = scenario.burst_requests.zip(limits.rpm).map(|(burst, limit)| share_of_minute(burst, limit));
            let latency = scenario.latency.first_token.mul_f64(scenario.latency.scale);
            Some(BatchLimits { limits, burst, left_today: None, latency, concurrency })
        };
        return KnownLimits { of: Box::new(of), source };
    }
    let known = batch.limits.latest(ApiSource::Live);
    let source =
        known.as_ref().map_or_else(String::new, |known| format!("what the last answer of {} told", known.model));
    let of = move |model: &str| {
        let known = known.as_ref().filter(|known| models::family(&known.model) == models::family(model))?;
        let mut limits = Limits::default();
        for (reading, minute, day) in [
            (&known.limits.requests, &mut limits.rpm, &mut limits.rpd),
            (&known.limits.tokens, &mut limits.tpm, &mut limits.tpd),
        ] {
            let place = if reading.as_ref().and_then(|reading| reading.window) == Some(LimitWindow::Day.length()) {
                day
            } else {
                minute
            };
            *place = reading.as_ref().map(|reading: &Reading| reading.limit);
        }
        (limits != Limits::default()).then_some(BatchLimits {
            limits,
            burst: None,
            left_today: None,
            latency: LATENCY,
            concurrency,
        })
    };
    KnownLimits { of: Box::new(of), source }
}

fn share_of_minute(burst: u64, limit: u64) -> Duration {
    #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
    let share = burst as f64 / limit.max(1) as f64;
    Duration::try_from_secs_f64(60.0 * share.min(1.0)).unwrap_or_default()
}

fn forecast_words(estimate: &Estimate, known: KnownLimits) -> String {
    let KnownLimits { of, source } = known;
    if estimate.models().any(|(model, _)| of(model).is_none()) {
        return "How long it takes is not known yet: no answer has told the limits. The run learns them as it goes."
            .to_owned();
    }
    let forecast = estimate.forecast(|model| of(model).unwrap_or_default());
    let what = match forecast.binding {
        Binding::Latency => "only the time of an answer counts".to_owned(),
        Binding::Concurrency => "the most in flight binds".to_owned(),
        Binding::Limit(scope, window) => {
            let scope = if scope == LimitScope::Requests { "requests" } else { "tokens" };
            let window = if window == LimitWindow::Day { "day" } else { "minute" };
            format!("{scope} per {window} bind")
        }
    };
    let never = match forecast.never_fits {
        0 => String::new(),
        _ => " Some requests are larger than a limit holds: they fail, and the others go on.".to_owned(),
    };
    format!(
        "Takes at least {}: {what}, by {source}, from full buckets that nobody else uses.{never}",
        format_duration(forecast.at_least())
    )
}
