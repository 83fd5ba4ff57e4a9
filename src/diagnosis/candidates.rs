//! The candidates behind a failure that the browser hides, the likeliest first.

use std::time::Duration;

use super::servers::{Refusal, access};
use super::{Failure, Situation};
use crate::base_url::UrlNote;

/// What can be behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The browser has no network.
    Offline,
    /// A 401 without a CORS header.
    KeyRejected,
    /// A 429, or another refusal, without a CORS header.
    HiddenRefusal,
    /// The server does not answer pages of this origin.
    PagesNotAllowed,
    /// The server refuses a header before the request is sent.
    PreflightRefused,
    /// No API at that address.
    WrongAddress,
    /// The server sends requests on to another address.
    Redirect,
    /// Nothing listens there.
    NotRunning,
    /// An extension, a firewall or a proxy.
    Blocked,
    /// Chrome asks before a public page may reach this machine.
    LocalNetworkAccess,
    /// A page over https, an address over http.
    MixedContent,
    /// A certificate that the browser does not trust.
    Certificate,
    /// The page's own server does not pass requests on.
    RelayDown,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which it is.
    pub cause: Cause,
    /// What would have happened.
    pub what: String,
    /// How to find out.
    pub check: String,
    /// What to do about it.
    pub fix: String,
    /// A shell command that helps to find out.
    pub command: Option<String>,
}

/// What is less likely than this is not worth a line.
const WORTH_TELLING: i32 = 25;
/// No server on another machine answers faster; and what takes longer than this was dropped on the way.
const TOO_FAST: Duration = Duration::from_millis(5);
const TOO_SLOW: Duration = Duration::from_secs(10);

/// What can be behind a request that failed without a readable answer, the likeliest first.
///
/// `is_post` where it was one that can be billed; it also sends `content-type`, which a preflight asks for.
pub fn candidates(situation: &Situation, failure: Failure, is_post: bool) -> Vec<Candidate> {
    // By insertion: a sort of its own would be the larger half of this module on the page.
    let mut ranked: Vec<(i32, Cause)> = Vec::new();
    for (weight, cause) in weights(situation, failure, is_post) {
        if weight >= WORTH_TELLING {
            let at = ranked.iter().take_while(|(other, _)| *other >= weight).count();
            ranked.insert(at, (weight, cause));
        }
    }
    ranked.into_iter().map(|(_, cause)| told(cause, situation, failure, is_post)).collect()
}

/// How much speaks for each, from 0 to 100: orders of likelihood, no probabilities.
fn weights(situation: &Situation, failure: Failure, is_post: bool) -> Vec<(i32, Cause)> {
    let Failure { is_offline, answered_before, took } = failure;
    let url = &situation.base_url;
    let when = |holds: bool, yes: i32, no: i32| if holds { yes } else { no };
    let offline = (when(is_offline && !url.is_loopback(), 100, 0), Cause::Offline);
    if url.is_same_origin() {
        return vec![(80, Cause::RelayDown), offline, (when(url.is_loopback(), 0, 45), Cause::Blocked)];
    }
    let no_version = url.notes().iter().any(|note| matches!(note, UrlNote::VersionMissing(_)));
    let slow_or_at_once = took.is_some_and(|took| took >= TOO_SLOW || took < TOO_FAST && !url.is_loopback());
    let blocked = when(slow_or_at_once, 75, 42);
    if situation.is_openai() {
        return vec![
            offline,
            (when(answered_before, 45, 90), Cause::KeyRejected),
            (when(answered_before, 85, 30), Cause::HiddenRefusal),
            (when(url.as_str() == "https://api.openai.com/v1", 0, 95), Cause::WrongAddress),
            (blocked, Cause::Blocked),
        ];
    }
    // A server that has answered a GET may still refuse what only a POST sends.
    let asked = situation.asked_headers(is_post).len();
    let preflight = when(answered_before, when(is_post, 40, 0), when(asked > 2, 58, when(asked > 0, 44, 0)));
    let refusal = match access(situation).refusal {
        Refusal::Certain => 96,
        Refusal::Likely => 68,
        Refusal::Possible => 60,
        Refusal::Unlikely => 30,
    };
    let key = when(situation.has_key, when(answered_before, 35, 50), 0);
    let common = [
        (when(answered_before, 10, refusal), Cause::PagesNotAllowed),
        (preflight, Cause::PreflightRefused),
        (when(no_version, 72, when(answered_before, 0, 34)), Cause::WrongAddress),
        (key, Cause::KeyRejected),
        (when(answered_before, 70, 26), Cause::HiddenRefusal),
    ];
    let is_https = url.as_str().starts_with("https:");
    let certificate = (when(is_https && !answered_before, 32, 0), Cause::Certificate);
    let own: Vec<(i32, Cause)> = if url.is_loopback() {
        let page_is_away = !situation.is_page_on_this_machine();
        vec![
            (70, Cause::NotRunning),
            (when(page_is_away && !answered_before, 74, 0), Cause::LocalNetworkAccess),
            (
                when(situation.page_origin.starts_with("https:") && !is_https && !answered_before, 38, 0),
                Cause::MixedContent,
            ),
        ]
    } else {
        vec![offline, (blocked, Cause::Blocked), (when(answered_before, 0, 33), Cause::Redirect)]
    };
    own.into_iter().chain(common).chain([certificate]).collect()
}

