//! Two runs of the same burst under two policies, side by side; and the one press that runs it under another.

use std::time::Duration;

use leptos::prelude::*;

use super::{Burst, use_burst};
use crate::components::{Button, Glyph};
use crate::format::{format_count, format_duration};
use crate::notebook::surge;
use crate::platform::dom;
use crate::retry::Preset;
use crate::run::lanes::drain_time;
use crate::run::{BurstSettings, RunCounts, RunLog};

/// What was run: its settings, and the id of its own scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Ran {
    pub settings: BurstSettings,
    pub scenario: String,
}

impl Ran {
    /// Whether it is the same burst under another policy.
    fn is_like(&self, other: &Self) -> bool {
        let alike = BurstSettings {
            policy: self.settings.policy.clone(),
            max_attempts: self.settings.max_attempts,
            base_delay: self.settings.base_delay,
            ..other.settings.clone()
        };
        self.settings == alike && self.scenario == other.scenario && self.settings != other.settings
    }

    /// The same burst under the policy that it is most worth comparing with.
    fn rival(&self) -> (Preset, BurstSettings) {
        let settings = self.settings.clone();
        let (policy, settings) = match settings.preset() {
            // Its waits are the same for all calls: jitter alone is to make the difference.
            Preset::FixedDelay | Preset::VercelAiSdk => (Preset::FullJitter, settings),
            Preset::Sluice => (Preset::Notebook, BurstSettings { max_attempts: None, base_delay: None, ..settings }),
            _ => (Preset::Sluice, BurstSettings { max_attempts: None, base_delay: None, ..settings }),
        };
        (policy, BurstSettings { policy: policy.id().to_owned(), ..settings })
    }
}

/// A run that has ended, in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    ran: Ran,
    counts: RunCounts,
    at_once: usize,
    took: Duration,
}

/// Retries within this time come as one surge.
const SURGE: Duration = Duration::from_millis(250);

impl Figures {
    /// Those of `log`; `None` while it lasts.
    pub fn of(ran: Option<Ran>, log: &RunLog) -> Option<Self> {
        // What another policy finished is no longer the run of this one.
        let took = drain_time(log).filter(|_| log.pauses.is_empty())?;
        Some(Self { ran: ran?, counts: RunCounts::of(log), at_once: surge(log, SURGE).requests, took })
    }
}

/// The comparison with the run before, where there is one to compare, and the press that makes another.
#[component]
pub fn Compare() -> impl IntoView {
    let burst = use_burst();
    let now = Memo::new(move |_| burst.run.with_log(|log| Figures::of(burst.ran.get(), log)));
    let pair = Memo::new(move |_| {
        let (before, now) = (burst.before.get()?, now.get()?);
        before.ran.is_like(&now.ran).then_some([before, now])
    });
    let rival = Memo::new(move |_| now.with(|now| now.as_ref().map(|now| now.ran.rival().0)));
    let offer = move |rival: Preset| {
        let another = "The same burst under another policy: then compare.";
        let (name, about) = match rival {
            Preset::FullJitter => ("full jitter", "The same burst, attempts and base delay: then compare."),
            Preset::Notebook => ("the notebook's policy", another),
            _ => ("Sluice's policy", another),
        };
        view! {
            <div class="toolbar">
                <Button icon=Glyph::Play on_click=move |()| run_rival(burst)>{format!("Run with {name}")}</Button>
                <span class="muted">{about}</span>
            </div>
        }
    };
    view! {
        {move || pair.get().map(table)}
        {move || rival.get().map(offer)}
    }
}

/// Runs what ran last once more, under its rival.
fn run_rival(burst: Burst) {
    let Some(ran) = burst.ran.get_untracked() else { return };
    burst.settings.set(ran.rival().1);
    burst.scenario.set(ran.scenario);
    burst.run_or_ask();
    // The button goes away with the result it was beside.
    dom::focus(super::RESULTS);
}

/// A row's name, and its figure.
type Row = (&'static str, fn(&Figures) -> usize);

fn table(pair: [Figures; 2]) -> AnyView {
    let figure = |count: usize| format_count(count as u64);
    let rows: [Row; 5] = [
        ("Succeeded", |of| of.counts.succeeded),
        ("Gave up", |of| of.counts.gave_up),
        ("HTTP calls", |of| of.counts.http_requests),
        ("Wasted", |of| of.counts.wasted_requests),
        ("Retries at the same moment", |of| of.at_once),
    ];
    let row = |name: &'static str, of: [String; 2]| {
        view! { <tr><th scope="row">{name}</th>{of.map(|cell| view! { <td class="num">{cell}</td> }).into_iter().collect_view()}</tr> }
    };
    let heads = pair.each_ref().map(|of| view! { <th scope="col">{of.ran.settings.preset().name()}</th> });
    view! {
        <div class="compare">
            <table>
                <caption>"The run before, and this one"</caption>
                <thead><tr><td></td>{heads.into_iter().collect_view()}</tr></thead>
                <tbody>
                    {rows.map(|(name, read)| row(name, pair.each_ref().map(|of| figure(read(of))))).into_iter().collect_view()}
                    {row("Took", pair.each_ref().map(|of| format_duration(of.took)))}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}
