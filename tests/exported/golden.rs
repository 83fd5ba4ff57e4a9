//! What the retry loop does: the waits of each policy for each row of answers, with the draws they were made from.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use sluice::client::{CallEnd, CallEvent, Client, execute};
use sluice::clock::{Clock, VirtualClock};
use sluice::random::{RandomSource, Rng};
use sluice::rate_limit::Visibility;
use sluice::reply::{Endpoint, Reply, TransportError};
use sluice::responses::{ApiRequest, CreateResponse};
use sluice::retry::RetryPolicy;
use sluice::simulator::{Scenario, ScenarioPreset, Simulator};
use sluice::time::UnixTime;
use sluice::transport::simulated::SimulatedTransport;
use sluice::transport::{Progress, Transport};

use super::policies::{Named, named};
use sluice::export::policy::Target;

/// Fri, 29 Sep 2023 16:26:37 GMT, where every call begins.
const WALL: UnixTime = UnixTime::from_secs(1_696_004_797);

#[derive(Serialize, Clone)]
struct Wire {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// The last one repeats; `None` is a connection that is closed without an answer.
type Answers = Vec<Option<Wire>>;

#[derive(Serialize)]
struct Trace {
    /// Of each wait, in seconds.
    waits: Vec<f64>,
    /// The draw of each wait, of 32768; a wait that the server set may not use it.
    draws: Vec<u64>,
    succeeded: bool,
}

#[allow(clippy::unnecessary_wraps)] // an answer, as there may be none
fn wire(status: u16, headers: &[(&str, &str)], body: &str) -> Option<Wire> {
    let json = [("content-type", if body.starts_with('<') { "text/html" } else { "application/json" })];
    let headers = json.iter().chain(headers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Some(Wire { status, headers, body: body.to_owned() })
}

fn error(status: u16, headers: &[(&str, &str)], code: &str, message: &str) -> Option<Wire> {
    wire(
        status,
        headers,
        &format!(r#"{{"error":{{"message":"{message}","type":"requests","param":null,"code":"{code}"}}}}"#),
    )
}

/// What a simulated API answers to so many requests at once; the last answers are those that count.
fn simulated(scenario: ScenarioPreset, requests: usize) -> Vec<Wire> {
    let clock = VirtualClock::starting_at(WALL);
    let simulator = Rc::new(RefCell::new(Simulator::new(Scenario::from(scenario), 1)));
    let transport = SimulatedTransport::new(simulator, clock.clone());
    let request =
        CreateResponse { model: "gpt-4o-mini".into(), max_output_tokens: Some(64), ..CreateResponse::default() };
    let request = ApiRequest::CreateResponse(request);
    let send = async || {
        let mut told = Vec::new();
        for _ in 0..requests {
            let reply = transport.send(&request).await.unwrap();
            let kept = |name: &str| {
                name == "content-type" || name.starts_with("retry-after") || name.starts_with("x-ratelimit")
            };
            let headers = reply.wire.headers().into_iter().filter(|(name, _)| kept(name)).collect();
            told.push(Wire { status: reply.status, headers, body: reply.wire.body() });
        }
        told
    };
    clock.run(send()).unwrap()
}

fn answers() -> BTreeMap<&'static str, Answers> {
    let limited = "rate_limit_exceeded";
    let refused = simulated(ScenarioPreset::First429, 4).pop();
    assert_eq!(refused.as_ref().unwrap().status, 429);
    let success = || Some(simulated(ScenarioPreset::First429, 1).remove(0));
    let text = "Rate limit reached for gpt-5-nano on requests per min (RPM): Limit 3, Used 3, Requested 1.";
    let told = |wait: &str| error(429, &[], limited, &format!("{text} Please try again in {wait}."));
    BTreeMap::from([
        ("answered at once", vec![success()]),
        ("refused by the simulated API, then answered", vec![refused.clone(), refused.clone(), success()]),
        ("refused for good", vec![refused]),
        ("no credit", simulated(ScenarioPreset::QuotaExhausted, 1).into_iter().map(Some).collect()),
        ("too large", simulated(ScenarioPreset::RequestTooLarge, 1).into_iter().map(Some).collect()),
        (
            "overloaded",
            vec![simulated(ScenarioPreset::Overloaded, 1).pop(), wire(502, &[], "<html>Bad gateway</html>")],
        ),
        ("waits in the text alone", vec![told("1m26.4s"), told("6ms"), told("20s"), success()]),
        (
            "a date, and a header that wins",
            vec![
                error(429, &[("retry-after", "Fri, 29 Sep 2023 16:26:57 GMT")], limited, "Slow down."),
                error(429, &[("retry-after-ms", "1500"), ("retry-after", "2")], limited, "Slow down."),
                error(503, &[("retry-after", "7")], "server_is_overloaded", "Overloaded."),
                success(),
            ],
        ),
        ("no wait worth the name", vec![error(429, &[("retry-after", "0")], limited, "Slow down."), success()]),
        (
            "a past date",
            vec![error(429, &[("retry-after", "Fri, 29 Sep 2023 16:26:27 GMT")], limited, "Slow down."), success()],
        ),
        ("a wait of 90 s", vec![error(429, &[("retry-after", "90")], limited, "Slow down."), success()]),
        ("a wait of 150 s", vec![error(429, &[("retry-after", "150")], limited, "Slow down."), success()]),
        ("the server forbids it", vec![error(429, &[("x-should-retry", "false")], limited, "Slow down."), success()]),
        (
            "the server asks for it",
            vec![error(400, &[("x-should-retry", "true")], "strange", "Try that again."), success()],
        ),
        ("a wrong request", vec![error(400, &[], "invalid_value", "That is wrong."), success()]),
        ("no answer, then one", vec![None, success()]),
        ("never an answer", vec![None]),
    ])
}

/// Draws of 15 bits, as a shell has them; remembers the last one.
struct Draws {
    random: Rng,
    last: Rc<Cell<u64>>,
}

impl RandomSource for Draws {
    fn next_u64(&mut self) -> u64 {
        self.last.set(self.random.below(1 << 15));
        self.last.get() << 49
    }
}

/// Gives its answers one after the other, in no time.
struct Scripted<'a> {
    clock: VirtualClock,
    answers: &'a Answers,
    sent: Cell<usize>,
}

impl Transport for Scripted<'_> {
    async fn send_observed(&self, _: &ApiRequest, _: &mut dyn FnMut(Progress<'_>)) -> Result<Reply, TransportError> {
        let at = self.sent.replace(self.sent.get() + 1).min(self.answers.len() - 1);
        let Some(Wire { status, headers, body }) = self.answers[at].clone() else {
            return Err(TransportError::CutOff { message: "closed".to_owned(), received: String::new() });
        };
        Ok(Reply::from_http(status, headers, body, Visibility::Full, self.clock.wall(), Endpoint::Responses))
    }
}

fn trace(policy: &RetryPolicy, answers: &Answers) -> Trace {
    let clock = VirtualClock::starting_at(WALL);
    let transport = Scripted { clock: clock.clone(), answers, sent: Cell::new(0) };
    let last = Rc::new(Cell::new(0));
    let random = RefCell::new(Draws { random: Rng::from_seed(7), last: Rc::clone(&last) });
    let client = Client { transport: &transport, clock: &clock, random: &random };
    let (mut waits, mut draws) = (Vec::new(), Vec::new());
    let observe = |event: CallEvent<'_>| {
        if let CallEvent::WaitStarted { wait, .. } = event {
            waits.push(Duration::as_secs_f64(&wait.duration));
            draws.push(last.get());
        }
    };
    let request = ApiRequest::CreateResponse(CreateResponse::default());
    let result = clock.run(execute(&client, policy, &request, observe)).unwrap();
    Trace { waits, draws, succeeded: result.end == CallEnd::Succeeded }
}

