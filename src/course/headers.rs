//! A 429 on its way to a page: what the server sends, and what the browser lets the page read of it.

use crate::rate_limit::{Shown, Visibility, expose_line, shown, why_hidden};
use crate::reply::{Endpoint, Reply};
use crate::responses::{ApiRequest, CreateResponse, Input};
use crate::simulator::{LatencyModel, Scenario, Simulator};
use crate::time::{Instant, UnixTime};
use crate::transport::simulated::SIMULATED_KEY;

/// How the page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// The API itself, on another origin.
    #[default]
    Direct,
    /// A relay on the page's own origin.
    Relay,
}

/// What the server lets pages of other origins read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exposes {
    /// It names nothing.
    Nothing,
    /// The request id alone, as api.openai.com does.
    #[default]
    RequestId,
    /// All that it sends.
    All,
}

impl Exposes {
    fn names(self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::RequestId => name == "x-request-id",
            Self::All => true,
        }
    }
}

/// What a page may read of any answer from another origin (Fetch standard, CORS-safelisted response-header names).
const SAFELISTED: [&str; 7] =
    ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];

/// The headers that are looked for, one of which this server never sends.
const LOOKED_FOR: [&str; 11] = [
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "x-request-id",
    "content-type",
];

/// A header on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRow {
    /// Its name.
    pub name: &'static str,
    /// What the server sends; `None` where it does not send it.
    pub sent: Option<String>,
    /// What the page sees.
    pub seen: Shown,
}

impl HeaderRow {
    /// Whether the browser keeps it from the page.
    pub fn is_stripped(&self) -> bool {
        self.sent.is_some() && !matches!(self.seen, Shown::Value(_) | Shown::Malformed(_))
    }
}

/// A 429 as server and page see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The headers.
    pub rows: Vec<HeaderRow>,
    /// What can be said of a header that the page does not see.
    pub hidden_words: &'static str,
    /// What the body says, which no rule hides.
    pub message: String,
    /// The line of the server that would show what is stripped; `None` where nothing is.
    pub line: Option<String>,
}

/// Sends a request that is refused, that way, to a server that exposes that much.
pub fn look(way: Way, exposes: Exposes) -> Looked {
    let answer = refused();
    let sent = answer.wire.headers();
    let passes = |name: &str| way == Way::Relay || SAFELISTED.contains(&name) || exposes.names(name);
    let readable: Vec<(String, String)> = sent.iter().filter(|(name, _)| passes(name)).cloned().collect();
    let visibility = if way == Way::Relay { Visibility::Full } else { Visibility::CorsFiltered };
    // The page's own reading of an HTTP answer, with what it is given.
    let page = Reply::from_http(
        answer.status,
        readable.clone(),
        answer.wire.body(),
        visibility,
        UnixTime::default(),
        Endpoint::Responses,
    );
    let rows: Vec<HeaderRow> = LOOKED_FOR
        .iter()
        .map(|name| HeaderRow {
            name,
            sent: sent.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone()),
            seen: shown(name, &page.headers, &readable),
        })
        .collect();
    let stripped: Vec<&str> = rows.iter().filter(|row| row.is_stripped()).map(|row| row.name).collect();
    Looked {
        hidden_words: why_hidden(&readable, false),
        message: match &page.content {
            crate::reply::Content::Error(error) => error.message.clone(),
            _ => String::new(),
        },
        line: (!stripped.is_empty()).then(|| expose_line(&stripped)),
        rows,
    }
}

/// The simulated API's 429 when three requests a minute are used.
fn refused() -> Reply {
    let mut simulator = Simulator::new(Scenario::default().rpm(3).latency(LatencyModel::ZERO), 1);
    let request = ApiRequest::CreateResponse(CreateResponse {
        model: "gpt-5-nano".to_owned(),
        input: Input::Text("Hello".to_owned()),
        max_output_tokens: Some(64),
        ..CreateResponse::default()
    });
    let mut send = || simulator.answer(&request, Some(SIMULATED_KEY), Instant::ORIGIN, UnixTime::default());
    for _ in 0..3 {
        send();
    }
    send().into_reply()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(looked: &Looked, name: &str) -> Shown {
        looked.rows.iter().find(|row| row.name == name).unwrap().seen.clone()
    }

    #[test]
    fn a_direct_call_to_openai_shows_the_request_id_and_hides_the_limits() {
        let looked = look(Way::Direct, Exposes::RequestId);
        assert_eq!(seen(&looked, "x-ratelimit-remaining-requests"), Shown::Hidden);
        assert_eq!(seen(&looked, "retry-after"), Shown::Hidden);
        assert!(matches!(seen(&looked, "x-request-id"), Shown::Value(_)));
        assert!(matches!(seen(&looked, "content-type"), Shown::Value(_)));
        assert_eq!(looked.hidden_words, "hidden by CORS, or not sent");
        let line = looked.line.unwrap();
        assert!(line.starts_with("Access-Control-Expose-Headers: x-ratelimit-limit-requests, "), "{line}");
        assert!(line.ends_with("retry-after, retry-after-ms") && !line.contains("x-should-retry"), "{line}");
        assert!(looked.message.contains("Please try again in 20s"), "the body is never hidden");
    }

    #[test]
    fn what_was_never_sent_looks_the_same_as_what_is_hidden() {
        let direct = look(Way::Direct, Exposes::Nothing);
        assert_eq!(seen(&direct, "x-should-retry"), seen(&direct, "retry-after"));
        assert_eq!(seen(&direct, "x-request-id"), Shown::Hidden);
        assert!(!direct.rows.iter().any(|row| row.name == "x-should-retry" && row.is_stripped()));
    }

    #[test]
    fn a_relay_shows_all_of_them_and_what_was_not_sent_as_not_sent() {
        for exposes in [Exposes::Nothing, Exposes::RequestId, Exposes::All] {
            let looked = look(Way::Relay, exposes);
            assert_eq!(seen(&looked, "x-ratelimit-remaining-requests"), Shown::Value("0".into()));
            assert_eq!(seen(&looked, "x-ratelimit-reset-requests"), Shown::Value("1m0s".into()));
            assert_eq!(seen(&looked, "retry-after"), Shown::Value("20".into()));
            assert_eq!(seen(&looked, "x-should-retry"), Shown::NotSent);
            assert_eq!(looked.line, None);
        }
    }

    #[test]
    fn a_server_that_exposes_all_hides_nothing_from_a_direct_call() {
        let looked = look(Way::Direct, Exposes::All);
        assert_eq!(seen(&looked, "x-ratelimit-limit-tokens"), Shown::Value("200000".into()));
        assert_eq!(looked.line, None);
    }
}
