//! AWS' own experiment, "Exponential Backoff And Jitter", run here.

use std::time::Duration;

use leptos::prelude::*;

use super::pace::{Pace, Shares, Stage};
use super::pool::{Pool, PoolNews};
use super::results::pace_words;

use crate::chart::plot::{PlotBox, round_up};
use crate::components::plot::{HEIGHT, WIDTH};
use crate::components::{
    Button, ButtonKind, Callout, CalloutKind, Glyph, NumberField, NumberRange, Panel, Plot, PlotKey, PlotPicture,
    PlotTable, ProgressBar,
};
use crate::format::{format_count, format_duration};
use crate::lab::{AWS_CLIENTS, AwsAlgorithm, ContentionFigures, Order, Report, Summary, contention_summary};

/// Runs of each cell: as many as in AWS' own program.
const RUNS: u32 = 100;
const MOST_RUNS: u32 = 1_000;
/// The colours of the algorithms, in the order of [`AwsAlgorithm::ALL`].
const CLASSES: [&str; 5] = ["plot-a", "plot-b", "plot-c", "plot-d", "plot-e"];

/// A cell of the table: calls and milliseconds, over all runs.
type Cell = Option<(Summary, Summary)>;

/// AWS' experiment on the page. Copies are handles on the same.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// Runs of each cell.
    pub runs: RwSignal<u32>,
    /// Where it stands.
    pub stage: RwSignal<Stage>,
    pace: RwSignal<Pace>,
    /// For each algorithm its cells, by client count.
    cells: RwSignal<Vec<Vec<Cell>>>,
    pool: Pool,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    figures: Vec<ContentionFigures>,
    shares: Shares,
}

