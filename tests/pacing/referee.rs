//! The referee's API as a transport: two buckets with continuous refill and a burst cap, which every request is charged
//! to at admission, seeded faults and latencies, and an audit. It shares no code with the pacer or the simulator.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::{RandomSource, Rng};
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply, TransportError};
use sluice::responses::{ApiRequest, Input};
use sluice::transport::{Progress, Transport};

use crate::workload::normal;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Charge {
    Sum,
    Larger,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RetryAfter {
    None,
    Both,
    Seconds,
}

/// The referee's flags.
#[derive(Debug, Clone, Copy)]
pub struct Flags {
    pub rpm: f64,
    pub tpm: f64,
    pub burst_seconds: f64,
    pub charge: Charge,
    pub charge_rejected: f64,
    pub rate_headers: bool,
    pub expose_headers: bool,
    pub retry_after: RetryAfter,
    pub latency: f64,
    pub sigma: f64,
    pub fault_rate: f64,
    pub change_at: f64,
    pub change_factor: f64,
    pub settle: bool,
    /// Each way is up to so long, in seconds.
    pub network: f64,
    pub seed: u64,
}

impl Flags {
    /// What the referee is started with where a scenario says nothing else, but for a burst of one second.
    pub const BASE: Self = Self {
        rpm: 3_000.0,
        tpm: 1e9,
        burst_seconds: 1.0,
        charge: Charge::Sum,
        charge_rejected: 0.0,
        rate_headers: true,
        expose_headers: true,
        retry_after: RetryAfter::Both,
        latency: 0.2,
        sigma: 0.3,
        fault_rate: 0.0,
        change_at: 0.0,
        change_factor: 0.5,
        settle: false,
        network: 0.0,
        seed: 1,
    };
}

impl Default for Flags {
    fn default() -> Self {
        Self::BASE
    }
}

struct Bucket {
    limit: f64,
    rate: f64,
    capacity: f64,
    burst_seconds: f64,
    level: f64,
    at: f64,
}

impl Bucket {
    fn new(limit: f64, burst_seconds: f64) -> Self {
        let mut bucket = Self { limit, rate: 0.0, capacity: 0.0, burst_seconds, level: f64::INFINITY, at: 0.0 };
        bucket.set(limit);
        bucket.level = bucket.capacity;
        bucket
    }

    fn set(&mut self, limit: f64) {
        self.limit = limit;
        self.rate = limit / 60.0;
        self.capacity = (self.rate * self.burst_seconds).max(1.0);
    }

    fn refill(&mut self, now: f64) {
        self.level = (self.level + (now - self.at) * self.rate).min(self.capacity);
        self.at = now;
    }

    fn wait_for(&self, amount: f64) -> f64 {
        ((amount - self.level) / self.rate).max(0.0)
    }
}

/// What the server saw, by the identity of a request.
#[derive(Default)]
pub struct Audit {
    pub refused: usize,
    pub refused_others: usize,
    pub too_large: usize,
    pub admitted: HashMap<String, u64>,
    pub answered: HashMap<String, u64>,
    pub last_accept: f64,
    /// When a request of others was admitted.
    pub others: Vec<f64>,
    pub most_in_flight: usize,
    in_flight: usize,
}

pub struct Server {
    pub flags: Flags,
    requests: Bucket,
    tokens: Bucket,
    first: Option<f64>,
    changed: bool,
    random: Rng,
    pub audit: Audit,
}

enum Refused {
    TooLarge,
    Until { by_requests: bool, wait: f64 },
}

enum Decision {
    Refuse(Box<Reply>),
    Admit { headers: Vec<(String, String)>, fault: Option<u16>, latency: f64, used: u64, input: u64, unused: f64 },
}

impl Server {
    pub fn new(flags: Flags) -> Self {
        Self {
            requests: Bucket::new(flags.rpm, flags.burst_seconds),
            tokens: Bucket::new(flags.tpm, flags.burst_seconds),
            first: None,
            changed: false,
            random: Rng::for_stream(flags.seed, 99),
            audit: Audit::default(),
            flags,
        }
    }

    fn tick(&mut self, now: f64) {
        let first = *self.first.get_or_insert(now);
        let change = first + self.flags.change_at;
        if self.flags.change_at > 0.0 && !self.changed && now >= change {
            for bucket in [&mut self.requests, &mut self.tokens] {
                bucket.refill(change);
                bucket.set(bucket.limit * self.flags.change_factor);
            }
            self.changed = true;
        }
        self.requests.refill(now);
        self.tokens.refill(now);
    }

    fn admit(&mut self, charged: f64) -> Result<(), Refused> {
        if charged > self.tokens.capacity {
            return Err(Refused::TooLarge);
        }
        let (mut by_requests, by_tokens) = (self.requests.wait_for(1.0), self.tokens.wait_for(charged));
        if by_requests <= 1e-9 && by_tokens <= 1e-9 {
            self.requests.level -= 1.0;
            self.tokens.level -= charged;
            return Ok(());
        }
        if self.flags.charge_rejected > 0.0 {
            self.requests.level = (self.requests.level - self.flags.charge_rejected).max(0.0);
            by_requests = self.requests.wait_for(1.0);
        }
        Err(Refused::Until { by_requests: by_requests >= by_tokens, wait: by_requests.max(by_tokens) })
    }

    fn limit_headers(&self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        if !self.flags.rate_headers {
            return headers;
        }
        for (name, bucket) in [("requests", &self.requests), ("tokens", &self.tokens)] {
            let reset = (bucket.capacity - bucket.level) / bucket.rate;
            headers.push((format!("x-ratelimit-limit-{name}"), (bucket.limit as u64).to_string()));
            headers.push((format!("x-ratelimit-remaining-{name}"), (bucket.level.max(0.0) as u64).to_string()));
            headers.push((format!("x-ratelimit-reset-{name}"), go_duration(reset)));
        }
        headers
    }

    fn decide(&mut self, id: &str, request: &ApiRequest, now: f64) -> Decision {
        self.tick(now);
        let (input, max_output, charged) = cost_of(request, self.flags.charge);
        if let Err(refused) = self.admit(charged) {
            self.audit.refused_others += usize::from(id.starts_with("other"));
            return Decision::Refuse(Box::new(self.refuse(&refused, charged)));
        }
        let others = id.starts_with("other");
        if others {
            self.audit.others.push(now);
        } else {
            self.audit.last_accept = now;
            self.audit.in_flight += 1;
            self.audit.most_in_flight = self.audit.most_in_flight.max(self.audit.in_flight);
        }
        let nth = self.audit.admitted.entry(id.to_owned()).or_default();
        *nth += 1;
        let (fault, latency, share) = draws_for(&self.flags, id, *nth);
        let used = ((max_output as f64 * share) as u64).max(1);
        let unused = max_output as f64 - used as f64;
        Decision::Admit { headers: self.limit_headers(), fault, latency, used, input, unused }
    }

    fn refuse(&mut self, refused: &Refused, charged: f64) -> Reply {
        let mut headers = self.limit_headers();
        let organization = "for gpt-5-nano in organization org-mock on";
        let (message, kind) = match refused {
            Refused::TooLarge => {
                self.audit.too_large += 1;
                let limit = self.tokens.limit as u64;
                let text = format!(
                    "Request too large {organization} tokens per min (TPM): Limit {limit}, Requested {charged}."
                );
                (text, "tokens")
            }
            Refused::Until { by_requests, wait } => {
                self.audit.refused += 1;
                let (bucket, unit, kind, requested) = if *by_requests {
                    (&self.requests, "requests per min (RPM)", "requests", 1.0)
                } else {
                    (&self.tokens, "tokens per min (TPM)", "tokens", charged)
                };
                let ms = ((wait * 1_000.0).ceil()).max(1.0);
                match self.flags.retry_after {
                    RetryAfter::None => {}
                    RetryAfter::Seconds => headers.push(("retry-after".into(), (ms / 1e3).ceil().to_string())),
                    RetryAfter::Both => {
                        headers.push(("retry-after".into(), (ms / 1e3).ceil().to_string()));
                        headers.push(("retry-after-ms".into(), ms.to_string()));
                    }
                }
                let used = (bucket.limit - bucket.level.max(0.0)) as u64;
                let text = format!(
                    "Rate limit reached {organization} {unit}: Limit {}, Used {used}, Requested {requested}. Please try \
                     again in {}. Visit https://platform.openai.com/account/rate-limits to learn more.",
                    bucket.limit as u64,
                    go_duration(ms / 1e3)
                );
                (text, kind)
            }
        };
        self.error(429, &message, kind, Some("rate_limit_exceeded"), headers)
    }

    fn error(
        &self,
        status: u16,
        message: &str,
        kind: &str,
        code: Option<&str>,
        headers: Vec<(String, String)>,
    ) -> Reply {
        self.reply(status, headers, &json!({"error": {"message": message, "type": kind, "param": null, "code": code}}))
    }

    fn reply(&self, status: u16, mut headers: Vec<(String, String)>, body: &Value) -> Reply {
        if !self.flags.expose_headers {
            headers.clear();
        }
        headers.push(("content-type".into(), "application/json".into()));
        let wall = VirtualClock::default().wall();
        Reply::from_http(status, headers, body.to_string(), Visibility::CorsFiltered, wall, Endpoint::Responses)
    }
}

fn cost_of(request: &ApiRequest, charge: Charge) -> (u64, u64, f64) {
    let ApiRequest::CreateResponse(request) = request else { return (0, 0, 0.0) };
    let Input::Text(text) = &request.input else { return (0, 0, 0.0) };
    let (input, output) = ((text.len() as u64).div_ceil(4).max(1), request.max_output_tokens.unwrap_or(256));
    let charged = match charge {
        Charge::Sum => input + output,
        Charge::Larger => input.max(output),
    };
    (input, output, charged as f64)
}

/// Fault, latency in seconds, and the share of `max_output_tokens` used: of the n-th admission of a request.
fn draws_for(flags: &Flags, id: &str, nth: u64) -> (Option<u16>, f64, f64) {
    let hash = id.bytes().fold(flags.seed ^ nth.rotate_left(32), |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3).rotate_left(5)
    });
    let mut random = Rng::for_stream(flags.seed, hash);
    let fault = (random.unit() < flags.fault_rate).then(|| if random.unit() < 0.5 { 500 } else { 503 });
    let mean = libm::log(flags.latency.max(1e-6)) - flags.sigma * flags.sigma / 2.0;
    let latency = libm::exp(mean + flags.sigma * normal(&mut random));
    (fault, latency, 0.3 + 0.7 * random.unit())
}

