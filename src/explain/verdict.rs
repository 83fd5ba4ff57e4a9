//! The verdict on a pasted answer.

use std::time::Duration;

use super::assumed;
use super::bucket::{Bucket, Holder};
use super::clients::{CLIENTS, Fit, Forecast, forecast};
use super::conflict::{self, Conflict};
use super::facts;
use super::paste::{Paste, PasteKind};
use super::words::{amount, exact, units, whole_ms};
use crate::format::format_count;
use crate::rate_limit::{
    LimitReached, LimitScope, LimitTrio, RateLimitHeaders, ReplyHeaders, Visibility, dates::parse_http_date,
};
use crate::reply::{Content, Endpoint, Reply};
use crate::retry::{Class, Outcome, Path, ServerWait, WaitSource, advise, classify};
use crate::time::UnixTime;

/// What to do about it, in short.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Waiting helps.
    Wait {
        /// How long, from the answer's moment.
        wait: Duration,
        /// Whether numbers say that the request fits then; else the server only asks for it.
        by_numbers: bool,
    },
    /// Waiting helps; how long is not said.
    WaitUnsaid,
    /// The server's own trouble: it may pass.
    TryAgain(Class),
    /// No waiting helps, for this reason.
    Never(Class),
    /// Waiting might help, but the server says not to try again.
    Vetoed,
    /// Nothing was refused: what the headers tell of the tightest limit.
    Standing(Option<Bucket>),
    /// It worked.
    Worked,
    /// What was pasted is an answer of which no sense can be made.
    Unclear,
}

/// Something that is known of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value, fit to be shown.
    pub value: String,
    /// How it is known.
    pub source: String,
}

/// All that follows from an answer. Every text in it is without secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What to do, in short.
    pub answer: Answer,
    /// What was pasted.
    pub kind: PasteKind,
    /// The HTTP status; `None` of headers that nothing failed with.
    pub status: Option<u16>,
    /// Whether the status was not pasted, and follows from the error.
    pub status_is_assumed: bool,
    /// What happened; `None` of headers alone.
    pub outcome: Option<Outcome>,
    /// The limit that refused the request, else the tightest that the headers tell.
    pub bucket: Option<Bucket>,
    /// The limits that the headers tell.
    pub told: Vec<Bucket>,
    /// From the answer's moment to the earliest one at which the request fits, to the nanosecond.
    pub earliest_fit: Option<Duration>,
    /// What is known, with how it is known.
    pub facts: Vec<Fact>,
    /// Where the answer contradicts itself.
    pub conflicts: Vec<Conflict>,
    /// What happened, in a sentence.
    pub happened: String,
    /// What a person should do.
    pub steps: Vec<String>,
    /// What known clients would do; empty where nothing failed.
    pub forecasts: Vec<Forecast>,
    /// Whether what looks like a key was pasted.
    pub holds_key: bool,
    /// The statuses of earlier answers that are left out.
    pub earlier: Vec<u16>,
}

/// What was read of an answer, before anything follows from it.
pub(super) struct Evidence<'a> {
    pub paste: &'a Paste,
    pub status: Option<u16>,
    pub headers: ReplyHeaders,
    pub outcome: Option<Outcome>,
    /// What the text says of a limit, its organization included.
    pub text: Option<LimitReached>,
    pub holder: Holder,
    /// The moment of the answer, where a header tells it.
    pub date: Option<UnixTime>,
}

impl Verdict {
    /// Judges a pasted answer. `now` stands in for the answer's moment where no `date` header tells it.
    pub fn of(paste: &Paste, now: UnixTime) -> Self {
        let evidence = Evidence::of(paste, now);
        let (limits, outcome) = (&evidence.headers.limits, evidence.outcome.as_ref());
        let (told, mut conflicts) = told_by_headers(limits);
        let from_text = evidence.text.as_ref().filter(|_| outcome.is_some_and(|outcome| outcome.limit.is_some()));
        let message = evidence.message();
        let of_text = from_text.and_then(|text| Bucket::of_text(text, evidence.holder, &message));
        conflicts.splice(0..0, conflict::of_waits(&evidence.headers, from_text, of_text.as_ref()));
        conflicts.extend(of_text.as_ref().and_then(|bucket| other_limit(bucket, &told)));
        let is_limited = outcome.is_none_or(|outcome| outcome.class == Class::RateLimit);
        let bucket = of_text.or_else(|| tightest(&told, evidence.text.as_ref()).filter(|_| is_limited).cloned());

        let waits = Waits::of(&evidence, bucket.as_ref());
        let answer = answer(&evidence, bucket.as_ref(), &waits);
        let fit = match &answer {
            Answer::Never(_) => Fit::Never,
            _ => waits.earliest.map_or(Fit::Unknown, Fit::At),
        };
        let failed = outcome.filter(|outcome| outcome.class != Class::Success);
        let forecasts = failed.map(|outcome| CLIENTS.map(|client| forecast(client, outcome, fit)).to_vec());
        let (happened, steps) = advice(&evidence, &answer, bucket.as_ref());
        Self {
            kind: paste.kind,
            status: evidence.status,
            status_is_assumed: paste.status.is_none() && evidence.status.is_some(),
            earliest_fit: bucket.as_ref().filter(|bucket| !bucket.never_fits()).and_then(Bucket::earliest_fit),
            facts: facts::of(&evidence, bucket.as_ref(), &told),
            forecasts: forecasts.unwrap_or_default(),
            holds_key: paste.holds_key,
            earlier: paste.earlier.clone(),
            answer,
            outcome: evidence.outcome,
            bucket,
            told,
            conflicts,
            happened,
            steps,
        }
    }
}

