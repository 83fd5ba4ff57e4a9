//! One call in whole: what it came to, its attempts, headers, bodies, tokens; and as code.

mod attempts;
mod overview;
mod parts;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::replay::replay_run;
use super::state::use_usage;
use crate::components::{Button, ButtonKind, Choice, Glyph, TabPanel, Tabs};
use crate::format::format_count;
use crate::platform::dom;
use crate::platform::frames::after_next_frame;
use crate::state::shortcuts::on_escape;
use crate::usage::CallRecord;

const TABS: [(&str, &str); 5] =
    [("overview", "Overview"), ("attempts", "Attempts"), ("headers", "Headers"), ("body", "Body"), ("usage", "Usage")];

const INSPECTOR: &str = "usage-inspector";

/// What there is to show of the selected call.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Nothing,
    Call(Box<CallRecord>),
    Failed(String),
}

/// The inspector of the selected call.
#[component]
pub fn Inspector() -> impl IntoView {
    let usage = use_usage();
    let shown = RwSignal::new(Shown::Nothing);
    // What is known of a call under way changes with its row.
    let stands = Memo::new(move |_| {
        let id = usage.selected.get()?;
        usage.with_ledger(|ledger| ledger.get(id).map(|row| (id, row.attempts, row.stands, row.failed_attempts)))
    });
    Effect::new(move |_| {
        let Some((id, ..)) = stands.get() else { return shown.set(Shown::Nothing) };
        // The mark of the row follows a key at once, the call after that frame: who walks along sees no pause.
        after_next_frame(move || {
            if usage.selected.try_get_untracked().flatten() != Some(id) {
                return;
            }
            spawn_local(async move {
                let found = usage.call(id).await;
                if usage.selected.try_get_untracked().flatten() == Some(id) {
                    let _ = shown.try_set(match found {
                        Ok(call) => Shown::Call(Box::new(call)),
                        Err(why) => Shown::Failed(why),
                    });
                }
            });
        });
    });
    let call = Memo::new(move |_| match shown.get() {
        Shown::Call(call) => Some(*call),
        Shown::Nothing | Shown::Failed(_) => None,
    });
    let failure = move || match shown.get() {
        Shown::Failed(why) => Some(why),
        Shown::Nothing | Shown::Call(_) => None,
    };
    let place = Memo::new(move |_| usage.place_of_selected());
    let step = move |by: isize| {
        let last = untrack(|| usage.total()).saturating_sub(1);
        usage.select(place.get_untracked().map_or(0, |at| at.saturating_add_signed(by)).min(last));
    };
    let title = move || {
        let label = call.with(|call| call.as_ref().map(|call| call.label.clone())).unwrap_or_default();
        place.get().map_or(label.clone(), |at| {
            format!("{label}, {} of {}", format_count(at as u64 + 1), format_count(usage.total() as u64))
        })
    };
    let at_start = Signal::derive(move || place.get().is_none_or(|at| at == 0));
    let at_end = Signal::derive(move || place.get().is_none_or(|at| at + 1 >= usage.total()));
    let close = move |()| {
        let row = place.get_untracked();
        usage.selected.set(None);
        if row.is_none_or(|row| !dom::focus(&format!("call-row-{row}"))) {
            dom::focus_view();
        }
    };
    // On a narrow screen it begins below the rows, out of sight of the press that opened it.
    request_animation_frame(|| {
        if dom::place_in_window(INSPECTOR).is_some_and(|place| place > 0.9) {
            dom::reveal(INSPECTOR);
        }
    });
    on_escape(move || {
        close(());
        true
    });
    view! {
        <section class="usage-inspector panel" id=INSPECTOR aria-label="Inspector">
            <div class="inspector-head">
                <p class="inspector-title num" dir="auto">{title}</p>
                <Button kind=ButtonKind::Quiet icon=Glyph::Play on_click=move |()| replay_run(usage)>"Replay its run"</Button>
                <Button kind=ButtonKind::Quiet disabled=at_start on_click=move |()| step(-1)>"Previous"</Button>
                <Button kind=ButtonKind::Quiet disabled=at_end on_click=move |()| step(1)>"Next"</Button>
                <Button kind=ButtonKind::Quiet icon=Glyph::Close label="Close inspector" on_click=close />
            </div>
            {move || failure().map(|why| view! { <p>{why}</p> })}
            <Show when=move || call.with(Option::is_some)>
                <Tabs
                    name="usage-call"
                    label="What of the call"
                    tabs=Signal::stored(TABS.map(|(id, name)| Choice::new(id, name)).to_vec())
                    selected=usage.inspector_tab
                    on_select=move |tab| usage.inspector_tab.set(tab)
                />
                <TabPanel name="usage-call" tab="overview" selected=usage.inspector_tab>
                    <overview::Overview call=call />
                </TabPanel>
                <TabPanel name="usage-call" tab="attempts" selected=usage.inspector_tab>
                    <attempts::Attempts call=call />
                </TabPanel>
                <TabPanel name="usage-call" tab="headers" selected=usage.inspector_tab>
                    <parts::Headers call=call />
                </TabPanel>
                <TabPanel name="usage-call" tab="body" selected=usage.inspector_tab>
                    <parts::Bodies call=call />
                </TabPanel>
                <TabPanel name="usage-call" tab="usage" selected=usage.inspector_tab>
                    <parts::Tokens call=call />
                </TabPanel>
            </Show>
        </section>
    }
}
