//! What is known of each API's limits, by the family of models that share them.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::api::{Api, ApiSource};
use crate::models;
use crate::rate_limit::{LimitSnapshot, exposes_headers};
use crate::reply::Reply;
use crate::retry::Outcome;
use crate::time::Instant;

/// The latest snapshots.
#[derive(Debug, Clone, Copy)]
pub struct Limits(RwSignal<Inner>);

#[derive(Debug, Default)]
struct Inner {
    snapshots: BTreeMap<(ApiSource, String), Known>,
    // The model that answered last.
    last: BTreeMap<ApiSource, String>,
}

/// What is known of a model's limits once it has answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The model, as it was asked for.
    pub model: String,
    /// The limits.
    pub limits: LimitSnapshot,
    /// The scenario of the lesson whose limits these are; `None` for the session's own API.
    pub lesson: Option<&'static str>,
    /// Whether the last answer exposed some headers to this page: then what is hidden may as well not have been sent.
    pub exposes_some: bool,
}

impl Limits {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Takes in an answer received at `now` on its API's clock.
    pub fn observe(self, api: &Api, model: &str, reply: &Reply, outcome: &Outcome, now: Instant) {
        self.0.update(|inner| {
            inner.last.insert(api.source, model.to_owned());
            let known = inner.snapshots.entry((api.source, models::family(model).to_owned())).or_default();
            if known.lesson != api.lesson {
                *known = Known { lesson: api.lesson, ..Known::default() };
            }
            model.clone_into(&mut known.model);
            known.exposes_some = exposes_headers(&reply.wire.headers());
            known.limits.update_from_headers(&reply.headers.limits, now);
            if let Some(reached) = &outcome.limit {
                known.limits.update_from_message(reached, now);
            }
        });
    }

    /// What is known of the limits of the model that answered last, tracked.
    pub fn latest(self, source: ApiSource) -> Option<Known> {
        self.0.with(|inner| {
            let model = inner.last.get(&source)?;
            inner.snapshots.get(&(source, models::family(model).to_owned())).cloned()
        })
    }

    /// Forgets an API's limits: another server, another scenario.
    pub fn forget(self, source: ApiSource) {
        self.0.update(|inner| {
            inner.snapshots.retain(|(of, _), _| *of != source);
            inner.last.remove(&source);
        });
    }
}

/// The page's limits.
pub fn use_limits() -> Limits {
    expect_context()
}
