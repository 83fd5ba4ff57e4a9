//! What a person sets for an experiment, and the experiments that people come for.

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::experiment::{Arrival, Clients, Experiment, ExperimentError, LimitSettings, Neighbour, Seeds, Workload};
use super::policy::{LabPolicy, Pacing};
use crate::retry::Preset;

/// The most seeds that the page runs: it keeps the figures of each trial.
pub const MOST_PAGE_SEEDS: u32 = 1_000;
/// The most policies side by side.
pub const MOST_POLICIES: usize = 16;

/// The id of our pacer, which learns the limits; presets have ids of their own.
const PACED: &str = "paced";
/// The id of our pacer, told the limits.
const PACED_TOLD: &str = "paced-told";

/// A policy of an experiment: one that has a name, or one that was edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PolicyChoice {
    /// By its id: a preset's, or a pacer's.
    Known(String),
    /// Edited.
    Edited(Box<LabPolicy>),
}

impl PolicyChoice {
    /// All that have an id, in the order they are offered, with the names people read.
    pub fn known() -> Vec<(&'static str, &'static str)> {
        let mut all = vec![(PACED, "Sluice: paced"), (PACED_TOLD, "Sluice: paced, told the limits")];
        all.extend(Preset::ALL.map(|preset| (preset.id(), preset.name())));
        all
    }

    /// The one of that id; `None` where there is none.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::known().iter().any(|(known, _)| *known == id).then(|| Self::Known(id.to_owned()))
    }

    /// The policy; `None` for an id of no policy.
    pub fn policy(&self) -> Option<LabPolicy> {
        match self {
            Self::Edited(policy) => Some((**policy).clone()),
            Self::Known(id) if id == PACED => Some(LabPolicy::paced()),
            Self::Known(id) if id == PACED_TOLD => Some(LabPolicy {
                name: "Sluice: paced, told the limits".to_owned(),
                pacing: Some(Pacing::Told),
                ..LabPolicy::paced()
            }),
            Self::Known(id) => Preset::from_id(id).map(LabPolicy::from),
        }
    }

    /// Where its numbers come from.
    pub fn source(&self) -> &'static str {
        match self {
            Self::Edited(_) => "Edited here",
            Self::Known(id) => {
                Preset::from_id(id).map_or("Sluice's pacer: each request goes when it fits", Preset::source)
            }
        }
    }
}

/// The settings of an experiment; kept over a reload, and all of them in its link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabForm {
    /// What the server enforces.
    pub limits: LimitSettings,
    /// What is to be done.
    pub workload: Workload,
    /// Who does it.
    pub clients: Clients,
    /// How failures are dealt with, side by side.
    pub policies: Vec<PolicyChoice>,
    /// Which draws.
    pub seeds: Seeds,
}

impl Default for LabForm {
    fn default() -> Self {
        LabPreset::Hundred.form()
    }
}

impl LabForm {
    /// The experiment.
    ///
    /// # Errors
    /// Where it cannot be run: the first thing that stands in its way.
    pub fn experiment(&self) -> Result<Experiment, ExperimentError> {
        let experiment = Experiment {
            limits: self.limits.clone(),
            workload: self.workload.clone(),
            clients: self.clients.clone(),
            policies: self.policies.iter().filter_map(PolicyChoice::policy).take(MOST_POLICIES).collect(),
            seeds: Seeds { count: self.seeds.count.min(MOST_PAGE_SEEDS), ..self.seeds },
        };
        experiment.check().map(|()| experiment)
    }

    /// The settings as a link has them.
    pub fn to_link(&self) -> String {
        // Plain data: there is nothing that JSON lacks.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The settings of a link, where they are an experiment that can be run.
    pub fn from_link(text: &str) -> Option<Self> {
        let form: Self = serde_json::from_str(text).ok()?;
        let knows_all = form.policies.iter().all(|choice| choice.policy().is_some());
        (knows_all && form.policies.len() <= MOST_POLICIES && form.experiment().is_ok()).then_some(form)
    }
}

/// Experiments that people come for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabPreset {
    /// A hundred requests at once under a small limit.
    Hundred,
    /// The notebook's ten under three a minute.
    Notebook,
    /// A thousand clients at once.
    Herd,
    /// Tokens bind, and most of what is reserved is not used.
    Tokens,
    /// Somebody else draws on the same limits.
    Neighbour,
    /// Clients that cannot read the headers.
    Hidden,
}