impl Grid {
    /// Not run yet.
    pub fn new(pool: Pool) -> Self {
        Self {
            runs: RwSignal::new(RUNS),
            stage: RwSignal::default(),
            pace: RwSignal::default(),
            cells: RwSignal::default(),
            pool,
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    fn run(self) {
        self.inner.set_value(Inner { shares: Shares::begin(), ..Inner::default() });
        self.pace.set(Pace::default());
        self.stage.set(Stage::Running);
        let runs = self.runs.get_untracked();
        let order = move |share| Order::Grid { runs, first_seed: 1, share };
        self.pool.order(order, Callback::new(move |news| self.hear(news)));
    }

    /// Ends it; the runs that are over stay.
    pub fn stop(self) {
        if self.stage.get_untracked() == Stage::Running {
            self.pool.stop();
            self.stage.set(Stage::Stopped);
            self.sum_up();
        }
    }

    fn hear(self, news: PoolNews) {
        match news {
            PoolNews::Report(worker, report) => self.take(worker, *report),
            PoolNews::Failed(why) => {
                self.stage.set(Stage::Failed(why));
                self.sum_up();
            }
        }
    }

    fn take(self, worker: usize, report: Report) {
        let all = u64::from(self.runs.get_untracked()) * (AWS_CLIENTS.len() * AwsAlgorithm::ALL.len()) as u64;
        let pace = self.inner.try_update_value(|inner| {
            let pace = inner.shares.take(worker, &report, all);
            inner.figures.extend(report.contention);
            pace
        });
        let Some(pace) = pace else { return };
        self.pace.set(pace);
        if pace.done >= all {
            self.stage.set(Stage::Done);
            self.sum_up();
        }
    }

    fn sum_up(self) {
        let cells = self.inner.with_value(|inner| {
            let cell = |algorithm: AwsAlgorithm, clients: u32| {
                let is_its = |run: &&ContentionFigures| run.algorithm == algorithm && run.clients == clients;
                contention_summary(&inner.figures.iter().filter(is_its).copied().collect::<Vec<_>>())
            };
            AwsAlgorithm::ALL.map(|algorithm| AWS_CLIENTS.map(|clients| cell(algorithm, clients)).to_vec()).to_vec()
        });
        self.cells.set(cells);
    }
}

/// The panel.
#[component]
pub fn Contention() -> impl IntoView {
    let grid = super::state::use_lab().grid;
    let runs = Memo::new(move |_| grid.stage.get() == Stage::Running);
    let has_run = Memo::new(move |_| grid.stage.get() != Stage::Idle);
    let has_cells = Memo::new(move |_| grid.cells.with(|cells| !cells.is_empty()));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // the field's range is checked
    let set_runs = move |value: Option<f64>| grid.runs.set(value.map_or(RUNS, |value| value as u32));
    #[allow(clippy::cast_precision_loss)] // counts of runs
    let share = move || Some(grid.pace.get().done as f64 / grid.pace.get().of.max(1) as f64);
    let failure = move || match grid.stage.get() {
        Stage::Failed(why) => Some(why),
        _ => None,
    };
    view! {
        <Panel title="Clients that write the same row">
            <p>
                "The experiment of “Exponential Backoff And Jitter” (Brooker, AWS Architecture Blog, 2015): clients read a row and write it on condition that nobody else has; who loses waits and tries again. Its five ways of waiting, all its client counts, through the retry loop that runs everywhere here."
            </p>
            <div class="form-grid">
                <NumberField
                    label="Runs of each cell"
                    value=Signal::derive(move || Some(f64::from(grid.runs.get())))
                    on_change=set_runs
                    range=NumberRange::new(1.0, f64::from(MOST_RUNS), 1.0)
                    disabled=runs
                    hint=Some("100, as in AWS’ own program, are 15 million calls".to_owned())
                />
            </div>
            <div class="lab-actions">
                <Button kind=ButtonKind::Primary icon=Glyph::Play busy=runs on_click=move |()| grid.run()>"Run AWS’ experiment"</Button>
                <Button
                    icon=Glyph::Stop
                    disabled=Signal::derive(move || !runs.get())
                    reason=Signal::derive(move || (!runs.get()).then(|| "Nothing runs".to_owned()))
                    on_click=move |()| grid.stop()
                >
                    "Stop AWS’ experiment"
                </Button>
            </div>
            <Show when=move || has_run.get()>
                <ProgressBar
                    label="AWS’ experiment"
                    value=Signal::derive(share)
                    text=Signal::derive(move || pace_words(&grid.pace.get(), "runs"))
                />
            </Show>
            {move || failure().map(|why| view! { <Callout kind=CalloutKind::Error title="It could not go on" alert=true><p>{why}</p></Callout> })}
        </Panel>
        <Show when=move || has_cells.get()>
            <Panel title="What it shows">
                <div class="plots">
                    <Cells grid=grid title="Calls until all have won" value=|cell| cell.0.mean write=|calls| format_count(rounded(calls)) what="calls" />
                    <Cells grid=grid title="Time until all have won" value=|cell| cell.1.mean / 1_000.0 write=|seconds| format_duration(Duration::try_from_secs_f64(seconds).unwrap_or_default()) what="time" />
                </div>
            </Panel>
        </Show>
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a mean of counts, or zero
fn rounded(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

/// One figure of all cells: a line for each algorithm over the client counts.
#[component]
fn Cells(
    grid: Grid,
    title: &'static str,
    value: fn(&(Summary, Summary)) -> f64,
    write: fn(f64) -> String,
    what: &'static str,
) -> impl IntoView {
    let clients = AWS_CLIENTS.last().copied().unwrap_or(0);
    let picture = move || {
        grid.cells.with(|cells| {
            let most = cells.iter().flatten().flatten().map(value).fold(0.0, f64::max);
            let plot = PlotBox { width: WIDTH, height: HEIGHT, x_most: 200.0, y_most: round_up(most) };
            let line = |cells: &Vec<Cell>| {
                let points = AWS_CLIENTS.iter().zip(cells);
                plot.line(points.filter_map(|(clients, cell)| Some((f64::from(*clients), value(cell.as_ref()?)))))
            };
            let shapes = CLASSES.into_iter().zip(cells.iter().map(line)).collect();
            let along = [0, 50, 100, 150, 200].map(|clients| format!("{clients} clients")).into();
            PlotPicture { shapes, top: write(plot.y_most), along }
        })
    };
    let summary = move || {
        grid.cells.with(|cells| {
            let last = AwsAlgorithm::ALL
                .into_iter()
                .zip(cells)
                .filter_map(|(algorithm, cells)| Some((algorithm.name(), value(cells.last()?.as_ref()?))));
            let mut last: Vec<(&str, f64)> = last.collect();
            last.sort_by(|a, b| a.1.total_cmp(&b.1));
            match (last.first(), last.last()) {
                (Some((best, least)), Some((worst, most))) => {
                    format!(
                        "With {clients} clients the least {what} is {best}’s, {}, and the most {worst}’s, {}.",
                        write(*least),
                        write(*most)
                    )
                }
                _ => "No cell is whole yet.".to_owned(),
            }
        })
    };
    let table = move || {
        grid.cells.with(|cells| {
            let mut heads = vec!["Clients".to_owned()];
            heads.extend(AwsAlgorithm::ALL.map(|algorithm| algorithm.name().to_owned()));
            let row = |(place, clients): (usize, &u32)| {
                let mut row = vec![clients.to_string()];
                row.extend(cells.iter().map(|cells| {
                    cells.get(place).and_then(Option::as_ref).map_or_else(|| "–".to_owned(), |cell| write(value(cell)))
                }));
                row
            };
            PlotTable { heads, rows: AWS_CLIENTS.iter().enumerate().map(row).collect() }
        })
    };
    let keys: Vec<PlotKey> = CLASSES
        .into_iter()
        .zip(AwsAlgorithm::ALL)
        .map(|(class, algorithm)| PlotKey::new(class, algorithm.name()))
        .collect();
    view! {
        <Plot title=title summary=Signal::derive(summary) picture=Signal::derive(picture) table=Signal::derive(table) keys=keys />
    }
}
