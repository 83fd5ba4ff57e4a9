//! What is seen of a [`Run`]: shared by the views that run something. Each part takes the run, and nothing of a view.
//!
//! | part | shows |
//! |---|---|
//! | [`RunTimeline`] | one lane a call; the level of the request limit beneath, where headers tell it |
//! | [`RunOutcome`] | the counts, a stacked bar, the time taken and the ideal one |
//! | [`AttemptsLog`] | the lines that the notebook prints, with time and request |
//! | [`RunUndone`] | why work was left undone, and the button that finishes it |
//! | [`AskedWaits`] | calls whose wait a person decides on |
//! | [`CallInspector`] | the attempts of one call |
//! | [`LimitHeaders`] | the rate-limit headers of an answer under their provider's names, and what would show hidden ones |
//! | [`NoAnswer`] | what can be behind a failure that the browser hides |
//! | [`RunAnnouncer`] | milestones for those who listen, one every five seconds at most |
//! | [`SpeedControl`] | how much faster than life the simulated clock runs |
//! | [`PresetLinks`] | the presets of a view, as links that run |
//! | [`ConfirmPaid`] | asks before many paid calls |
//! | [`TokenLine`] | how many tokens a text is: an estimate, or exactly for those who ask |

mod announcer;
mod asked;
mod attempt;
mod confirm;
mod inspector;
mod limit_headers;
mod log;
mod no_answer;
mod outcome;
mod presets;
mod speed;
mod timeline;
mod tokens;
mod undone;

pub use announcer::RunAnnouncer;
pub use asked::AskedWaits;
pub use confirm::{ConfirmPaid, PaidQuestion, asks_before, cost_words};
pub use inspector::CallInspector;
pub use limit_headers::{LimitHeaderRows, LimitHeaders};
pub use log::AttemptsLog;
pub use no_answer::NoAnswer;
pub use outcome::RunOutcome;
pub use presets::PresetLinks;
pub use speed::SpeedControl;
pub use timeline::RunTimeline;
pub use tokens::{ExactTokens, TokenLine};
pub use undone::RunUndone;

use std::time::Duration;

use leptos::prelude::*;

use crate::run::RunLog;
use crate::state::api::ApiSource;
use crate::state::run::Run;
use crate::state::session::use_session;
use crate::time::Instant;

/// What `read` makes of a run's log, made anew only when the log has changed, not with every frame; of many calls, ten
/// times a second.
pub fn log_memo<T>(run: Run, read: impl Fn(&RunLog) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let at = beat(run);
    let changed = Memo::new(move |_| {
        let (is_running, now) = at.get();
        let (calls, revision) = run.with_log(|log| (log.calls.len(), log.revision));
        (run.started(), if is_running && calls > MANY { Err(now) } else { Ok(revision) })
    });
    Memo::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never made anew.
        changed.with(|_| ());
        untrack(|| run.with_log(&read))
    })
}

/// From how many calls on a run is drawn less often than with every frame.
const MANY: usize = 60;

/// The moment a run is drawn at: each frame's, of many calls ten times a second; what has ended stands still.
fn beat(run: Run) -> Memo<(bool, Instant)> {
    let session = use_session();
    Memo::new(move |_| {
        let now = run.now();
        // A tenth of a second of the reader's time, on the run's own clock.
        let speed = if run.source() == Some(ApiSource::Simulated) { session.speed.get().max(1.0) } else { 1.0 };
        run.with_log(|log| match (log.is_running(), log.calls.len()) {
            (false, _) => (false, log.ended_at().unwrap_or(now)),
            (true, count) if count > MANY => (true, rounded_down(now, Duration::from_millis(100).mul_f64(speed))),
            (true, _) => (true, now),
        })
    })
}

fn rounded_down(now: Instant, step: Duration) -> Instant {
    let nanos = now.since_origin().as_nanos() % step.as_nanos().max(1);
    now - Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}
