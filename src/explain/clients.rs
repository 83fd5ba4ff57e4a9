//! What known clients would do with an answer, and when.

use std::time::Duration;

use crate::random::Constant;
use crate::retry::{Decision, Outcome, Preset, RetryState, StopReason, WaitSource};
use crate::time::Instant;

/// A client whose retries are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Its policy.
    pub preset: Preset,
    /// Its name and version.
    pub name: &'static str,
}

/// The clients that are compared, ours first.
pub const CLIENTS: [Client; 6] = [
    Client { preset: Preset::Sluice, name: "Sluice" },
    Client { preset: Preset::OpenAiPython, name: "openai-python 3.57.0" },
    Client { preset: Preset::OpenAiNode, name: "openai-node 7.57.0" },
    Client { preset: Preset::VercelAiSdk, name: "Vercel AI SDK 6.0.326" },
    Client { preset: Preset::Notebook, name: "Notebook's loop" },
    Client { preset: Preset::NotebookAsWritten, name: "Notebook over the SDK" },
];

/// Whether an attempt comes before the request fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// It does, for sure: the attempt is wasted, and counts.
    TooEarly,
    /// It may, as the jitter falls.
    MayBeTooEarly,
    /// No moment is early or late: it never fits.
    InVain,
    /// It does not.
    InTime,
    /// When it fits is not known.
    Unknown,
}

/// An attempt after the failed one. Ranges are what jitter makes of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Send {
    /// The HTTP request's number, the failed one being 1.
    pub number: u32,
    /// The least and the most wait before it.
    pub wait: (Duration, Duration),
    /// The least and the most time since the answer.
    pub at: (Duration, Duration),
    /// What sets the wait.
    pub source: WaitSource,
    /// Whether it comes too early.
    pub timing: Timing,
}

/// How a client's retries end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It does not try again.
    NotRetried,
    /// It stops, since the wait asked is longer than it follows.
    HintTooLong,
    /// It asks a person, since the wait asked is long.
    Asks,
    /// Its last attempt listed fits.
    Fits,
    /// As the jitter falls, it fits or is given up.
    MayGiveUp,
    /// It gives up before the request fits.
    GivesUp,
    /// It gives up what never fits.
    GivesUpInVain,
    /// It gives up where the failure lasts; whether it does is not known.
    GivesUpIfItLasts,
}

/// What a client would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The client.
    pub client: Client,
    /// Its further attempts, up to the first that surely fits.
    pub sends: Vec<Send>,
    /// How it ends.
    pub ending: Ending,
    /// The least and the most HTTP requests in all, the failed one included.
    pub requests: (usize, usize),
}

/// When the request fits, counted from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    At(Duration),
    Never,
    Unknown,
}

/// More attempts than any of the clients makes.
const MOST_SENDS: usize = 32;

/// A wait before an attempt, at the least and at the most.
#[derive(Debug, Clone, Copy)]
struct Span {
    least: Duration,
    most: Duration,
    source: WaitSource,
}

/// The waits of a client that meets the same answer each time, and how it ends.
struct Waits {
    spans: Vec<Span>,
    /// The least and the most attempts after the first: a deadline comes earlier where jitter is long.
    attempts: (usize, usize),
    end: Decision,
}

impl Waits {
    /// Each wait lies between what the lowest draw makes of it and what the highest does, whichever is longer: layers
    /// draw apart from each other.
    fn of(preset: Preset, outcome: &Outcome) -> Self {
        let (low, end) = waits(preset, outcome, 0.0);
        let (high, _) = waits(preset, outcome, 1.0);
        let (shorter, longer) = (low.len().min(high.len()), low.len().max(high.len()));
        let spans = low.into_iter().zip(high).map(|((one, source), (other, _))| Span {
            least: one.min(other),
            most: one.max(other),
            source,
        });
        Self { spans: spans.collect(), attempts: (shorter, longer), end }
    }

    /// The number of the first request that fits where every wait is as long as `of` says; `None` where none does.
    fn first_fit(&self, fit: Duration, of: impl Fn(&Span) -> Duration) -> Option<usize> {
        let mut at = Duration::ZERO;
        let position = self.spans.iter().position(|span| {
            at = at.saturating_add(of(span));
            at >= fit
        });
        position.map(|position| position + 2)
    }
}

