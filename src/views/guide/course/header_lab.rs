//! The picture of section 4: a 429's headers on their way from the server to the page.

use leptos::prelude::*;

use super::question::Question;
use super::state::HeadersState;
use crate::components::{Button, ButtonKind, Choice, CodeBlock, Glyph, Icon, RadioGroup};
use crate::course::{Exposes, Finding, HeaderRow, Looked, Way, look};
use crate::rate_limit::Shown;
use crate::views::guide::state::use_guide;

const WAYS: [(&str, &str, Way); 2] =
    [("direct", "Direct, another origin", Way::Direct), ("relay", "Through a relay, same origin", Way::Relay)];
const EXPOSED: [(&str, &str, Exposes); 3] = [
    ("nothing", "Nothing", Exposes::Nothing),
    ("request-id", "The request id, as OpenAI", Exposes::RequestId),
    ("all", "All of them", Exposes::All),
];
/// A relay on the page's own origin: the headers come from there, so nothing is filtered.
const RELAY: &str = "# nginx, on the page's own origin\nlocation /openai/v1/ {\n    proxy_pass https://api.openai.com/v1/;\n    proxy_ssl_server_name on;\n}";

/// Server, browser, page.
#[component]
pub fn HeaderLab() -> impl IntoView {
    let state = use_guide().course.headers;
    let looked = Memo::new(move |_| (state.sent.get() > 0).then(|| look(state.way.get(), state.exposes.get())));
    let rows = move || {
        // Made anew with each sending, so that it is seen to come.
        let looked = looked.get().unwrap_or_else(|| look(Way::Direct, Exposes::Nothing));
        let is_sent = state.sent.get() > 0;
        let words = looked.hidden_words;
        looked.rows.into_iter().map(|row| view! { <Row row=row is_sent=is_sent hidden_words=words /> }).collect_view()
    };
    view! {
        <section class="lab" aria-label="Headers on their way">
            <header class="lab-head">
                <p class="lab-title">"Try it: what a page sees of a 429"</p>
            </header>
            <div class="lab-body">
                <Switches state=state />
                <Journey looked=looked />
                <table class="headers-table num" aria-label="Headers of the 429">
                    <thead>
                        <tr><th scope="col">"Header"</th><th scope="col">"The server sends"</th><th scope="col">"Your page sees"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <Remedy looked=looked state=state />
            </div>
        </section>
    }
}

/// Where the headers go, and how many get there.
#[component]
fn Journey(looked: Memo<Option<Looked>>) -> impl IntoView {
    let counts = Memo::new(move |_| {
        looked.with(|looked| {
            let rows = &looked.as_ref()?.rows;
            let sent = rows.iter().filter(|row| row.sent.is_some()).count();
            Some((sent, rows.iter().filter(|row| row.is_stripped()).count()))
        })
    });
    let words = move |words: fn(usize, usize) -> String| {
        move || counts.get().map_or_else(|| "–".to_owned(), |(sent, stripped)| words(sent, stripped))
    };
    let strips = move || counts.get().is_some_and(|(_, stripped)| stripped > 0);
    view! {
        <ol class="journey num" role="list">
            <li><strong>"Server"</strong>{words(|sent, _| format!("sends {sent}"))}</li>
            <li class="journey-arrow" aria-hidden="true">"→"</li>
            <li class:is-stripping=strips><strong>"Browser"</strong>{words(|_, stripped| format!("strips {stripped}"))}</li>
            <li class="journey-arrow" aria-hidden="true">"→"</li>
            <li><strong>"Your page"</strong>{words(|sent, stripped| format!("reads {}", sent - stripped.min(sent)))}</li>
        </ol>
    }
}

