//! Help: all keys by where they work, and all terms.

use leptos::prelude::*;

use super::keys::letter_of;
use crate::components::{Checkbox, Dialog, Disclosure, HelpBook, HelpText, Keys, Shortcut};
use crate::glossary::{TERMS, look_up};
use crate::platform::dom;
use crate::state::route::View;
use crate::state::shortcuts::use_shortcuts;

/// Lets labels say what they mean.
pub fn provide_book() {
    provide_context(HelpBook(|label| {
        look_up(label).map(|term| HelpText { term: term.name, text: term.text, href: term.href() })
    }));
}

/// Keys and what they do.
type Rows = Vec<(String, &'static str)>;

fn anywhere() -> Rows {
    vec![
        (Shortcut::Run.keys(), "Run the view: Send, Run burst, Explain this; in the Guide, the cell you are in"),
        (Shortcut::Stop.keys(), "Stop what runs; else close what is open"),
        (format!("{} Z", dom::command_key()), "Outside a field: take back the last reset, preset or clearing"),
    ]
}

fn single_keys() -> Rows {
    let to_view = |view: View| (format!("g {}", letter_of(view)), view.name());
    let mut rows = vec![("?".to_owned(), "This help")];
    rows.extend(View::ALL.map(to_view));
    rows
}

fn within() -> [(&'static str, Rows); 4] {
    let rows = |rows: &[(&str, &'static str)]| rows.iter().map(|(keys, what)| ((*keys).to_owned(), *what)).collect();
    [
        (
            "On a timeline",
            rows(&[
                ("↑ ↓", "The request above, below"),
                ("← →", "The part of it before, after"),
                ("Home End", "The first, the last"),
                ("Enter", "Open what is inspected"),
                ("+ − 0", "Zoom in, out, back to all of it"),
                ("Shift ← →", "Move along the time"),
            ]),
        ),
        (
            "In the history of calls",
            rows(&[
                ("↑ ↓", "The call above, below"),
                ("Page Home End", "A screen on, the first, the last"),
                ("Enter", "Open it"),
            ]),
        ),
        ("In a field for a number", rows(&[("↑ ↓", "One step up, down")])),
        ("On a row of tabs or choices", rows(&[("← →", "The one before, after")])),
    ]
}

/// The dialog, opened by `?` and by the button in the top band.
#[component]
pub fn HelpDialog() -> impl IntoView {
    let shortcuts = use_shortcuts();
    let open = shortcuts.help_open;
    // Made when first opened: few open it.
    let was_opened = Memo::new(move |before: Option<&bool>| before == Some(&true) || open.get());
    view! {
        <Dialog title="Help" open=open on_close=move |()| open.set(false)>
            {move || was_opened.get().then(contents)}
        </Dialog>
    }
}

fn contents() -> AnyView {
    let shortcuts = use_shortcuts();
    let term = |term: &'static crate::glossary::Term| {
        view! { <div><dt>{term.name}</dt><dd>{term.text}</dd></div> }
    };
    view! {
        <div class="help-dialog stack">
            {keys_of("Anywhere", anywhere())}
            {keys_of("Single keys, outside fields", single_keys())}
            <Checkbox
                label="Use single-key shortcuts"
                checked=shortcuts.single_keys
                on_change=move |is_on| shortcuts.single_keys.set(is_on)
                hint="Turn them off where they get in the way, as of dictation; the button Help stays"
            />
            {within().map(|(place, rows)| keys_of(place, rows)).into_iter().collect_view()}
            <Disclosure summary="All terms">
                <dl class="help-terms">{TERMS.iter().map(term).collect_view()}</dl>
            </Disclosure>
            <p class="muted">
                "Terms with a dotted line, and the question marks beside fields, say the same where they stand. The "
                <a href=View::Guide.href() on:click=move |_| shortcuts.help_open.set(false)>"Guide"</a>
                " is the whole course."
            </p>
        </div>
    }
    .into_any()
}

fn keys_of(place: &'static str, rows: Rows) -> AnyView {
    let row = |(keys, what): (String, &'static str)| {
        view! { <div><dt><Keys keys=keys /></dt><dd>{what}</dd></div> }
    };
    view! {
        <section class="help-keys">
            <h3>{place}</h3>
            <dl>{rows.into_iter().map(row).collect_view()}</dl>
        </section>
    }
    .into_any()
}
