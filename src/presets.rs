//! The six things people come for, as settings to start from: each is a share link like any other.
//!
//! `index.html` has the same six as plain links, so that they are there before the program is.

use crate::redact::Redactor;
use crate::retry::Preset as Policy;
use crate::run::BurstSettings;
use crate::run::draft::RequestDraft;
use crate::share::{Field, SharedSettings, link, share_burst, share_request};
use crate::simulator::ScenarioPreset;

/// One of the six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    /// One request, and all that its answer says.
    OneRequest,
    /// Ten at once against three a minute.
    First429,
    /// A fixed delay, to be compared with full jitter.
    Jitter,
    /// A large bound of output tokens against few tokens a minute.
    TokenLimit,
    /// An error about money.
    Quota,
    /// Fifty calls that all get through.
    FiftyCalls,
}

/// The seed of a preset that restarts the simulated API: whoever chooses it sees the same.
const SEED: u64 = 429;

impl Preset {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 6] =
        [Self::OneRequest, Self::First429, Self::Jitter, Self::TokenLimit, Self::Quota, Self::FiftyCalls];

    /// A short stable name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::OneRequest => "one-request",
            Self::First429 => "first-429",
            Self::Jitter => "jitter",
            Self::TokenLimit => "token-limit",
            Self::Quota => "quota",
            Self::FiftyCalls => "fifty-calls",
        }
    }

    /// The preset of that [`Preset::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// The text of its link.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneRequest => "One request",
            Self::First429 => "Ten at once meet a 429",
            Self::Jitter => "Backoff without jitter, then with",
            Self::TokenLimit => "Token limit",
            Self::Quota => "Quota used up",
            Self::FiftyCalls => "Fifty calls under one limit",
        }
    }

    /// What it shows, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::OneRequest => "One answer with its status, usage, headers and body.",
            Self::First429 => {
                "Three a minute are let in; the notebook's loop backs off, and gives up on most of the rest."
            }
            Self::Jitter => {
                "All that are refused come back at the same moment, again and again. Then the same with full jitter."
            }
            Self::TokenLimit => {
                "Each asks for up to 200 output tokens of 300 a minute: one fits, whatever it will really use."
            }
            Self::Quota => "A 429 about money: no retry cures it, and none is made.",
            Self::FiftyCalls => "20 requests a minute, and a policy that waits as the server says: all fifty succeed.",
        }
    }

    /// The path of the view that it is of.
    pub const fn path(self) -> &'static str {
        match self {
            Self::OneRequest | Self::Quota => "request",
            Self::First429 | Self::Jitter | Self::TokenLimit | Self::FiftyCalls => "burst",
        }
    }

    /// Its settings: all that the view has, so that nothing set before counts.
    pub fn settings(self) -> SharedSettings {
        let mut settings = SharedSettings::default();
        settings.set(Field::Source, "simulated");
        match self {
            Self::OneRequest => request(ScenarioPreset::Tier1, &mut settings),
            Self::Quota => request(ScenarioPreset::QuotaExhausted, &mut settings),
            Self::First429 => {
                let burst = BurstSettings::default();
                settings.set(Field::Speed, "1");
                share_burst(&burst, ScenarioPreset::First429.id(), &mut settings);
            }
            Self::Jitter => {
                let policy = Policy::FixedDelay.id().to_owned();
                let burst =
                    BurstSettings { policy, max_attempts: Some(12), base_delay: Some(5.0), ..BurstSettings::default() };
                settings.set(Field::Speed, "10");
                share_burst(&burst, ScenarioPreset::First429.id(), &mut settings);
            }
            Self::TokenLimit => {
                let burst = BurstSettings {
                    requests: 4,
                    max_output_tokens: Some(200),
                    policy: Policy::Sluice.id().to_owned(),
                    ..BurstSettings::default()
                };
                settings.set(Field::Speed, "10");
                share_burst(&burst, ScenarioPreset::TokenBound.id(), &mut settings);
            }
            Self::FiftyCalls => {
                let burst =
                    BurstSettings { requests: 50, policy: Policy::Sluice.id().to_owned(), ..BurstSettings::default() };
                session(ScenarioPreset::Tier1, &mut settings);
                settings.set(Field::Rpm, "20");
                settings.set(Field::Speed, "10");
                share_burst(&burst, "", &mut settings);
            }
        }
        settings
    }

    /// Its link, such as `#/burst?v=1&…`.
    pub fn href(self) -> String {
        link(self.path(), &self.settings(), &Redactor::default()).unwrap_or_default()
    }
}

/// A fresh simulated API in `scenario`, with that scenario's own limits.
fn session(scenario: ScenarioPreset, settings: &mut SharedSettings) {
    settings.set(Field::Scenario, scenario.id());
    settings.set(Field::Seed, SEED.to_string());
}

fn request(scenario: ScenarioPreset, settings: &mut SharedSettings) {
    session(scenario, settings);
    settings.set(Field::Speed, "1");
    // The model is not of it: which one answers is the reader's own choice.
    share_request(&RequestDraft::default(), "", settings);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share::{read, take_burst, take_request};

    #[test]
    fn each_link_reads_back_to_exactly_its_settings() {
        let mut hrefs = Vec::new();
        for preset in Preset::ALL {
            let opened = read(&preset.href()).unwrap();
            assert_eq!(opened.problems, [], "{}", preset.href());
            assert_eq!(opened.address, format!("#/{}", preset.path()));
            assert_eq!(opened.settings, preset.settings());
            assert_eq!(opened.settings.get(Field::Source), Some("simulated"), "a preset costs nothing");
            assert_eq!(Preset::from_id(preset.id()), Some(preset));
            assert!(preset.about().ends_with('.'));
            hrefs.push(preset.href());
        }
        hrefs.dedup();
        assert_eq!(hrefs.len(), 6);
    }

    #[test]
    fn whatever_was_set_before_gives_way() {
        for preset in Preset::ALL {
            let mut draft = RequestDraft {
                prompt: "x".into(),
                instructions: "x".into(),
                max_output_tokens: "1".into(),
                temperature: "2".into(),
                effort: "low".into(),
                stream: true,
                store: true,
                policy: "none".into(),
                model: Some("gpt-4o".into()),
            };
            let mut burst = BurstSettings {
                requests: 1,
                concurrency: Some(1),
                prompt: "x".into(),
                max_output_tokens: None,
                stream: true,
                policy: "none".into(),
                max_attempts: Some(1),
                base_delay: Some(9.0),
            };
            let mut scenario = "slow".to_owned();
            let settings = preset.settings();
            if preset.path() == "request" {
                take_request(&settings, &mut draft);
                assert_eq!(draft, RequestDraft { model: Some("gpt-4o".into()), ..RequestDraft::default() });
            } else {
                take_burst(&settings, &mut burst, &mut scenario);
                let expected = match preset {
                    Preset::First429 => (10, Some(64), "notebook", None, None, "first-429"),
                    Preset::Jitter => (10, Some(64), "fixed-delay", Some(12), Some(5.0), "first-429"),
                    Preset::TokenLimit => (4, Some(200), "sluice", None, None, "token-bound"),
                    _ => (50, Some(64), "sluice", None, None, ""),
                };
                let got = (
                    burst.requests,
                    burst.max_output_tokens,
                    burst.policy.as_str(),
                    burst.max_attempts,
                    burst.base_delay,
                    scenario.as_str(),
                );
                assert_eq!(got, expected);
                assert_eq!((burst.concurrency, burst.stream), (None, false));
                assert_eq!(burst.check(), Ok(()));
            }
        }
    }
}
