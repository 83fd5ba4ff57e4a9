//! What arrived, for tests of clients that must send nothing twice: each request for a response, by its `metadata.custom_id`.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluice::transport::ApiRequest;
use tokio::time::Instant;

/// The requests in the order of their arrival. Clones are the same account.
#[derive(Debug, Clone)]
pub struct Audit {
    origin: Instant,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A request; times count from the server's start.
#[derive(Debug)]
struct Seen {
    custom_id: Option<String>,
    arrived: Instant,
    ended: Option<(Instant, End)>,
}

#[derive(Debug, Clone, Copy)]
enum End {
    /// Its answer's head was handed over, with this status.
    Answered(StatusCode),
    /// The client had gone before that.
    HungUp,
}

impl Audit {
    /// An account of nothing yet.
    pub fn new(origin: Instant) -> Self {
        Self { origin, seen: Arc::default() }
    }

    /// Notes a request, if it is one for a response. What it gives notes the end: dropped, that the client has gone.
    pub fn arrived(&self, request: &ApiRequest) -> Option<Arrival> {
        let ApiRequest::CreateResponse(create) = request else { return None };
        let custom_id = create.extra.get("metadata").and_then(|metadata| metadata.get("custom_id"));
        let custom_id = custom_id.and_then(Value::as_str).map(str::to_owned);
        let place = self.with(|seen| {
            seen.push(Seen { custom_id, arrived: Instant::now(), ended: None });
            seen.len() - 1
        });
        Some(Arrival { audit: self.clone(), place })
    }

    /// The account as JSON: `{"now_ms", "requests": [{"custom_id", "arrived_ms", "ended_ms", "status"}]}`, in milliseconds
    /// since the server's start. Without `ended_ms` a request is in flight; ended without `status`, the client hung up.
    pub fn to_json(&self) -> Value {
        let millis = |at: Instant| at.saturating_duration_since(self.origin).as_secs_f64() * 1_000.0;
        let told = |seen: &Seen| {
            let status = seen.ended.and_then(|(_, end)| match end {
                End::Answered(status) => Some(status.as_u16()),
                End::HungUp => None,
            });
            json!({
                "custom_id": seen.custom_id,
                "arrived_ms": millis(seen.arrived),
                "ended_ms": seen.ended.map(|(at, _)| millis(at)),
                "status": status,
            })
        };
        let requests = self.with(|seen| seen.iter().map(told).collect::<Vec<_>>());
        json!({ "now_ms": millis(Instant::now()), "requests": requests })
    }

    fn with<O>(&self, read: impl FnOnce(&mut Vec<Seen>) -> O) -> O {
        // A panic elsewhere leaves whole entries behind.
        read(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A request that has arrived.
#[derive(Debug)]
pub struct Arrival {
    audit: Audit,
    place: usize,
}

impl Arrival {
    /// Its answer goes out now.
    pub fn answered(self, status: StatusCode) {
        self.end(End::Answered(status));
    }

    fn end(&self, end: End) {
        self.audit.with(|seen| {
            if let Some(seen) = seen.get_mut(self.place) {
                seen.ended.get_or_insert((Instant::now(), end));
            }
        });
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.end(End::HungUp);
    }
}
