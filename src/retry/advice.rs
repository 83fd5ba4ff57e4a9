//! A failure in plain words: what happened, and what to do about it.

use super::classify::{Class, Outcome};

/// How the answer came, which decides what can be known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// From the page's own simulator.
    Simulated,
    /// From another origin: CORS hides headers, and whole answers.
    Direct,
    /// From the page's own origin: all can be read.
    Relay,
}

/// What to say of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What happened, in one sentence.
    pub happened: &'static str,
    /// What to do, in the order to try it.
    pub steps: Vec<&'static str>,
}

/// What to do at a rate limit.
const WAIT: [&str; 2] = [
    "Wait as long as the answer says, then send again; a retry policy does it by itself.",
    "A smaller max output tokens asks for less of a token limit.",
];

/// Says what to do about an outcome; `None` where nothing failed.
pub fn advise(outcome: &Outcome, path: Path) -> Option<Advice> {
    let (happened, steps): (&'static str, Vec<&'static str>) = match outcome.class {
        Class::Success => return None,
        Class::RateLimit if outcome.status.is_some_and(|status| (200..300).contains(&status)) => (
            "The answer broke off at a rate limit after it had begun; what came is kept and may be billed.",
            WAIT.to_vec(),
        ),
        Class::RateLimit => ("A rate limit is reached: the request was refused before it ran.", WAIT.to_vec()),
        Class::RequestTooLarge => (
            "This one request asks for more tokens than the limit ever holds.",
            vec![
                "Waiting does not help: shorten the prompt or lower max output tokens.",
                "In the simulator, raise the tokens per minute.",
            ],
        ),
        Class::Quota => (
            "The account has no money or budget left for this.",
            vec!["Waiting does not help: check billing, budget and spend limits of the organization and the project."],
        ),
        Class::Overload => ("The server is overloaded or asks to slow down.", vec!["Wait, then send less at once."]),
        Class::Server => (
            "The server failed; nothing is wrong with the request as far as it says.",
            vec!["Send again after a few seconds.", "If it lasts, look at the provider's status page."],
        ),
        Class::Timeout => ("The server gave up waiting for something.", vec!["Send again."]),
        Class::Conflict => ("Something else was using what this request needs.", vec!["Send again."]),
        Class::Auth => (
            "The key was refused, or there is none.",
            vec![
                "Open Connection and give the key again: whole, of the right project, not revoked.",
                "Check that the key belongs to this base URL.",
            ],
        ),
        Class::Forbidden => (
            "The server does not allow this: the key lacks the right, or the region is not supported.",
            vec!["Check the key's permissions and its project.", "Choose another model or server."],
        ),
        Class::NotFound => (
            "The server knows no such model, or nothing at this address.",
            vec![
                "Choose a model from the list: yours may be misspelt, shut down, or not open to this key.",
                "If no model works, the base URL is wrong: it usually ends in /v1.",
            ],
        ),
        Class::BadRequest => (
            "The server refuses this request as it stands; the message says which part.",
            vec!["Change what the message names, then send again. The same request fails again."],
        ),
        Class::Unreadable => (
            "The server says it worked, but its answer is not a response.",
            vec!["Read the raw body below.", "Check the base URL: it should lead to an API, and usually ends in /v1."],
        ),
        Class::Opaque => opaque(path),
        Class::Unknown => (
            "No whole answer arrived in time: the request may have run, and may be billed.",
            vec!["Look at the provider's usage page before sending it again."],
        ),
        Class::NotSent => (
            "It was not sent: nothing was used, and nothing is billed.",
            vec!["Do as the message says, then send it again."],
        ),
    };
    Some(Advice { happened, steps })
}

fn opaque(path: Path) -> (&'static str, Vec<&'static str>) {
    match path {
        Path::Direct => (
            "The browser says only that the network failed, and hides why. The request may have arrived, and may be billed.",
            vec![
                "A wrong or revoked key looks exactly like this: OpenAI's 401 carries no CORS headers, so the browser hides it. Check the key first.",
                "You may be offline, or an extension, firewall or proxy blocks the address.",
                "The base URL may be wrong, or its server does not answer pages of other origins (no CORS).",
                "Through a relay on this page's own origin (/openai/v1) every answer can be read.",
            ],
        ),
        Path::Relay => (
            "The relay on this page's own origin did not answer. The request may have arrived, and may be billed.",
            vec![
                "Check that the page is served with its relay (make serve), and that the server is still running.",
                "You may be offline, or an extension blocks the address.",
            ],
        ),
        Path::Simulated => ("The simulated API gave no answer.", vec!["Reload the page."]),
    }
}

/// What an HTTP status means, in a few words.
pub const fn status_meaning(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201..=299 => "Success",
        300..=399 => "Redirection, not followed",
        400 => "Bad request",
        401 => "Unauthorized",
        402 => "Payment required",
        403 => "Forbidden",
        404 => "Not found",
        408 => "Request timeout",
        409 => "Conflict",
        413 => "Too large",
        422 => "Unprocessable",
        429 => "Too many requests",
        502 => "Bad gateway",
        503 => "Service unavailable",
        504 => "Gateway timeout",
        520..=527 => "Error at the server's proxy",
        529 => "Overloaded",
        405..=499 => "Refused",
        500..=599 => "Server error",
        _ => "Unknown status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(class: Class) -> Outcome {
        Outcome::of(class)
    }

    #[test]
    fn every_failure_says_what_happened_and_what_to_do() {
        let classes = [
            Class::RateLimit,
            Class::RequestTooLarge,
            Class::Quota,
            Class::Overload,
            Class::Server,
            Class::Timeout,
            Class::Conflict,
            Class::Auth,
            Class::Forbidden,
            Class::NotFound,
            Class::BadRequest,
            Class::Unreadable,
            Class::Opaque,
            Class::Unknown,
            Class::NotSent,
        ];
        for class in classes {
            for path in [Path::Simulated, Path::Direct, Path::Relay] {
                let advice = advise(&outcome(class), path).unwrap();
                assert!(!advice.happened.is_empty() && !advice.steps.is_empty(), "{class:?}");
                assert!(advice.steps.iter().all(|step| !step.is_empty()), "{class:?}");
            }
        }
        assert_eq!(advise(&outcome(Class::Success), Path::Direct), None);
    }

    #[test]
    fn a_limit_inside_a_success_refused_nothing_beforehand() {
        let happened = |status| advise(&Outcome { status, ..outcome(Class::RateLimit) }, Path::Relay).unwrap().happened;
        assert!(happened(Some(200)).contains("broke off") && happened(Some(200)).contains("billed"));
        // Of an error's body alone, as pasted into Explain, nothing says that an answer had begun.
        for refused in [Some(429), None] {
            assert!(happened(refused).contains("refused before it ran"), "{refused:?}");
        }
    }

    #[test]
    fn a_hidden_failure_names_the_wrong_key_only_where_it_can_be_one() {
        let names_the_key =
            |path| advise(&outcome(Class::Opaque), path).unwrap().steps.iter().any(|step| step.contains("401"));
        assert!(names_the_key(Path::Direct) && !names_the_key(Path::Relay));
    }
}
