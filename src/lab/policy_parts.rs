//! The parts of a policy by ids and names: for editing it field by field.

use std::time::Duration;

use super::policy::{LabPolicy, Pacing};
use crate::retry::{
    Backoff, BeyondCeiling, BudgetRule, GuardRule, HeaderReader, HintRule, Jitter, Preset, RetryOn, RetryPolicy,
};

/// Kinds: of each its id and the name people read.
pub type Kinds = &'static [(&'static str, &'static str)];

/// What can be retried.
pub const RETRIES: Kinds = &[
    ("curable", "What can succeed unchanged"),
    ("curable-unknown", "That, and unknown outcomes"),
    ("429", "Any 429, billing ones too"),
    ("sdk", "What the SDKs retry"),
    ("status", "408, 409, 429, 5xx, connection errors"),
    ("any", "Every failure"),
    ("nothing", "Nothing"),
];

/// The id of what is retried.
pub const fn retry_on_id(on: RetryOn) -> &'static str {
    match on {
        RetryOn::Nothing => "nothing",
        RetryOn::RateLimitError => "429",
        RetryOn::Sdk => "sdk",
        RetryOn::Status => "status",
        RetryOn::Curable => "curable",
        RetryOn::CurableAndUnknown => "curable-unknown",
        RetryOn::AnyFailure => "any",
    }
}

/// What is retried, by its id.
pub fn retry_on(id: &str) -> RetryOn {
    match id {
        "nothing" => RetryOn::Nothing,
        "429" => RetryOn::RateLimitError,
        "sdk" => RetryOn::Sdk,
        "status" => RetryOn::Status,
        "curable-unknown" => RetryOn::CurableAndUnknown,
        "any" => RetryOn::AnyFailure,
        _ => RetryOn::Curable,
    }
}

/// The kinds of backoff.
pub const BACKOFFS: Kinds =
    &[("exponential", "Exponential"), ("decorrelated", "Decorrelated"), ("fixed", "Always the same")];

/// The id of a backoff's kind.
pub const fn backoff_id(backoff: &Backoff) -> &'static str {
    match backoff {
        Backoff::Fixed(_) => "fixed",
        Backoff::Exponential { .. } => "exponential",
        Backoff::Decorrelated { .. } => "decorrelated",
    }
}

/// Makes it one of another kind, with the base and the cap that it had.
pub fn set_backoff(backoff: &mut Backoff, id: &str) {
    if backoff_id(backoff) == id {
        return;
    }
    let (base, cap) = (base(backoff), cap(backoff).unwrap_or(Duration::from_secs(60)));
    *backoff = match id {
        "fixed" => Backoff::Fixed(base),
        "decorrelated" => Backoff::Decorrelated { base, cap },
        _ => Backoff::exponential(base, cap, Jitter::FULL),
    };
}

/// The delay that it begins with.
pub const fn base(backoff: &Backoff) -> Duration {
    match backoff {
        Backoff::Fixed(base) | Backoff::Exponential { base, .. } | Backoff::Decorrelated { base, .. } => *base,
    }
}

/// Sets the delay that it begins with.
pub fn set_base(backoff: &mut Backoff, time: Option<Duration>) {
    match backoff {
        Backoff::Fixed(base) | Backoff::Exponential { base, .. } | Backoff::Decorrelated { base, .. } => {
            *base = time.unwrap_or_default();
        }
    }
}

/// The largest delay before jitter; none where it does not grow.
pub const fn cap(backoff: &Backoff) -> Option<Duration> {
    match backoff {
        Backoff::Fixed(_) => None,
        Backoff::Exponential { cap, .. } | Backoff::Decorrelated { cap, .. } => Some(*cap),
    }
}

/// Sets the largest delay before jitter; none is the largest there is.
pub fn set_cap(backoff: &mut Backoff, time: Option<Duration>) {
    if let Backoff::Exponential { cap, .. } | Backoff::Decorrelated { cap, .. } = backoff {
        *cap = time.unwrap_or(Duration::MAX);
    }
}

/// The kinds of jitter.
pub const JITTERS: Kinds = &[
    ("full", "Full: from 0 to the delay"),
    ("equal", "Equal: from half the delay"),
    ("notebook", "The notebook’s: half to one and a half"),
    ("sdk", "The SDKs’: three quarters to all"),
    ("none", "None"),
];

/// The id of an exponential backoff's jitter, and what the others have.
#[allow(clippy::float_cmp)] // constants, written down
pub fn jitter_id(backoff: &Backoff) -> &'static str {
    let Backoff::Exponential { jitter, .. } = backoff else {
        return if matches!(backoff, Backoff::Fixed(_)) { "none" } else { "full" };
    };
    match *jitter {
        Jitter::FULL => "full",
        Jitter::EQUAL => "equal",
        Jitter::NOTEBOOK => "notebook",
        Jitter::OPENAI_SDK => "sdk",
        _ => "none",
    }
}

