//! Test connection: a few free requests that tell more together than one error does, and what they say.

use super::Situation;
use super::servers::access;
use crate::rate_limit::{Provider, Shown, shown};
use crate::reply::{Content, Reply, TransportError};

/// One request of the test: a GET of the models, which costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// As every request is sent.
    Whole,
    /// Without any header, its answer not to be read (`no-cors`): it fails only where nobody answers.
    NoCors,
    /// Without any header: no preflight goes before it.
    Bare,
    /// With this header alone; the preflight asks for it and no other.
    Alone(&'static str),
}

/// How much of an answer's headers could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadersRead {
    /// All of them: same origin, or the server exposes all or its limits.
    Full,
    /// None that tells of limits.
    BodyOnly,
}

/// What came of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An answer that can be read.
    Read {
        /// The HTTP status.
        status: u16,
        /// How many models it lists; `None` where it is no model list.
        models: Option<usize>,
        /// How much of its headers could be read.
        headers: HeadersRead,
        /// Whose names its limits have, where any could be read.
        whose: Option<&'static str>,
    },
    /// Something answered; that is all the browser tells.
    Reached,
    /// The browser says no more than that it failed.
    Nothing {
        /// It said that it was offline.
        is_offline: bool,
    },
    /// No answer in time.
    Late,
    /// It could not be sent as it stands, and why.
    NotSent(String),
}

impl Answer {
    /// What came of a probe sent to `host`, whose answer was to be read.
    pub fn of(result: &Result<Reply, TransportError>, is_offline: bool, host: &str) -> Self {
        match result {
            Ok(reply) => {
                let (sent, limits) = (reply.wire.headers(), &reply.headers.limits);
                let is_not_sent = |name| shown(name, &reply.headers, &sent) == Shown::NotSent;
                let sees_all = is_not_sent("retry-after") && is_not_sent("x-ratelimit-limit-requests");
                let sees_limits = limits.any_exposed();
                Self::Read {
                    status: reply.status,
                    models: match &reply.content {
                        Content::Models(models) => Some(models.len()),
                        _ => None,
                    },
                    headers: if sees_all || sees_limits { HeadersRead::Full } else { HeadersRead::BodyOnly },
                    whose: sees_limits.then(|| Provider::of(Some(host), limits, &sent).whose),
                }
            }
            Err(TransportError::Opaque(_)) => Self::Nothing { is_offline },
            Err(TransportError::TimedOut(_)) => Self::Late,
            // It began to answer, and could be read: what it would have said is not known.
            Err(TransportError::CutOff { .. }) => {
                Self::Read { status: 200, models: None, headers: HeadersRead::BodyOnly, whose: None }
            }
            Err(TransportError::NotSent(why)) => Self::NotSent(why.clone()),
        }
    }
}

/// The probes so far, with their answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProbeLog {
    /// In the order they were sent.
    pub steps: Vec<(Probe, Answer)>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// It works.
    Good,
    /// It answers, and something is to be seen to.
    Warning,
    /// It cannot be used as it is.
    Bad,
}

/// What the probes say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How it stands.
    pub kind: VerdictKind,
    /// In a few words.
    pub title: &'static str,
    /// What is known, and what is not.
    pub text: String,
    /// What to do; empty where there is nothing to.
    pub fix: String,
    /// How much of the headers can be read, where an answer could.
    pub headers: Option<HeadersRead>,
    /// A shell command that tells what the page cannot see.
    pub command: Option<String>,
}

impl ProbeLog {
    /// The next probe that would tell something; `None` when all that can be known is.
    pub fn next(&self, situation: &Situation) -> Option<Probe> {
        let Some(whole) = self.answer(Probe::Whole) else { return Some(Probe::Whole) };
        // On the page's own origin there is no CORS to look behind.
        if *whole != (Answer::Nothing { is_offline: false }) || situation.base_url.is_same_origin() {
            return None;
        }
        match (self.answer(Probe::NoCors), self.answer(Probe::Bare)) {
            (None, _) => Some(Probe::NoCors),
            (Some(Answer::Reached), None) => Some(Probe::Bare),
            (Some(Answer::Reached), Some(Answer::Read { .. })) => {
                // One header alone was in the whole request already.
                let asked = situation.asked_headers(false);
                let untried = |name: &&&'static str| self.answer(Probe::Alone(name)).is_none();
                if asked.len() > 1 { asked.iter().find(untried).map(|name| Probe::Alone(name)) } else { None }
            }
            _ => None,
        }
    }

