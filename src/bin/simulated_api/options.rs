//! The command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};
use sluice::rate_limit::Algorithm;
use sluice::simulator::{ChargeRule, KeyRule, RequestsHeader, Scenario, ScenarioPreset};

const EXAMPLES: &str = "Examples:
  simulated_api                                     tier 1 on port 4010
  simulated_api --scenario first-429                3 requests a minute
  simulated_api --rpm 60 --tpm 10000 --burst-requests 1
                                                    60 a minute, enforced as 1 a second
  simulated_api --scenario quota-exhausted --port 0 any free port, printed at the start
  simulated_api --scenario mid-stream               rate limits inside streams, after HTTP 200
  simulated_api --latency-scale 0 --seed 7          instant answers, other texts

Use it from Python:
  OPENAI_BASE_URL=http://127.0.0.1:4010/v1 OPENAI_API_KEY=sk-simulated python your_script.py
or by hand:
  curl -i http://127.0.0.1:4010/v1/responses -H 'Authorization: Bearer sk-simulated' \\
    -H 'Content-Type: application/json' -d '{\"model\": \"gpt-5-nano\", \"input\": \"Say hello\"}'

It serves GET /v1/models, POST /v1/responses (streamed where asked for) and POST /v1/responses/input_tokens,
and GET /healthz for test runners; no /v1/chat/completions: it answers that with a 404. All limits are for each model family; snapshots share their family's.
The same seed and the same requests at the same times give the same answers.";

/// A simulated OpenAI API with real rate limits, on 127.0.0.1.
#[derive(Debug, Parser)]
#[command(name = "simulated_api", version, after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools)] // a command line's switches
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 4010, value_name = "N")]
    pub port: u16,
    /// What it is like: limits, speed, faults
    #[arg(long, default_value = "tier-1", value_name = "NAME", value_parser = scenario, long_help = scenarios())]
    pub scenario: ScenarioPreset,
    /// Requests per minute instead of the scenario's; 0 takes the limit away
    #[arg(long, value_name = "N")]
    pub rpm: Option<u64>,
    /// Tokens per minute instead of the scenario's; 0 takes the limit away
    #[arg(long, value_name = "N")]
    pub tpm: Option<u64>,
    /// Requests per day instead of the scenario's; 0 takes the limit away
    #[arg(long, value_name = "N")]
    pub rpd: Option<u64>,
    /// Tokens per day instead of the scenario's; 0 takes the limit away
    #[arg(long, value_name = "N")]
    pub tpd: Option<u64>,
    /// The most requests at once under the per-minute limit, where that is less
    #[arg(long, value_name = "N")]
    pub burst_requests: Option<u64>,
    /// The most tokens at once under the per-minute limit, where that is less
    #[arg(long, value_name = "N")]
    pub burst_tokens: Option<u64>,
    /// How limits count
    #[arg(long, default_value = "token-bucket", value_name = "NAME", value_parser = ["token-bucket", "fixed-window", "sliding-window"])]
    pub algorithm: String,
    /// Tokens charged on admission: the larger of input estimate and output budget, or their sum
    #[arg(long, default_value = "larger", value_name = "RULE", value_parser = ["larger", "sum"])]
    pub charge: String,
    /// Let rejected requests use up a request too
    #[arg(long)]
    pub charge_rejected: bool,
    /// Correct the charge to the tokens really used when an answer is complete
    #[arg(long)]
    pub settle: bool,
    /// Which limit the x-ratelimit-*-requests headers tell; real ones tell either
    #[arg(long, value_name = "WHICH")]
    pub requests_header: Option<HeaderWindow>,
    /// Stretches all latencies: 2 is twice as slow, 0 instant
    #[arg(long, default_value_t = 1.0, value_name = "X", value_parser = scale)]
    pub latency_scale: f64,
    /// The most input tokens that a model's unfinished batch jobs may hold together; 0 sets no limit
    #[arg(long, value_name = "N")]
    pub batch_enqueued_tokens: Option<u64>,
    /// How long a batch job runs, in seconds, before --latency-scale
    #[arg(long, value_name = "SECONDS")]
    pub batch_turnaround: Option<u64>,
    /// Where texts, latencies and ids come from
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Which headers a page on another origin may read: none (but X-Request-ID) is as api.openai.com does, and hides
    /// 401s from pages altogether
    #[arg(long, default_value = "all", value_name = "WHICH")]
    pub expose_headers: ExposeHeaders,
    /// Take this API key alone; otherwise any key will do
    #[arg(long, value_name = "KEY")]
    pub require_key: Option<String>,
    /// Keep an account of each request for a response, by its `metadata.custom_id`, and tell it at GET /_audit: for tests
    /// of clients that must send nothing twice
    #[arg(long)]
    pub audit: bool,
    /// Print a line for each request
    #[arg(long, short)]
    pub verbose: bool,
}

