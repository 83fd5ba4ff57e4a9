//! The fields a link can have: there are no others.

use crate::lab::LabForm;
use crate::responses::ReasoningEffort;
use crate::retry::Preset;
use crate::run::BurstSettings;
use crate::run::batch_form::BatchForm;
use crate::simulator::ScenarioPreset;

/// The longest name of a model, in characters.
const LONGEST_MODEL: usize = 200;
/// The longest base URL, in characters.
const LONGEST_URL: usize = 500;
/// The speeds of the simulated API's clock, and what people call them.
pub const SPEEDS: [(&str, &str); 3] = [("1", "1×"), ("10", "10×"), ("60", "60×")];
/// The largest limit of the simulated API.
const LARGEST_LIMIT: u64 = 1_000_000_000_000;
/// The largest bound of output tokens.
const LARGEST_OUTPUT: u64 = 10_000_000;

/// A setting that a link can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Which API answers: "simulated" or "live".
    Source,
    /// The live API's base URL: ignored unless a person confirms it.
    BaseUrl,
    /// The id of the simulated API's scenario.
    Scenario,
    /// The simulated API's requests per minute; empty for the scenario's own.
    Rpm,
    /// Its tokens per minute; empty for the scenario's own.
    Tpm,
    /// Its requests per day; empty for the scenario's own.
    Rpd,
    /// Its tokens per day; empty for the scenario's own.
    Tpd,
    /// The seed of its random numbers.
    Seed,
    /// How much faster than life its clock runs.
    Speed,
    /// The model.
    Model,
    /// The prompt.
    Prompt,
    /// The instructions; empty for none.
    Instructions,
    /// The bound of output tokens; empty for none.
    MaxOutputTokens,
    /// The temperature; empty for the model's own.
    Temperature,
    /// The reasoning effort; empty for the model's own.
    Effort,
    /// Whether the answer is streamed: "true" or "false".
    Stream,
    /// Whether the server may keep the answer: "true" or "false".
    Store,
    /// The id of the retry policy.
    Policy,
    /// How many requests a burst has.
    Requests,
    /// How many of them go at the same time; empty for all.
    Concurrency,
    /// The most attempts of each; empty for the policy's own.
    MaxAttempts,
    /// The base of the backoff, in seconds; empty for the policy's own.
    BaseDelay,
    /// The id of a burst's own scenario; empty for the session's.
    AnsweredBy,
    /// What is to be explained.
    Text,
    /// What a batch may cost at most, in USD; empty for any.
    SpendCap,
    /// All settings of an experiment.
    Experiment,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::Source,
        Self::BaseUrl,
        Self::Scenario,
        Self::Rpm,
        Self::Tpm,
        Self::Rpd,
        Self::Tpd,
        Self::Seed,
        Self::Speed,
        Self::Model,
        Self::Prompt,
        Self::Instructions,
        Self::MaxOutputTokens,
        Self::Temperature,
        Self::Effort,
        Self::Stream,
        Self::Store,
        Self::Policy,
        Self::Requests,
        Self::Concurrency,
        Self::MaxAttempts,
        Self::BaseDelay,
        Self::AnsweredBy,
        Self::Text,
        Self::SpendCap,
        Self::Experiment,
    ];

    /// Its name in a link.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::BaseUrl => "base",
            Self::Scenario => "scenario",
            Self::Rpm => "rpm",
            Self::Tpm => "tpm",
            Self::Rpd => "rpd",
            Self::Tpd => "tpd",
            Self::Seed => "seed",
            Self::Speed => "speed",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::Instructions => "instructions",
            Self::MaxOutputTokens => "max_output_tokens",
            Self::Temperature => "temperature",
            Self::Effort => "effort",
            Self::Stream => "stream",
            Self::Store => "store",
            Self::Policy => "policy",
            Self::Requests => "requests",
            Self::Concurrency => "concurrency",
            Self::MaxAttempts => "max_attempts",
            Self::BaseDelay => "base_delay",
            Self::AnsweredBy => "answered_by",
            Self::Text => "text",
            Self::SpendCap => "spend_cap",
            Self::Experiment => "experiment",
        }
    }

    /// The field of that [`Field::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Source => "API",
            Self::BaseUrl => "Base URL",
            Self::Scenario => "Scenario",
            Self::Rpm => "Requests per minute",
            Self::Tpm => "Tokens per minute",
            Self::Rpd => "Requests per day",
            Self::Tpd => "Tokens per day",
            Self::Seed => "Seed",
            Self::Speed => "Simulated speed",
            Self::Model => "Model",
            Self::Prompt => "Prompt",
            Self::Instructions => "Instructions",
            Self::MaxOutputTokens => "Max output tokens",
            Self::Temperature => "Temperature",
            Self::Effort => "Reasoning effort",
            Self::Stream => "Stream",
            Self::Store => "Store",
            Self::Policy => "Retry policy",
            Self::Requests => "Number of requests",
            Self::Concurrency => "Concurrency",
            Self::MaxAttempts => "Max attempts",
            Self::BaseDelay => "Base delay",
            Self::AnsweredBy => "Answered by",
            Self::Text => "Text to explain",
            Self::SpendCap => "Spend cap (USD)",
            Self::Experiment => "Experiment",
        }
    }

    /// A value of it as the forms call it: an id by its name, the rest as it is.
    pub fn value_label(self, value: &str) -> &str {
        match self {
            Self::Source if value == "simulated" => "Simulated",
            Self::Source if value == "live" => "Live",
            Self::Scenario | Self::AnsweredBy => match ScenarioPreset::from_id(value) {
                Some(preset) => preset.name(),
                None => value,
            },
            Self::Policy => match Preset::from_id(value) {
                Some(preset) => preset.name(),
                None => value,
            },
            Self::Experiment => "limits, work, clients, policies and seeds",
            Self::Stream | Self::Store if value == "true" => "on",
            Self::Stream | Self::Store if value == "false" => "off",
            Self::Speed => SPEEDS.into_iter().find(|(speed, _)| *speed == value).map_or(value, |(_, label)| label),
            _ => value,
        }
    }

    /// Whether links to the view at `path` have it.
    pub fn is_of(self, path: &str) -> bool {
        let (request, burst, batch) = (path == "request", path == "burst", path == "batch");
        match self {
            Self::Prompt | Self::Stream => request || burst,
            Self::MaxOutputTokens | Self::Policy => request || burst || batch,
            Self::Instructions | Self::Temperature | Self::Effort => request,
            Self::Store => request || batch,
            Self::Concurrency => burst || batch,
            Self::SpendCap => batch,
            Self::Requests | Self::MaxAttempts | Self::BaseDelay | Self::AnsweredBy => burst,
            Self::Text => path == "explain",
            Self::Experiment => path == "lab",
            _ => true,
        }
    }

    /// Whether it is a text that a person wrote, which may be private.
    pub const fn is_written(self) -> bool {
        matches!(self, Self::Prompt | Self::Instructions | Self::Text)
    }

    /// Whether it can have this value.
    pub fn allows(self, value: &str) -> bool {
        let is_unset = value.is_empty();
        match self {
            Self::Source => matches!(value, "simulated" | "live"),
            Self::BaseUrl => is_line(value, LONGEST_URL),
            Self::Scenario => ScenarioPreset::from_id(value).is_some(),
            Self::Rpm | Self::Tpm | Self::Rpd | Self::Tpd => is_unset || is_whole(value, 0, LARGEST_LIMIT),
            Self::Seed => is_whole(value, 0, u64::MAX),
            Self::Model => is_line(value, LONGEST_MODEL),
            // NUL alone has no place in a text area.
            Self::Prompt | Self::Instructions | Self::Text => !value.contains('\0'),
            Self::MaxOutputTokens => is_unset || is_whole(value, 1, LARGEST_OUTPUT),
            Self::Temperature => is_unset || is_decimal(value, 2.0),
            Self::Effort => is_unset || ReasoningEffort::from_name(value).is_some(),
            Self::Stream | Self::Store => matches!(value, "true" | "false"),
            Self::Speed => SPEEDS.into_iter().any(|(speed, _)| speed == value),
            Self::Policy => Preset::from_id(value).is_some(),
            Self::Requests => is_whole(value, 1, MOST_REQUESTS),
            Self::Concurrency => is_unset || is_whole(value, 1, MOST_REQUESTS),
            Self::MaxAttempts => is_unset || is_whole(value, 1, BurstSettings::MOST_ATTEMPTS.into()),
            Self::BaseDelay => is_unset || is_decimal(value, BurstSettings::LONGEST_BASE),
            Self::SpendCap => is_unset || is_decimal(value, BatchForm::LARGEST_CAP),
            Self::AnsweredBy => is_unset || ScenarioPreset::from_id(value).is_some(),
            Self::Experiment => LabForm::from_link(value).is_some(),
        }
    }
}

const MOST_REQUESTS: u64 = BurstSettings::MOST_REQUESTS as u64;

fn is_whole(value: &str, least: u64, most: u64) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
        && value.parse::<u64>().is_ok_and(|number| (least..=most).contains(&number))
}

/// A decimal number without sign or exponent.
fn is_decimal(value: &str, most: f64) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && value.parse::<f64>().is_ok_and(|number| (0.0..=most).contains(&number))
}

/// A text of one line, not blank, in which nothing is hidden.
fn is_line(value: &str, longest: usize) -> bool {
    !value.trim().is_empty() && value.chars().count() <= longest && !value.chars().any(is_unseen)
}

/// Controls, zero-width marks, and marks that turn the direction of text.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
