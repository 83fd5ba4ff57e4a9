//! The simulated API's scenario as a person set it, and how it is stored.

use crate::platform::json;
use crate::simulator::{Limits as SimulatedLimits, Scenario, ScenarioPreset};

/// The simulated API's scenario, with the limits a person changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioChoice {
    /// The preset's id.
    pub id: String,
    /// Requests per minute, where changed.
    pub rpm: Option<u64>,
    /// Tokens per minute, where changed.
    pub tpm: Option<u64>,
    /// Requests per day, where changed.
    pub rpd: Option<u64>,
    /// Tokens per day, where changed.
    pub tpd: Option<u64>,
}

impl ScenarioChoice {
    /// A preset as it is.
    pub fn preset(preset: ScenarioPreset) -> Self {
        Self { id: preset.id().to_owned(), rpm: None, tpm: None, rpd: None, tpd: None }
    }

    /// The scenario itself; an unknown id is the default.
    pub fn scenario(&self) -> Scenario {
        let mut scenario = Scenario::from(ScenarioPreset::from_id(&self.id).unwrap_or_default());
        // What was not changed stays the preset's own, which may itself override its tier.
        let own = scenario.overrides;
        scenario.overrides = SimulatedLimits {
            rpm: self.rpm.or(own.rpm),
            tpm: self.tpm.or(own.tpm),
            rpd: self.rpd.or(own.rpd),
            tpd: self.tpd.or(own.tpd),
        };
        scenario
    }
}

/// The limits by the names that they are stored under.
const LIMITS: [&str; 4] = ["rpm", "tpm", "rpd", "tpd"];

impl ScenarioChoice {
    fn limits(&self) -> [Option<u64>; 4] {
        [self.rpm, self.tpm, self.rpd, self.tpd]
    }
}

/// Reads what [`written`] wrote.
pub(super) fn read(text: &str) -> Option<ScenarioChoice> {
    let id = json::text_of(text, "id")?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole, and checked
    let limit = |name| {
        json::number_of(text, name)
            .filter(|limit| limit.fract() == 0.0 && (0.0..1e15).contains(limit))
            .map(|limit| limit as u64)
    };
    let [rpm, tpm, rpd, tpd] = LIMITS.map(limit);
    Some(ScenarioChoice { id, rpm, tpm, rpd, tpd })
}

/// As an object of JSON.
pub(super) fn written(choice: &ScenarioChoice) -> Option<String> {
    let mut text = format!("{{\"id\":{}", json::text(&choice.id)?);
    for (name, limit) in LIMITS.into_iter().zip(choice.limits()) {
        let limit = limit.map_or_else(|| "null".to_owned(), |limit| limit.to_string());
        text.push_str(&format!(",\"{name}\":{limit}"));
    }
    text.push('}');
    Some(text)
}
