//! Going on with a batch: with what waits, with what has failed, with what is unknown.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::estimate::estimate_of;
use super::state::Batch;
use crate::batch::input::LineEntry;
use crate::batch::{BatchState, LineState, Record};
use crate::run_view::asks_before;
use crate::state::api::Api;

const NOT_RESUMED: &str = "The batch does not go on";

impl Batch {
    /// Goes on with a batch that was paused or cut short, asking first where much is left and paid.
    pub fn resume(self) {
        self.go_on_or_ask(None);
    }

    /// Goes on, after `put_back` where there is such a record.
    fn go_on_or_ask(self, put_back: Option<Record>) {
        if self.running.get_untracked().is_some() || self.wants_file.get_untracked().is_some() {
            return;
        }
        let api = match self.api_of_batch() {
            Err(why) => return self.fail(NOT_RESUMED, &why),
            Ok(api) => api,
        };
        let Some((job, book)) = self.with(|inner| Some((inner.job.clone()?, inner.book.clone()?))) else { return };
        let again: HashSet<u32> = match &put_back {
            Some(Record::Requeued { lines }) => lines.iter().map(|(line, _)| *line).collect(),
            _ => HashSet::new(),
        };
        let go = Callback::new(move |()| self.go_on(put_back.as_ref()));
        let calls = again.len().saturating_add(book.state().counts().waiting as usize);
        if !asks_before(api.source, calls) {
            return go.run(());
        }
        spawn_local(async move {
            let defaults = book.state().settings().defaults.clone();
            let is_sent =
                |entry: &LineEntry| again.contains(&entry.line) || book.line(entry.line) == LineState::Waiting;
            let estimate =
                estimate_of(&job.file.entries, defaults, is_sent, || true, self.accounts.prices().now()).await;
            self.ask_about_cost(api.source, calls, estimate.map(|estimate| *estimate.totals()), go);
        });
    }

    fn go_on(self, put_back: Option<&Record>) {
        let Some(job) = self.with(|inner| inner.job.clone()).filter(|_| self.running.get_untracked().is_none()) else {
            return;
        };
        match self.api_of_batch() {
            Err(why) => self.fail(NOT_RESUMED, &why),
            Ok(api) => {
                if let Some(record) = put_back {
                    self.with(|inner| inner.book.iter().for_each(|book| book.note(record.clone())));
                    self.nudge();
                }
                self.failure.set(None);
                self.running.set(Some(api.source));
                self.launch(api, job);
            }
        }
    }

    /// The API that the batch began with: simulated and real answers are never mixed.
    pub(super) fn api_of_batch(self) -> Result<Api, String> {
        let origin = untrack(|| self.with_book(|book| book.state().settings().api_origin.clone())).flatten();
        let api = self.session.api().map_err(str::to_owned)?;
        let now = api.server.as_ref().map(|server| server.situation.base_url.origin().to_owned());
        match (origin, now) {
            (None, None) => Ok(api),
            (Some(origin), Some(now)) if origin == now => Ok(api),
            (None, Some(_)) => Err("The simulated API answers this batch: choose Simulated above.".to_owned()),
            (Some(origin), _) => Err(format!("{origin} answers this batch: choose Live above and connect to it.")),
        }
    }

    /// Puts all failed lines back and goes on.
    pub fn retry_failed(self) {
        self.put_back(|state| state.retry_failed());
    }

    /// Puts all lines of unknown outcome back and goes on: that may send and bill them twice.
    pub fn resend_unknown(self) {
        self.put_back(|state| state.resend_unknown());
    }

    fn put_back(self, choose: fn(&BatchState) -> Option<Record>) {
        let record = untrack(|| self.with_book(|book| choose(&book.state()))).flatten();
        if record.is_some() {
            self.go_on_or_ask(record);
        }
    }
}
