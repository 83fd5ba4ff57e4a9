//! Answers as people paste them into Explain.

use sluice::explain::{Verdict, read};
use sluice::rate_limit::Visibility;
use sluice::reply::{Content, Endpoint, Reply};
use sluice::retry::{Class, Outcome, classify};
use sluice::time::UnixTime;

use super::{Case, body, pairs};

/// An answer as it came over the wire.
pub struct Wire {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    now: UnixTime,
}

/// The answer of a case, where it holds one.
pub fn pasted(case: &Case) -> Option<Wire> {
    let status = u16::try_from(case.input["status"].as_u64()?).ok()?;
    Some(Wire { status, headers: pairs(&case.input["headers"]), body: body(&case.input), now: case.now() })
}

impl Wire {
    /// Whether the paste of it says what the wire does.
    pub fn agrees_with_paste(&self) -> Result<(), String> {
        let outcome = self.outcome();
        let head: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let dump = format!("HTTP/1.1 {}\r\n{}\r\n\r\n{}", self.status, head.join("\r\n"), self.body);
        let whole = self.verdict(&dump)?;
        if self.body.trim().is_empty() && self.status < 400 {
            // Headers of a success: there is nothing more to compare.
            return if whole.outcome.is_none() { Ok(()) } else { Err("headers alone failed with nothing".to_owned()) };
        }
        same("the whole dump", &outcome, whole.outcome.as_ref().ok_or("nothing came of the dump")?)?;
        // Without its status and headers, an error in JSON still tells what happened.
        let says_something = self.status >= 400
            && !matches!(outcome.class, Class::Conflict | Class::Timeout)
            && serde_json::from_str::<serde_json::Value>(&self.body).is_ok_and(|body| !body.is_string());
        if !says_something || outcome.message.contains("without saying why") {
            return Ok(());
        }
        let alone = self.verdict(&self.body)?;
        let alone = alone.outcome.as_ref().ok_or("nothing came of the body")?;
        if (&outcome.message, &outcome.code, &outcome.limit) == (&alone.message, &alone.code, &alone.limit) {
            return Ok(());
        }
        Err(format!("the body alone: expected {outcome:?}, found {alone:?}"))
    }

    fn outcome(&self) -> Outcome {
        let (headers, body) = (self.headers.clone(), self.body.clone());
        let reply = Reply::from_http(self.status, headers, body, Visibility::Full, self.now, Endpoint::Responses);
        assert!(!matches!(reply.content, Content::Models(_)));
        classify(&Ok(reply), self.now)
    }

    fn verdict(&self, text: &str) -> Result<Verdict, String> {
        let paste = read(text).map_err(|why| format!("{why}\n{text}"))?;
        Ok(Verdict::of(&paste, self.now))
    }
}

fn same(what: &str, expected: &Outcome, found: &Outcome) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}
