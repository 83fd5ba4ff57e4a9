//! Lines that hold no request: where, what, and what to do.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Batch, use_batch};
use crate::components::{Button, Callout, CalloutKind, Glyph};
use crate::format::format_count;
use crate::platform::download::FileWriter;

/// The most faults that are listed.
const LISTED: usize = 100;

/// The bad lines, where there are any.
#[component]
pub fn FaultPanel() -> impl IntoView {
    let batch = use_batch();
    let count = Memo::new(move |_| batch.with_file(|file| file.faults.len()).unwrap_or(0));
    let title = move || match count.get() {
        1 => "One line cannot be sent".to_owned(),
        count => format!("{} lines cannot be sent", format_count(count as u64)),
    };
    let listed = move || {
        batch
            .with_file(|file| file.faults.iter().take(LISTED).map(ToString::to_string).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let more = move || {
        let more = count.get().saturating_sub(LISTED);
        (more > 0).then(|| format!("And {} more, in the list to download.", format_count(more as u64)))
    };
    let choice = move || {
        if batch.form.with(|form| form.leaves_out_bad_lines) {
            "They are left out, and stand in the errors file. The others are sent."
        } else {
            "Nothing is sent before they are mended, or left out (under Settings)."
        }
    };
    let leave_out = move |()| batch.form.update(|form| form.leaves_out_bad_lines = true);
    let can_choose = move || !batch.form.with(|form| form.leaves_out_bad_lines);
    view! {
        <Show when=move || count.get() != 0>
            <Callout
                kind=CalloutKind::Warn
                title=Signal::derive(title)
                actions=move || {
                    view! {
                        <Show when=can_choose>
                            <Button on_click=leave_out>"Leave them out"</Button>
                        </Show>
                        <Button icon=Glyph::Download on_click=move |()| batch.save_faults()>"Download the list"</Button>
                    }
                }
            >
                <p>{choice}</p>
                <ul class="batch-faults" tabindex="0" aria-label="Bad lines">
                    {move || listed().into_iter().map(|fault| view! { <li class="num" dir="auto">{fault}</li> }).collect_view()}
                </ul>
                <p>{more}</p>
            </Callout>
        </Show>
    }
}

impl Batch {
    fn save_faults(self) {
        let Some(job) = self.with(|inner| inner.job.clone()) else { return };
        let name = self.with(|inner| inner.name.clone());
        spawn_local(async move {
            let mut file = FileWriter::download(&format!("{name}_bad_lines.txt"), "text/plain");
            for fault in &job.file.faults {
                // Small pieces are gathered; only handing them over can fail.
                if let Err(error) = file.write(&format!("{fault}\n")).await {
                    return self.fail("The list was not saved", &error.to_string());
                }
            }
            if let Err(error) = file.finish().await {
                self.fail("The list was not saved", &error.to_string());
            }
        });
    }
}
