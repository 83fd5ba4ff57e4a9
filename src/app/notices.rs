//! What the page tells of its own accord, above the view.

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Callout, CalloutKind};
use crate::platform::dom;
use crate::state::announcer::use_announcer;
use crate::state::notices::{Notice, use_notices};

/// The page's notices.
#[component]
pub fn NoticeList() -> impl IntoView {
    let (notices, announcer) = (use_notices(), use_announcer());
    let one = move |notice: Notice| {
        let id = notice.id;
        // A warning interrupts by itself.
        if !notice.is_warning {
            announcer.say(format!("{}. {}", notice.title, notice.lines.join(" ")).trim_end().to_owned());
        }
        let kind = if notice.is_warning { CalloutKind::Warn } else { CalloutKind::Info };
        let values = notice.values;
        let put_away = move |()| {
            notices.dismiss(id);
            // The button goes away with the notice.
            dom::focus_view();
        };
        let actions = move || {
            view! {
                {notice
                    .undo
                    .map(|undo| {
                        let undo = move |()| {
                            undo.run(());
                            put_away(());
                        };
                        view! { <Button on_click=undo>"Undo"</Button> }
                    })}
                <Button kind=ButtonKind::Quiet on_click=put_away>"Dismiss"</Button>
            }
        };
        view! {
            <Callout kind=kind title=notice.title actions=actions alert=notice.is_warning>
                {notice.lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
                {(!values.is_empty()).then(|| view! { <Values values=values /> })}
            </Callout>
        }
    };
    view! {
        <div class="notices">
            <For each=move || notices.get() key=|notice| notice.id children=one />
        </div>
    }
}

/// Names and values, the values kept apart from the text around them whatever their direction is.
#[component]
fn Values(values: Vec<(&'static str, String)>) -> impl IntoView {
    let row = |(name, value): (&'static str, String)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
            </div>
        }
    };
    view! { <dl class="notice-values">{values.into_iter().map(row).collect_view()}</dl> }
}
