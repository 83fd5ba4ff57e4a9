//! What a person sets for a batch, and what follows from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::batch::input::Format;
use crate::batch::{BatchSettings, FaultPolicy, RequestDefaults};
use crate::pacing::PacingSettings;
use crate::retry::{Preset, RetryPolicy};

/// The settings of a batch as a form has them; kept over a reload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchForm {
    /// The file's format, where a person overrules what is detected.
    pub format: Option<Format>,
    /// The prompt template of a CSV file; empty for the suggested one.
    pub template: String,
    /// The most output tokens of lines that say nothing of it.
    pub max_output_tokens: Option<u64>,
    /// Whether the server may keep the responses of lines that say nothing of it.
    pub store: bool,
    /// Whether bad lines are left out; else they stop the batch.
    pub leaves_out_bad_lines: bool,
    /// Nothing more is sent once it could cost more, in USD.
    pub spend_cap: Option<f64>,
    /// The most requests in flight; none leaves it to the pacer.
    pub most_in_flight: Option<u32>,
    /// The retry policy's id.
    pub policy: String,
    /// The longest wait that passes without asking, in minutes.
    pub longest_wait: u32,
    /// Whether a copy of the file is kept in the browser.
    pub keeps_file: bool,
}

impl Default for BatchForm {
    fn default() -> Self {
        Self {
            format: None,
            template: String::new(),
            max_output_tokens: None,
            store: false,
            leaves_out_bad_lines: false,
            spend_cap: None,
            most_in_flight: None,
            policy: Preset::Sluice.id().to_owned(),
            longest_wait: 15,
            keeps_file: true,
        }
    }
}

impl BatchForm {
    /// The smallest spend cap, in USD: below it, a batch would be paused before its first request.
    pub const SMALLEST_CAP: f64 = 0.0001;
    /// The largest spend cap, in USD.
    pub const LARGEST_CAP: f64 = 1_000_000.0;
    /// The most requests in flight.
    pub const MOST_IN_FLIGHT: u32 = 1_000;
    /// The longest wait without asking, in minutes: a day.
    pub const LONGEST_WAIT: u32 = 1_440;
    /// The largest file that a copy is kept of, in bytes.
    pub const LARGEST_COPY: u64 = 200 << 20;

    /// The retry policy; an unknown id is ours.
    pub fn preset(&self) -> Preset {
        Preset::from_id(&self.policy).unwrap_or(Preset::Sluice)
    }

    /// The policy itself.
    pub fn retry_policy(&self) -> RetryPolicy {
        self.preset().policy()
    }

    /// What is put into bodies that lack it, of a batch whose model is `model`.
    pub fn defaults(&self, model: &str) -> RequestDefaults {
        RequestDefaults { model: model.trim().to_owned(), max_output_tokens: self.max_output_tokens, store: self.store }
    }

    /// The settings that are kept with a batch of the file `name`, at the API of `origin`.
    pub fn settings(&self, name: &str, model: &str, api_origin: Option<String>) -> BatchSettings {
        BatchSettings {
            name: name.to_owned(),
            defaults: self.defaults(model),
            on_fault: if self.leaves_out_bad_lines { FaultPolicy::Skip } else { FaultPolicy::Stop },
            spend_cap_picodollars: self.spend_cap.map(picodollars),
            concurrency: self.most_in_flight,
            policy: self.preset().id().to_owned(),
            api_origin,
        }
    }

    /// How its requests are paced.
    pub fn pacing(&self) -> PacingSettings {
        let settings = PacingSettings::default();
        let most = self.most_in_flight.map_or(settings.max_in_flight, |most| most.try_into().unwrap_or(usize::MAX));
        let most = most.clamp(1, settings.max_in_flight);
        PacingSettings {
            max_in_flight: most,
            initial_in_flight: settings.initial_in_flight.min(most),
            longest_wait: Duration::from_secs(u64::from(self.longest_wait.clamp(1, Self::LONGEST_WAIT)) * 60),
            ..settings
        }
    }
}

/// Dollars of a field in picodollars, to the micro-dollar.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the bounds
fn picodollars(dollars: f64) -> u64 {
    let micro = libm::round(dollars.clamp(0.0, BatchForm::LARGEST_CAP) * 1e6);
    (micro as u64).saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Money;

    #[test]
    fn a_cap_in_dollars_is_kept_to_the_micro_dollar() {
        let form = BatchForm { spend_cap: Some(0.1), ..BatchForm::default() };
        let cap = form.settings("a.jsonl", "gpt-5-nano", None).spend_cap();
        assert_eq!(cap, Some(Money::from_picodollars(100_000_000_000)));
        assert_eq!(BatchForm::default().settings("a", "", None).spend_cap(), None);
    }

    #[test]
    fn what_is_stored_of_an_older_visit_is_taken_over_as_far_as_it_goes() {
        let form: BatchForm = serde_json::from_str(r#"{"spend_cap":2.5,"policy":"gone"}"#).unwrap();
        assert_eq!((form.spend_cap, form.longest_wait, form.preset()), (Some(2.5), 15, Preset::Sluice));
    }

    #[test]
    fn pacing_stays_within_what_a_browser_holds() {
        let form = BatchForm { most_in_flight: Some(4), longest_wait: 0, ..BatchForm::default() };
        let pacing = form.pacing();
        assert_eq!((pacing.max_in_flight, pacing.initial_in_flight), (4, 4));
        assert_eq!(pacing.longest_wait, Duration::from_secs(60));
    }
}