/// Which headers CORS lets a page read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExposeHeaders {
    /// X-Request-ID alone, as api.openai.com.
    None,
    /// All of them.
    All,
}

/// Which window the requests headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HeaderWindow {
    /// Per minute.
    Minute,
    /// Per day.
    Day,
}

impl Options {
    /// The scenario with everything the command line overrides.
    pub fn scenario(&self) -> Scenario {
        let mut scenario = Scenario::from(self.scenario);
        let limits = &mut scenario.overrides;
        for (limit, given) in [
            (&mut limits.rpm, self.rpm),
            (&mut limits.tpm, self.tpm),
            (&mut limits.rpd, self.rpd),
            (&mut limits.tpd, self.tpd),
            (&mut scenario.burst_requests, self.burst_requests),
            (&mut scenario.burst_tokens, self.burst_tokens),
        ] {
            *limit = given.or(*limit);
        }
        scenario.algorithm = Algorithm::from_id(&self.algorithm).unwrap_or_default();
        scenario.charge = ChargeRule::from_id(&self.charge).unwrap_or_default();
        scenario.charge_rejected |= self.charge_rejected;
        scenario.settle |= self.settle;
        scenario.requests_header = match self.requests_header {
            None => scenario.requests_header,
            Some(HeaderWindow::Minute) => RequestsHeader::PerMinute,
            Some(HeaderWindow::Day) => RequestsHeader::PerDay,
        };
        scenario.latency.scale *= self.latency_scale;
        if let Some(tokens) = self.batch_enqueued_tokens {
            scenario.batches.enqueued_tokens = Some(tokens).filter(|tokens| *tokens > 0);
        }
        if let Some(seconds) = self.batch_turnaround {
            scenario.batches.turnaround = Duration::from_secs(seconds);
        }
        if let Some(key) = &self.require_key {
            scenario.key = KeyRule::Exactly(key.clone());
        }
        scenario
    }

    /// What is printed when it listens.
    pub fn greeting(&self, port: u16) -> String {
        let scenario = self.scenario();
        let limits = scenario.limits("gpt-5-nano");
        let told: Vec<String> = [(limits.rpm, "RPM"), (limits.tpm, "TPM"), (limits.rpd, "RPD"), (limits.tpd, "TPD")]
            .into_iter()
            .filter_map(|(limit, unit)| Some(format!("{} {unit}", limit?)))
            .collect();
        let key = self.require_key.as_deref().unwrap_or("sk-simulated");
        format!(
            "Simulated OpenAI API: http://127.0.0.1:{port}/v1\n\
             Scenario {}: {}\n\
             gpt-5-nano: {}. Seed {}. Ctrl-C stops it.\n\n\
             OPENAI_BASE_URL=http://127.0.0.1:{port}/v1 OPENAI_API_KEY={key}\n",
            scenario.id(),
            scenario.description(),
            if told.is_empty() { "no limits".to_owned() } else { told.join(", ") },
            self.seed,
        )
    }
}

fn scenario(name: &str) -> Result<ScenarioPreset, String> {
    ScenarioPreset::from_id(name).ok_or_else(|| {
        let known: Vec<&str> = ScenarioPreset::ALL.iter().map(|preset| preset.id()).collect();
        format!("there is no such scenario; there are {}", known.join(", "))
    })
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale.is_finite() && scale >= 0.0 => Ok(scale),
        _ => Err("a number of 0 or more is needed".to_owned()),
    }
}

fn scenarios() -> String {
    let mut help = "What it is like: limits, speed, faults\n".to_owned();
    for preset in ScenarioPreset::ALL {
        help.push_str(&["\n", preset.id(), ": ", preset.description(), " [", preset.source(), "]"].concat());
    }
    help
}
