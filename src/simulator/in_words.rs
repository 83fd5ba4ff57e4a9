//! A scenario in a few words: its name, and the limits that are in force.

use super::{Faults, Limits, Scenario};
use crate::format::format_count;
use crate::models::family;

impl Scenario {
    /// Its name, whether its limits were changed, and those in force for `model`:
    /// "Tier 1, changed: 20 requests, 200,000 tokens a minute".
    pub fn in_words(&self, model: &str) -> String {
        let name = self.name_in_words();
        if self.faults == Faults::QuotaExhausted {
            return format!("{name}: no credit, every request is refused");
        }
        format!("{name}: {}", limits_in_words(self.limits(family(model))))
    }

    /// Its name, and whether its limits were changed: "Tier 1, changed".
    pub fn name_in_words(&self) -> String {
        let changed = if self.is_changed() { ", changed" } else { "" };
        format!("{}{changed}", self.name())
    }

    /// Whether its limits are others than its preset's.
    pub fn is_changed(&self) -> bool {
        self.overrides != Self::from(self.preset).overrides
    }
}

/// Limits of a minute, then those of a day: "500 requests, 200,000 tokens a minute; 200 requests a day".
fn limits_in_words(limits: Limits) -> String {
    let window = |requests: Option<u64>, tokens: Option<u64>, window: &str| {
        let told = |(limit, what): (Option<u64>, &str)| {
            let limit = limit?;
            let plural = if limit == 1 { "" } else { "s" };
            Some(format!("{} {what}{plural}", format_count(limit)))
        };
        let parts: Vec<String> = [(requests, "request"), (tokens, "token")].into_iter().filter_map(told).collect();
        (!parts.is_empty()).then(|| format!("{} a {window}", parts.join(", ")))
    };
    let told = [window(limits.rpm, limits.tpm, "minute"), window(limits.rpd, limits.tpd, "day")];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() { "no limits".to_owned() } else { told.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::ScenarioPreset;

    #[test]
    fn the_limits_in_force_are_told() {
        let tier_1 = Scenario::from(ScenarioPreset::Tier1);
        for (scenario, words) in [
            (tier_1.clone(), "Tier 1: 500 requests, 200,000 tokens a minute"),
            (tier_1.clone().rpm(20), "Tier 1, changed: 20 requests, 200,000 tokens a minute"),
            (tier_1.clone().rpm(1).tpm(0), "Tier 1, changed: 1 request a minute"),
            (tier_1.rpm(0).tpm(0), "Tier 1, changed: no limits"),
            (ScenarioPreset::First429.into(), "First 429: 3 requests, 200,000 tokens a minute"),
            (ScenarioPreset::Free.into(), "Free: 3 requests, 40,000 tokens a minute; 200 requests a day"),
            (ScenarioPreset::QuotaExhausted.into(), "Quota exhausted: no credit, every request is refused"),
        ] {
            assert_eq!(scenario.in_words("gpt-5-nano"), words);
        }
        // A dated snapshot shares its family's limits.
        let nano = Scenario::from(ScenarioPreset::Tier1).in_words("gpt-5-nano-2025-08-07");
        assert_eq!(nano, "Tier 1: 500 requests, 200,000 tokens a minute");
    }
}
