//! Headers as they are shown: each documented one with its value, or why it has none, and what the numbers imply.

use super::headers::{Field, ReplyHeaders, read_value};
use crate::time::UnixTime;

/// A header in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Its value as sent.
    Value(String),
    /// Its value as sent, of which no sense can be made.
    Malformed(String),
    /// CORS may be hiding it: [`why_hidden`] says how sure that is.
    Hidden,
    /// It was not sent.
    NotSent,
}

/// How the header `name`, of any dialect, is shown, given the readable `headers` as they were sent.
pub fn shown(name: &str, typed: &ReplyHeaders, sent: &[(String, String)]) -> Shown {
    let state = state_of(name, typed);
    match sent.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name)) {
        Some((_, value)) if state == State::Malformed || makes_no_sense(name, value) => Shown::Malformed(value.clone()),
        Some((_, value)) => Shown::Value(value.clone()),
        None if state == State::Hidden && !is_exposed(name, sent) => Shown::Hidden,
        None => Shown::NotSent,
    }
}

fn makes_no_sense(name: &str, value: &str) -> bool {
    matches!(read_value(name, value, UnixTime::default()), Some(Field::Malformed(_)))
}

/// The header that names what a page may read. It can be read itself only where it names itself, or all.
const EXPOSES: &str = "access-control-expose-headers";

/// Whether the server says that it exposes the header `name`: then one that is not there was not sent.
fn is_exposed(name: &str, sent: &[(String, String)]) -> bool {
    let lists = sent.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case(EXPOSES));
    lists
        .flat_map(|(_, list)| list.split(','))
        .map(str::trim)
        .any(|item| item == "*" || item.eq_ignore_ascii_case(name))
}

/// What a page on another origin can read of an answer without the server's leave (Fetch standard, CORS-safelisted
/// response headers), and what servers and proxies expose for support alone.
const TELLS_NOTHING: [&str; 9] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
    "x-request-id",
    "cf-ray",
];

/// Whether the server exposes headers to pages: then one that cannot be read may as well not have been sent.
pub fn exposes_headers(sent: &[(String, String)]) -> bool {
    sent.iter().any(|(name, _)| !TELLS_NOTHING.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Why a header is [`Shown::Hidden`], as far as can be known: that it was sent at all can only be said of a server
/// that was recorded to send it and to expose nothing.
pub fn why_hidden(sent: &[(String, String)], is_known_to_hide: bool) -> &'static str {
    if is_known_to_hide && !exposes_headers(sent) { "hidden by CORS" } else { "hidden by CORS, or not sent" }
}

/// The line that a server must add to its answers so that pages of other origins can read the headers `names`.
pub fn expose_line(names: &[&str]) -> String {
    format!("Access-Control-Expose-Headers: {}", names.join(", "))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Hidden,
    Malformed,
    Other,
}

fn state<T>(field: &Field<T>) -> State {
    match field {
        Field::Hidden => State::Hidden,
        Field::Malformed(_) => State::Malformed,
        Field::Exposed(_) | Field::Absent => State::Other,
    }
}

fn state_of(name: &str, typed: &ReplyHeaders) -> State {
    let limits = &typed.limits;
    match name {
        "retry-after" => state(&typed.retry_after),
        "retry-after-ms" => state(&typed.retry_after_ms),
        "x-should-retry" => state(&typed.should_retry),
        "x-request-id" => state(&typed.request_id),
        "openai-processing-ms" => state(&typed.processing),
        _ => {
            let openais = name.strip_prefix("x-ratelimit-").and_then(|rest| rest.split_once('-'));
            let trio = match openais {
                Some((_, "requests")) => &limits.requests,
                Some((_, "tokens")) => &limits.tokens,
                Some((_, "project-tokens")) => &limits.project_tokens,
                _ => return if is_filtered(typed) { State::Hidden } else { State::Other },
            };
            let part = openais.map_or("", |(part, _)| part);
            match part {
                "limit" => state(&trio.limit),
                "remaining" => state(&trio.remaining),
                _ => state(&trio.reset),
            }
        }
    }
}

/// Whether CORS filters the answer's headers: no answer has all those that are looked for, and what is missing of a
/// filtered one is hidden.
fn is_filtered(typed: &ReplyHeaders) -> bool {
    let limits = &typed.limits;
    typed.should_retry == Field::Hidden
        || typed.retry_after_ms == Field::Hidden
        || typed.retry_after == Field::Hidden
        || limits.project_tokens.limit == Field::Hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
    }

    #[test]
    fn hidden_is_claimed_only_of_a_server_known_to_send_and_exposing_nothing() {
        const UNSURE: &str = "hidden by CORS, or not sent";
        assert_eq!(why_hidden(&headers(&["content-type", "X-Request-ID", "cf-ray"]), true), "hidden by CORS");
        assert_eq!(why_hidden(&[], true), "hidden by CORS");
        // vLLM and Ollama expose nothing and send no limits either.
        assert_eq!(why_hidden(&headers(&["content-type"]), false), UNSURE);
        // A 401 of a server that exposes all: no limits on it, and nothing was hidden.
        assert_eq!(why_hidden(&headers(&["content-type", "openai-processing-ms"]), true), UNSURE);
        assert_eq!(why_hidden(&headers(&["x-ratelimit-limit-requests"]), true), UNSURE);
    }

    #[test]
    fn what_the_server_says_it_exposes_was_not_sent_where_it_is_missing() {
        let typed = ReplyHeaders { retry_after: Field::Hidden, should_retry: Field::Hidden, ..ReplyHeaders::default() };
        for (list, expected) in [
            ("*", Shown::NotSent),
            ("X-Request-ID, Retry-After, Access-Control-Expose-Headers", Shown::NotSent),
            ("access-control-expose-headers", Shown::Hidden),
        ] {
            let sent = [(EXPOSES.to_owned(), list.to_owned())];
            assert_eq!(shown("retry-after", &typed, &sent), expected, "{list}");
        }
        // Other dialects' names follow the same rule.
        assert_eq!(shown("x-ratelimit-limit-req-minute", &typed, &[]), Shown::Hidden);
        assert_eq!(shown("x-ratelimit-limit-req-minute", &ReplyHeaders::default(), &[]), Shown::NotSent);
        let malformed = [("x-ratelimit-limit-req-minute".to_owned(), "many".to_owned())];
        assert_eq!(shown("x-ratelimit-limit-req-minute", &typed, &malformed), Shown::Malformed("many".into()));
    }

    #[test]
    fn the_line_to_add_lists_the_missing_names() {
        assert_eq!(expose_line(&["retry-after", "x-a"]), "Access-Control-Expose-Headers: retry-after, x-a");
    }

    #[test]
    fn what_is_hidden_is_not_called_absent() {
        let mut typed = ReplyHeaders { retry_after: Field::Hidden, ..ReplyHeaders::default() };
        typed.limits.requests.remaining = Field::Malformed("many".into());
        let sent = [("x-ratelimit-remaining-requests".to_owned(), "many".to_owned())];
        assert_eq!(shown("retry-after", &typed, &sent), Shown::Hidden);
        assert_eq!(shown("retry-after-ms", &typed, &sent), Shown::NotSent);
        assert_eq!(shown("x-ratelimit-remaining-requests", &typed, &sent), Shown::Malformed("many".into()));
    }
}
