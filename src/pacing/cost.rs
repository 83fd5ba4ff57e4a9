//! What a request is expected to draw from the limits.

use crate::responses::ApiRequest;
use crate::simulator::estimate_input_tokens;

/// The tokens of a request as they are estimated before it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestCost {
    /// The estimate of its input tokens.
    pub input_tokens: u64,
    /// Its `max_output_tokens`.
    pub max_output_tokens: Option<u64>,
}

impl RequestCost {
    /// The cost of `request` by the estimate of [`estimate_input_tokens`]; what is no response costs no tokens.
    pub fn of(request: &ApiRequest) -> Self {
        match request {
            ApiRequest::CreateResponse(request) => {
                Self { input_tokens: estimate_input_tokens(request), max_output_tokens: request.max_output_tokens }
            }
            ApiRequest::ListModels | ApiRequest::CountInputTokens(_) | ApiRequest::Batches(_) => Self::default(),
        }
    }

    /// All tokens that it can come to.
    pub fn most_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.max_output_tokens.unwrap_or(0))
    }
}

/// Counts of tokens and requests are far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}
