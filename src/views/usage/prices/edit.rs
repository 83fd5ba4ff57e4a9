//! The fields of a price.

use leptos::prelude::*;

use super::{Open, today};
use crate::components::{Button, ButtonKind, TextField, unique_id};
use crate::format::{format_decimal, typed_decimal};
use crate::platform::dom;
use crate::state::prices::use_prices;
use crate::usage::{Price, PriceRow, Tier, check_model, read_per_million, write_per_million};

/// The source of a price that was typed here.
const TYPED: &str = "set here";

/// A field and what is wrong with it.
#[derive(Clone, Copy)]
struct Typed {
    text: RwSignal<String>,
    error: RwSignal<Option<String>>,
    id: StoredValue<String>,
}

impl Typed {
    fn new(text: String) -> Self {
        Self { text: RwSignal::new(text), error: RwSignal::new(None), id: StoredValue::new(unique_id("price")) }
    }

    /// What `read` makes of it; what is wrong is said beneath.
    fn read<T>(self, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let outcome = self.text.with_untracked(|text| read(text.trim()));
        self.error.set(outcome.as_ref().err().map(|wrong| format!("It is {wrong}")));
        if outcome.is_err() {
            self.id.with_value(|id| dom::focus(id));
        }
        outcome.ok()
    }

    fn field(self, label: &'static str, hint: Option<&'static str>) -> impl IntoView {
        view! {
            <TextField
                label=label
                id=self.id.get_value()
                value=self.text
                hint=hint.map(str::to_owned)
                error=self.error
                on_input=move |text| {
                    self.text.set(text);
                    self.error.set(None);
                }
            />
        }
    }
}

/// The fields of the price of `model`, or of a new one.
#[component]
pub fn EditPrice(open: Open, model: String) -> impl IntoView {
    let prices = use_prices();
    let is_new = model.is_empty();
    let now = prices.now();
    let price = now.price(&model, Tier::Standard);
    let rate = |read: fn(Price) -> u64| {
        Typed::new(price.map(|price| format_decimal(&write_per_million(read(price)))).unwrap_or_default())
    };
    let name = Typed::new(model.clone());
    let (input, cached, output) = (rate(Price::input), rate(Price::cached_input), rate(Price::output));
    let written = rate(Price::cache_write);
    let source = now.own_row(&model).map_or_else(|| TYPED.to_owned(), |row| row.source.clone());
    let source = Typed::new(source);
    let label = if is_new { "Price of a new model".to_owned() } else { format!("Price of {model}") };
    let of_rate = |text: &str| read_per_million(&typed_decimal(text));
    let save = move |()| {
        let named = name.read(|name| check_model(name).map(|()| name.to_owned()).map_err(str::to_owned));
        let given = input.read(of_rate);
        // What is left empty costs as the input does.
        let or_input = |text: &str| if text.is_empty() { given.ok_or_else(String::new) } else { of_rate(text) };
        let rates = (given, cached.read(or_input), output.read(of_rate), written.read(or_input));
        let (Some(model), (Some(input), Some(cached), Some(output), Some(written))) = (named, rates) else { return };
        let kept = prices.now().own_row(&model).cloned();
        let row = PriceRow {
            standard: Price::per_million_tokens_in_micro_dollars(input, cached, output).with_cache_write(written),
            flex: kept.as_ref().and_then(|row| row.flex),
            batch: kept.as_ref().and_then(|row| row.batch),
            priority: kept.as_ref().and_then(|row| row.priority),
            source: source.text.get_untracked().trim().to_owned(),
            date: today(),
            model,
        };
        let words = format!("Your price of {} is set.", row.model);
        prices.put(vec![row], words);
        open.close();
    };
    view! {
        <div class="price-fields" role="group" aria-label=label>
            {is_new.then(|| name.field("Model", Some("As it is asked by")))}
            {input.field("Input", None)}
            {cached.field("Cached input", Some("Empty: as the input"))}
            {written.field("Cache writes", Some("Empty: as the input"))}
            {output.field("Output", None)}
            {source.field("Source", None)}
            <div class="price-buttons">
                <Button kind=ButtonKind::Primary on_click=save>"Save price"</Button>
                <Button on_click=move |()| open.close()>"Leave it"</Button>
            </div>
        </div>
    }
}
