//! Prices: what models cost, edited in place, taken in from files and given out as one.

mod edit;
mod files;

use leptos::prelude::*;

use crate::clock::Clock;
use crate::components::{Button, ButtonKind, Glyph, Panel, TextField, WideTable, unique_id};
use crate::format::{format_count, format_decimal};
use crate::models;
use crate::platform::{BrowserClock, dom};
use crate::state::prices::{PricesState, use_prices};
use crate::usage::{ListedPrice, write_per_million};
use edit::EditPrice;
use files::PriceFiles;

/// How many models are listed before all are asked for: those in use come first.
const LISTED: usize = 12;

/// What of the panel is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// The model whose price is edited; an empty one is a new one.
    edited: RwSignal<Option<String>>,
    /// What gets the focus when the fields go away.
    place: StoredValue<String>,
}

impl Open {
    fn close(self) {
        self.edited.set(None);
        self.place.with_value(|place| dom::focus(place));
    }
}

/// The prices of all models, those in use first.
#[component]
pub fn PricesPanel(
    /// The models in use.
    #[prop(into)]
    used: Signal<Vec<String>>,
) -> impl IntoView {
    let prices = use_prices();
    let id = unique_id("prices");
    let open = Open { edited: RwSignal::new(None), place: StoredValue::new(id.clone()) };
    let sought = RwSignal::new(String::new());
    let shows_all = RwSignal::new(false);
    let found = Memo::new(move |_| {
        let sought = sought.get().trim().to_lowercase();
        let listed = used.with(|used| prices.get().listed(used));
        listed.into_iter().filter(|one| one.model.to_lowercase().contains(&sought)).collect::<Vec<_>>()
    });
    let rows = move || {
        let most = if shows_all.get() { usize::MAX } else { LISTED };
        found.get().into_iter().take(most).collect::<Vec<_>>()
    };
    let count = Memo::new(move |_| found.with(Vec::len));
    let has_more = move || !shows_all.get() && count.get() > LISTED;
    let is_new = Memo::new(move |_| open.edited.with(|edited| edited.as_deref() == Some("")));
    view! {
        <div role="group" aria-label="Prices" id=id tabindex="-1">
            <Panel title="Prices">
                <p class="muted">
                    "In USD per million tokens. Yours go before those built in, everywhere on this page. Flex and jobs of the Batch API cost half where you name no price of their own; a dated snapshot costs what its family does. OpenAI's higher price of inputs above 272,000 tokens is not in them."
                </p>
                <p class="muted num">{format!("Built in: {}.", models::SOURCE)}</p>
                <div class="prices-tools">
                    <TextField label="Find a model" value=sought on_input=move |text| sought.set(text) />
                    <Button icon=Glyph::Plus on_click=move |()| open.edited.set(Some(String::new()))>"Add a model"</Button>
                    <PriceFiles />
                </div>
                <Show when=move || is_new.get()>
                    <EditPrice open=open model=String::new() />
                </Show>
                <WideTable label="Prices of models">
                    <table class="table prices-table">
                        <thead>
                            <tr>
                                <th scope="col">"Model"</th>
                                <th scope="col" class="num">"Input"</th>
                                <th scope="col" class="num">"Cached input"</th>
                                <th scope="col" class="num">"Output"</th>
                                <th scope="col">"Whose"</th>
                                <th scope="col">"Source"</th>
                                <th scope="col">"Date"</th>
                                <td></td>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=rows key=|one| format!("{one:?}") let:one>
                                <PriceLine open=open one=one />
                            </For>
                        </tbody>
                    </table>
                </WideTable>
                <Show when=has_more>
                    <Button kind=ButtonKind::Quiet on_click=move |()| shows_all.set(true)>
                        {move || format!("List every model ({})", format_count(count.get() as u64))}
                    </Button>
                </Show>
            </Panel>
        </div>
    }
}

#[component]
fn PriceLine(open: Open, one: ListedPrice) -> impl IntoView {
    let prices = use_prices();
    let ListedPrice { model, price, is_own, source, date } = one;
    let rate = |rate: Option<u64>| rate.map_or_else(|| "unknown".to_owned(), dollars);
    let has_own_row = prices.now().own_row(&model).is_some();
    let whose = match (is_own, price.is_some()) {
        (true, _) => "yours",
        (false, true) => "built in",
        (false, false) => "no price",
    };
    let is_edited = {
        let model = model.clone();
        Memo::new(move |_| open.edited.with(|edited| edited.as_ref() == Some(&model)))
    };
    let (edit_name, remove_name) = (format!("Edit the price of {model}"), format!("Remove your price of {model}"));
    let (edited, removed, fields) = (model.clone(), model.clone(), StoredValue::new(model.clone()));
    let edit = move |()| open.edited.set(Some(edited.clone()));
    let remove = move |()| {
        prices.remove(&removed);
        open.close();
    };
    view! {
        <tr class:price-own=is_own>
            <th scope="row" dir="auto">{model}</th>
            <td class="num">{rate(price.map(crate::usage::Price::input))}</td>
            <td class="num">{rate(price.map(crate::usage::Price::cached_input))}</td>
            <td class="num">{rate(price.map(crate::usage::Price::output))}</td>
            <td>{whose}</td>
            <td dir="auto" class="price-source">{source}</td>
            <td class="num">{date}</td>
            <td>
                <span class="price-buttons">
                    <Button label=Signal::stored(Some(edit_name)) on_click=edit>"Edit"</Button>
                    {has_own_row
                        .then(|| {
                            view! {
                                <Button icon=Glyph::Close label=Signal::stored(Some(remove_name)) on_click=remove>"Remove"</Button>
                            }
                        })}
                </span>
            </td>
        </tr>
        <Show when=move || is_edited.get()>
            <tr>
                <td colspan="8">
                    <EditPrice open=open model=fields.get_value() />
                </td>
            </tr>
        </Show>
    }
}

/// A rate in USD per million tokens, exactly, with at least two decimals: `$0.05`, `$0.125`, `$10.00`.
fn dollars(per_token: u64) -> String {
    let mut number = write_per_million(per_token);
    let decimals = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals == 0 {
        number.push('.');
    }
    number.extend(std::iter::repeat_n('0', 2_usize.saturating_sub(decimals)));
    format!("${}", format_decimal(&number))
}

/// Today's date, `YYYY-MM-DD`, of UTC.
fn today() -> String {
    let (year, month, day) = BrowserClock.wall().date();
    format!("{year:04}-{month:02}-{day:02}")
}

fn own_count(prices: PricesState) -> usize {
    prices.get().own_rows().len()
}
