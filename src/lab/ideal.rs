//! The ideal: who knows the limits exactly and sends each request the moment it fits.

use std::time::Duration;

use super::experiment::LimitSettings;
use super::server::LabRequest;
use crate::simulator::{Demand, Simulator};
use crate::time::Instant;

/// When the last of the requests could have been let in, in the order in which they come up, by the limiter itself.
///
/// What can never fit is left out.
pub fn ideal_drain(limits: &LimitSettings, work: &[(Duration, LabRequest)]) -> Duration {
    let mut scenario = limits.scenario();
    scenario.charge_rejected = false;
    let settles = limits.settle;
    let mut simulator = Simulator::new(scenario, 0);
    let mut now = Instant::ORIGIN;
    let mut last = now;
    for (arrival, request) in work {
        now = now.max(Instant::from_origin(*arrival));
        let demand = if settles { settled(request) } else { request.demand() };
        loop {
            match simulator.try_admit(&demand, now) {
                Ok(()) => {
                    last = now;
                    break;
                }
                // The stated wait counts whole units: at most a little longer than needed, never shorter.
                Err(rejection) => match rejection.refusal.wait {
                    Some(wait) => now = now + wait.max(Duration::from_nanos(1)),
                    None => break,
                },
            }
        }
    }
    last.since_origin()
}

/// A request as it is charged where the charge is corrected at once: for the tokens that it really takes.
fn settled(request: &LabRequest) -> Demand<'static> {
    let output_tokens = request.output_tokens.min(request.max_output_tokens.unwrap_or(u64::MAX));
    let input_tokens = request.input_tokens.saturating_add(output_tokens);
    Demand { input_tokens, max_output_tokens: None, ..request.demand() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Workload;

    #[test]
    fn a_burst_drains_as_the_closed_form_says() {
        // FIELD 5.4: (N − L) × 60 / L seconds.
        for (requests, rpm, seconds) in [(10, 3, 140), (100, 60, 40), (600, 500, 12), (3, 3, 0)] {
            let work = Workload::burst(requests).draw(1);
            let drain = ideal_drain(&LimitSettings::per_minute(Some(rpm), None), &work);
            assert_eq!(drain, Duration::from_secs(seconds), "{requests} at {rpm} RPM");
        }
    }

    #[test]
    fn the_binding_limit_counts_and_what_never_fits_does_not() {
        // 50 requests of 64 tokens at 640 TPM: 10 at once, then one each 6 s.
        let work = Workload::burst(50).draw(1);
        let drain = |tpm| ideal_drain(&LimitSettings::per_minute(Some(1_000), Some(tpm)), &work);
        assert_eq!(drain(640), Duration::from_secs(240));
        assert_eq!(drain(63), Duration::ZERO);
    }
}