impl<'a> Evidence<'a> {
    fn of(paste: &'a Paste, now: UnixTime) -> Self {
        let date = paste.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"));
        let date = date.and_then(|(_, value)| parse_http_date(value));
        let wall = date.unwrap_or(now);
        let status = paste.status.or_else(|| assumed::status_of(paste));
        let holds_answer = !paste.body.trim().is_empty() || status.is_some_and(|status| status >= 400);
        let Some(code) = status.filter(|_| holds_answer) else {
            let headers = ReplyHeaders::parse(&paste.headers, Visibility::Full, wall);
            return Self { paste, status, headers, outcome: None, text: None, holder: Holder::Unsaid, date };
        };
        let (headers, body) = (paste.headers.clone(), paste.body.clone());
        let reply = Reply::from_http(code, headers, body, Visibility::Full, wall, Endpoint::Responses);
        let said = match &reply.content {
            Content::Error(error) => error.message.clone(),
            Content::Response(response) => response.error.clone().unwrap_or_default().message,
            _ => String::new(),
        };
        let text = LimitReached::parse(&said);
        let is_of_project = said
            .to_ascii_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "project" || word == "proj");
        let holder = match &text {
            _ if is_of_project => Holder::Project,
            Some(LimitReached { organization: Some(_), .. }) => Holder::Organization,
            _ if reply.headers.limits.exhausted() == Some("project_tokens") => Holder::Project,
            _ => Holder::Unsaid,
        };
        let headers = reply.headers.clone();
        let outcome = Some(classify(&Ok(reply), wall));
        Self { paste, status, headers, outcome, text, holder, date }
    }

    fn message(&self) -> String {
        self.outcome.as_ref().map(|outcome| outcome.message.clone()).unwrap_or_default()
    }
}

/// The waits an answer names or implies, from its moment.
pub(super) struct Waits {
    /// The earliest moment that all of it agrees on.
    pub earliest: Option<Duration>,
    /// The least wait that is surely enough: what is cut off to a millisecond gets one more.
    pub safe: Option<Duration>,
}

impl Waits {
    fn of(evidence: &Evidence<'_>, bucket: Option<&Bucket>) -> Self {
        let outcome = evidence.outcome.as_ref();
        let hint = outcome.and_then(|outcome| outcome.wait).filter(|hint| !hint.is_zero());
        let stated = outcome.and_then(|outcome| outcome.limit.as_ref()?.try_again_in);
        let stated = stated.filter(|stated| !stated.is_zero());
        let computed = bucket.and_then(Bucket::earliest_fit).map(whole_ms).filter(|computed| !computed.is_zero());
        let header = hint.filter(|hint| hint.source() != WaitSource::Message);
        let of_header = |source| header.filter(|hint| hint.source() == source).map(|hint| hint.stated());
        let (millis, seconds) = (of_header(WaitSource::RetryAfterMs), of_header(WaitSource::RetryAfter));
        // Whole seconds are a finer wait rounded up: that one counts.
        let rounds = |seconds: Duration| {
            [stated, computed].into_iter().flatten().any(|finer| conflict::is_rounding(seconds, finer))
        };
        let asked = header.map(|hint| hint.stated()).filter(|asked| !(seconds == Some(*asked) && rounds(*asked)));
        // Rounded up from the same wait, retry-after-ms has the millisecond that the text lacks.
        let covered = |stated: Duration| {
            millis.is_some_and(|millis| millis >= stated && millis - stated <= Duration::from_millis(1))
        };
        let sufficient = stated
            .filter(|stated| !covered(*stated))
            .map(|wait| ServerWait::For { wait, source: WaitSource::Message }.sufficient());
        // A text's wait is the computed one cut off: where both are known, the computed one is finer.
        let near =
            |stated: &Duration| computed.is_some_and(|computed| stated.abs_diff(computed) <= Duration::from_millis(1));
        let earliest_stated = stated.filter(|stated| !near(stated));
        Self {
            earliest: [earliest_stated, asked, computed].into_iter().flatten().max(),
            safe: [sufficient, asked, computed].into_iter().flatten().max(),
        }
    }
}

