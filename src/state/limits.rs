//! What is known of each API's limits, by the family of models that share them.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::api::{Api, ApiSource};
use crate::models;
use crate::rate_limit::LimitSnapshot;
use crate::reply::Reply;
use crate::retry::Outcome;
use crate::time::Instant;

/// The latest snapshots.
#[derive(Debug, Clone, Copy)]
pub struct Limits(RwSignal<BTreeMap<(ApiSource, String), Known>>);

/// What is known of the limits that answered last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The limits.
    pub limits: LimitSnapshot,
    /// The scenario of the lesson whose limits these are; `None` for the session's own API.
    pub lesson: Option<&'static str>,
}

impl Limits {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Takes in an answer received at `now` on its API's clock.
    pub fn observe(self, api: &Api, model: &str, reply: &Reply, outcome: &Outcome, now: Instant) {
        self.0.update(|snapshots| {
            let known = snapshots.entry((api.source, models::family(model).to_owned())).or_default();
            if known.lesson != api.lesson {
                *known = Known { lesson: api.lesson, ..Known::default() };
            }
            known.limits.update_from_headers(&reply.headers.limits, now);
            if let Some(reached) = &outcome.limit {
                known.limits.update_from_message(reached, now);
            }
        });
    }

    /// What is known of a model's limits, tracked.
    pub fn of(self, source: ApiSource, model: &str) -> Option<Known> {
        self.0.with(|snapshots| snapshots.get(&(source, models::family(model).to_owned())).cloned())
    }

    /// Forgets an API's limits: another server, another scenario.
    pub fn forget(self, source: ApiSource) {
        self.0.update(|snapshots| snapshots.retain(|(of, _), _| *of != source));
    }
}

/// The page's limits.
pub fn use_limits() -> Limits {
    expect_context()
}
