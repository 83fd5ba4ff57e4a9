//! Prices from a file, and into one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{own_count, today};
use crate::components::{Button, ButtonKind, Callout, CalloutKind, Glyph, unique_id};
use crate::format::format_count;
use crate::platform::download::FileWriter;
use crate::platform::files;
use crate::state::prices::{PricesState, use_prices};
use crate::usage::{Imported, LONGEST_FILE, import};

/// The most faults that are listed.
const SHOWN: usize = 100;

/// The field for a file, the button that makes one, and what came of both.
#[component]
pub fn PriceFiles() -> impl IntoView {
    let prices = use_prices();
    let id = unique_id("price-file");
    let hint_id = format!("{id}-hint");
    let failure = RwSignal::new(None::<String>);
    let asked = RwSignal::new(None::<Imported>);
    let open = move |name: String, text: Result<String, String>| {
        failure.set(None);
        asked.set(None);
        match text.and_then(|text| import(&text, &name, &today())) {
            Err(why) => failure.set(Some(why)),
            Ok(imported) if imported.faults.is_empty() => take(prices, imported),
            Ok(imported) => asked.set(Some(imported)),
        }
    };
    let save = move |()| {
        let json = prices.now().to_json();
        spawn_local(async move {
            let mut file = FileWriter::download("sluice_prices.json", "application/json");
            let written = file.write(&json).await;
            let saved = if written.is_ok() { file.finish().await } else { written };
            if let Err(error) = saved {
                let _ = failure.try_set(Some(error.to_string()));
            }
        });
    };
    let has_none = Signal::derive(move || own_count(prices) == 0);
    view! {
        <div class="prices-file">
            <label class="field-label" for=id.clone()>"Import prices"</label>
            <input
                id=id
                class="batch-file"
                type="file"
                accept=".json,.csv"
                aria-describedby=hint_id.clone()
                // A file that was mended and is chosen again is news.
                on:click:target=move |event| event.target().set_value("")
                on:change:target=move |event| {
                    let Some(file) = event.target().files().and_then(|files| files.get(0)) else { return };
                    let name = file.name();
                    #[expect(clippy::cast_precision_loss, reason = "a bound of some megabytes")]
                    let is_large = file.size() > LONGEST_FILE as f64;
                    spawn_local(async move {
                        let text = if is_large {
                            Err("The file is larger than 16 MB: no file of prices is.".to_owned())
                        } else {
                            files::read_text(file).await.map_err(|error| error.to_string())
                        };
                        open(name, text);
                    });
                }
            />
            <p class="field-hint" id=hint_id>
                "One exported here, LiteLLM's model_prices_and_context_window.json, or a CSV with the columns model, input, cached, output"
            </p>
        </div>
        <Button
            icon=Glyph::Download
            disabled=has_none
            reason=Signal::derive(move || has_none.get().then(|| "There are no prices of your own yet".to_owned()))
            on_click=save
        >
            "Export prices"
        </Button>
        <Show when=move || failure.with(Option::is_some)>
            <Callout kind=CalloutKind::Error title="No price was changed" alert=true>
                <p dir="auto">{move || failure.get()}</p>
            </Callout>
        </Show>
        <Show when=move || asked.with(Option::is_some)>
            <Faults asked=asked />
        </Show>
    }
}

/// Rows that cannot be taken, and the choice what to do with the others.
#[component]
fn Faults(asked: RwSignal<Option<Imported>>) -> impl IntoView {
    let prices = use_prices();
    let of = move |read: fn(&Imported) -> usize| asked.with(|asked| asked.as_ref().map_or(0, read));
    let (good, bad) = (move || of(|found| found.rows.len()), move || of(|found| found.faults.len()));
    let title = move || match bad() {
        1 => "One row cannot be taken".to_owned(),
        count => format!("{} rows cannot be taken", format_count(count as u64)),
    };
    let listed = move || {
        asked.with(|asked| {
            let faults = asked.iter().flat_map(|found| &found.faults).take(SHOWN);
            faults.map(ToString::to_string).collect::<Vec<_>>()
        })
    };
    let more = move || {
        let more = bad().saturating_sub(SHOWN);
        (more > 0).then(|| format!("And {} more.", format_count(more as u64)))
    };
    let use_good = move |()| {
        if let Some(imported) = asked.try_update(Option::take).flatten() {
            take(prices, imported);
        }
    };
    view! {
        <Callout
            kind=CalloutKind::Warn
            title=Signal::derive(title)
            alert=true
            actions=move || {
                view! {
                    <Show when=move || good() != 0>
                        <Button kind=ButtonKind::Primary on_click=use_good>
                            {move || match good() {
                                1 => "Take the good one".to_owned(),
                                count => format!("Take the {} good ones", format_count(count as u64)),
                            }}
                        </Button>
                    </Show>
                    <Button on_click=move |()| asked.set(None)>"Take none"</Button>
                }
            }
        >
            <p>"No price was changed so far."</p>
            <ul class="price-faults" tabindex="0" aria-label="Bad rows">
                {move || listed().into_iter().map(|fault| view! { <li class="num" dir="auto">{fault}</li> }).collect_view()}
            </ul>
            <p>{more}</p>
        </Callout>
    }
}

fn take(prices: PricesState, imported: Imported) {
    let left_out = match imported.left_out {
        0 => String::new(),
        count => format!(" {} without a price of text tokens are left out.", format_count(count as u64)),
    };
    let words = match imported.rows.len() {
        1 => "One price is imported.".to_owned(),
        count => format!("{} prices are imported.", format_count(count as u64)),
    };
    prices.put(imported.rows, words + &left_out);
}
