//! What the Lab keeps while other views are shown.

use std::time::Duration;

use leptos::prelude::*;

use super::contention::Grid;
use super::pace::{Pace, Shares, Stage};
use super::pool::{Pool, PoolNews};
use crate::clock::Clock;
use crate::components::FieldFaults;
use crate::lab::{
    Detail, Experiment, LabForm, LabPolicy, Order, PolicyResult, Recommendation, Report, Trace, TrialFigures,
    recommend, summarise,
};
use crate::platform::lab_worker::processors;
use crate::platform::{BrowserClock, dom};
use crate::state::activity::{LongRun, use_activity};
use crate::state::announcer::{Announcer, use_announcer};
use crate::state::api::ApiSource;
use crate::state::persisted::persisted;
use crate::state::run::Run;
use crate::state::session::{Session, use_session};
use crate::state::undo::{Undos, use_undos};
use crate::state::when_used;
use crate::time::Instant;

/// Workers at most: more bring little, and the machine has other things to do.
const MOST_WORKERS: u32 = 4;
/// Results are made anew when at least so many times as long has passed as making them took.
const REST: u32 = 12;

/// What the Lab keeps. Copies are handles on the same.
#[derive(Debug, Clone, Copy)]
pub struct Lab {
    /// The settings.
    pub form: RwSignal<LabForm>,
    /// Which panel is shown.
    pub tab: RwSignal<String>,
    /// The fields that cannot be taken.
    pub faults: FieldFaults,
    /// Why the last press did nothing.
    pub failure: RwSignal<Option<String>>,
    /// Where the experiment stands.
    pub stage: RwSignal<Stage>,
    /// How far it is.
    pub pace: RwSignal<Pace>,
    /// The experiment that the results are of.
    pub ran: RwSignal<Option<Experiment>>,
    /// The results so far.
    pub results: RwSignal<Vec<PolicyResult>>,
    /// The charts of the first seed, by policy.
    pub details: RwSignal<Vec<Detail>>,
    /// What they recommend.
    pub recommendation: RwSignal<Option<Recommendation>>,
    /// The policy that is looked at, by its place.
    pub chosen: RwSignal<usize>,
    /// A trial that is played again.
    pub replay: Run,
    /// What the replay is of: a policy's place, and whether all its attempts are in it.
    pub replayed: RwSignal<Option<(usize, bool)>>,
    /// AWS' experiment.
    pub grid: Grid,
    pub(super) session: Session,
    pub(super) announcer: Announcer,
    pub(super) undos: Undos,
    inner: StoredValue<Inner, LocalStorage>,
    pool: Pool,
    tracer: Pool,
}

#[derive(Default)]
struct Inner {
    trials: Vec<TrialFigures>,
    shares: Shares,
    summed: Instant,
    rest: Duration,
}

/// The settings alone, for who needs no more: links.
#[derive(Debug, Clone, Copy)]
struct Settings(RwSignal<LabForm>);

fn provide_settings() {
    provide_context(Settings(persisted("lab", LabForm::default())));
}

/// The settings of the page's Lab.
pub fn use_settings() -> RwSignal<LabForm> {
    when_used::<Settings>(provide_settings).0
}

fn provide() {
    let workers = processors().clamp(1, MOST_WORKERS);
    let lab = Lab {
        form: use_settings(),
        tab: RwSignal::new("results".to_owned()),
        faults: FieldFaults::new(),
        failure: RwSignal::new(None),
        stage: RwSignal::default(),
        pace: RwSignal::default(),
        ran: RwSignal::new(None),
        results: RwSignal::default(),
        details: RwSignal::default(),
        recommendation: RwSignal::new(None),
        chosen: RwSignal::new(0),
        replay: Run::new(None),
        replayed: RwSignal::new(None),
        grid: Grid::new(Pool::new(workers)),
        session: use_session(),
        announcer: use_announcer(),
        undos: use_undos(),
        inner: StoredValue::new_local(Inner::default()),
        pool: Pool::new(workers),
        tracer: Pool::new(1),
    };
    let stops = |stage: RwSignal<Stage>, stop: Callback<()>| LongRun {
        answered_by: Signal::derive(move || (stage.get() == Stage::Running).then_some(ApiSource::Simulated)),
        stop,
    };
    use_activity().watch_long(stops(lab.stage, Callback::new(move |()| lab.stop())));
    use_activity().watch_long(stops(lab.grid.stage, Callback::new(move |()| lab.grid.stop())));
    provide_context(lab);
}

/// The page's Lab.
pub fn use_lab() -> Lab {
    when_used(provide)
}