#[component]
fn Switches(state: HeadersState) -> impl IntoView {
    let ways = || WAYS.map(|(id, name, _)| Choice::new(id, name)).to_vec();
    let exposed = || EXPOSED.map(|(id, name, _)| Choice::new(id, name)).to_vec();
    let way = move || WAYS.iter().find(|(.., way)| *way == state.way.get()).map_or("", |(id, ..)| *id).to_owned();
    let exposes =
        move || EXPOSED.iter().find(|(.., which)| *which == state.exposes.get()).map_or("", |(id, ..)| *id).to_owned();
    let choose_way = move |id: String| {
        if let Some((.., way)) = WAYS.iter().find(|(known, ..)| *known == id) {
            state.way.set(*way);
            state.send_again();
        }
    };
    let choose_exposed = move |id: String| {
        if let Some((.., which)) = EXPOSED.iter().find(|(known, ..)| *known == id) {
            state.exposes.set(*which);
            state.send_again();
        }
    };
    view! {
        <div class="headers-switches">
            <RadioGroup label="Your page calls the API" options=Signal::derive(ways) value=Signal::derive(way) on_change=choose_way />
            <RadioGroup
                label="The server lets other origins read"
                options=Signal::derive(exposed)
                value=Signal::derive(exposes)
                on_change=choose_exposed
                disabled=Signal::derive(move || state.way.get() == Way::Relay)
            />
            <Button kind=ButtonKind::Primary icon=Glyph::Arrow on_click=move |()| state.send()>"Send one request too many"</Button>
        </div>
    }
}

#[component]
fn Row(row: HeaderRow, is_sent: bool, hidden_words: &'static str) -> impl IntoView {
    let stripped = is_sent && row.is_stripped();
    let never_sent = row.sent.is_none();
    let sent = match row.sent.filter(|_| is_sent) {
        Some(value) => value,
        None if is_sent => "not sent".to_owned(),
        None => "–".to_owned(),
    };
    let (glyph, seen) = match row.seen {
        _ if !is_sent => (None, "–".to_owned()),
        Shown::Value(value) | Shown::Malformed(value) => (Some(Glyph::Check), value),
        Shown::Hidden => (Some(Glyph::Cross), hidden_words.to_owned()),
        Shown::NotSent => (None, "not sent".to_owned()),
    };
    view! {
        <tr class:is-stripped=stripped class:is-hidden=glyph == Some(Glyph::Cross) class:is-passed=glyph == Some(Glyph::Check)>
            <th scope="row"><code>{row.name}</code></th>
            <td class:muted=is_sent && never_sent>{sent}</td>
            <td class="headers-seen">
                <span class="headers-value">{glyph.map(|glyph| view! { <Icon glyph=glyph /> })}<span>{seen}</span></span>
            </td>
        </tr>
    }
}

/// What would show the headers, and what is there all the same.
#[component]
fn Remedy(looked: Memo<Option<Looked>>, state: HeadersState) -> impl IntoView {
    move || {
        let Some(looked) = looked.get() else {
            return view! { <p class="guide-aside">"Nothing sent yet: send, then switch between the two ways."</p> }
                .into_any();
        };
        match looked.line {
            Some(line) => view! {
                <p>"The browser stripped them, not the network: the page may read what the server names, and nothing else. This line of the server would show them:"</p>
                <CodeBlock code=line label="Line of the server" wrap=true />
                <p>"You cannot make OpenAI send it. A relay on your own origin shows all, and the body is never stripped: "<q>{looked.message}</q></p>
                <CodeBlock code=RELAY label="Relay" />
            }
            .into_any(),
            None if state.way.get() == Way::Relay => view! {
                <p>"Same origin: the browser strips nothing. What is missing now was not sent."</p>
            }
            .into_any(),
            None => view! { <p>"The server names them all, so the browser strips nothing."</p> }.into_any(),
        }
    }
}

/// The question about them.
#[component]
pub fn HeaderQuestion() -> impl IntoView {
    let state = use_guide().course.headers;
    let finding = move || {
        (state.seen.get() == (true, true)).then(|| Finding {
            right: vec![1],
            words: "Called directly, the page saw no trace of x-ratelimit-remaining-requests, which was sent and 0, and none of x-should-retry, which was not sent: the same silence for both."
                .to_owned(),
        })
    };
    view! {
        <Question
            step="q-headers"
            ask="Your page gets a 429 and finds no x-ratelimit-remaining-requests. What do you know of it?"
            options=&["It is zero: a 429 came", "Nothing: it may be hidden", "The server did not send it"]
            how="Send directly, then through a relay, and compare."
            why="A 429 can be about tokens while requests are left, so zero would be a guess as well. Hidden is not absent, and it is not zero: take the wait from the body, or call through a relay."
            finding=Signal::derive(finding)
        />
    }
}
