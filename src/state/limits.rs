//! What is known of each API's limits, by the family of models that share them.

use leptos::prelude::expect_context;

use super::api::{Api, ApiSource};
use super::frequent::Frequent;
use super::ticker::Ticker;
use crate::clock::Clock;
use crate::models;
use crate::rate_limit::{LimitSnapshot, Provider, exposes_headers, why_hidden};
use crate::reply::Reply;
use crate::retry::{Class, Outcome};
use crate::time::{Instant, UnixTime};

/// The latest snapshots.
#[derive(Debug, Clone, Copy)]
pub struct Limits(Frequent<Inner>);

// Lists, since there are few of each.
#[derive(Debug, Default)]
struct Inner {
    snapshots: Vec<Snapshot>,
    // The model that answered last.
    last: Vec<(ApiSource, String)>,
}

#[derive(Debug)]
struct Snapshot {
    source: ApiSource,
    family: String,
    known: Known,
}

impl Snapshot {
    fn is_of(&self, source: ApiSource, family: &str) -> bool {
        self.source == source && self.family == family
    }
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
    /// Why the last answer's headers cannot be read, where they cannot.
    pub why_hidden: &'static str,
    // The wall-clock time of the origin of the API's clock, taken once, so that a moment's time of day never changes.
    origin: Option<UnixTime>,
}

impl Known {
    /// The wall-clock time of a moment on the API's clock.
    pub fn wall_at(&self, at: Instant) -> UnixTime {
        self.origin.unwrap_or_default() + at.since_origin()
    }
}

impl Limits {
    /// Nothing known yet.
    pub fn new(ticker: Ticker) -> Self {
        Self(Frequent::new(ticker))
    }

    /// Takes in an answer to a request `sent` and answered at these times on its API's clock.
    pub fn observe(self, api: &Api, model: &str, reply: &Reply, outcome: &Outcome, (sent, now): (Instant, Instant)) {
        self.0.update(|inner| {
            inner.last.retain(|(source, _)| *source != api.source);
            inner.last.push((api.source, model.to_owned()));
            let family = models::family(model);
            if !inner.snapshots.iter().any(|snapshot| snapshot.is_of(api.source, family)) {
                let (source, family) = (api.source, family.to_owned());
                inner.snapshots.push(Snapshot { source, family, known: Known::default() });
            }
            let mut snapshots = inner.snapshots.iter_mut();
            let Some(Snapshot { known, .. }) = snapshots.find(|snapshot| snapshot.is_of(api.source, family)) else {
                return;
            };
            if known.lesson != api.lesson {
                *known = Known { lesson: api.lesson, ..Known::default() };
            }
            model.clone_into(&mut known.model);
            known.origin.get_or_insert_with(|| {
                UnixTime::from_epoch(api.clock.wall().since_epoch().saturating_sub(now.since_origin()))
            });
            let headers = reply.wire.headers();
            let host = api.server.as_ref().map(|server| server.situation.base_url.host_for_display());
            let provider = Provider::of(host, &reply.headers.limits, &headers);
            known.exposes_some = exposes_headers(&headers);
            known.why_hidden = why_hidden(&headers, provider.is_known_to_hide);
            if matches!(outcome.class, Class::Success) {
                let tokens = reply.usage().known().map_or(0, |usage| usage.total_tokens);
                known.limits.count_own(sent, tokens);
            }
            known.limits.update_from_headers(&reply.headers.limits, now);
            if let Some(reached) = &outcome.limit {
                known.limits.update_from_message(reached, now);
            }
        });
    }

    /// What is known of the limits of the model that answered last, tracked.
    pub fn latest(self, source: ApiSource) -> Option<Known> {
        self.0.with(|inner| {
            let (_, model) = inner.last.iter().find(|(of, _)| *of == source)?;
            let snapshot = inner.snapshots.iter().find(|snapshot| snapshot.is_of(source, models::family(model)))?;
            Some(snapshot.known.clone())
        })
    }

    /// Forgets an API's limits: another server, another scenario.
    pub fn forget(self, source: ApiSource) {
        self.0.update(|inner| {
            inner.snapshots.retain(|snapshot| snapshot.source != source);
            inner.last.retain(|(of, _)| *of != source);
        });
    }
}

/// The page's limits.
pub fn use_limits() -> Limits {
    expect_context()
}
