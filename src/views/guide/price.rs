//! What a plan can cost at most, as far as that is known.

use crate::models;
use crate::responses::{ApiRequest, Input, Usage};
use crate::run::BurstPlan;
use crate::simulator::estimate_tokens;
use crate::usage::Money;

/// The cost if every call is answered and uses all of its output tokens. Refused attempts cost nothing.
///
/// `None` where a model has no known price, or a call has no bound.
pub fn worst_cost(plan: &BurstPlan) -> Option<Money> {
    plan.requests.iter().map(|(_, request)| worst_cost_of(request)).sum()
}

fn worst_cost_of(request: &ApiRequest) -> Option<Money> {
    let ApiRequest::CreateResponse(create) = request else { return Some(Money::default()) };
    let input = match &create.input {
        Input::Text(text) => estimate_tokens(text),
        Input::Items(_) => return None,
    };
    let usage = Usage { input_tokens: input, output_tokens: create.max_output_tokens?, ..Usage::default() };
    models::facts(&create.model).map(|facts| facts.price.cost(&usage))
}
