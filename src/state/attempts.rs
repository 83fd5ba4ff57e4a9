//! What the page takes in of each attempt, whichever view made it: the ledger's entry, and what it tells of the limits.

use super::accounts::Accounts;
use super::api::Api;
use super::limits::Limits;
use crate::reply::{Reply, TransportError};
use crate::retry::Outcome;
use crate::time::Instant;
use crate::usage::{CountsAs, Tier};

/// Takes in an attempt that `model` was asked in; it went out and was answered at the times `(sent, at)` of the API's clock.
pub fn take_in(
    (accounts, limits): (Accounts, Limits),
    api: &Api,
    model: &str,
    (sent, at): (Instant, Instant),
    (outcome, result): (&Outcome, &Result<Reply, TransportError>),
) {
    let Some(counts_as) = CountsAs::of(outcome, result) else { return };
    // What asks no model, as a list of models does, is no call.
    if model.is_empty() {
        return;
    }
    let response = result.as_ref().ok().and_then(|reply| reply.response());
    let tier = response.and_then(|response| Tier::of_answer(response.service_tier.as_deref()?)).unwrap_or_default();
    let answered_by = response.and_then(|response| response.model.as_deref());
    accounts.record_answered(api.source, (model, answered_by, tier), &counts_as);
    if let Ok(reply) = result {
        if let Some(server) = &api.server {
            server.has_answered();
        }
        limits.observe(api, model, reply, outcome, (sent, at));
    }
}
