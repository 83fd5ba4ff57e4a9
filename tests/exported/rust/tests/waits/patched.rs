//! Time that passes only by sleeping, and the recorded draw of each wait.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

#[derive(Default)]
struct State {
    url: String,
    wall: u64,
    draws: Vec<f64>,
    slept: Vec<Duration>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Begins a call to `url` at `wall`, seconds since 1970.
pub fn begin(url: String, wall: u64, draws: Vec<f64>) {
    STATE.set(State { url, wall, draws, slept: Vec::new() });
}

/// What has been slept since.
pub fn slept() -> Vec<Duration> {
    STATE.with_borrow(|state| state.slept.clone())
}

pub fn sleep(wait: Duration) {
    STATE.with_borrow_mut(|state| state.slept.push(wait));
}

pub fn draw() -> f64 {
    STATE.with_borrow(|state| state.draws.get(state.slept.len()).copied().unwrap_or(0.5))
}

pub fn wall() -> SystemTime {
    STATE.with_borrow(|state| SystemTime::UNIX_EPOCH + Duration::from_secs(state.wall)) + passed()
}

pub fn var(name: &str) -> Result<String, std::env::VarError> {
    match name {
        "OPENAI_BASE_URL" => Ok(STATE.with_borrow(|state| state.url.clone())),
        _ => Ok("sk-simulated".to_owned()),
    }
}

fn passed() -> Duration {
    STATE.with_borrow(|state| state.slept.iter().sum())
}

pub struct Instant(Duration);

impl Instant {
    pub fn now() -> Self {
        Self(passed())
    }

    pub fn elapsed(&self) -> Duration {
        passed() - self.0
    }
}
