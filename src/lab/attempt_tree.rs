//! The tree of real attempts: an application's loop over an SDK's over an HTTP library's.

use serde::{Deserialize, Serialize};

use super::probe::{ProbedCall, probe};
use crate::retry::{Class, Outcome, RetryPolicy};

/// An attempt of one layer: what it contains are the attempts of the layer below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptNode {
    /// Which attempt of its layer it is, from 1.
    pub attempt: u32,
    /// The number of the HTTP request, from 1, where this is the innermost layer.
    pub request: Option<u32>,
    /// The attempts below.
    pub inner: Vec<AttemptNode>,
}

impl AttemptNode {
    /// HTTP requests in it.
    pub fn requests(&self) -> u32 {
        let below: u32 = self.inner.iter().map(Self::requests).sum();
        below + u32::from(self.request.is_some())
    }
}

/// How many layers a policy has.
pub fn layers(policy: &RetryPolicy) -> usize {
    1 + policy.inner.as_ref().map_or(0, |inner| layers(inner))
}

/// The tree of one call whose every attempt fails: as the outermost layer's attempts.
///
/// The failure is one that all layers retry: a 429 that counts as a rate limit, without a hint.
pub fn worst_case(policy: &RetryPolicy) -> Vec<AttemptNode> {
    let outcome = Outcome { status: Some(429), ..Outcome::of(Class::RateLimit) };
    tree_of(&probe(policy, &outcome, std::time::Duration::ZERO, 0.5), layers(policy))
}

/// The tree of a call under a policy of so many layers.
///
/// A wait names the layer that waited: its next attempt begins, and those of the layers below begin anew.
pub fn tree_of(call: &ProbedCall, layers: usize) -> Vec<AttemptNode> {
    let mut path = vec![1u32; layers.max(1)];
    let mut roots = Vec::new();
    for (attempt, request) in call.attempts.iter().zip(1u32..) {
        insert(&mut roots, &path, request);
        let Some(layer) = attempt.layer else { break };
        for (depth, number) in path.iter_mut().enumerate() {
            if depth == layer {
                *number = number.saturating_add(1);
            } else if depth > layer {
                *number = 1;
            }
        }
    }
    roots
}

fn insert(nodes: &mut Vec<AttemptNode>, path: &[u32], request: u32) {
    let Some((attempt, below)) = path.split_first() else { return };
    if nodes.last().is_none_or(|node| node.attempt != *attempt) {
        nodes.push(AttemptNode { attempt: *attempt, request: None, inner: Vec::new() });
    }
    let Some(node) = nodes.last_mut() else { return };
    if below.is_empty() {
        node.request = Some(request);
    } else {
        insert(&mut node.inner, below, request);
    }
}
