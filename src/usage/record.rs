//! A call as it is kept: what it asked, its attempts, what came of each. Plain data, without a key in it.
//!
//! The ledger, the exports and a session file are all made of it. Times are whole microseconds: those of a call count
//! from the moment it was queued, so that JSON readers without 64-bit integers keep every digit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::reply::{Reply, TransportError};
use crate::responses::{ReportedUsage, Usage};
use crate::retry::{Class, Outcome, ServerWait, StopReason, WaitSource};

/// A call's name: 32 lower-case hexadecimal digits, drawn at random, and its OpenTelemetry trace id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u128);

impl CallId {
    /// The call `number`; zero is no valid trace id and becomes one.
    pub const fn new(number: u128) -> Self {
        Self(if number == 0 { 1 } else { number })
    }

    /// As a number.
    pub const fn number(self) -> u128 {
        self.0
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for CallId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_hex.then(|| u128::from_str_radix(&text, 16).ok()).flatten();
        let number = number.filter(|number| *number != 0);
        number.map(Self).ok_or_else(|| serde::de::Error::custom("a call's id is 32 hexadecimal digits, not all zero"))
    }
}

/// Where on the page a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeIn {
    /// A cell or a lesson of the Guide.
    Guide,
    /// Request.
    Request,
    /// Burst.
    Burst,
    /// Batch, sent from the browser.
    Batch,
    /// Batch, as a job of OpenAI's Batch API: at its price.
    BatchJob,
}

impl MadeIn {
    /// All of them, in the order of the page's navigation.
    pub const ALL: [Self; 5] = [Self::Guide, Self::Request, Self::Burst, Self::Batch, Self::BatchJob];

    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Request => "Request",
            Self::Burst => "Burst",
            Self::Batch => "Batch",
            Self::BatchJob => "Batch job",
        }
    }
}

/// Which API answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// The one inside the page: it costs nothing.
    Simulated,
    /// One over HTTP.
    Live,
}

impl AnsweredBy {
    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulated => "Simulated",
            Self::Live => "Live",
        }
    }
}

/// One call: a request, and the HTTP requests that were made for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its name.
    pub id: CallId,
    /// The run it belongs to, 16 hexadecimal digits: calls of one run share a timeline.
    pub run: String,
    /// Its lane in the run, from 0.
    pub lane: u32,
    /// Where it was made.
    pub made_in: MadeIn,
    /// Which API answered.
    pub api: AnsweredBy,
    /// The base URL that was asked, `https://api.openai.com/v1`; the simulated API's is `simulated`.
    pub server: String,
    /// The name a person gave the key; never any part of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_alias: Option<String>,
    /// The model asked for.
    pub model: String,
    /// What it is called on the page, "Request 3" or a line's `custom_id`; never the prompt.
    pub label: String,
    /// When it was queued: microseconds since 1970-01-01T00:00:00Z. Its run begins when it really began; within the run the
    /// API's clock counts, which can be sped up where it is simulated.
    pub queued_at_micros: u64,
    /// Its HTTP requests, in order.
    pub attempts: Vec<AttemptRecord>,
    /// When it ended, microseconds since it was queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_micros: Option<u64>,
    /// How it ended; `None` while it is under way, or where the page went before it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<EndRecord>,
    /// When it was taken up again after an end, microseconds since it was queued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resumed_micros: Vec<u64>,
    /// The body that was sent, where prompts and answers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<serde_json::Value>,
}

impl CallRecord {
    /// Changes each text in it that came from outside or from a person; a header with its name.
    pub fn each_text(&mut self, mut change: impl FnMut(Option<&str>, &mut String)) {
        for text in [&mut self.label, &mut self.model, &mut self.server] {
            change(None, text);
        }
        self.key_alias.iter_mut().for_each(|alias| change(None, alias));
        if let Some(request) = &mut self.request {
            each_string(request, &mut |text| change(None, text));
        }
        for attempt in &mut self.attempts {
            if let Some(outcome) = &mut attempt.outcome {
                change(None, &mut outcome.message);
                outcome.code.iter_mut().for_each(|code| change(None, code));
            }
            if let Some(CountsAs::InvalidUsage(why)) = &mut attempt.counts_as {
                change(None, why);
            }
            if let Some(response) = &mut attempt.response {
                let told = [&mut response.model, &mut response.incomplete_reason, &mut response.service_tier];
                told.into_iter().flatten().for_each(|text| change(None, text));
            }
            attempt.body.iter_mut().for_each(|body| change(None, body));
            attempt.headers.iter_mut().for_each(|(name, value)| change(Some(name), value));
        }
    }
}

