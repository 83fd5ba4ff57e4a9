//! What a person sets for a burst, and the plan that follows from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::burst::BurstPlan;
use crate::responses::{CreateResponse, Input, Usage};
use crate::retry::{Backoff, Preset, RetryOn, RetryPolicy};
use crate::simulator::estimate_input_tokens;
use crate::transport::ApiRequest;
use crate::usage::{Money, Planned, Prices, Tier};

/// The settings of a burst; kept over a reload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BurstSettings {
    /// How many calls.
    pub requests: usize,
    /// How many at the same time; `None` for all at once.
    pub concurrency: Option<usize>,
    /// What each call asks.
    pub prompt: String,
    /// The most output tokens of each; `None` to leave it to the server.
    pub max_output_tokens: Option<u64>,
    /// Whether the answers come as event streams.
    pub stream: bool,
    /// The preset's id.
    pub policy: String,
    /// Attempts in all, where changed.
    pub max_attempts: Option<u32>,
    /// The base of the backoff in seconds, where changed.
    pub base_delay: Option<f64>,
}

impl Default for BurstSettings {
    fn default() -> Self {
        Self {
            requests: 10,
            concurrency: None,
            prompt: "Give me a funny fact about turtles.".to_owned(),
            max_output_tokens: Some(64),
            stream: false,
            policy: Preset::Notebook.id().to_owned(),
            max_attempts: None,
            base_delay: None,
        }
    }
}

impl BurstSettings {
    /// The most calls of one burst.
    pub const MOST_REQUESTS: usize = 2_000;
    /// The most attempts of one call.
    pub const MOST_ATTEMPTS: u32 = 50;
    /// The longest base delay, in seconds.
    pub const LONGEST_BASE: f64 = 3_600.0;

    /// The preset; an unknown id is the notebook's.
    pub fn preset(&self) -> Preset {
        Preset::from_id(&self.policy).unwrap_or(Preset::Notebook)
    }

    /// The preset's policy with what was changed.
    pub fn retry_policy(&self) -> RetryPolicy {
        let mut policy = self.preset().policy();
        if policy.retry_on == RetryOn::Nothing {
            return policy;
        }
        if let Some(max_attempts) = self.max_attempts {
            policy.max_attempts = max_attempts.clamp(1, Self::MOST_ATTEMPTS);
        }
        let chosen = self.base_delay.map(|seconds| seconds.clamp(0.0, Self::LONGEST_BASE));
        if let Some(chosen) = chosen.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
            match &mut policy.backoff {
                Backoff::Fixed(delay) => *delay = chosen,
                Backoff::Exponential { base, .. } | Backoff::Decorrelated { base, .. } => *base = chosen,
            }
        }
        policy
    }

    /// Whether the chosen policy has retries at all, and so attempts and a delay to change.
    pub fn has_retries(&self) -> bool {
        self.preset().policy().retry_on != RetryOn::Nothing
    }

    /// The calls at the same time.
    pub fn at_once(&self) -> usize {
        self.concurrency.unwrap_or(self.requests).clamp(1, self.requests.max(1))
    }

    /// What is wrong with the settings, in a sentence that says what to do.
    ///
    /// # Errors
    /// Where no burst can be run with them.
    pub fn check(&self) -> Result<(), String> {
        if self.requests == 0 || self.requests > Self::MOST_REQUESTS {
            return Err(format!("Number of requests: give 1 to {}.", Self::MOST_REQUESTS));
        }
        if self.prompt.trim().is_empty() {
            return Err("Prompt: write what each request should ask.".to_owned());
        }
        // OpenAI's least: openai-python 3.57.0, the API answers 400 below it.
        if self.max_output_tokens.is_some_and(|tokens| tokens < 16) {
            return Err("Max output tokens: give 16 or more, or leave it empty.".to_owned());
        }
        Ok(())
    }

    /// One call of the burst.
    pub fn request(&self, model: &str) -> CreateResponse {
        CreateResponse {
            model: model.to_owned(),
            input: Input::Text(self.prompt.clone()),
            max_output_tokens: self.max_output_tokens,
            stream: self.stream,
            store: Some(false),
            ..CreateResponse::default()
        }
    }

    /// The burst itself.
    pub fn plan(&self, model: &str) -> BurstPlan {
        let request = ApiRequest::CreateResponse(self.request(model));
        BurstPlan {
            requests: (1..=self.requests).map(|number| (format!("#{number}"), request.clone())).collect(),
            concurrency: self.at_once(),
            policy: self.retry_policy(),
        }
    }
}

/// The most a burst can cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostBound {
    /// Calls: each is billed once where refusals are free.
    pub calls: u64,
    /// The most HTTP requests.
    pub http_requests: u64,
    /// The most it costs where refusals are free, as they are; `None` without a price or without an output cap.
    pub most: Option<Money>,
    /// The most tokens, input (an estimate) and output; `None` without an output cap.
    pub most_tokens: Option<u64>,
    /// Whether the policy sends a request again whose outcome is unknown, so that it may be billed twice.
    pub may_bill_twice: bool,
}

impl CostBound {
    /// The bound of `settings` for `model` at `prices`; its input tokens are an estimate.
    pub fn of(settings: &BurstSettings, model: &str, prices: &Prices) -> Self {
        let request = ApiRequest::CreateResponse(settings.request(model));
        Self::of_requests(std::iter::repeat_n(&request, settings.requests), &settings.retry_policy(), prices)
    }