/// Sets an exponential backoff's jitter.
pub fn set_jitter(backoff: &mut Backoff, id: &str) {
    if let Backoff::Exponential { jitter, .. } = backoff {
        *jitter = match id {
            "full" => Jitter::FULL,
            "equal" => Jitter::EQUAL,
            "notebook" => Jitter::NOTEBOOK,
            "sdk" => Jitter::OPENAI_SDK,
            _ => Jitter::NONE,
        };
    }
}

/// What a server's hint can count for.
pub const HINTS: Kinds = &[
    ("floor", "Is the least wait, jitter on top"),
    ("exact", "Is the wait, to the letter (headers alone)"),
    ("ignore", "Counts for nothing"),
];

/// What a longer hint can do.
pub const BEYOND: Kinds = &[("stop", "Ends the call"), ("ask", "Asks a person"), ("ignore", "Is ignored")];

/// The id of what a hint counts for.
pub const fn hint_id(hint: HintRule) -> &'static str {
    match hint {
        HintRule::Ignore => "ignore",
        HintRule::Exact { .. } => "exact",
        HintRule::Floor { .. } => "floor",
    }
}

/// The longest hint that is followed, and what a longer one does.
pub const fn ceiling(hint: HintRule) -> Option<(Duration, BeyondCeiling)> {
    match hint {
        HintRule::Ignore => None,
        HintRule::Exact { ceiling, beyond, .. } | HintRule::Floor { ceiling, beyond } => Some((ceiling, beyond)),
    }
}

/// Sets what a hint counts for; the longest that is followed stays.
pub fn set_hint(hint: &mut HintRule, id: &str) {
    if hint_id(*hint) == id {
        return;
    }
    let (ceiling, beyond) = ceiling(*hint).unwrap_or((Duration::from_secs(120), BeyondCeiling::Stop));
    *hint = match id {
        "ignore" => HintRule::Ignore,
        "exact" => HintRule::Exact { ceiling, beyond, reader: HeaderReader::OpenAiPython },
        _ => HintRule::Floor { ceiling, beyond },
    };
}

/// Sets the longest hint that is followed.
pub fn set_ceiling(hint: &mut HintRule, time: Option<Duration>) {
    if let HintRule::Exact { ceiling, .. } | HintRule::Floor { ceiling, .. } = hint {
        *ceiling = time.unwrap_or_default();
    }
}

/// The id of what a longer hint does.
pub fn beyond_id(hint: HintRule) -> &'static str {
    match ceiling(hint) {
        Some((_, BeyondCeiling::Ask)) => "ask",
        Some((_, BeyondCeiling::Ignore)) => "ignore",
        Some((_, BeyondCeiling::Stop)) | None => "stop",
    }
}

/// Sets what a longer hint does.
pub fn set_beyond(hint: &mut HintRule, id: &str) {
    if let HintRule::Exact { beyond, .. } | HintRule::Floor { beyond, .. } = hint {
        *beyond = match id {
            "ask" => BeyondCeiling::Ask,
            "ignore" => BeyondCeiling::Ignore,
            _ => BeyondCeiling::Stop,
        };
    }
}

/// The loops that a policy can lie over.
pub const INNER: Kinds = &[
    ("", "Nothing: its own loop alone"),
    ("openai-python", "openai-python"),
    ("openai-node", "openai-node"),
    ("vercel-ai-sdk", "Vercel AI SDK"),
    ("full-jitter", "An HTTP library with full jitter"),
];

/// The id of the loop underneath.
pub fn inner_id(policy: &LabPolicy) -> &'static str {
    let Some(inner) = policy.retry.inner.as_deref() else { return "" };
    let known =
        INNER.iter().map(|(id, _)| *id).find(|id| Preset::from_id(id).is_some_and(|preset| preset.policy() == *inner));
    known.unwrap_or("openai-python")
}

/// The budgets of retries.
pub const BUDGETS: Kinds = &[
    ("", "None"),
    ("finagle", "Finagle: 20 % and ten a second"),
    ("brooker", "Ten retries, one more for ten successes"),
    ("aws", "The AWS SDKs’ quota"),
];

/// The id of a policy's budget.
pub fn budget_id(policy: &LabPolicy) -> &'static str {
    match policy.budget {
        Some(BudgetRule::FINAGLE) => "finagle",
        Some(BudgetRule::BROOKER) => "brooker",
        Some(BudgetRule::AWS_SDK) => "aws",
        _ => "",
    }
}