impl Lab {
    /// Runs the experiment as it is set; what runs already ends.
    pub fn run(self) {
        if let Some(fault) = self.faults.first() {
            self.failure.set(Some(format!("{}: {}.", fault.label, fault.error)));
            dom::focus(&fault.id);
            return;
        }
        let experiment = match self.form.with_untracked(LabForm::experiment) {
            Ok(experiment) => experiment,
            Err(why) => {
                self.failure.set(Some(format!("The experiment cannot be run: {why}.")));
                return;
            }
        };
        self.failure.set(None);
        self.replay.clear();
        self.replayed.set(None);
        self.inner.set_value(Inner { shares: Shares::begin(), ..Inner::default() });
        self.results.set(Vec::new());
        self.details.set(Vec::new());
        self.recommendation.set(None);
        self.pace.set(Pace::default());
        self.chosen.set(0);
        self.tab.set("results".to_owned());
        self.stage.set(Stage::Running);
        self.ran.set(Some(experiment.clone()));
        // On a narrow page they are below the form.
        request_animation_frame(|| dom::reveal(super::RESULTS));
        let order = move |share| Order::Experiment(Box::new(experiment.clone()), share);
        self.pool.order(order, Callback::new(move |news| self.hear(news)));
    }

    /// Ends it; the trials that are over stay.
    pub fn stop(self) {
        if self.stage.get_untracked() != Stage::Running {
            return;
        }
        self.pool.stop();
        self.stage.set(Stage::Stopped);
        self.sum_up();
        self.announcer.say("The experiment is stopped. What was run stays.".to_owned());
    }

    /// Plays the first seed's trial of a policy again, on the page's simulated clock.
    pub fn play(self, policy: usize) {
        let Some(experiment) = self.ran.get_untracked() else { return };
        self.replay.clear();
        self.replayed.set(None);
        let seed = experiment.seeds.first;
        let order = move |_| Order::Trace { experiment: Box::new(experiment.clone()), policy, seed };
        let hear = move |news| match news {
            PoolNews::Report(_, report) => {
                if let Some(trace) = report.trace {
                    self.show(trace);
                }
            }
            PoolNews::Failed(why) => self.failure.set(Some(format!("The trial could not be played: {why}."))),
        };
        self.tracer.order(order, Callback::new(hear));
    }

    fn show(self, trace: Trace) {
        self.replayed.set(Some((trace.policy, trace.is_whole)));
        let calls = trace.arrivals_micros.len();
        self.replay.play(self.session.simulated_clock(), calls, async move |clock, log| trace.play(clock, log).await);
    }

    fn hear(self, news: PoolNews) {
        match news {
            PoolNews::Report(worker, report) => self.take(worker, *report),
            PoolNews::Failed(why) => {
                self.pool.stop();
                self.stage.set(Stage::Failed(why));
                self.sum_up();
            }
        }
    }

    fn take(self, worker: usize, mut report: Report) {
        let now = BrowserClock.now();
        if !report.details.is_empty() {
            let charts = std::mem::take(&mut report.details);
            self.details.update(|details| {
                details.extend(charts);
                details.sort_by_key(|detail| detail.policy);
            });
        }
        let of = self.ran.with_untracked(|ran| ran.as_ref().map_or(0, trials_of));
        let taken = self.inner.try_update_value(|inner| {
            let pace = inner.shares.take(worker, &report, of);
            inner.trials.extend(report.trials);
            (pace, now.saturating_since(inner.summed) >= inner.rest)
        });
        let Some((pace, is_due)) = taken else { return };
        self.pace.set(pace);
        let is_over = pace.done >= of;
        if is_due || is_over {
            self.sum_up();
        }
        if is_over {
            self.stage.set(Stage::Done);
            let best = self.recommendation.with_untracked(|best| best.as_ref().map(|best| best.name.clone()));
            if let Some(name) = best.as_ref().filter(|_| self.chosen.get_untracked() == 0) {
                let is_it = |policy: &LabPolicy| policy.name == *name;
                let of = self.ran.with_untracked(|ran| ran.as_ref()?.policies.iter().position(is_it));
                self.chosen.set(of.unwrap_or(0));
            }
            let best = best.map_or_else(String::new, |name| format!(" Recommended: {name}."));
            self.announcer.say(format!("The experiment is done.{best}"));
        }
    }

    fn sum_up(self) {
        let began = BrowserClock.now();
        let results = self.ran.with_untracked(|ran| {
            let ran = ran.as_ref()?;
            let results = self.inner.with_value(|inner| summarise(ran, &inner.trials));
            Some((recommend(ran, &results), results))
        });
        let Some((recommendation, results)) = results else { return };
        self.results.set(results);
        self.recommendation.set(recommendation);
        let now = BrowserClock.now();
        let _ = self.inner.try_update_value(|inner| {
            (inner.summed, inner.rest) = (now, now.saturating_since(began).saturating_mul(REST));
        });
    }
}

fn trials_of(experiment: &Experiment) -> u64 {
    u64::from(experiment.seeds.count) * u64::try_from(experiment.policies.len()).unwrap_or(0)
}