/// A candidate in words, with marks for what differs: see [`Situation::fill`].
struct Words {
    what: &'static str,
    check: &'static str,
    fix: &'static str,
    command: Command,
}

/// Which command helps to find out.
#[derive(Clone, Copy)]
enum Command {
    None,
    Models,
    Preflight,
}

const fn words(what: &'static str, check: &'static str, fix: &'static str, command: Command) -> Words {
    Words { what, check, fix, command }
}

fn told(cause: Cause, situation: &Situation, failure: Failure, is_post: bool) -> Candidate {
    let words = words_of(cause, situation, failure);
    Candidate {
        cause,
        what: situation.fill(words.what, is_post),
        check: situation.fill(words.check, is_post),
        fix: situation.fill(words.fix, is_post),
        command: match words.command {
            Command::None => None,
            Command::Models => Some(situation.curl_models()),
            Command::Preflight => Some(situation.curl_preflight(is_post)),
        },
    }
}

fn words_of(cause: Cause, situation: &Situation, failure: Failure) -> Words {
    match cause {
        Cause::Offline => words(
            "The browser says that it is offline.",
            "Open any other site.",
            "Connect to the network, then send again.",
            Command::None,
        ),
        Cause::KeyRejected => words(
            key_rejected(situation, failure),
            "Run this: a 401 says so in words.",
            "Give the key again under Connection: whole, of the right project, not revoked.",
            Command::Models,
        ),
        Cause::HiddenRefusal => words(
            "The server refused it (429, 404 or a failure), and the refusal carries no CORS header.",
            "Run the same request by curl. Whether OpenAI's 429s carry the header is not established either way.",
            "Wait a minute and send less at once. Through a relay every refusal can be read.",
            Command::Models,
        ),
        Cause::PagesNotAllowed => words(
            "The server does not answer pages of {page}.",
            "Run this: an answer without Access-Control-Allow-Origin, or a 403, says so.",
            access(situation).fix,
            Command::Preflight,
        ),
        Cause::PreflightRefused => words(
            "The server refuses one of these headers before the request is sent: {asked}.",
            "Run this: Access-Control-Allow-Headers of its answer must name each of them. Test connection finds the one.",
            if situation.has_organization || situation.has_project {
                "Leave Organization and Project empty, or let the server allow these request headers."
            } else {
                "Let the server allow these request headers."
            },
            Command::Preflight,
        ),
        Cause::WrongAddress => words(
            "There is no API at {url}, and what answers there carries no CORS header.",
            "Run this: a 404 or a web page says so.",
            if situation.meant_url().is_some() {
                "Did you mean {meant}?"
            } else {
                "Check the host and the path: they usually end in /v1."
            },
            Command::Models,
        ),
        Cause::Redirect => words(
            "The address redirects to another, which Sluice refuses: the key would go along.",
            "Run this: a status from 301 to 308 has the other address under Location.",
            "Enter that address as the base URL, if you trust it.",
            Command::Models,
        ),
        Cause::NotRunning => words(
            "Nothing listens at {host}, or it has just stopped.",
            "Run this: curl says \"Connection refused\" then.",
            "Start the server, or correct the port.",
            Command::Models,
        ),
        Cause::Blocked => words(
            "An extension, a firewall or a proxy blocks {host}, or the network is gone.",
            "Try a private window without extensions, or another network.",
            "Allow {host} there.",
            Command::None,
        ),
        Cause::LocalNetworkAccess => words(
            "The browser keeps public pages from this machine until you allow it (Chrome since 142: Local Network Access).",
            "Look at the site's settings, left of the address: Local network access.",
            "Allow it there, or serve Sluice from this machine (make serve).",
            Command::None,
        ),
        Cause::MixedContent => words(
            "This page came over https and the address is http: some browsers (Safari) block that even on this machine.",
            "Look for \"mixed content\" in the browser's console.",
            "Serve Sluice from this machine (make serve), or use another browser.",
            Command::None,
        ),
        Cause::Certificate => words(
            "The browser does not trust the certificate of {host}.",
            "Open https://{host} in a tab of its own: the browser says what is wrong with it.",
            "Give the server a certificate that the browser trusts.",
            Command::None,
        ),
        Cause::RelayDown => words(
            "The relay on this page's own origin did not answer, or broke off.",
            "Check that the page is served with its relay (make serve), and that the server still runs.",
            "Start it again.",
            Command::Models,
        ),
    }
}

const fn key_rejected_at_openai(has_key: bool, answered_before: bool) -> &'static str {
    match (has_key, answered_before) {
        (true, true) => {
            "The key is rejected now, as after it was revoked: OpenAI's 401 carries no CORS header, so the browser hides it."
        }
        (true, false) => {
            "The key was rejected. A wrong or revoked key looks exactly like this: OpenAI's 401 carries no CORS header, so the browser hides it."
        }
        (false, _) => "There is no key: OpenAI's 401 carries no CORS header, so the browser hides it.",
    }
}

fn key_rejected(situation: &Situation, failure: Failure) -> &'static str {
    if situation.is_openai() {
        return key_rejected_at_openai(situation.has_key, failure.answered_before);
    }
    "The key was rejected, and the refusal carries no CORS header. A wrong or revoked key looks exactly like this at OpenAI and at servers that follow it."
}

#[cfg(test)]
#[path = "candidates_tests.rs"]
mod tests;