/// The file: the answers, a line each, and the traces by policy and answers. Where a program follows other rules than
/// its policy says, since the SDK underneath is another one, its name stands there too.
pub fn write() -> String {
    let answers = answers();
    let mut traces = Vec::new();
    for Named { id, policy, .. } in named() {
        traces.push((id.to_owned(), policy.clone()));
        let others = Target::ALL.into_iter().filter(|target| target.policy(&policy) != policy);
        traces.extend(others.map(|target| (format!("{id}.{}", target.id()), target.policy(&policy))));
    }
    let rows = |rows: Vec<(&str, String)>| {
        let rows: Vec<String> = rows.into_iter().map(|(name, row)| format!("    {name:?}: {row}")).collect();
        format!("{{\n{}\n  }}", rows.join(",\n"))
    };
    let told = rows(answers.iter().map(|(name, answers)| (*name, serde_json::to_string(answers).unwrap())).collect());
    let traces = traces.iter().map(|(name, policy)| {
        let of_answers = answers
            .iter()
            .map(|(of, answers)| (*of, serde_json::to_string(&trace(policy, answers)).unwrap()))
            .collect();
        format!("  {name:?}: {}", rows(of_answers))
    });
    let traces: Vec<String> = traces.collect();
    format!(
        "{{\n  \"wall\": {},\n  \"answers\": {told},\n  \"traces\": {{\n{}\n  }}\n}}\n",
        WALL.as_secs(),
        traces.join(",\n")
    )
}