    /// The bound under `policy` of what comes to `planned` if each call is billed once.
    pub fn of_planned(planned: Planned, policy: &RetryPolicy) -> Self {
        let may_bill_twice = resends_unknown(policy);
        let attempts = u64::from(policy.max_requests());
        let billed = if may_bill_twice { attempts } else { 1 };
        let times = |most: Money| Money::from_picodollars(most.picodollars().saturating_mul(i128::from(billed)));
        Self {
            calls: planned.calls,
            http_requests: planned.calls.saturating_mul(attempts),
            most: planned.cost.map(times),
            most_tokens: planned.tokens.map(|tokens| tokens.saturating_mul(billed)),
            may_bill_twice,
        }
    }

    /// The bound of `requests` under `policy` at `prices`.
    pub fn of_requests<'a>(
        requests: impl Iterator<Item = &'a ApiRequest>,
        policy: &RetryPolicy,
        prices: &Prices,
    ) -> Self {
        let mut planned = Planned { calls: 0, tokens: Some(0), cost: Some(Money::ZERO) };
        for request in requests {
            planned.calls = planned.calls.saturating_add(1);
            let usage = most_of(request);
            planned.tokens = planned.tokens.zip(usage).map(|(sum, usage)| sum.saturating_add(usage.total_tokens));
            let cost = usage.and_then(|usage| match request {
                ApiRequest::CreateResponse(request) => prices.cost(&request.model, Tier::Standard, &usage),
                _ => Some(Money::ZERO),
            });
            planned.cost = planned.cost.zip(cost).map(|(sum, one)| sum + one);
        }
        Self::of_planned(planned, policy)
    }

    /// What it is held against a budget as.
    pub const fn planned(&self) -> Planned {
        Planned { calls: self.calls, tokens: self.most_tokens, cost: self.most }
    }
}

/// The most that a request uses; `None` where its output has no bound.
fn most_of(request: &ApiRequest) -> Option<Usage> {
    let ApiRequest::CreateResponse(request) = request else { return Some(Usage::default()) };
    let (input_tokens, output_tokens) = (estimate_input_tokens(request), request.max_output_tokens?);
    let total_tokens = input_tokens.saturating_add(output_tokens);
    Some(Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() })
}

fn resends_unknown(policy: &RetryPolicy) -> bool {
    let here = policy.max_attempts > 1
        && matches!(policy.retry_on, RetryOn::Sdk | RetryOn::Status | RetryOn::AnyFailure | RetryOn::CurableAndUnknown);
    here || policy.inner.as_deref().is_some_and(resends_unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_notebooks_burst() {
        let settings = BurstSettings::default();
        let plan = settings.plan("gpt-5-nano");
        assert_eq!((plan.requests.len(), plan.concurrency), (10, 10));
        assert_eq!(plan.policy, Preset::Notebook.policy());
        assert_eq!(settings.check(), Ok(()));
        assert!(!settings.request("gpt-5-nano").stream);
        let older = r#"{"requests":3,"concurrency":null,"prompt":"Hi","max_output_tokens":16,"policy":"none"}"#;
        let older: BurstSettings = serde_json::from_str(older).unwrap();
        assert_eq!((older.requests, older.stream), (3, false));
    }

    #[test]
    fn overrides_reach_the_policy_and_are_kept_in_range() {
        let settings = BurstSettings { max_attempts: Some(0), base_delay: Some(2.5), ..BurstSettings::default() };
        let policy = settings.retry_policy();
        assert_eq!(policy.max_attempts, 1);
        assert!(matches!(policy.backoff, Backoff::Exponential { base, .. } if base == Duration::from_millis(2_500)));
        let odd = BurstSettings { base_delay: Some(f64::NAN), ..BurstSettings::default() };
        assert_eq!(odd.retry_policy(), Preset::Notebook.policy());
        let none = BurstSettings { policy: "none".into(), max_attempts: Some(9), ..BurstSettings::default() };
        assert_eq!(none.retry_policy(), Preset::None.policy());
    }

    #[test]
    fn what_cannot_be_run_is_said() {
        for settings in [
            BurstSettings { requests: 0, ..BurstSettings::default() },
            BurstSettings { requests: 2_001, ..BurstSettings::default() },
            BurstSettings { prompt: "  ".into(), ..BurstSettings::default() },
            BurstSettings { max_output_tokens: Some(15), ..BurstSettings::default() },
        ] {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }

    #[test]
    fn the_bound_counts_what_can_be_billed() {
        let prices = Prices::default();
        let notebook = CostBound::of(&BurstSettings::default(), "gpt-5-nano", &prices);
        assert_eq!((notebook.http_requests, notebook.may_bill_twice), (50, false));
        // 10 × 64 output tokens at $0.40 per million are $0.000256, and the input comes on top.
        let most = notebook.most.unwrap();
        assert!(most.picodollars() > 256_000_000 && most.picodollars() < 300_000_000, "{most}");
        let sdk = BurstSettings { policy: "openai-python".into(), ..BurstSettings::default() };
        let sdk = CostBound::of(&sdk, "gpt-5-nano", &prices);
        assert_eq!((sdk.http_requests, sdk.may_bill_twice), (30, true));
        assert!(sdk.most > notebook.most);
        assert_eq!(CostBound::of(&BurstSettings::default(), "local:latest", &prices).most, None);
    }
}