fn go_duration(seconds: f64) -> String {
    let ms = (seconds * 1_000.0 - 1e-9).ceil().max(0.0) as u64;
    match ms {
        0 => "0s".into(),
        1..1_000 => format!("{ms}ms"),
        _ => {
            let (minutes, rest) = (ms / 60_000, ms % 60_000);
            let seconds = format!("{}s", rest as f64 / 1_000.0);
            if minutes == 0 { seconds } else { format!("{minutes}m{seconds}") }
        }
    }
}

/// Least seconds from the first arrival to the last admission. `others` is when others were admitted.
pub fn physical_minimum(flags: &Flags, work: &[(String, ApiRequest)], others: &[f64]) -> f64 {
    let (mut requests, mut tokens) = (0.0, 0.0);
    for (id, request) in work {
        let admissions = (1..1_000).find(|nth| draws_for(flags, id, *nth).0.is_none()).unwrap() as f64;
        requests += admissions;
        tokens += admissions * cost_of(request, flags.charge).2;
    }
    let least = |need: f64, limit: f64| {
        let rate = limit / 60.0;
        let left = need - (rate * flags.burst_seconds).max(1.0);
        let at_change = rate * flags.change_at;
        if left <= 0.0 {
            0.0
        } else if flags.change_at > 0.0 && left > at_change {
            flags.change_at + (left - at_change) / (rate * flags.change_factor)
        } else {
            left / rate
        }
    };
    // What others took by then is not there: the first time at which the rest is enough.
    let mut minimum = least(requests, flags.rpm);
    for (index, at) in others.iter().enumerate() {
        if *at > minimum {
            break;
        }
        minimum = least(requests + (index + 1) as f64, flags.rpm);
    }
    minimum.max(least(tokens, flags.tpm))
}

