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
//! | [`PolicyCode`] | a retry policy as a program to take away |
//! | [`ConfirmPaid`] | asks before many paid calls |
//! | [`BudgetLink`] | the way to the budgets, where one of them holds something back |
//! | [`BudgetOutlook`] | what an estimate comes to beside what is left of the budgets |
//! | [`TokenLine`] | how many tokens a text is: an estimate, or exactly for those who ask |

mod announcer;
mod asked;
mod attempt;
mod budget;
mod confirm;
mod inspector;
mod limit_headers;
mod log;
mod no_answer;
mod outcome;
mod policy_code;
mod presets;
mod speed;
mod timeline;
mod tokens;
mod undone;

pub use announcer::RunAnnouncer;
pub use asked::AskedWaits;
pub use attempt::class_tone;
pub use budget::{BudgetLink, BudgetOutlook};
pub use confirm::{ConfirmPaid, PaidQuestion, asks_before, cost_words};
pub use inspector::{CallInspector, followed};
pub use limit_headers::{LimitHeaderRows, LimitHeaders};
pub use log::AttemptsLog;
pub use no_answer::NoAnswer;
pub use outcome::RunOutcome;
pub use policy_code::{PolicyCode, PolicyProgram, exported_base_url};
pub use presets::PresetLinks;
pub use speed::SpeedControl;
pub use timeline::RunTimeline;
pub use tokens::{ExactTokens, TokenLine};
pub use undone::RunUndone;

use std::time::Duration;

use leptos::prelude::*;

use crate::clock::Clock;
use crate::platform::BrowserClock;
use crate::run::RunLog;
use crate::state::run::Run;
use crate::time::Instant;

/// What `read` makes of a run's log, made anew only when the log has changed, not with every frame; of many calls, ten
/// times a second.
pub fn log_memo<T>(run: Run, read: impl Fn(&RunLog) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let changed = log_changed(run);
    Memo::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never made anew.
        let _ = changed.get();
        untrack(|| run.with_log(&read))
    })
}

/// A state of a run's log: the run, and the revision, or the moment while many calls change all the time.
type LogState = (Instant, Result<u64, Instant>);

/// Another value each time that a run's log is to be read anew.
pub fn log_changed(run: Run) -> Memo<LogState> {
    let at = beat(run);
    Memo::new(move |_| {
        let (is_running, now) = at.get();
        let (calls, revision) = run.with_log(|log| (log.calls.len(), log.revision));
        (run.started(), if is_running && calls > MANY { Err(now) } else { Ok(revision) })
    })
}

/// What `read` makes of one call, made anew only when that call has changed.
pub fn call_memo<T>(run: Run, call: usize, read: impl Fn(&RunLog) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let changed =
        Memo::new(move |_| (run.started(), run.with_log(|log| log.calls.get(call).map(|call| call.revision))));
    Memo::new(move |_| {
        let _ = changed.get();
        untrack(|| run.with_log(&read))
    })
}

/// From how many calls on a run is told less often than with every frame, and from how many on less often still.
const MANY: usize = 60;
const VERY_MANY: usize = 1_000;

/// The moment a run is told at: each frame's, of many calls ten times a second of the reader's time, of very many four;
/// what has ended stands still.
fn beat(run: Run) -> Memo<(bool, Instant)> {
    // When it was last told, by the browser's clock: the run's own may go faster.
    let told = StoredValue::new(Instant::ORIGIN);
    Memo::new(move |before: Option<&(bool, Instant)>| {
        let (now, real) = (run.now(), BrowserClock.now());
        let step = run.with_log(|log| match (log.is_running(), log.calls.len()) {
            (false, _) => Err(log.ended_at().unwrap_or(now)),
            (true, count) if count > VERY_MANY => Ok(250),
            (true, count) if count > MANY => Ok(100),
            (true, _) => Ok(0),
        });
        match (step, before) {
            (Err(ended), _) => (false, ended),
            (Ok(step), Some((true, before)))
                if *before <= now && real.saturating_since(told.get_value()) < Duration::from_millis(step) =>
            {
                (true, *before)
            }
            _ => {
                told.set_value(real);
                (true, now)
            }
        }
    })
}
