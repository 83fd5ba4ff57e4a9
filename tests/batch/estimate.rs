//! What a batch will take and cost.

use std::time::Duration;

use sluice::batch::RequestDefaults;
use sluice::batch::estimate::{BatchLimits, Binding, Estimate, Forecast, most_of};
use sluice::batch::input::{LineEntry, OutputBound};
use sluice::rate_limit::{LimitScope, LimitWindow};
use sluice::simulator::{ChargeRule, Limits};
use sluice::usage::{Money, Prices};

fn line(model: Option<&str>, input_tokens: u64, max_output_tokens: OutputBound) -> LineEntry {
    LineEntry {
        line: 1,
        offset: 0,
        length: 0,
        custom_id: "x".into(),
        model: model.map(Into::into),
        input_tokens,
        max_output_tokens,
    }
}

fn defaults() -> RequestDefaults {
    RequestDefaults { model: "gpt-5-nano".into(), max_output_tokens: Some(100), store: false }
}

fn micro(dollars: i128) -> Money {
    Money::from_picodollars(dollars * 1_000_000)
}

#[test]
fn tokens_and_costs_add_up_by_model() {
    let mut estimate = Estimate::new(defaults(), ChargeRule::Larger, Prices::default());
    estimate.extend(&[
        line(None, 1_000, OutputBound::Unsaid),
        line(Some("gpt-5-nano"), 50, OutputBound::AtMost(200)),
        line(Some("gpt-4o-mini"), 2_000, OutputBound::AtMost(1_000)),
        line(Some("local:latest"), 10, OutputBound::AtMost(10)),
    ]);
    let nano = *estimate.models().find(|(model, _)| *model == "gpt-5-nano").unwrap().1;
    assert_eq!((nano.requests, nano.input_tokens, nano.max_output_tokens), (2, 1_050, 300));
    assert_eq!(nano.input_range(), (840, 1_260));
    // The larger of input and output: 1,000 and 200.
    assert_eq!((nano.charged_tokens, nano.largest_charge), (1_200, 1_000));
    // $0.05 and $0.40 per million: 80 % of the input; 120 % of it and all the output. In millionths of a dollar.
    assert_eq!((nano.cost.least, nano.cost.most), (micro(42), micro(63 + 120)));
    let all = estimate.totals();
    assert_eq!((all.requests, all.charged_tokens, all.unbounded, all.cost.unpriced), (4, 3_210, 0, 1));
    // 2,000 × 1.2 × $0.15 + 1,000 × $0.60 per million.
    assert_eq!(all.cost.most, micro(183 + 360 + 600));
    assert!(!all.cost.is_bounded() && nano.cost.is_bounded());
}

#[test]
fn without_a_bound_there_is_no_most() {
    let open = RequestDefaults { max_output_tokens: None, ..defaults() };
    let mut estimate = Estimate::new(open.clone(), ChargeRule::Sum, Prices::default());
    estimate.add(&line(None, 1_000, OutputBound::Unsaid));
    assert_eq!((estimate.totals().unbounded, estimate.totals().charged_tokens), (1, 1_000));
    assert!(!estimate.totals().cost.is_bounded());
    assert_eq!(most_of(&line(None, 1_000, OutputBound::Unsaid), &open, &Prices::default()), None);
    assert_eq!(most_of(&line(None, 1_000, OutputBound::Unsaid), &defaults(), &Prices::default()), Some(micro(60 + 40)));
    assert_eq!(most_of(&line(None, 1_000, OutputBound::Unbounded), &defaults(), &Prices::default()), None);
    assert_eq!(most_of(&line(Some("local"), 1, OutputBound::AtMost(1)), &defaults(), &Prices::default()), None);
}

fn forecast(requests: u32, tokens: u64, limits: BatchLimits) -> (Binding, Duration) {
    let mut estimate = Estimate::new(defaults(), ChargeRule::Larger, Prices::default());
    (0..requests).for_each(|_| estimate.add(&line(None, tokens, OutputBound::Unsaid)));
    let forecast = estimate.forecast(|_| limits);
    (forecast.binding, forecast.takes)
}