/// A way to the server. Identities are told by the request's text.
#[derive(Clone)]
pub struct Wire {
    pub server: Rc<RefCell<Server>>,
    pub clock: VirtualClock,
    pub others: bool,
}

impl Wire {
    fn identity(&self, request: &ApiRequest) -> String {
        let ApiRequest::CreateResponse(request) = request else { return String::new() };
        let Input::Text(text) = &request.input else { return String::new() };
        let name = text.split(':').next().unwrap_or_default();
        format!("{}{name}", if self.others { "other" } else { "" })
    }

    async fn travel(&self) {
        let most = self.server.borrow().flags.network;
        if most > 0.0 {
            let share = self.server.borrow_mut().random.unit();
            self.clock.sleep(Duration::from_secs_f64(most * share)).await;
        }
    }
}

impl Transport for Wire {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        _: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        let id = self.identity(request);
        self.travel().await;
        let arrived = self.clock.now();
        let decision = self.server.borrow_mut().decide(&id, request, arrived.since_origin().as_secs_f64());
        let (headers, fault, latency, used, input, unused) = match decision {
            Decision::Refuse(reply) => {
                self.travel().await;
                return Ok(*reply);
            }
            Decision::Admit { headers, fault, latency, used, input, unused } => {
                (headers, fault, latency, used, input, unused)
            }
        };
        self.clock.sleep_until(arrived + Duration::from_secs_f64(latency)).await;
        let reply = {
            let mut server = self.server.borrow_mut();
            server.audit.in_flight = server.audit.in_flight.saturating_sub(usize::from(!self.others));
            if server.flags.settle {
                let now = self.clock.now().since_origin().as_secs_f64();
                server.tokens.refill(now);
                server.tokens.level = (server.tokens.level + unused).min(server.tokens.capacity);
            }
            match fault {
                Some(503) => {
                    let message = "The engine is currently overloaded, please try again later.";
                    server.error(503, message, "server_error", None, headers)
                }
                Some(status) => {
                    let message = "The server had an error while processing your request. Sorry about that!";
                    server.error(status, message, "server_error", None, headers)
                }
                None => {
                    *server.audit.answered.entry(id).or_default() += 1;
                    let body = json!({
                        "object": "response", "status": "completed", "output": [],
                        "usage": {"input_tokens": input, "output_tokens": used, "total_tokens": input + used},
                    });
                    server.reply(200, headers, &body)
                }
            }
        };
        self.travel().await;
        Ok(reply)
    }
}
