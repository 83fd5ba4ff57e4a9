//! What was read of an answer, by the parsers that every answer goes through.

use super::assumed;
use super::bucket::Holder;
use super::paste::Paste;
use crate::rate_limit::{LimitReached, ReplyHeaders, Visibility, dates::parse_http_date};
use crate::reply::{Content, Endpoint, Reply};
use crate::retry::{Outcome, classify};
use crate::time::UnixTime;

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

impl<'a> Evidence<'a> {
    /// Reads a paste; `now` stands in for the answer's moment where no `date` header tells it.
    pub fn of(paste: &'a Paste, now: UnixTime) -> Self {
        let date = paste.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"));
        let date = date.and_then(|(_, value)| parse_http_date(value));
        let wall = date.unwrap_or(now);
        let status = paste.status.or_else(|| assumed::status_of(&paste.headers, &paste.body));
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
}
