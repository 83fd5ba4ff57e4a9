//! Headers as they are shown: each documented one with its value, or why it has none, and what the numbers imply.

use std::time::Duration;

use super::arithmetic;
use super::headers::{Field, LimitTrio, ReplyHeaders};
use super::message::LimitWindow;

/// A header in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Its value as sent.
    Value(String),
    /// Its value as sent, of which no sense can be made.
    Malformed(String),
    /// CORS may be hiding it.
    Hidden,
    /// It was not sent.
    NotSent,
}

/// How the header `name` is shown, given the readable `headers` as they were sent.
pub fn shown(name: &str, typed: &ReplyHeaders, sent: &[(String, String)]) -> Shown {
    let state = state_of(name, typed);
    match sent.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name)) {
        Some((_, value)) if state == State::Malformed => Shown::Malformed(value.clone()),
        Some((_, value)) => Shown::Value(value.clone()),
        None if state == State::Hidden => Shown::Hidden,
        None => Shown::NotSent,
    }
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

/// Why a header is [`Shown::Hidden`], as far as the readable headers tell.
pub fn why_hidden(sent: &[(String, String)]) -> &'static str {
    if exposes_headers(sent) { "hidden by CORS, or not sent" } else { "hidden by CORS" }
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
            let Some((part, scope)) = name.strip_prefix("x-ratelimit-").and_then(|rest| rest.split_once('-')) else {
                return State::Other;
            };
            let trio = match scope {
                "requests" => &limits.requests,
                "tokens" => &limits.tokens,
                "project-tokens" => &limits.project_tokens,
                _ => return State::Other,
            };
            match part {
                "limit" => state(&trio.limit),
                "remaining" => state(&trio.remaining),
                _ => state(&trio.reset),
            }
        }
    }
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
/// Remaining is rounded down and reset to a millisecond: what comes this close is meant.
const TOLERANCE: f64 = 0.01;

impl LimitTrio {
    /// Until one unit fits, where none is left; `None` where some is, or the numbers tell no window of a minute or a day.
    pub fn next_one_fits(&self) -> Option<Duration> {
        let window = match self.window_in_words()? {
            ImpliedWindow::Minute => LimitWindow::Minute.length(),
            ImpliedWindow::Day => LimitWindow::Day.length(),
            ImpliedWindow::Other(_) | ImpliedWindow::Unclear => return None,
        };
        let (limit, remaining, reset) = (*self.limit.exposed()?, *self.remaining.exposed()?, *self.reset.exposed()?);
        // The reset is the time until it is full: all units but one come back after the first.
        (remaining == 0).then(|| reset.saturating_sub(arithmetic::reset(limit, 1, window)))
    }

    /// The window behind these numbers; `None` where one cannot be read or nothing is used.
    ///
    /// Remaining is rounded down, so up to one unit less may be used than it seems: the window lies between
    /// `reset × limit / used` and `reset × limit / (used − 1)`.
    pub fn window_in_words(&self) -> Option<ImpliedWindow> {
        let low = self.implied_window()?;
        let (limit, remaining) = (*self.limit.exposed()?, *self.remaining.exposed()?);
        let near = |seconds: f64, window: f64| (seconds / window - 1.0).abs() <= TOLERANCE;
        let least = low.as_secs_f64();
        if near(least, MINUTE) {
            return Some(ImpliedWindow::Minute);
        }
        if near(least, DAY) {
            return Some(ImpliedWindow::Day);
        }
        #[allow(clippy::cast_precision_loss)] // limits are far below 2^53
        let most = match limit.saturating_sub(remaining) {
            0 | 1 => f64::INFINITY,
            used => least * used as f64 / (used - 1) as f64,
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
        }
    }

    #[test]
    fn windows_are_told_from_the_numbers() {
        for (trio, window) in [
            (trio(5_000, 4_999, 12), Some(ImpliedWindow::Minute)),
            (trio(60_000, 4_787, 55_212), Some(ImpliedWindow::Minute)),
            (trio(3_500, 3_499, 17), Some(ImpliedWindow::Minute)),
            (trio(10_000, 9_999, 8_640), Some(ImpliedWindow::Day)),
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

    #[test]
    fn hidden_is_claimed_only_where_nothing_else_is_exposed() {
        let headers = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), String::new())).collect::<Vec<_>>();
        assert_eq!(why_hidden(&headers(&["content-type", "X-Request-ID", "cf-ray"])), "hidden by CORS");
        assert_eq!(why_hidden(&[]), "hidden by CORS");
        // A 401 of a server that exposes all: no limits on it, and nothing was hidden.
        assert_eq!(why_hidden(&headers(&["content-type", "openai-processing-ms"])), "hidden by CORS, or not sent");
        assert_eq!(why_hidden(&headers(&["x-ratelimit-limit-requests"])), "hidden by CORS, or not sent");
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
