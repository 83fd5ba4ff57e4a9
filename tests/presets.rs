//! The six presets, run as the page runs them: the real retry loop, the real simulator, virtual time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sluice::client::Client;
use sluice::clock::VirtualClock;
use sluice::notebook::surge;
use sluice::presets::Preset;
use sluice::random::Rng;
use sluice::run::{BurstSettings, RunCounts, RunLog, run_burst};
use sluice::share::{Field, take_burst};
use sluice::simulator::{Scenario, ScenarioPreset, Simulator};
use sluice::transport::simulated::SimulatedTransport;

fn run(scenario: &Scenario, burst: &BurstSettings, seed: u64) -> (RunCounts, RunLog) {
    let clock = VirtualClock::default();
    let simulator = Rc::new(RefCell::new(Simulator::new(scenario.clone(), seed)));
    let plan = burst.plan("gpt-5-nano");
    let transport = SimulatedTransport::new(simulator, clock.clone());
    let random = RefCell::new(Rng::from_seed(seed));
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let log = Rc::new(RefCell::new(RunLog::default()));
    clock.run(run_burst(&client, &plan, &log, &|_, _| {})).unwrap();
    let log = log.take();
    (RunCounts::of(&log), log)
}

fn burst_of(preset: Preset) -> (BurstSettings, Scenario) {
    let settings = preset.settings();
    let (mut burst, mut own) = (BurstSettings::default(), String::new());
    take_burst(&settings, &mut burst, &mut own);
    let scenario =
        ScenarioPreset::from_id(&own).or_else(|| ScenarioPreset::from_id(settings.get(Field::Scenario)?)).unwrap();
    let mut scenario = Scenario::from(scenario);
    if let Some(rpm) = settings.number(Field::Rpm).flatten() {
        scenario = scenario.rpm(rpm);
    }
    (burst, scenario)
}

const SEEDS: std::ops::Range<u64> = 0..30;

#[test]
fn ten_at_once_meet_a_429_and_the_notebooks_loop_gives_up_on_most() {
    let (burst, scenario) = burst_of(Preset::First429);
    for seed in SEEDS {
        let (counts, _) = run(&scenario, &burst, seed);
        assert_eq!((counts.calls, counts.rate_limited), (10, 7), "three of ten fit");
        assert!(counts.gave_up >= 5, "{counts:?}");
    }
}

#[test]
fn without_jitter_the_herd_comes_back_together_and_with_it_it_spreads() {
    let (burst, scenario) = burst_of(Preset::Jitter);
    let with_jitter = BurstSettings { policy: "full-jitter".into(), ..burst.clone() };
    let window = Duration::from_millis(250);
    let (mut left, mut spent) = (0, [0, 0]);
    for seed in SEEDS {
        let (fixed, log) = run(&scenario, &burst, seed);
        assert_eq!(surge(&log, window).requests, 7, "all that were refused come back at once");
        let (full, log) = run(&scenario, &with_jitter, seed);
        assert!(surge(&log, window).requests <= 4, "{:?}", surge(&log, window));
        assert!(full.succeeded > fixed.succeeded, "{full:?} {fixed:?}");
        left += full.gave_up;
        spent = [spent[0] + fixed.http_requests, spent[1] + full.http_requests];
    }
    assert!(left <= 6, "{left} calls of 30 runs with jitter gave up");
    assert!(spent[1] * 4 < spent[0] * 3, "a quarter of the requests is saved: {spent:?}");
}

#[test]
fn a_large_bound_of_output_fits_once_a_minute_and_a_small_one_at_once() {
    let (burst, scenario) = burst_of(Preset::TokenLimit);
    let (counts, log) = run(&scenario, &burst, 1);
    assert_eq!((counts.succeeded, counts.rate_limited), (4, 3));
    // 4 × 200 tokens are charged, 300 fit at once: the other 500 flow back at 300 a minute.
    assert!(log.ended_at().unwrap() >= sluice::time::Instant::ORIGIN + Duration::from_secs(100));
    let small = BurstSettings { max_output_tokens: Some(64), ..burst };
    let (counts, _) = run(&scenario, &small, 1);
    assert_eq!((counts.succeeded, counts.rate_limited), (4, 0));
}

#[test]
fn no_retry_is_made_of_a_quota_error() {
    let settings = Preset::Quota.settings();
    let scenario = Scenario::from(ScenarioPreset::from_id(settings.get(Field::Scenario).unwrap()).unwrap());
    let policy = settings.get(Field::Policy).unwrap().to_owned();
    let (counts, _) = run(&scenario, &BurstSettings { requests: 1, policy, ..BurstSettings::default() }, 1);
    assert_eq!((counts.failed, counts.http_requests), (1, 1));
}

#[test]
fn fifty_calls_all_succeed_under_a_limit_of_twenty() {
    let (burst, scenario) = burst_of(Preset::FiftyCalls);
    for seed in SEEDS {
        let (counts, log) = run(&scenario, &burst, seed);
        assert_eq!((counts.succeeded, counts.rate_limited), (50, 30), "{seed}");
        let took = log.ended_at().unwrap().saturating_since(sluice::time::Instant::ORIGIN);
        // Twenty fit at once; thirty at one every 3 s are 90 s.
        assert!((90..150).contains(&took.as_secs()), "{took:?}");
    }
}

#[test]
fn the_welcome_in_index_html_has_the_same_six() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/index.html")).unwrap();
    let links: Vec<String> = Preset::ALL
        .map(|preset| {
            let href = preset.href().replace('&', "&amp;");
            format!(r#"<a href="{href}" data-preset="{}"><strong>{}</strong>"#, preset.id(), preset.name())
        })
        .into();
    let Some((_, welcome)) = page.split_once(r#"class="welcome-presets""#) else { return };
    for link in &links {
        assert!(welcome.contains(link), "index.html must hold:\n{}", links.join("\n"));
    }
}
