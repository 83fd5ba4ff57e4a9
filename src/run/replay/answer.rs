//! An attempt's outcome and answer, as far as its record tells them.

use std::sync::Arc;
use std::time::Duration;

use crate::rate_limit::{LimitReached, ReplyHeaders, Visibility};
use crate::reply::{Content, Endpoint, Reply, TransportError, WireText};
use crate::responses::stream::Cut;
use crate::responses::{ApiError, ReportedUsage, Response, ResponseError, ResponseStatus, Unreadable};
use crate::retry::{Class, Outcome, WaitHeaders};
use crate::time::UnixTime;
use crate::usage::{AttemptRecord, CallRecord, CountsAs, OutcomeRecord};

/// What stands in place of a body that was not kept.
const NOT_KEPT: &str = "(The body was not kept.)";

/// What came of an attempt; `None` where nothing did.
pub(super) fn rebuilt(call: &CallRecord, record: &AttemptRecord) -> Option<(Outcome, Result<Reply, TransportError>)> {
    let kept = record.outcome.as_ref()?;
    let Some(status) = kept.status else {
        return Some((outcome(kept, None), Err(failure(record, kept))));
    };
    let since_queued = record.ended_micros.unwrap_or(record.started_micros);
    let wall = UnixTime::from_epoch(Duration::from_micros(call.queued_at_micros.saturating_add(since_queued)));
    let reply = reply(record, kept, status, wall);
    Some((outcome(kept, Some(&reply.headers)), Ok(reply)))
}

fn outcome(kept: &OutcomeRecord, headers: Option<&ReplyHeaders>) -> Outcome {
    let tells_limit = matches!(kept.class, Class::RateLimit | Class::RequestTooLarge | Class::Overload);
    // What was no refusal, or no answer that could be read, asks for no wait.
    let asks = !matches!(kept.class, Class::Success | Class::Unreadable | Class::Unknown);
    Outcome {
        class: kept.class,
        status: kept.status,
        code: kept.code.clone(),
        message: kept.message.clone(),
        wait: kept.asked_wait,
        wait_headers: headers.filter(|_| asks).map(WaitHeaders::of).unwrap_or_default(),
        should_retry: headers.and_then(|headers| headers.should_retry.exposed().copied()),
        limit: LimitReached::parse(&kept.message)
            .filter(|_| tells_limit)
            .map(|reached| LimitReached { organization: None, ..reached }),
    }
}

fn failure(record: &AttemptRecord, kept: &OutcomeRecord) -> TransportError {
    let message = kept.message.clone();
    match kept.class {
        Class::NotSent => TransportError::NotSent(message),
        Class::Unknown if record.body.is_none() && message.starts_with("No answer within") => {
            let took = record.ended_micros.unwrap_or_default().saturating_sub(record.started_micros);
            TransportError::TimedOut(Duration::from_micros(took))
        }
        Class::Unknown => TransportError::CutOff { message, received: record.body.clone().unwrap_or_default() },
        _ => TransportError::Opaque(message),
    }
}

fn reply(record: &AttemptRecord, kept: &OutcomeRecord, status: u16, wall: UnixTime) -> Reply {
    let visibility = if record.hides_headers { Visibility::CorsFiltered } else { Visibility::Full };
    if let Some(body) = &record.body {
        let headers = record.headers.clone();
        let reply = Reply::from_http(status, headers, body.clone(), visibility, wall, Endpoint::Responses);
        // A body may be kept in part only: what was made of the whole of it counts.
        let is_answer = reply.response().is_some_and(|response| response.status != ResponseStatus::Failed);
        return if is_answer == (kept.class == Class::Success) {
            reply
        } else {
            Reply { content: content(record, kept, status), ..reply }
        };
    }
    Reply {
        status,
        headers: ReplyHeaders::parse(&record.headers, visibility, wall),
        content: content(record, kept, status),
        wire: Arc::new(WithoutBody(record.headers.clone())),
    }
}

/// What the body held, without its words.
fn content(record: &AttemptRecord, kept: &OutcomeRecord, status: u16) -> Content {
    let (code, message) = (kept.code.clone(), kept.message.clone());
    match kept.class {
        Class::Success => Content::Response(Box::new(response(record))),
        Class::Unreadable => Content::Unreadable(Unreadable::OtherShape { found: message }),
        Class::Unknown => Content::Unreadable(Unreadable::EndedEarly { cut: Cut::Ended, text: String::new() }),
        _ if (200..300).contains(&status) => {
            let error = Some(ResponseError { code, kind: None, message });
            Content::Response(Box::new(Response { status: ResponseStatus::Failed, error, ..response(record) }))
        }
        _ => Content::Error(ApiError { message, code, ..ApiError::default() }),
    }
}

fn response(record: &AttemptRecord) -> Response {
    let facts = record.response.clone().unwrap_or_default();
    let usage = match &record.counts_as {
        Some(CountsAs::Usage(usage)) => ReportedUsage::Known(*usage),
        Some(CountsAs::InvalidUsage(why)) => ReportedUsage::Invalid(why.clone()),
        _ => ReportedUsage::Missing,
    };
    Response {
        id: facts.id,
        status: ResponseStatus::from_name(&facts.status),
        incomplete_reason: facts.incomplete_reason,
        model: facts.model,
        service_tier: facts.service_tier,
        usage,
        ..Response::default()
    }
}

/// An answer's headers, of which no body was kept.
#[derive(Debug)]
struct WithoutBody(Vec<(String, String)>);

impl WireText for WithoutBody {
    fn headers(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    fn body(&self) -> String {
        NOT_KEPT.to_owned()
    }
}
