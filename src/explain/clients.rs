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
    pub requests: (u32, u32),
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

/// A run with every draw at one end of its range.
struct Run {
    waits: Vec<(Duration, WaitSource)>,
    end: Option<Decision>,
}

impl Run {
    fn of(preset: Preset, outcome: &Outcome, draw: f64) -> Self {
        let mut now = Instant::ORIGIN;
        let mut state = RetryState::new(&preset.policy(), now);
        let mut waits = Vec::new();
        while waits.len() < MOST_SENDS {
            match state.after(outcome, now, &mut Constant(draw)) {
                Decision::Retry(wait) => {
                    waits.push((wait.duration, wait.source));
                    now = now + wait.duration;
                }
                end => return Self { waits, end: Some(end) },
            }
        }
        Self { waits, end: None }
    }

    /// The number of the first request that fits, from 1; `None` where none does.
    fn first_fit(&self, fit: Duration) -> Option<u32> {
        let mut at = Duration::ZERO;
        let position = self.waits.iter().position(|(wait, _)| {
            at = at.saturating_add(*wait);
            at >= fit
        })?;
        u32::try_from(position + 2).ok()
    }

    fn requests(&self, fit: Fit) -> (u32, bool) {
        let all = u32::try_from(self.waits.len() + 1).unwrap_or(u32::MAX);
        match fit {
            Fit::At(fit) => self.first_fit(fit).map_or((all, false), |number| (number, true)),
            Fit::Never | Fit::Unknown => (all, false),
        }
    }
}

/// What `client` does if the same answer comes each time until the request fits.
pub(super) fn forecast(client: Client, outcome: &Outcome, fit: Fit) -> Forecast {
    let ends = [Run::of(client.preset, outcome, 0.0), Run::of(client.preset, outcome, 1.0)];
    let [low, high] = &ends;
    let mut sends: Vec<Send> = Vec::new();
    let mut at = [Duration::ZERO; 2];
    let mut number = 1;
    let pairs = low.waits.iter().zip(&high.waits);
    for ((one, source), (other, _)) in pairs {
        let [first, second] = &mut at;
        (*first, *second) = (first.saturating_add(*one), second.saturating_add(*other));
        let range = |a: Duration, b: Duration| (a.min(b), a.max(b));
        let at = range(*first, *second);
        number += 1;
        let timing = match fit {
            Fit::At(fit) if at.0 >= fit => Timing::InTime,
            Fit::At(fit) if at.1 < fit => Timing::TooEarly,
            Fit::At(_) => Timing::MayBeTooEarly,
            Fit::Never => Timing::InVain,
            Fit::Unknown => Timing::Unknown,
        };
        sends.push(Send { number, wait: range(*one, *other), at, source: *source, timing });
        if timing == Timing::InTime {
            break;
        }
    }
    let ((one, one_fits), (other, other_fits)) = (low.requests(fit), high.requests(fit));
    let ending = match (&low.end, one_fits, other_fits) {
        (_, true, true) => Ending::Fits,
        (_, true, false) | (_, false, true) => Ending::MayGiveUp,
        (Some(Decision::Stop(StopReason::NotRetried)), ..) if sends.is_empty() => Ending::NotRetried,
        (Some(Decision::Stop(StopReason::HintTooLong)), ..) if sends.is_empty() => Ending::HintTooLong,
        (Some(Decision::Ask(_)), ..) if sends.is_empty() => Ending::Asks,
        _ if fit == Fit::Never => Ending::GivesUpInVain,
        _ if fit == Fit::Unknown => Ending::GivesUpIfItLasts,
        _ => Ending::GivesUp,
    };
    Forecast { client, sends, ending, requests: (one.min(other), one.max(other)) }
}

impl Forecast {
    /// How it ends, in words.
    pub fn ending_words(&self) -> String {
        let wasted = self.sends.iter().filter(|send| send.timing == Timing::TooEarly).count();
        let too_early = match wasted {
            0 => String::new(),
            1 => "; 1 attempt comes too early, and counts".to_owned(),
            count => format!("; {count} attempts come too early, and count"),
        };
        match self.ending {
            Ending::NotRetried => "Not retried".to_owned(),
            Ending::HintTooLong => "Not retried: the wait asked is longer than it follows".to_owned(),
            Ending::Asks => "Asks you: the wait is longer than it waits by itself".to_owned(),
            Ending::Fits => format!("Gets through{too_early}"),
            Ending::MayGiveUp => format!("May give up before it fits{too_early}"),
            Ending::GivesUp => format!("Gives up before it fits{too_early}"),
            Ending::GivesUpInVain => {
                let plural = if self.sends.len() == 1 { "" } else { "s" };
                format!("Retries in vain: {} more request{plural}", self.sends.len())
            }
            Ending::GivesUpIfItLasts => "Gives up if the failure lasts".to_owned(),
        }
    }

    /// The HTTP requests in all: `3`, `4 to 5`.
    pub fn requests_words(&self) -> String {
        let (least, most) = self.requests;
        if least == most { least.to_string() } else { format!("{least} to {most}") }
    }
}