fn answer(evidence: &Evidence<'_>, bucket: Option<&Bucket>, waits: &Waits) -> Answer {
    let Some(outcome) = &evidence.outcome else { return Answer::Standing(bucket.cloned()) };
    let wait = |by_numbers| waits.safe.map(|wait| Answer::Wait { wait, by_numbers });
    match outcome.class {
        Class::Success => Answer::Worked,
        Class::RateLimit if bucket.is_some_and(Bucket::never_fits) => Answer::Never(Class::RequestTooLarge),
        Class::RateLimit | Class::Overload | Class::Server | Class::Timeout | Class::Conflict
            if outcome.should_retry == Some(false) =>
        {
            Answer::Vetoed
        }
        Class::RateLimit => {
            let by_numbers = bucket.is_some_and(|bucket| bucket.earliest_fit().is_some());
            wait(by_numbers).unwrap_or(Answer::WaitUnsaid)
        }
        class @ (Class::Overload | Class::Server | Class::Timeout | Class::Conflict) => {
            wait(false).unwrap_or(Answer::TryAgain(class))
        }
        class @ (Class::RequestTooLarge
        | Class::Quota
        | Class::Auth
        | Class::Forbidden
        | Class::NotFound
        | Class::BadRequest) => Answer::Never(class),
        Class::Unreadable | Class::Opaque | Class::Unknown | Class::NotSent => Answer::Unclear,
    }
}

impl Answer {
    /// The answer in a line.
    pub fn headline(&self) -> String {
        match self {
            Self::Wait { wait, by_numbers: true } => format!("Wait {}, then it fits", exact(*wait)),
            Self::Wait { wait, by_numbers: false } => format!("Wait {}, as the server asks", exact(*wait)),
            Self::WaitUnsaid => "Wait and back off: it does not say how long".to_owned(),
            Self::TryAgain(Class::Overload) => "Back off, then try again: the server is overloaded".to_owned(),
            Self::TryAgain(Class::Server) => "Try again in a few seconds: the server failed".to_owned(),
            Self::TryAgain(_) => "Try again: it may well work the next time".to_owned(),
            Self::Never(Class::RequestTooLarge) => "Never: larger than the limit".to_owned(),
            Self::Never(Class::Quota) => "Not by waiting: no credit or budget is left".to_owned(),
            Self::Never(Class::Auth) => "Never with this key: it was refused, or is missing".to_owned(),
            Self::Never(Class::Forbidden) => "Never like this: it is not allowed".to_owned(),
            Self::Never(Class::NotFound) => "Never like this: no such model or address".to_owned(),
            Self::Never(_) => "Never unchanged: the request is wrong".to_owned(),
            Self::Vetoed => "Not again: the server says not to retry".to_owned(),
            Self::Standing(bucket) => standing(bucket.as_ref()),
            Self::Worked => "It worked: there is nothing to wait for".to_owned(),
            Self::Unclear => "An answer of which no sense can be made".to_owned(),
        }
    }
}

fn standing(bucket: Option<&Bucket>) -> String {
    let Some(bucket) = bucket else { return "Nothing was refused, and no limit is told".to_owned() };
    match (bucket.left(), bucket.earliest_fit()) {
        (Some(0), Some(wait)) => format!("Nothing is left: the next one fits in {}", exact(wait)),
        (Some(0), None) => format!("No {} are left", units(bucket.scope)),
        (Some(left), _) => {
            format!("Nothing was refused: {} of {} left", format_count(left), amount(bucket.limit.value, bucket.scope))
        }
        (None, _) => format!("A limit of {}; what is left is not told", amount(bucket.limit.value, bucket.scope)),
    }
}