// Closed forms: (N − L) × 60 / L for a burst of N from a full bucket of L a minute (the field's own, FIELD 5.4).
#[test]
fn the_limit_that_binds_gives_the_time() {
    let rpm = |rpm| BatchLimits { limits: Limits { rpm: Some(rpm), ..Limits::default() }, ..BatchLimits::default() };
    let requests = Binding::Limit(LimitScope::Requests, LimitWindow::Minute);
    assert_eq!(forecast(10, 100, rpm(3)), (requests, Duration::from_secs(140)));
    assert_eq!(forecast(600, 100, rpm(500)), (requests, Duration::from_secs(12)));
    assert_eq!(forecast(3, 100, rpm(3)), (Binding::Latency, Duration::ZERO));
    // The referee's S1: 1,000 requests at 3,000 a minute with a second of burst, 19 s until the last goes out.
    let burst = BatchLimits { burst: Some(Duration::from_secs(1)), latency: Duration::from_millis(200), ..rpm(3_000) };
    assert_eq!(forecast(1_000, 100, burst), (requests, Duration::from_millis(19_200)));
    let tokens = Limits { rpm: Some(500), tpm: Some(60_000), ..Limits::default() };
    let both = BatchLimits { limits: tokens, ..BatchLimits::default() };
    assert_eq!(
        forecast(600, 200, both),
        (Binding::Limit(LimitScope::Tokens, LimitWindow::Minute), Duration::from_secs(60))
    );
}

#[test]
fn what_it_takes_is_told_in_whole_seconds() {
    for (millis, secs) in [(0, 1), (400, 1), (1_000, 1), (19_200, 20)] {
        let forecast = Forecast { takes: Duration::from_millis(millis), ..Forecast::default() };
        assert_eq!(forecast.at_least(), Duration::from_secs(secs));
    }
}

#[test]
fn a_days_limit_counts_with_what_is_left_of_it() {
    let limits = Limits { rpd: Some(200), ..Limits::default() };
    let limits = BatchLimits { limits, left_today: Some((50, 0)), ..BatchLimits::default() };
    let day = Binding::Limit(LimitScope::Requests, LimitWindow::Day);
    // 100 more at 200 a day.
    assert_eq!(forecast(150, 100, limits), (day, Duration::from_secs(43_200)));
}

#[test]
fn concurrency_binds_where_no_limit_does() {
    let few = BatchLimits { concurrency: Some(8), latency: Duration::from_millis(500), ..BatchLimits::default() };
    assert_eq!(forecast(20, 100, few), (Binding::Concurrency, Duration::from_millis(1_500)));
}

#[test]
fn a_request_larger_than_the_bucket_is_told_beforehand() {
    let limits = Limits { tpm: Some(1_000), ..Limits::default() };
    let mut estimate = Estimate::new(defaults(), ChargeRule::Larger, Prices::default());
    estimate.add(&line(None, 1_001, OutputBound::Unsaid));
    estimate.add(&line(Some("gpt-4o"), 900, OutputBound::Unsaid));
    assert_eq!(estimate.forecast(|_| BatchLimits { limits, ..BatchLimits::default() }).never_fits, 1);
}

#[test]
fn snapshots_share_their_familys_limit() {
    let limits = Limits { rpm: Some(1), ..Limits::default() };
    let mut estimate = Estimate::new(defaults(), ChargeRule::Larger, Prices::default());
    estimate.add(&line(Some("gpt-5-nano"), 1, OutputBound::Unsaid));
    estimate.add(&line(Some("gpt-5-nano-2025-08-07"), 1, OutputBound::Unsaid));
    let forecast = estimate.forecast(|_| BatchLimits { limits, ..BatchLimits::default() });
    assert_eq!(forecast.takes, Duration::from_secs(60));
}
