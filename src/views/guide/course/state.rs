//! What the course remembers: steps and ticks over a reload, pictures and bets as long as the page lives.

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;

use crate::course::experiments::RefillSeen;
use crate::course::{Buckets, Exposes, Herd, HerdSettings, Sent, Spread, Steps, Strip, Way, gauge_scale, strip};
use crate::platform::dom;
use crate::simulator::ChargeRule;
use crate::state::persisted::persisted_text;

/// The input of the requests that fall into the buckets, in tokens.
pub const INPUT_TOKENS: u64 = 20;
/// The ends of the requests gauge.
pub const RPM_TOPS: [u64; 4] = [10, 60, 600, 10_000];
/// The ends of the tokens gauge.
pub const TPM_TOPS: [u64; 4] = [60_000, 600_000, 6_000_000, 100_000_000];
/// How long a herd plays.
const PLAY: Duration = Duration::from_secs(6);

/// The course.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    // One line of text: what is stored is no secret, and small.
    steps: RwSignal<String>,
    /// The bets, by the question's step.
    pub bets: RwSignal<BTreeMap<&'static str, usize>>,
    /// The buckets.
    pub buckets: BucketsState,
    /// The herd.
    pub herd: HerdState,
    /// The headers.
    pub headers: HeadersState,
}

impl Course {
    /// A course in which nothing was done in this visit.
    pub fn new() -> Self {
        Self {
            steps: persisted_text("guide.steps", ""),
            bets: RwSignal::default(),
            buckets: BucketsState::new(),
            herd: HerdState::new(),
            headers: HeadersState::new(),
        }
    }

    /// The steps done, tracked.
    pub fn steps(self) -> Steps {
        self.steps.with(|text| Steps::parse(text))
    }

    /// Notes that `step` is done.
    pub fn mark(self, step: &str) {
        self.change(|steps| {
            steps.add(step);
        });
    }

    /// Ticks an item of the checklist, or takes the tick away.
    pub fn tick(self, item: &str, is_ticked: bool) {
        self.change(|steps| steps.tick(item, is_ticked));
    }

    fn change(self, change: impl FnOnce(&mut Steps)) {
        let before = untrack(|| self.steps());
        let mut steps = before.clone();
        change(&mut steps);
        if steps != before {
            self.steps.set(steps.print());
        }
    }
}

/// The two buckets.
#[derive(Debug, Clone, Copy)]
pub struct BucketsState {
    /// The buckets themselves.
    pub buckets: RwSignal<Buckets>,
    /// Requests per minute.
    pub rpm: RwSignal<u64>,
    /// Tokens per minute.
    pub tpm: RwSignal<u64>,
    /// The top of the requests gauge.
    pub rpm_top: RwSignal<u64>,
    /// The top of the tokens gauge.
    pub tpm_top: RwSignal<u64>,
    /// `max_output_tokens` of each request.
    pub room: RwSignal<u64>,
    /// Whether time passes by itself.
    pub playing: RwSignal<bool>,
    /// How much faster than life.
    pub speed: RwSignal<f64>,
    /// What the last request showed of the refill.
    pub refill: RwSignal<Option<RefillSeen>>,
    /// How many requests fitted with the small and with the large room.
    pub fitted: RwSignal<(Option<u64>, Option<u64>)>,
}

impl BucketsState {
    fn new() -> Self {
        Self {
            buckets: RwSignal::new(Buckets::new(3, 30_000)),
            rpm: RwSignal::new(3),
            tpm: RwSignal::new(30_000),
            rpm_top: RwSignal::new(gauge_scale(3, None, &RPM_TOPS)),
            tpm_top: RwSignal::new(gauge_scale(30_000, None, &TPM_TOPS)),
            room: RwSignal::new(64),
            // Who asks for less motion moves the time by hand.
            playing: RwSignal::new(!dom::prefers_reduced_motion()),
            speed: RwSignal::new(5.0),
            refill: RwSignal::new(None),
            fitted: RwSignal::new((None, None)),
        }
    }

    /// The tokens that each request is charged, tracked.
    pub fn charged(self) -> u64 {
        ChargeRule::default().tokens(INPUT_TOKENS, Some(self.room.get()))
    }

    /// Takes over new limits, typed or dragged.
    pub fn set_limits(self, rpm: u64, tpm: u64) {
        self.rpm.set(rpm);
        self.tpm.set(tpm);
        self.rpm_top.update(|top| *top = gauge_scale(rpm, Some(*top), &RPM_TOPS));
        self.tpm_top.update(|top| *top = gauge_scale(tpm, Some(*top), &TPM_TOPS));
        self.buckets.update(|buckets| buckets.set_limits(rpm, tpm));
    }

    /// Drags a limit: the gauge keeps its scale.
    pub fn drag(self, rpm: u64, tpm: u64) {
        self.rpm.set(rpm);
        self.tpm.set(tpm);
        self.buckets.update(|buckets| buckets.set_limits(rpm, tpm));
    }