impl LabPreset {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 6] = [Self::Hundred, Self::Notebook, Self::Herd, Self::Tokens, Self::Neighbour, Self::Hidden];

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hundred => "100 at once, 60 a minute",
            Self::Notebook => "The notebook's ten",
            Self::Herd => "A herd of 1,000 clients",
            Self::Tokens => "Tokens bind",
            Self::Neighbour => "A noisy neighbour",
            Self::Hidden => "Headers hidden by CORS",
        }
    }

    /// What it asks.
    pub const fn question(self) -> &'static str {
        match self {
            Self::Hundred => "Which policy brings a hundred requests through, and at what price?",
            Self::Notebook => "Do five attempts do, where the limit is three a minute?",
            Self::Herd => "What does jitter change, where a thousand clients are refused at once?",
            Self::Tokens => "What do max_output_tokens cost that are never used?",
            Self::Neighbour => "Who gets through, where somebody else takes what is left?",
            Self::Hidden => "What is a policy worth in a browser, which reads the text of a 429 alone?",
        }
    }

    /// Its settings.
    pub fn form(self) -> LabForm {
        let known = |ids: &[&str]| ids.iter().filter_map(|id| PolicyChoice::of_id(id)).collect::<Vec<_>>();
        let usual = known(&[PACED, "sluice", "notebook", "openai-python", "openai-node", "cookbook", "full-jitter"]);
        let one_client = |concurrency| Clients { count: 1, concurrency, neighbours: Vec::new() };
        let seeds = |count| Seeds { first: 1, count };
        let hundred = LabForm {
            limits: LimitSettings::per_minute(Some(60), None),
            workload: Workload::burst(100),
            clients: one_client(100),
            policies: usual.clone(),
            seeds: seeds(100),
        };
        match self {
            Self::Hundred => hundred,
            Self::Notebook => LabForm {
                limits: LimitSettings::per_minute(Some(3), Some(40_000)),
                workload: Workload::burst(10),
                clients: one_client(10),
                policies: known(&[PACED, "sluice", "notebook", "notebook-as-written", "openai-python", "cookbook"]),
                ..hundred
            },
            Self::Herd => LabForm {
                limits: LimitSettings { burst_requests: Some(100), ..LimitSettings::per_minute(Some(6_000), None) },
                workload: Workload::burst(1_000),
                clients: Clients { count: 1_000, concurrency: 1, neighbours: Vec::new() },
                policies: known(&["fixed-delay", "full-jitter", "equal-jitter", "decorrelated-jitter", "sluice"]),
                seeds: seeds(20),
            },
            Self::Tokens => LabForm {
                limits: LimitSettings::per_minute(Some(500), Some(100_000)),
                workload: Workload {
                    input_tokens: Distribution::LogNormal { median: 300, spread: 0.5 },
                    output_tokens: Distribution::LogNormal { median: 150, spread: 0.4 },
                    max_output_tokens: Some(2_048),
                    ..Workload::burst(200)
                },
                clients: one_client(50),
                policies: known(&[PACED, PACED_TOLD, "sluice", "openai-python"]),
                seeds: seeds(30),
            },
            Self::Neighbour => LabForm {
                limits: LimitSettings::per_minute(Some(120), None),
                clients: Clients {
                    neighbours: vec![Neighbour {
                        arrival: Arrival::Poisson { per_minute: 36.0 },
                        tokens: 100,
                        burst: 1,
                    }],
                    ..one_client(100)
                },
                seeds: seeds(50),
                ..hundred
            },
            Self::Hidden => LabForm {
                limits: LimitSettings { headers_visible: false, ..LimitSettings::per_minute(Some(60), None) },
                seeds: seeds(50),
                ..hundred
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_run_and_travels_in_a_link() {
        for preset in LabPreset::ALL {
            let form = preset.form();
            let experiment = form.experiment().unwrap();
            assert_eq!(experiment.policies.len(), form.policies.len(), "{preset:?}");
            assert_eq!(LabForm::from_link(&form.to_link()), Some(form), "{preset:?}");
        }
    }

    #[test]
    fn an_edited_policy_travels_too_and_nonsense_does_not() {
        let mut form = LabForm::default();
        let edited = LabPolicy { name: "Mine".to_owned(), ..LabPolicy::from(Preset::Cookbook) };
        form.policies = vec![PolicyChoice::Edited(Box::new(edited.clone()))];
        let back = LabForm::from_link(&form.to_link()).unwrap();
        assert_eq!(back.policies.first().and_then(PolicyChoice::policy), Some(edited));
        form.policies = vec![PolicyChoice::Known("gone".to_owned())];
        assert_eq!(LabForm::from_link(&form.to_link()), None);
        form = LabForm::default();
        form.workload.requests = 0;
        assert_eq!(LabForm::from_link(&form.to_link()), None);
        assert_eq!(LabForm::from_link("{}"), None);
    }
}
