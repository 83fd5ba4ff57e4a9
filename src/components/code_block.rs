//! Code to read and take away.

use leptos::prelude::*;

use super::{CopyButton, unique_id};
use crate::highlight::{Language, Token, pieces};
use crate::state::secrets::use_secrets;

const fn class(token: Token) -> &'static str {
    match token {
        Token::Plain => "code-plain",
        Token::Comment => "code-comment",
        Token::Text => "code-text",
        Token::Number => "code-number",
        Token::Keyword => "code-keyword",
        Token::Name => "code-name",
    }
}

/// Beyond this, colouring costs more than it tells.
const LONGEST_COLOURED: usize = 40_000;

fn coloured(code: &str, language: Language) -> AnyView {
    if language == Language::Plain || code.len() > LONGEST_COLOURED {
        return code.to_owned().into_any();
    }
    pieces(code, language)
        .into_iter()
        .map(|(token, text)| match token {
            Token::Plain => text.to_owned().into_any(),
            _ => view! { <span class=class(token)>{text.to_owned()}</span> }.into_any(),
        })
        .collect_view()
        .into_any()
}

/// Code with its language, a name, and a button that copies it.
#[component]
pub fn CodeBlock(
    /// The code.
    #[prop(into)]
    code: Signal<String>,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The language.
    #[prop(optional, into)]
    language: Signal<Language>,
    /// Long lines are broken rather than scrolled.
    #[prop(optional)]
    wrap: bool,
) -> impl IntoView {
    let id = unique_id("code");
    // What is shown is what is copied: without secrets.
    let secrets = use_secrets();
    let code = Signal::derive(move || code.with(|code| secrets.text(code)));
    view! {
        <div class="code" class:code-wrap=wrap>
            <div class="code-head">
                <span class="code-label" id=id.clone()>
                    {move || label.get()}
                </span>
                <span class="code-language">{move || language.get().name()}</span>
                <CopyButton text=code label=move || Some(format!("Copy {}", label.get())) />
            </div>
            // A region that scrolls must be reachable by keyboard.
            <pre class="code-body" tabindex="0" role="region" aria-labelledby=id>
                <code>{move || code.with(|code| coloured(code, language.get()))}</code>
            </pre>
        </div>
    }
}