fn waits(preset: Preset, outcome: &Outcome, draw: f64) -> (Vec<(Duration, WaitSource)>, Decision) {
    let mut now = Instant::ORIGIN;
    let policy = preset.policy();
    let mut state = RetryState::new(&policy, now);
    let mut waits = Vec::new();
    loop {
        match state.after(outcome, now, &mut Constant(draw)) {
            Decision::Retry(wait) if waits.len() < MOST_SENDS => {
                waits.push((wait.duration, wait.source));
                now = now + wait.duration;
            }
            end => return (waits, end),
        }
    }
}

/// What `client` does if the same answer comes each time until the request fits.
pub(super) fn forecast(client: Client, outcome: &Outcome, fit: Fit) -> Forecast {
    let waits = Waits::of(client.preset, outcome);
    let (mut least, mut most) = (Duration::ZERO, Duration::ZERO);
    let mut sends: Vec<Send> = Vec::new();
    for (number, span) in (2..).zip(&waits.spans) {
        (least, most) = (least.saturating_add(span.least), most.saturating_add(span.most));
        let timing = match fit {
            Fit::At(fit) if least >= fit => Timing::InTime,
            Fit::At(fit) if most < fit => Timing::TooEarly,
            Fit::At(_) => Timing::MayBeTooEarly,
            Fit::Never => Timing::InVain,
            Fit::Unknown => Timing::Unknown,
        };
        let (wait, at) = ((span.least, span.most), (least, most));
        sends.push(Send { number, wait, at, source: span.source, timing });
        if timing == Timing::InTime {
            break;
        }
    }
    let fits = match fit {
        Fit::At(fit) => (waits.first_fit(fit, |span| span.most), waits.first_fit(fit, |span| span.least)),
        Fit::Never | Fit::Unknown => (None, None),
    };
    let ending = match (&waits.end, fits) {
        (_, (Some(_), Some(_))) => Ending::Fits,
        (_, (Some(_), None) | (None, Some(_))) => Ending::MayGiveUp,
        (Decision::Stop(StopReason::NotRetried), _) if sends.is_empty() => Ending::NotRetried,
        (Decision::Stop(StopReason::HintTooLong), _) if sends.is_empty() => Ending::HintTooLong,
        (Decision::Ask(_), _) if sends.is_empty() => Ending::Asks,
        _ => match fit {
            Fit::Never => Ending::GivesUpInVain,
            Fit::Unknown => Ending::GivesUpIfItLasts,
            Fit::At(_) => Ending::GivesUp,
        },
    };
    let requests = (fits.0.unwrap_or(waits.attempts.0 + 1), fits.1.unwrap_or(waits.attempts.1 + 1));
    Forecast { client, sends, ending, requests }
}

impl Forecast {
    /// How it ends, in a few words.
    pub const fn ending_words(&self) -> &'static str {
        match self.ending {
            Ending::NotRetried => "Not retried",
            Ending::HintTooLong => "Stops",
            Ending::Asks => "Asks you",
            Ending::Fits => "Gets through",
            Ending::MayGiveUp => "May give up",
            Ending::GivesUp => "Gives up",
            Ending::GivesUpInVain => "Retries in vain",
            Ending::GivesUpIfItLasts => "Retries",
        }
    }

    /// More of how it ends; empty where there is no more to say.
    pub fn ending_detail(&self) -> String {
        let wasted = self.sends.iter().filter(|send| send.timing == Timing::TooEarly).count();
        let attempts = |count: usize| if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") };
        match self.ending {
            Ending::NotRetried => String::new(),
            Ending::HintTooLong => "the wait asked is longer than it follows".to_owned(),
            Ending::Asks => "the wait is longer than it waits by itself".to_owned(),
            Ending::GivesUpInVain => format!("{} more, and it never fits", attempts(self.sends.len())),
            Ending::GivesUpIfItLasts => "and gives up if the failure lasts".to_owned(),
            Ending::Fits | Ending::MayGiveUp | Ending::GivesUp if wasted == 0 => String::new(),
            Ending::Fits | Ending::MayGiveUp | Ending::GivesUp => {
                format!("{} too early, wasted but counted", attempts(wasted))
            }
        }
    }

    /// The HTTP requests in all: `3`, `4 to 5`.
    pub fn requests_words(&self) -> String {
        let (least, most) = self.requests;
        if least == most { least.to_string() } else { format!("{least} to {most}") }
    }
}
