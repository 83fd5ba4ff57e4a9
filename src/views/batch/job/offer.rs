//! What a job of the lines that wait comes to, beside running them here; and the button that sends it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::estimate::{cost_words, estimate_of, known_limits};
use super::super::state::{Batch, Phase, use_batch};
use super::state::JobOffer;
use crate::batch::LineState;
use crate::batch::estimate::Forecast;
use crate::batch::input::LineEntry;
use crate::batch::job::{Comparison, check, over_cap};
use crate::components::{Button, Callout, CalloutKind, Glyph, WideTable};
use crate::format::{format_count, format_duration};
use crate::state::api::ApiSource;
use crate::usage::Money;

/// Both ways side by side, what stands against a job, and the button.
#[component]
pub fn Offered() -> impl IntoView {
    let batch = use_batch();
    batch.watch_offer();
    let compared = Memo::new(move |_| batch.comparison());
    let faults = Memo::new(move |_| {
        let faults = batch.job.offer.with(|offer| offer.as_ref().map(|offer| offer.faults.clone()))?;
        Some(faults.iter().map(ToString::to_string).collect::<Vec<_>>())
    });
    let listed = move || faults.get().unwrap_or_default();
    let has_faults = move || faults.with(|faults| faults.as_ref().is_some_and(|faults| !faults.is_empty()));
    let is_blocked =
        Signal::derive(move || faults.with(|faults| faults.as_ref().is_none_or(|faults| !faults.is_empty())));
    let reason = Signal::derive(move || has_faults().then(|| "OpenAI would not take it: see above".to_owned()));
    let is_simulated = move || batch.session.source.get() == ApiSource::Simulated;
    view! {
        <WideTable label="Run here or as a job">
            <table class="table job-ways">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">"Run here"</th>
                        <th scope="col">"As a job"</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let rows = compared.get().map_or_else(Vec::new, |(comparison, takes)| rows_of(&comparison, takes));
                        rows.into_iter().map(|[what, here, job]| view! {
                            <tr>
                                <th scope="row">{what}</th>
                                <td class="num">{here}</td>
                                <td class="num">{job}</td>
                            </tr>
                        }).collect_view()
                    }}
                </tbody>
            </table>
        </WideTable>
        <Show when=has_faults>
            <Callout kind=CalloutKind::Warn title="This cannot be sent as one job">
                <ul class="job-faults">{move || listed().into_iter().map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul>
            </Callout>
        </Show>
        <div class="batch-buttons">
            <Button icon=Glyph::Arrow disabled=is_blocked reason=reason on_click=move |()| batch.send_job_or_ask()>
                "Send as an OpenAI Batch job"
            </Button>
        </div>
        <p class="muted">
            {move || if is_simulated() {
                "The simulated API runs jobs too, in simulated time: the speed above counts for them."
            } else {
                "It asks before anything is sent. The file goes to the server's file storage, and the job is made of it once."
            }}
        </p>
    }
}

/// What each way costs, takes and needs.
fn rows_of(comparison: &Comparison, takes: Option<Forecast>) -> Vec<[String; 3]> {
    let Comparison { paced, job, saves, enqueued_tokens } = comparison;
    let here = takes.map_or_else(
        || "not known before an answer has told the limits".to_owned(),
        |forecast| format!("at least {}", format_duration(forecast.at_least())),
    );
    let saved = match (paced.cost.is_bounded(), saves.1 > Money::ZERO) {
        (true, true) => format!("{}: saves up to {}", cost_words(&job.cost), saves.1),
        _ => cost_words(&job.cost),
    };
    let queue = format!("its own queue, about {} input tokens of it", format_count(*enqueued_tokens));
    vec![
        ["Cost".to_owned(), cost_words(&paced.cost), saved],
        ["Time".to_owned(), here, format!("within {} h", job.takes.as_secs() / 3_600)],
        ["Limits".to_owned(), "those of the minute".to_owned(), queue],
        ["This page".to_owned(), "stays open".to_owned(), "may be closed".to_owned()],
        ["Answers".to_owned(), "one by one".to_owned(), "all together, at the end".to_owned()],
    ]
}

impl Batch {
    /// Both ways, tracked, and how long it takes here where the limits are known.
    pub(super) fn comparison(self) -> Option<(Comparison, Option<Forecast>)> {
        let limits = known_limits(self);
        self.job.offer.with(|offer| {
            let estimate = &offer.as_ref()?.estimate;
            let is_known = estimate.models().all(|(model, _)| (limits.of)(model).is_some());
            let forecast = is_known.then(|| estimate.forecast(|model| (limits.of)(model).unwrap_or_default()));
            Some((Comparison::new(estimate.totals(), &forecast.unwrap_or_default()), forecast))
        })
    }

    /// Keeps the offer up with the lines that wait and what is put into them.
    fn watch_offer(self) {
        let generation = StoredValue::new(0u64);
        let wanted = Memo::new(move |_| {
            let can_send = matches!(self.phase(), Phase::Opened | Phase::Paused(_));
            let id = self.with_file(|_| ()).and_then(|()| self.with(|inner| Some(inner.job.as_ref()?.id.clone())));
            let model = self.model();
            let waiting = self.with_book(|book| book.state().counts().waiting);
            let prices = self.accounts.prices().get();
            (can_send, id, waiting, self.form.with(|form| form.settings("", &model, None)), prices)
        });
        Effect::new(move |_| {
            let (can_send, id, ..) = wanted.get();
            generation.update_value(|generation| *generation += 1);
            let own = generation.get_value();
            self.job.offer.set(None);
            if can_send && id.is_some() {
                spawn_local(self.offered(move || generation.try_get_value() == Some(own)));
            }
        });
    }

    async fn offered(self, is_wanted: impl Fn() -> bool) {
        let Some((job, book)) = self.with(|inner| Some((inner.job.clone()?, inner.book.clone()))) else { return };
        let state = book.as_ref().map(|book| book.state().clone());
        let settings = state.as_ref().map_or_else(
            || self.form.with_untracked(|form| form.settings("", &untrack(|| self.model()), None)),
            |state| state.settings().clone(),
        );
        let waits = |entry: &LineEntry| state.as_ref().is_none_or(|state| state.line(entry.line) == LineState::Waiting);
        let defaults = settings.defaults.clone();
        let Some(estimate) =
            estimate_of(&job.file.entries, defaults, waits, &is_wanted, self.accounts.prices().now()).await
        else {
            return;
        };
        let mut faults = check(job.file.entries.iter().filter(|entry| waits(entry)), &settings.defaults);
        let half = Comparison::new(estimate.totals(), &Forecast::default()).job.cost;
        faults.extend(over_cap(settings.spend_cap(), state.as_ref(), &half));
        if is_wanted() {
            let _ = self.job.offer.try_set(Some(JobOffer { estimate, faults }));
        }
    }
}
