use proptest::prelude::*;

use super::*;
use crate::models::family;
use crate::rate_limit::Algorithm;
use crate::reply::{Endpoint, Reply};
use crate::responses::{ApiRequest, CreateResponse, Input};
use crate::retry::classify;
use crate::simulator::{Faults, Scenario, estimate_input_tokens};
use crate::time::UnixTime;

const MODEL: &str = "gpt-4o-mini";

fn faults(which: u8) -> Faults {
    match which {
        0 => Faults::QuotaExhausted,
        1 => Faults::Overloaded { recovery: Duration::from_secs(30) },
        _ => Faults::None,
    }
}

proptest! {
    /// The same requests at the same times: a decision is what a client reads from the answer's text, words apart.
    #[test]
    fn a_decision_is_what_the_rendered_answer_says(
        seed: u64, which in 0usize..3, rpm in 1u64..20, tpm in 100u64..2_000, fault in 0u8..8, charge_rejected: bool,
        settle: bool, hidden: bool, requests in prop::collection::vec((0u64..9_000, 16u64..900), 1..40),
    ) {
        let mut scenario = Scenario::default().rpm(rpm).tpm(tpm).algorithm(Algorithm::ALL[which]).faults(faults(fault));
        scenario.charge_rejected = charge_rejected;
        scenario.settle = settle;
        let visibility = if hidden { Visibility::CorsFiltered } else { Visibility::Full };
        let (mut written, mut decided) = (Simulator::new(scenario.clone(), seed), Simulator::new(scenario, seed));
        let mut now = Instant::ORIGIN;
        for (millis, max_output_tokens) in requests {
            now = now + Duration::from_millis(millis);
            let request = CreateResponse {
                model: MODEL.to_owned(),
                input: Input::Text("Give me a funny fact about turtles.".to_owned()),
                max_output_tokens: Some(max_output_tokens),
                ..CreateResponse::default()
            };
            let input_tokens = estimate_input_tokens(&request);
            let answer = written.answer(&ApiRequest::CreateResponse(request), Some("sk"), now, UnixTime::default());
            let latency = answer.latency.total;
            let typed = answer.into_reply();
            let output_tokens = typed.usage().known().map_or(0, |usage| usage.output_tokens);
            let demand = Demand {
                family: family(MODEL), input_tokens, max_output_tokens: Some(max_output_tokens), output_tokens,
            };
            let decision = decided.decide(&demand, now);
            prop_assert_eq!(decision.latency, latency);
            prop_assert_eq!(decision.output_tokens, output_tokens);
            prop_assert_eq!(decided.readings(MODEL, now), written.readings(MODEL, now));
            if matches!(decision.verdict, Verdict::Admitted | Verdict::Limited(_)) {
                prop_assert_eq!(decided.readings(MODEL, now).as_headers(), typed.headers.limits.clone());
            }

            let exposed = |name: &str| !hidden || name == "x-request-id";
            let headers = typed.wire.headers().into_iter().filter(|(name, _)| exposed(name)).collect();
            let wall = UnixTime::default();
            let read =
                Reply::from_http(typed.status, headers, typed.wire.body(), visibility, wall, Endpoint::Responses);
            let told = classify(&Ok(read), wall);
            let outcome = decision.outcome(visibility);
            prop_assert_eq!(
                (outcome.class, outcome.status, outcome.wait, outcome.should_retry),
                (told.class, told.status, told.wait, told.should_retry)
            );
            prop_assert_eq!(outcome.wait_headers, told.wait_headers);
            let numbers = told.limit.map(|limit| LimitReached { model: None, shared_limit: None, ..limit });
            prop_assert_eq!(outcome.limit, numbers);
        }
    }
}
