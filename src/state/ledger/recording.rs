//! Calls into the ledger, as they happen.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;

use super::LedgerState;
use crate::client::CallEvent;
use crate::platform::storage;
use crate::run::{CallAbout, CallRecorder, Recorded, job_call};
use crate::state::api::{Api, ApiSource};
use crate::time::{Instant, UnixTime};
use crate::transport::ApiRequest;
use crate::usage::{AnsweredBy, CallId, CallRecord, CountsAs, EndRecord, LedgerRow, MadeIn};

/// What all calls of a run share in the ledger.
#[derive(Debug, Clone)]
pub struct CallSource {
    run: String,
    made_in: MadeIn,
    api: AnsweredBy,
    server: String,
    key_alias: Option<String>,
    hides_headers: bool,
}

impl From<ApiSource> for AnsweredBy {
    fn from(source: ApiSource) -> Self {
        match source {
            ApiSource::Simulated => Self::Simulated,
            ApiSource::Live => Self::Live,
        }
    }
}

impl CallSource {
    fn about(&self, id: CallId, lane: usize, label: String) -> CallAbout {
        CallAbout {
            id,
            run: self.run.clone(),
            lane: u32::try_from(lane).unwrap_or(u32::MAX),
            made_in: self.made_in,
            api: self.api,
            server: self.server.clone(),
            key_alias: self.key_alias.clone(),
            label,
            hides_headers: self.hides_headers,
        }
    }
}

impl LedgerState {
    /// A new run of calls that `api` answers.
    pub fn begin_run(self, api: &Api, made_in: MadeIn) -> CallSource {
        let situation = api.server.as_ref().map(|server| &server.situation);
        let key_alias = || storage::read(super::KEY_NAME).filter(|name| !name.trim().is_empty());
        CallSource {
            run: format!("{:016x}", self.draw() >> 64),
            made_in,
            api: api.source.into(),
            server: situation.map_or_else(|| "simulated".to_owned(), |live| live.base_url.as_str().to_owned()),
            key_alias: situation.filter(|live| live.has_key).and_then(|_| key_alias()),
            hides_headers: situation.is_some_and(|live| !live.base_url.is_same_origin()),
        }
    }

    /// Begins to record a call of `request` in a lane, by its number and what it is called; `queued` on the API's clock and
    /// on the wall.
    pub fn queue(
        self,
        of: &CallSource,
        (lane, label): (usize, &str),
        request: &ApiRequest,
        queued: (Instant, UnixTime),
    ) -> CallId {
        let id = CallId::new(self.draw());
        let about = of.about(id, lane, label.to_owned());
        self.begin(id, CallRecorder::new(about, request, queued, self.keeps()));
        id
    }

    /// The same of a line of a batch, of which no content is kept here: the batch's journal has it.
    pub fn queue_line(
        self,
        of: &CallSource,
        (lane, label): (usize, &str),
        model: String,
        queued: (Instant, UnixTime),
    ) -> CallId {
        let id = CallId::new(self.draw());
        self.begin(id, CallRecorder::of_model(of.about(id, lane, label.to_owned()), model, queued));
        id
    }

    fn begin(self, id: CallId, recorder: CallRecorder) {
        self.inner.update_value(|inner| {
            inner.under_way.insert(id, Rc::new(RefCell::new(recorder)));
        });
    }

    /// Takes in what happens to a call.
    pub fn record(self, id: CallId, event: &CallEvent<'_>) {
        let Some(recorder) = self.recorder(id) else { return };
        let change = recorder.borrow_mut().record(event);
        match change {
            Recorded::Nothing => {}
            Recorded::Attempt => self.show(recorder.borrow().call()),
            Recorded::End => self.end(id, &recorder.borrow()),
        }
    }

    /// Marks calls as stopped by a person at `at`, those that have not ended.
    pub fn cancel<'a>(self, calls: impl IntoIterator<Item = &'a CallId>, at: Instant) {
        for id in calls {
            let Some(recorder) = self.recorder(*id) else { continue };
            if recorder.borrow().call().end.is_none() {
                recorder.borrow_mut().cancel(at);
                self.end(*id, &recorder.borrow());
            }
        }
    }

    /// Takes up calls that have ended without a response.
    pub fn resume<'a>(self, calls: impl IntoIterator<Item = &'a CallId>, at: Instant) {
        for id in calls {
            if let Some(recorder) = self.recorder(*id) {
                recorder.borrow_mut().resume(at);
            }
        }
    }

    /// Lets go of calls that can no longer be taken up.
    pub fn let_go<'a>(self, calls: impl IntoIterator<Item = &'a CallId>) {
        self.inner.update_value(|inner| {
            for id in calls {
                inner.under_way.remove(id);
            }
        });
    }

    /// Takes in a response of a batch job, read just now.
    pub fn record_job_call(
        self,
        of: &CallSource,
        (lane, label): (usize, &str),
        model: &str,
        counts_as: CountsAs,
        read_at: UnixTime,
    ) {
        let about = of.about(CallId::new(self.draw()), lane, label.to_owned());
        let call = job_call(about, model.to_owned(), read_at, counts_as, None);
        self.show(&call);
        self.keep(call);
    }

    fn recorder(self, id: CallId) -> Option<Rc<RefCell<CallRecorder>>> {
        self.inner.try_with_value(|inner| inner.under_way.get(&id).cloned()).flatten()
    }

    fn end(self, id: CallId, recorder: &CallRecorder) {
        let call = recorder.call();
        if matches!(call.end, Some(EndRecord::Succeeded)) {
            self.inner.update_value(|inner| {
                inner.under_way.remove(&id);
            });
        }
        // What was never sent is no call: a budget or a refused key kept it back.
        if call.attempts.iter().any(|attempt| attempt.counts_as.is_some()) {
            self.show(call);
            self.keep(call.clone());
        }
    }

    fn show(self, call: &CallRecord) {
        self.ledger.update(|ledger| ledger.put(LedgerRow::of(call)));
    }
}
