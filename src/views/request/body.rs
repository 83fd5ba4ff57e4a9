//! The raw body, laid out for reading.

use leptos::prelude::*;

use crate::components::{CodeBlock, CopyButton, Panel};
use crate::format::format_bytes;
use crate::highlight::Language;
use crate::reply::Reply;
use crate::reply::TransportError;
use crate::responses::pretty_json;

/// More text than this makes the page slow, and nobody reads it.
const MOST_BYTES: usize = 100_000;

/// The region "Raw body".
#[component]
pub fn BodyRegion(result: Result<Reply, TransportError>) -> impl IntoView {
    let body = match &result {
        Ok(reply) => reply.wire.body(),
        Err(TransportError::CutOff { received, .. }) => received.clone(),
        Err(_) => return ().into_any(),
    };
    let size = format_bytes(body.len() as u64);
    let (text, is_cut) = pretty_json(&body, MOST_BYTES);
    let language = if text.starts_with(['{', '[']) { Language::Json } else { Language::Plain };
    let content = if body.trim().is_empty() {
        view! { <p class="muted">"The answer has no body."</p> }.into_any()
    } else {
        view! {
            <CodeBlock code=text label=format!("Body, {size}") language=language wrap=true />
        }
        .into_any()
    };
    view! {
        <Panel title="Raw body">
            {content}
            {is_cut
                .then(|| {
                    view! {
                        <p class="muted">
                            {format!("The first {} are shown. ", format_bytes(MOST_BYTES as u64))} "Copy all of it: "
                            <CopyButton text=Signal::stored(body) label="Copy the whole body" />
                        </p>
                    }
                })}
        </Panel>
    }
    .into_any()
}