/// A budget, by its id.
pub fn budget(id: &str) -> Option<BudgetRule> {
    match id {
        "finagle" => Some(BudgetRule::FINAGLE),
        "brooker" => Some(BudgetRule::BROOKER),
        "aws" => Some(BudgetRule::AWS_SDK),
        _ => None,
    }
}

/// The guards.
pub const GUARDS: Kinds =
    &[("", "None"), ("google", "Google’s client-side throttle"), ("circuit", "A circuit breaker: five failures, 30 s")];

/// The id of a policy's guard.
pub fn guard_id(policy: &LabPolicy) -> &'static str {
    match policy.guard {
        Some(GuardRule::Throttle { .. }) => "google",
        Some(GuardRule::Circuit { .. }) => "circuit",
        None => "",
    }
}

/// A guard, by its id.
pub fn guard(id: &str) -> Option<GuardRule> {
    match id {
        "google" => Some(GuardRule::GOOGLE),
        "circuit" => Some(GuardRule::CIRCUIT),
        _ => None,
    }
}

/// The ways of pacing.
pub const PACINGS: Kinds =
    &[("", "None"), ("learning", "Paced, learning the limits"), ("told", "Paced, told the limits")];

/// The id of a policy's pacing.
pub fn pacing_id(policy: &LabPolicy) -> &'static str {
    match policy.pacing {
        Some(Pacing::Learning) => "learning",
        Some(Pacing::Told) => "told",
        None => "",
    }
}

/// A way of pacing, by its id.
pub fn pacing(id: &str) -> Option<Pacing> {
    match id {
        "learning" => Some(Pacing::Learning),
        "told" => Some(Pacing::Told),
        _ => None,
    }
}

/// Sets the loop underneath, by its id.
pub fn set_inner(policy: &mut RetryPolicy, id: &str) {
    policy.inner = Preset::from_id(id).map(|preset| Box::new(preset.policy()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::PolicyChoice;

    #[test]
    fn what_is_chosen_again_changes_nothing() {
        for (id, _) in PolicyChoice::known() {
            let before = PolicyChoice::of_id(id).unwrap().policy().unwrap();
            let mut policy = before.clone();
            policy.retry.retry_on = retry_on(retry_on_id(policy.retry.retry_on));
            let (kind, jitter) = (backoff_id(&policy.retry.backoff), jitter_id(&policy.retry.backoff));
            set_backoff(&mut policy.retry.backoff, kind);
            set_jitter(&mut policy.retry.backoff, jitter);
            let (hint, beyond) = (hint_id(policy.retry.hint), beyond_id(policy.retry.hint));
            set_hint(&mut policy.retry.hint, hint);
            set_beyond(&mut policy.retry.hint, beyond);
            let inner = inner_id(&policy);
            set_inner(&mut policy.retry, inner);
            policy.budget = budget(budget_id(&policy));
            policy.guard = guard(guard_id(&policy));
            policy.pacing = pacing(pacing_id(&policy));
            assert_eq!(policy, before, "{id}");
        }
    }

    #[test]
    fn every_kind_can_be_chosen() {
        let mut policy = LabPolicy::from(Preset::Sluice);
        for (id, _) in BACKOFFS {
            set_backoff(&mut policy.retry.backoff, id);
            assert_eq!(backoff_id(&policy.retry.backoff), *id);
        }
        set_backoff(&mut policy.retry.backoff, "exponential");
        for (id, _) in JITTERS {
            set_jitter(&mut policy.retry.backoff, id);
            assert_eq!(jitter_id(&policy.retry.backoff), *id);
        }
        for (id, _) in HINTS {
            set_hint(&mut policy.retry.hint, id);
            assert_eq!(hint_id(policy.retry.hint), *id);
        }
        set_hint(&mut policy.retry.hint, "floor");
        for (id, _) in BEYOND {
            set_beyond(&mut policy.retry.hint, id);
            assert_eq!(beyond_id(policy.retry.hint), *id);
        }
        for (id, _) in RETRIES {
            assert_eq!(retry_on_id(retry_on(id)), *id);
        }
        for (id, _) in INNER {
            set_inner(&mut policy.retry, id);
            assert_eq!(inner_id(&policy), *id);
        }
        for (id, _) in BUDGETS {
            policy.budget = budget(id);
            assert_eq!(budget_id(&policy), *id);
        }
        for (id, _) in GUARDS {
            policy.guard = guard(id);
            assert_eq!(guard_id(&policy), *id);
        }
        for (id, _) in PACINGS {
            policy.pacing = pacing(id);
            assert_eq!(pacing_id(&policy), *id);
        }
    }
}