    /// Sends `count` requests at this moment; gives the last one.
    pub fn send(self, count: u32) -> Option<Sent> {
        let tokens = untrack(|| self.charged());
        let mut last = None;
        self.buckets.update(|buckets| {
            for _ in 0..count {
                let since = buckets.since_emptied();
                let sent = buckets.send(tokens);
                if let Some(after) = since {
                    self.refill.set(Some(RefillSeen::of(&sent, after)));
                }
                last = Some(sent);
            }
        });
        last
    }

    /// Lets time pass on the buckets' clock.
    pub fn pass(self, time: Duration) {
        self.buckets.update(|buckets| buckets.advance(time));
    }
}

/// The herds of one run, and their pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HerdRun {
    /// What they were run with.
    pub settings: HerdSettings,
    /// One for each spread, in their order.
    pub herds: Vec<Herd>,
    /// Their pictures.
    pub strips: Vec<Strip>,
    /// The time axis.
    pub span: Duration,
}

/// The herds.
#[derive(Debug, Clone, Copy)]
pub struct HerdState {
    /// Clients.
    pub clients: RwSignal<u32>,
    /// Requests per minute.
    pub rpm: RwSignal<u64>,
    /// Which draw.
    pub seed: RwSignal<u64>,
    /// What came of them.
    pub run: RwSignal<Option<HerdRun>>,
    /// How much of it has been played.
    pub played: RwSignal<Duration>,
    /// What is being worked out.
    pending: RwSignal<Option<(HerdSettings, Vec<Herd>)>>,
}

impl HerdState {
    fn new() -> Self {
        Self {
            clients: RwSignal::new(30),
            rpm: RwSignal::new(10),
            seed: RwSignal::new(1),
            run: RwSignal::new(None),
            played: RwSignal::new(Duration::ZERO),
            pending: RwSignal::new(None),
        }
    }

    /// Begins a run with what is set now.
    pub fn start(self) {
        let settings = HerdSettings {
            clients: self.clients.get_untracked(),
            rpm: self.rpm.get_untracked(),
            seed: self.seed.get_untracked(),
        };
        self.pending.set(Some((settings, Vec::new())));
    }

    /// Whether something is worked out or played, tracked.
    pub fn moves(self) -> bool {
        self.pending.with(Option::is_some) || self.run.with(Option::is_some) && !self.is_over()
    }

    /// Whether a run is there and has been played to its end, tracked.
    pub fn is_over(self) -> bool {
        let played = self.played.get();
        self.run.with(|run| run.as_ref().is_some_and(|run| played >= run.span))
    }

    /// A frame: one more herd is worked out, or the picture goes on by `elapsed`.
    pub fn step(self, elapsed: Duration) {
        if let Some((settings, mut herds)) = self.pending.get_untracked() {
            // One a frame: each is worth some milliseconds.
            match Spread::ALL.get(herds.len()) {
                Some(spread) => {
                    herds.push(Herd::run(settings, *spread));
                    self.pending.set(Some((settings, herds)));
                }
                None => self.show(settings, herds),
            }
            return;
        }
        let span = self.run.with_untracked(|run| run.as_ref().map_or(Duration::ZERO, |run| run.span));
        let on = span.mul_f64(elapsed.as_secs_f64() / PLAY.as_secs_f64());
        self.played.update(|played| *played = played.saturating_add(on).min(span));
    }

    fn show(self, settings: HerdSettings, herds: Vec<Herd>) {
        let took = herds.iter().map(|herd| herd.took).max().unwrap_or_default();
        // The last mark stands clear of the edge.
        let span = took.mul_f64(1.02).max(Duration::from_secs(1));
        let most = usize::try_from(settings.clients).unwrap_or_default();
        let strips = herds.iter().map(|herd| strip(&herd.arrivals, span, most)).collect();
        self.pending.set(None);
        self.played.set(if dom::prefers_reduced_motion() { span } else { Duration::ZERO });
        self.run.set(Some(HerdRun { settings, herds, strips, span }));
    }
}

/// The headers of a 429.
#[derive(Debug, Clone, Copy)]
pub struct HeadersState {
    /// How the page asks.
    pub way: RwSignal<Way>,
    /// What the server exposes.
    pub exposes: RwSignal<Exposes>,
    /// How often it was sent.
    pub sent: RwSignal<u32>,
    /// Whether a direct answer without limits was seen, and a relayed one.
    pub seen: RwSignal<(bool, bool)>,
}

impl HeadersState {
    fn new() -> Self {
        Self {
            way: RwSignal::default(),
            exposes: RwSignal::default(),
            sent: RwSignal::new(0),
            seen: RwSignal::new((false, false)),
        }
    }

    /// Sends the request that is refused.
    pub fn send(self) {
        self.sent.update(|sent| *sent = sent.wrapping_add(1));
        let (way, exposes) = (self.way.get_untracked(), self.exposes.get_untracked());
        self.seen.update(|(direct, relay)| {
            *direct |= way == Way::Direct && exposes != Exposes::All;
            *relay |= way == Way::Relay;
        });
    }

    /// After a switch: what was sent once is sent again, so that both ways can be compared.
    pub fn send_again(self) {
        if self.sent.get_untracked() > 0 {
            self.send();
        }
    }
}