    fn answer(&self, probe: Probe) -> Option<&Answer> {
        self.steps.iter().find_map(|(sent, answer)| (*sent == probe).then_some(answer))
    }

    /// The headers that alone get no readable answer.
    fn refused_alone(&self) -> Vec<&'static str> {
        self.steps
            .iter()
            .filter_map(|(probe, answer)| match (probe, answer) {
                (Probe::Alone(name), Answer::Nothing { .. }) => Some(*name),
                _ => None,
            })
            .collect()
    }

    /// What the probes say; `None` before the first has its answer. It never says more than they can tell.
    pub fn verdict(&self, situation: &Situation) -> Option<Verdict> {
        let bad = |title, text: &str, fix: &str, command| bad(situation, title, text, fix, command);
        let models = || Some(situation.curl_models());
        Some(match (self.answer(Probe::Whole)?, self.answer(Probe::NoCors), self.answer(Probe::Bare)) {
            (Answer::Read { status, models, headers, whose }, ..) => {
                read(situation, *status, *models, *headers, *whose)
            }
            (Answer::NotSent(why), ..) => bad("Nothing was sent", why, "", None),
            (Answer::Late, ..) => bad(
                "No answer in time",
                "{host} took the request, or the network swallowed it: neither an answer nor a failure came in time.",
                "Try again; if it lasts, try another network.",
                models(),
            ),
            (Answer::Nothing { is_offline: true }, ..) => bad(
                "Offline",
                "The browser says that it is offline, so nothing else can be told.",
                "Connect to the network, then test again.",
                None,
            ),
            _ if situation.base_url.is_same_origin() => bad(
                "The relay does not answer",
                "This page's own server broke off, or is gone.",
                "Check that the page is served with its relay (make serve).",
                models(),
            ),
            (_, Some(Answer::Reached), Some(Answer::Read { .. })) => self.with_headers_only(situation),
            (_, Some(Answer::Reached), _) => without_cors(situation),
            _ => bad(
                "Nobody answers",
                "Not even a request without headers reaches {host}: the address is wrong, nothing listens there, it redirects to another address (which this page may not follow), its certificate is not trusted, or an extension, a firewall or the browser itself blocks it.",
                "Check host and port. Run the command: where curl gets an answer, something in the browser blocks it; where it gets a 3xx, use the address that its location names.",
                models(),
            ),
        })
    }

    /// The server answers pages; with the request's headers it cannot be read.
    fn with_headers_only(&self, situation: &Situation) -> Verdict {
        let refused = self.refused_alone();
        let key_fails = refused.contains(&"authorization");
        let extra: Vec<&str> = refused.iter().copied().filter(|name| *name != "authorization").collect();
        if !extra.is_empty() {
            let text = if key_fails {
                "The server is there, and it answers pages. With {names} its answer cannot be read: it refuses that header before the request. With the key alone it cannot be read either."
            } else {
                "The server is there, and it answers pages. With {names} its answer cannot be read: it refuses that header before the request. With the key alone it can be read."
            };
            return bad(
                situation,
                "A header is refused",
                &text.replace("{names}", &extra.join(" and with ")),
                "Leave the field empty, or let the server name the header in Access-Control-Allow-Headers.",
                Some(situation.curl_preflight(false)),
            );
        }
        if situation.asked_headers(false).len() > 1 && !key_fails {
            return bad(
                situation,
                "Only all headers together fail",
                "The server is there, and each header alone gets an answer that can be read. What it makes of all of them together is hidden.",
                "Check that the key belongs to this organization and project.",
                Some(situation.curl_models()),
            );
        }
        if situation.is_openai() {
            return key_rejected(situation);
        }
        bad(
            situation,
            "With your key the answer is hidden",
            "The server is there, and it answers pages. With your key the answer cannot be read: either it refuses the header authorization before the request, or the key was rejected (401) and that refusal carries no CORS header.",
            "Run the command: Access-Control-Allow-Headers must name authorization. If it does, the key was rejected.",
            Some(situation.curl_preflight(false)),
        )
    }
}

/// A verdict of something that cannot be used as it is; `text` and `fix` with the marks of [`Situation::fill`].
fn bad(situation: &Situation, title: &'static str, text: &str, fix: &str, command: Option<String>) -> Verdict {
    Verdict {
        kind: VerdictKind::Bad,
        title,
        text: situation.fill(text, false),
        fix: situation.fill(fix, false),
        headers: None,
        command,
    }
}