fn each_string(value: &mut serde_json::Value, change: &mut impl FnMut(&mut String)) {
    match value {
        serde_json::Value::String(text) => change(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| each_string(item, change)),
        serde_json::Value::Object(members) => members.values_mut().for_each(|member| each_string(member, change)),
        _ => {}
    }
}

/// One HTTP request of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// When it went out, microseconds since the call was queued.
    pub started_micros: u64,
    /// When its answer was whole, or it was given up; `None` while it is in flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_micros: Option<u64>,
    /// When the first words of a streamed answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_micros: Option<u64>,
    /// The attempt of the outermost policy, from 1, which is what its own log counts.
    pub outer_attempt: u32,
    /// What happened; `None` while it is in flight, or where it was stopped in flight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeRecord>,
    /// What it counts for in the ledger; `None` while it is in flight, and for what was never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_as: Option<CountsAs>,
    /// What the answer said of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseFacts>,
    /// All headers of the answer that can be read, names in lower case, without secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Whether the browser hides headers that the server did not expose: what is missing may have been sent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hides_headers: bool,
    /// The body as it came, where prompts and answers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The wait that followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<PlannedWait>,
}

impl AttemptRecord {
    /// One that goes out `started_micros` after the call was queued.
    pub const fn begun(started_micros: u64) -> Self {
        Self {
            started_micros,
            ended_micros: None,
            first_token_micros: None,
            outer_attempt: 1,
            outcome: None,
            counts_as: None,
            response: None,
            headers: Vec::new(),
            hides_headers: false,
            body: None,
            wait: None,
        }
    }
}

/// What happened to an attempt, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeRecord {
    /// The kind.
    pub class: Class,
    /// The HTTP status, where there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `error.code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A sentence for people, without secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The wait the server asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_wait: Option<ServerWait>,
}

/// What an attempt counts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsAs {
    /// A response with this usage.
    Usage(Usage),
    /// A response that reported none: unknown, not zero.
    NoUsage,
    /// A response whose usage cannot be, and why.
    InvalidUsage(String),
    /// A failure that the server answered: it adds no tokens and is no call.
    Failed,
    /// Stopped or lost on the way: it may have been processed and billed.
    Unknown,
}

impl CountsAs {
    /// An attempt that ended with `outcome`; `None` where it counts for nothing: it was never sent, or asked for no response.
    pub fn of(outcome: &Outcome, result: &Result<Reply, TransportError>) -> Option<Self> {
        match (outcome.class, result) {
            (Class::NotSent, _) => None,
            // Answers of other endpoints cost nothing and are no calls of a model.
            (Class::Success, Ok(reply)) if reply.response().is_none() => None,
            (Class::Success | Class::Unreadable, result) => {
                Some(Self::response(&result.as_ref().map_or(ReportedUsage::Missing, |reply| reply.usage())))
            }
            (Class::Opaque | Class::Unknown, _) => Some(Self::Unknown),
            _ => Some(Self::Failed),
        }
    }

    /// A response, by what it reported.
    pub fn response(usage: &ReportedUsage) -> Self {
        match usage {
            ReportedUsage::Known(usage) => Self::Usage(*usage),
            ReportedUsage::Missing => Self::NoUsage,
            ReportedUsage::Invalid(why) => Self::InvalidUsage(why.clone()),
        }
    }
}

/// What a response said of itself beside its words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResponseFacts {
    /// `resp_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The model that answered, usually a dated snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `status`, as the API writes it: `completed`, `incomplete`, `failed`, …
    pub status: String,
    /// Why it is incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete_reason: Option<String>,
    /// The tier that served it: `default`, `flex`, `priority`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
}

/// A wait as it was planned and as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedWait {
    /// When it began, microseconds since the call was queued.
    pub started_micros: u64,
    /// How long it was to last.
    pub planned_micros: u64,
    /// When it ended, microseconds since the call was queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_micros: Option<u64>,
    /// What set it, or its least part.
    pub source: WaitSource,
    /// What the server asked for, where the policy heeded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_micros: Option<u64>,
    /// Which layer waited: 0 is the outermost.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub layer: usize,
    /// The attempt of the outermost policy that failed.
    pub outer_attempt: u32,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndRecord {
    /// With a response, completed or incomplete.
    Succeeded,
    /// Without one, and why there was no further attempt.
    Stopped(StopReason),
    /// The server asked for a wait that a person had to decide on.
    Asked(ServerWait),
    /// Stopped by a person, or by a budget.
    Cancelled {
        /// Whether a request was out: it may be billed.
        was_in_flight: bool,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(value: &usize) -> bool {
    *value == 0
}
