//! What the Request view holds while it is away: the draft, and what was sent.

use std::sync::Arc;

use leptos::prelude::*;

use crate::platform::dom;
use crate::responses::CreateResponse;
use crate::retry::{Path, Preset};
use crate::run::BurstPlan;
use crate::run::draft::{DraftErrors, RequestDraft};
use crate::run_view::ExactTokens;
use crate::share::{SharedSettings, share_request, take_request};
use crate::state::api::ApiSource;
use crate::state::persisted::persisted;
use crate::state::run::Run;
use crate::state::session::{Session, use_session};
use crate::state::undo::{Undos, use_undos};
use crate::state::when_used;
use crate::transport::ApiRequest;
use crate::usage::MadeIn;

/// The id of the place of the answer that is shown.
pub const ANSWER: &str = "request-answer";

/// How many sends are kept.
const KEPT: usize = 20;

/// The state of the Request view.
#[derive(Debug, Clone, Copy)]
pub struct RequestState {
    /// The fields.
    pub draft: RwSignal<RequestDraft>,
    /// What is wrong with them, as of the last try.
    pub errors: RwSignal<DraftErrors>,
    /// Why nothing could be sent.
    pub refusal: RwSignal<Option<&'static str>>,
    /// What was sent, newest first.
    pub sent: RwSignal<Vec<Sent>>,
    /// The exact count of prompt and instructions, where it is asked for.
    pub exact: RwSignal<Option<ExactTokens>>,
    /// The number of the send that is shown.
    pub shown: RwSignal<u64>,
    session: Session,
    undos: Undos,
    // Runs made later must live as long as this state, not as long as the event that made them.
    owner: StoredValue<Owner>,
}

/// One send.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its number, from 1.
    pub number: u64,
    /// The call under way, and its log.
    pub run: Run,
    /// What was asked.
    pub request: Arc<CreateResponse>,
    /// What can be read of its answer.
    pub path: Path,
    /// The exact count of prompt and instructions, where there was one.
    pub counted: Option<u64>,
}

impl PartialEq for Sent {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

fn provide() {
    provide_context(RequestState {
        draft: persisted("request-draft", RequestDraft::default()),
        errors: RwSignal::default(),
        refusal: RwSignal::new(None),
        exact: RwSignal::new(None),
        sent: RwSignal::default(),
        shown: RwSignal::new(0),
        session: use_session(),
        undos: use_undos(),
        owner: StoredValue::new(Owner::current().unwrap_or_default()),
    });
}

/// What puts the request's settings into a link's, tracked.
pub fn sharer() -> impl Fn(&mut SharedSettings) + Copy + Send + Sync + 'static {
    let state = use_request();
    move |settings| {
        let model = state.model();
        state.draft.with(|draft| share_request(draft, &model, settings));
    }
}

/// What takes a link's settings over; it gives what takes them back.
pub fn opener() -> impl Fn(&SharedSettings) -> Callback<()> + Copy + 'static {
    let state = use_request();
    move |settings| {
        let before = state.draft.get_untracked();
        state.edit(|draft| take_request(settings, draft));
        Callback::new(move |()| state.edit(|draft| draft.clone_from(&before)))
    }
}

/// What sends the request as it is written.
pub fn runner() -> impl Fn() + Copy + 'static {
    let state = use_request();
    move || state.send()
}

/// The view's state.
pub fn use_request() -> RequestState {
    when_used(provide)
}

impl RequestState {
    /// The model that the draft asks, tracked.
    pub fn model(self) -> String {
        self.draft.with(|draft| draft.model.clone()).unwrap_or_else(|| self.session.model())
    }

    /// The exact count of what the draft says now, where there is one; tracked.
    pub fn counted(self) -> Option<u64> {
        self.exact.get().filter(|exact| exact.is_current).map(|exact| exact.tokens)
    }

    /// Changes the draft; what was wrong with it may be right now.
    pub fn edit(self, change: impl FnOnce(&mut RequestDraft)) {
        self.draft.update(change);
        self.errors.set(DraftErrors::default());
        self.refusal.set(None);
    }

    /// Puts all fields back to how they are at first; Undo brings them back.
    pub fn reset(self) {
        let before = self.draft.get_untracked();
        self.edit(|draft| *draft = RequestDraft::default());
        if before != RequestDraft::default() {
            let undo = move || self.edit(|draft| draft.clone_from(&before));
            self.undos.tell("The request's fields are reset.", undo);
        }
    }

    /// Sends the draft, beside whatever is still in flight; asks first where a key in it would go to a live API.
    pub fn send(self) {
        let written = self.draft.with_untracked(|draft| format!("{} {}", draft.prompt, draft.instructions));
        self.session.secrets().send(self.session.source.get_untracked(), &written, move || self.send_now());
    }

    fn send_now(self) {
        // First: without a connection there is no list to choose a model from.
        let api = match self.session.api() {
            Ok(api) => api,
            Err(why) => return self.refusal.set(Some(why)),
        };
        let model = untrack(|| self.model());
        let (request, policy) = match self.draft.with_untracked(|draft| (draft.request(&model), draft.policy.clone())) {
            (Ok(request), policy) => (request, policy),
            (Err(errors), _) => return self.errors.set(errors),
        };
        self.errors.set(DraftErrors::default());
        self.refusal.set(None);
        let path = match api.source {
            ApiSource::Simulated => Path::Simulated,
            ApiSource::Live => live_path(self.session),
        };
        let number = self.sent.with_untracked(|sent| sent.first().map_or(1, |last| last.number + 1));
        let run = self.free_run();
        run.start(
            api,
            BurstPlan {
                requests: vec![(format!("Request {number}"), ApiRequest::CreateResponse(request.clone()))],
                concurrency: 1,
                policy: Preset::from_id(&policy).unwrap_or(Preset::Sluice).policy(),
            },
        );
        let counted = untrack(|| self.counted());
        self.shown.set(number);
        self.sent.update(|sent| sent.insert(0, Sent { number, run, request: Arc::new(request), path, counted }));
        // On a narrow page it is below the form.
        request_animation_frame(|| dom::reveal(ANSWER));
    }

    // A new run, or that of the oldest send that has ended once there are enough: its result is then forgotten.
    fn free_run(self) -> Run {
        let oldest = self.sent.with_untracked(|sent| {
            let is_full = sent.len() >= KEPT;
            sent.iter().rposition(|sent| is_full && !untrack(|| sent.run.is_running()))
        });
        let recycled = oldest.and_then(|index| self.sent.try_update(|sent| sent.remove(index).run));
        recycled.unwrap_or_else(|| self.owner.with_value(|owner| owner.with(|| Run::new(Some(MadeIn::Request)))))
    }
}

fn live_path(session: Session) -> Path {
    match session.connection.with_untracked(|connection| connection.as_ref().map(|connection| connection.same_origin)) {
        Some(true) => Path::Relay,
        _ => Path::Direct,
    }
}
