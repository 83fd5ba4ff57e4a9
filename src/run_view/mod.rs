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
//! | [`RunAnnouncer`] | milestones for those who listen, one every five seconds at most |
//! | [`SpeedControl`] | how much faster than life the simulated clock runs |
//! | [`ConfirmPaid`] | asks before many paid calls |

mod announcer;
mod asked;
mod attempt;
mod confirm;
mod inspector;
mod log;
mod outcome;
mod speed;
mod timeline;
mod undone;

pub use announcer::RunAnnouncer;
pub use asked::AskedWaits;
pub use confirm::{ConfirmPaid, PaidQuestion, asks_before, cost_words};
pub use inspector::CallInspector;
pub use log::AttemptsLog;
pub use outcome::RunOutcome;
pub use speed::SpeedControl;
pub use timeline::RunTimeline;
pub use undone::RunUndone;

use leptos::prelude::*;

use crate::platform::clipboard;
use crate::run::RunLog;
use crate::state::run::Run;

/// What `read` makes of a run's log, made anew only when the log has changed, not with every frame.
pub fn log_memo<T>(run: Run, read: impl Fn(&RunLog) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let changed = Memo::new(move |_| (run.started(), run.with_log(|log| log.revision)));
    Memo::new(move |_| {
        // Read, not only tracked: a memo that nobody reads is never made anew.
        changed.with(|_| ());
        untrack(|| run.with_log(&read))
    })
}

/// Copies text to the clipboard; where the browser refuses, the text is there to be selected.
fn copy(text: String) {
    leptos::task::spawn_local(async move {
        let _ = clipboard::copy(&text).await;
    });
}