fn advice(evidence: &Evidence<'_>, answer: &Answer, bucket: Option<&Bucket>) -> (String, Vec<String>) {
    let Some(outcome) = &evidence.outcome else {
        return ("These headers tell how the limits stood at the moment of an answer.".to_owned(), Vec::new());
    };
    let Some(general) = advise(outcome, Path::Relay) else {
        return ("The answer is a response.".to_owned(), Vec::new());
    };
    let mut steps = Vec::new();
    if let Answer::Wait { wait, .. } = answer {
        steps.push(format!(
            "Send it again {} after the answer came, plus a little jitter: others may wait too.",
            exact(*wait)
        ));
    }
    let by_amount = matches!(bucket, Some(Bucket { scope: Some(LimitScope::Tokens | LimitScope::InputTokens), .. }));
    match (answer, bucket.filter(|_| by_amount)) {
        (Answer::Never(Class::RequestTooLarge), Some(bucket)) => {
            let over = bucket.requested.map_or(0, |asked| asked.value.saturating_sub(bucket.limit.value));
            steps.push(format!(
                "Ask for at least {} less: shorten the prompt, or lower max_output_tokens.",
                amount(over, bucket.scope)
            ));
            steps.push(
                "Or split the request, choose a model with a larger limit, or have this limit raised.".to_owned(),
            );
        }
        (Answer::Never(Class::RequestTooLarge), None) => {
            steps.push("Make the request smaller, or have the limit raised: no wait makes it fit.".to_owned());
        }
        (Answer::Wait { .. } | Answer::WaitUnsaid, Some(bucket)) => {
            if let Some(left) = bucket.left().filter(|left| *left > 0) {
                steps.push(format!("Or send up to {} at once: so much was left.", amount(left, bucket.scope)));
            }
            steps.push("A smaller max_output_tokens asks for less of a token limit, and fits sooner.".to_owned());
        }
        (Answer::Wait { .. }, None) => {}
        _ => steps.extend(general.steps.into_iter().map(str::to_owned)),
    }
    let in_stream = evidence.status.is_some_and(|status| status < 300) && outcome.class != Class::Unknown;
    if in_stream {
        steps.push(
            "It came inside an answer with HTTP 200, after the point where the SDKs retry: retry it yourself."
                .to_owned(),
        );
    }
    (general.happened.to_owned(), steps)
}

/// The limits that headers tell, and what in them contradicts itself.
fn told_by_headers(limits: &RateLimitHeaders) -> (Vec<Bucket>, Vec<Conflict>) {
    use LimitScope::{Requests, Tokens};
    let requests_window = limits.requests_window.or(limits.policy_window);
    let mut trios: Vec<(&str, &LimitTrio, Option<LimitScope>, Holder, Option<Duration>)> = vec![
        ("requests", &limits.requests, Some(Requests), Holder::Unsaid, requests_window),
        ("tokens", &limits.tokens, Some(Tokens), Holder::Unsaid, limits.tokens_window),
        ("project-tokens", &limits.project_tokens, Some(Tokens), Holder::Project, None),
        ("requests", &limits.upstream_requests, Some(Requests), Holder::Upstream, None),
        ("tokens", &limits.upstream_tokens, Some(Tokens), Holder::Upstream, None),
    ];
    for (name, trio) in &limits.others {
        let has = |word: &str| name.contains(word);
        let scope = match () {
            () if has("input-token") => Some(LimitScope::InputTokens),
            () if has("token") => Some(Tokens),
            () if has("request") || has("req-") => Some(Requests),
            () => None,
        };
        trios.push((name, trio, scope, Holder::Unsaid, None));
    }
    let (mut told, mut conflicts) = (Vec::new(), Vec::new());
    for (name, trio, scope, holder, window) in trios {
        let bucket = Bucket::of_trio(trio, scope, holder, window);
        conflicts.extend(conflict::of_trio(name, trio, bucket.as_ref()));
        told.extend(bucket);
    }
    (told, conflicts)
}

/// The limit with the least share left, one of the scope that a text names first.
fn tightest<'a>(told: &'a [Bucket], text: Option<&LimitReached>) -> Option<&'a Bucket> {
    let named = text.and_then(|text| text.scope);
    let share = |bucket: &&Bucket| {
        let left = bucket.left().unwrap_or(bucket.limit.value);
        let other_scope = named.is_some() && bucket.scope != named;
        (other_scope, u128::from(left) * 1_000_000 / u128::from(bucket.limit.value.max(1)))
    };
    told.iter().min_by_key(share)
}

/// A limit of the same kind and window in the headers that is another one than the text's.
fn other_limit(text: &Bucket, told: &[Bucket]) -> Option<Conflict> {
    let window = text.window?.value;
    let same: Vec<&Bucket> = told
        .iter()
        .filter(|bucket| bucket.scope == text.scope && bucket.window.is_some_and(|known| known.value == window))
        .collect();
    let first = same.first()?;
    let agrees = same.iter().any(|bucket| bucket.limit.value == text.limit.value);
    (!agrees).then(|| Conflict::Limits { units: units(text.scope), text: text.limit.value, headers: first.limit.value })
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
