//! Headers as they are shown: each documented one with its value, or why it has none, and what the numbers imply.

use std::time::Duration;

use super::arithmetic;
use super::headers::{Field, LimitTrio, ReplyHeaders, read_value};
use super::message::LimitWindow;
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

/// What a limit's three numbers say of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpliedWindow {
    /// The limit holds for a minute.
    Minute,
    /// The limit holds for a day.
    Day,
    /// For that long.
    Other(Duration),
    /// Too little is used to tell.
    Unclear,
}

const MINUTE: f64 = 60.0;
const DAY: f64 = 86_400.0;
/// Numbers are rounded: what comes this close is meant.
const TOLERANCE: f64 = 0.01;
/// Resets are cut off to whole milliseconds: 22 of 200,000 tokens a minute are 6.6 ms, and are sent as 6ms.
const RESET_CUT: f64 = 0.001;

impl LimitTrio {
    /// The window of a minute or a day that these numbers tell. Another length, computed, is no name of a limit.
    pub fn known_window(&self) -> Option<Duration> {
        match self.window_in_words()? {
            ImpliedWindow::Minute => Some(LimitWindow::Minute.length()),
            ImpliedWindow::Day => Some(LimitWindow::Day.length()),
            ImpliedWindow::Other(_) | ImpliedWindow::Unclear => None,
        }
    }

    /// Until one unit fits, where none is left; `None` where some is, or the numbers tell no window of a minute or a day.
    pub fn next_one_fits(&self) -> Option<Duration> {
        let window = self.known_window()?;
        let (limit, remaining, reset) = (*self.limit.exposed()?, *self.remaining.exposed()?, *self.reset.exposed()?);
        // The reset is the time until it is full: all units but one come back after the first.
        (remaining == 0).then(|| reset.saturating_sub(arithmetic::reset(limit, 1, window)))
    }

    /// The window behind these numbers; `None` where one cannot be read or nothing is used.
    ///
    /// Remaining is rounded down, so up to one unit less may be used than it seems, and the reset is cut off to a
    /// millisecond: the window lies between `reset × limit / used` and `(reset + 1 ms) × limit / (used − 1)`.
    pub fn window_in_words(&self) -> Option<ImpliedWindow> {
        let low = self.implied_window()?;
        let (limit, reset, used) = (*self.limit.exposed()?, *self.reset.exposed()?, self.used()?);
        let near = |seconds: f64, window: f64| (seconds / window - 1.0).abs() <= TOLERANCE;
        let least = low.as_secs_f64();
        if near(least, MINUTE) {
            return Some(ImpliedWindow::Minute);
        }
        if near(least, DAY) {
            return Some(ImpliedWindow::Day);
        }
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let most = match used {
            0 | 1 => f64::INFINITY,
            used => (reset.as_secs_f64() + RESET_CUT) * limit as f64 / (used - 1) as f64,
        };
        Some(match (least <= MINUTE && MINUTE <= most, least <= DAY && DAY <= most) {
            (true, false) => ImpliedWindow::Minute,
            (false, true) => ImpliedWindow::Day,
            (true, true) => ImpliedWindow::Unclear,
            (false, false) => ImpliedWindow::Other(low),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trio(limit: u64, remaining: u64, reset_ms: u64) -> LimitTrio {
        LimitTrio {
            limit: Field::Exposed(limit),
            remaining: Field::Exposed(remaining),
            reset: Field::Exposed(Duration::from_millis(reset_ms)),
            overdrawn: 0,
        }
    }

    #[test]
    fn windows_are_told_from_the_numbers() {
        for (trio, window) in [
            (trio(5_000, 4_999, 12), Some(ImpliedWindow::Minute)),
            (trio(60_000, 4_787, 55_212), Some(ImpliedWindow::Minute)),
            (trio(3_500, 3_499, 17), Some(ImpliedWindow::Minute)),
            (trio(10_000, 9_999, 8_640), Some(ImpliedWindow::Day)),
            (trio(200_000, 199_978, 6), Some(ImpliedWindow::Minute)),
            (trio(150_000, 149_993, 2), Some(ImpliedWindow::Minute)),
            (trio(200, 198, 692_334), Some(ImpliedWindow::Day)),
            (trio(14_400, 14_370, 179_560), Some(ImpliedWindow::Day)),
            (trio(200, 196, 1_700_000), Some(ImpliedWindow::Day)),
            (trio(3, 0, 51_000), Some(ImpliedWindow::Minute)),
            (trio(10_000, 9_999, 5), Some(ImpliedWindow::Unclear)),
            (trio(1_000, 0, 3_600_000), Some(ImpliedWindow::Other(Duration::from_secs(3_600)))),
            (trio(500, 500, 0), None),
            (LimitTrio::default(), None),
        ] {
            assert_eq!(trio.window_in_words(), window, "{trio:?}");
        }
    }

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
