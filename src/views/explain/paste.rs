//! The text to explain, and examples of it.

use leptos::ev::ClipboardEvent;
use leptos::prelude::*;

use super::Explained;
use crate::components::{Button, ButtonKind, Keys, Shortcut, TextArea};
use crate::explain::{NotUnderstood, is_long, samples::SAMPLES, shown, shown_words};
use crate::platform::{clipboard, dom};
use crate::state::explain::use_explain;
use crate::state::shortcuts::on_command_enter;

/// The id of the field.
const PASTED: &str = "explain-pasted";

/// The field, the button, and the samples.
#[component]
pub fn PasteForm(explained: Explained, #[prop(into)] on_explain: Callback<()>) -> impl IntoView {
    let draft = use_explain();
    let text = draft.text;
    on_command_enter(on_explain);
    let clear = move |()| {
        draft.replace(String::new());
        // The button goes away with what it clears.
        dom::focus(PASTED);
    };
    let error = move || {
        explained.with(|explained| match explained {
            Ok(_) | Err(NotUnderstood::Empty) => None,
            // It takes the hint's place.
            Err(why) => Some(match text.with(|text| shown_words(text)) {
                Some(words) => format!("{why} {words}"),
                None => why.to_string(),
            }),
        })
    };
    let holds_long = Memo::new(move |_| text.with(|text| is_long(text)));
    let hint = move || {
        text.with(|text| shown_words(text))
            .unwrap_or_else(|| "Explained as you paste, here in the page. It is kept in this tab until you close it, unless it is long or holds a key.".to_owned())
    };
    // A long text is kept beside the field; one that is there gives way to what is pasted next.
    let on_paste = move |event: ClipboardEvent| {
        let pasted = clipboard::pasted_text(&event).filter(|pasted| !pasted.is_empty());
        let is_whole =
            |pasted: &String| holds_long.get_untracked() || text.with_untracked(String::is_empty) && is_long(pasted);
        if let Some(pasted) = pasted.filter(is_whole) {
            event.prevent_default();
            text.set(pasted);
        }
    };
    view! {
        <section class="explain-form" aria-label="Text to explain">
            <div on:paste=on_paste>
                <TextArea
                    label="Paste an error, headers or curl -i output"
                    value=Signal::derive(move || text.with(|text| shown(text).to_owned()))
                    on_input=move |pasted| text.set(pasted)
                    rows=12
                    mono=true
                    read_only=holds_long
                    hint=Signal::derive(move || Some(hint()))
                    error=Signal::derive(error)
                    id=PASTED
                />
            </div>
            <div class="request-send">
                <Button kind=ButtonKind::Primary shortcut=Shortcut::Run on_click=move |()| on_explain.run(())>
                    "Explain this"
                </Button>
                <span class="request-shortcut" aria-hidden="true"><Keys keys=Shortcut::Run.keys() /></span>
                <Show when=move || text.with(|text| !text.is_empty())>
                    <Button kind=ButtonKind::Quiet on_click=clear>"Clear"</Button>
                </Show>
            </div>
            <div class="explain-samples" role="group" aria-labelledby="explain-samples">
                <p class="field-label" id="explain-samples">"Or try a real one"</p>
                <div class="quick-choices">
                    {SAMPLES
                        .map(|sample| {
                            view! { <Button on_click=move |()| draft.replace(sample.text.to_owned())>{sample.name}</Button> }
                        })
                        .into_iter()
                        .collect_view()}
                </div>
            </div>
        </section>
    }
}