fn key_rejected(situation: &Situation) -> Verdict {
    let membership = match (situation.has_organization, situation.has_project) {
        (true, true) => "organization or project",
        (true, false) => "organization",
        (false, true) => "project",
        (false, false) => "",
    };
    let (title, text, fix) = if !situation.has_key {
        (
            "The key is missing",
            "The server is there. Without a key OpenAI answers 401, which carries no CORS header and so cannot be read.",
            "Give the key again: whole, of the right project, not revoked. curl shows the 401 in words.",
        )
    } else if membership.is_empty() {
        (
            "The key was most likely rejected",
            "The server is there. With your key the answer cannot be read: at OpenAI that means the key was rejected (401), whose answer carries no CORS header. A good key's answer can be read.",
            "Give the key again: whole, of the right project, not revoked. curl shows the 401 in words.",
        )
    } else {
        (
            "The key, or what is sent with it, was most likely refused",
            "The server is there. With your key and {membership} the answer cannot be read: at OpenAI the key was rejected (401), or it does not belong to the {membership} given (401 or 404). Such answers may carry no CORS header.",
            "Test again with {membership} left empty: if that answers, the key is good. If it does not, give the key again: whole, not revoked.",
        )
    };
    let named = |text: &str| text.replace("{membership}", membership);
    bad(situation, title, &named(text), &named(fix), Some(situation.curl_models()))
}

/// Reached, but not even a plain answer can be read.
fn without_cors(situation: &Situation) -> Verdict {
    // OpenAI answers pages, and refuses a request without a key as unreadably as one with a wrong key.
    if situation.is_openai() {
        return key_rejected(situation);
    }
    bad(
        situation,
        "The server does not let this page read its answers",
        "The server is there, but not even an answer to a plain request can be read: it sends no Access-Control-Allow-Origin for {page}, or not on refusals (401, 404).",
        access(situation).fix,
        Some(situation.curl_preflight(false)),
    )
}

fn read(
    situation: &Situation,
    status: u16,
    models: Option<usize>,
    headers: HeadersRead,
    whose: Option<&'static str>,
) -> Verdict {
    let seen = match (headers, whose) {
        (HeadersRead::Full, Some(_)) => " Rate-limit headers can be read ({whose}).",
        (HeadersRead::Full, None) => {
            " All headers can be read; this answer carried no limits, as lists of models often do."
        }
        (HeadersRead::BodyOnly, _) => {
            " None of its rate-limit headers can be read here: hidden by CORS, or not sent with a list of models. Limits are then inferred from error texts."
        }
    };
    let (kind, title, text, fix) = match (status, models) {
        (200..=299, Some(1)) => (VerdictKind::Good, "It answers", "1 model is listed, and the answer can be read.", ""),
        (200..=299, Some(_)) => {
            (VerdictKind::Good, "It answers", "{models} models are listed, and the answer can be read.", "")
        }
        (200..=299, None) => (
            VerdictKind::Warning,
            "Something answers, but no list of models",
            "The server says it worked, and what it sent is no list of models.",
            "Check the base URL: it usually ends in /v1. A server without such a list can still answer requests.",
        ),
        (401 | 403, _) => (
            VerdictKind::Bad,
            if situation.has_key { "The key is refused" } else { "A key is wanted" },
            "The server answers pages, and refuses with {status}.",
            "Give a key of this server: whole, of the right project, not revoked.",
        ),
        (404, _) => (
            VerdictKind::Warning,
            "Nothing at this address",
            "The server is there, and has no list of models at this path (404).",
            "Check the base URL: it usually ends in /v1.",
        ),
        (429, _) => (
            VerdictKind::Warning,
            "It answers: a limit is reached",
            "The server refuses with 429, and that can be read.",
            "Wait, then test again.",
        ),
        _ => (
            VerdictKind::Warning,
            "It answers with a failure",
            "The server answers {status}, and that can be read.",
            "Test again in a while.",
        ),
    };
    let text = [("{models}", models.unwrap_or_default().to_string()), ("{status}", status.to_string())]
        .into_iter()
        .fold([text, seen].concat(), |text, (mark, value)| text.replace(mark, &value))
        .replace("{whose}", whose.unwrap_or_default());
    let command = (kind != VerdictKind::Good).then(|| situation.curl_models());
    Verdict { kind, title, text, fix: fix.to_owned(), headers: Some(headers), command }
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
