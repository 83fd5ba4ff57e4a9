//! How many tokens a request's texts are: an estimate, or the exact count for those who ask for it.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Callout, CalloutKind};
use crate::format::format_count;
use crate::models::{self, Encoding};
use crate::platform::timer::Timer;
use crate::simulator::estimate_tokens;
use crate::state::tokens::{Counter, use_token_counter};

/// How long typing must rest before it is counted: less than a reader notices, more than between two keys.
const REST: Duration = Duration::from_millis(120);

/// The exact count of some texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactTokens {
    /// In `o200k_base`.
    pub tokens: u64,
    /// Whether it is of the texts as they are now; else it was until just now.
    pub is_current: bool,
}

/// The count of `texts`, and the button that asks for an exact one, which then stands in `exact`.
#[component]
pub fn TokenLine(
    /// What is counted, such as "Prompt".
    #[prop(into)]
    name: Signal<String>,
    /// The texts, counted together.
    #[prop(into)]
    texts: Signal<Vec<String>>,
    /// Whose tokens they become.
    #[prop(into)]
    model: Signal<String>,
    /// Where the exact count is told.
    exact: RwSignal<Option<ExactTokens>>,
) -> impl IntoView {
    let counter = use_token_counter();
    counter.resume();
    let is_on = Memo::new(move |_| matches!(counter.status(), Counter::Loading | Counter::Running));
    count_while_typing(texts, exact);
    let words = move || {
        let name = name.get();
        if let Some(ExactTokens { tokens, is_current }) = exact.get() {
            let more = if is_current { "" } else { " …" };
            return format!("{name}: {} (o200k){more}", tokens_words(tokens));
        }
        let tokens = texts.with(|texts| texts.iter().map(|text| estimate_tokens(text)).sum());
        format!("{name}: ≈ {} (estimate){}", tokens_words(tokens), progress_words())
    };
    let doubt = move || exact.with(Option::is_some).then(|| model.with(|model| doubt(model))).flatten();
    let failure = move || match counter.status() {
        Counter::Failed(why) => Some(format!("Reason: {why}. The estimate stays; what you wrote is as it was.")),
        _ => None,
    };
    view! {
        <div class="token-line">
            <span class="num" aria-busy=move || exact.get().is_some_and(|exact| !exact.is_current).then_some("true")>
                {words}
            </span>
            <Button
                kind=ButtonKind::Quiet
                pressed=is_on
                reason="Counts in a worker, with the tokenizer of OpenAI's models from GPT-4o on"
                on_click=move |()| counter.toggle()
            >
                "Count exactly"
            </Button>
            <Show when=move || !is_on.get()>
                <span class="muted">"loads 0.8 MB once"</span>
            </Show>
            {move || doubt().map(|doubt| view! { <p class="muted">{doubt}</p> })}
            {move || {
                failure()
                    .map(|why| {
                        view! {
                            <Callout kind=CalloutKind::Warn title="The exact counter could not be loaded" alert=true>
                                <p>{why}</p>
                            </Callout>
                        }
                    })
            }}
        </div>
    }
}

/// Asks for a count when the texts have rested, and takes the answer.
fn count_while_typing(texts: Signal<Vec<String>>, exact: RwSignal<Option<ExactTokens>>) {
    let counter = use_token_counter();
    let asked = StoredValue::new(None);
    let resting = StoredValue::new_local(None);
    Effect::new(move |_| {
        let status = counter.status();
        texts.track();
        asked.set_value(None);
        if status != Counter::Running {
            resting.set_value(None);
            exact.set(None);
            return;
        }
        exact.update(|exact| {
            if let Some(exact) = exact {
                exact.is_current = false;
            }
        });
        let ask = move || asked.set_value(Some(counter.ask(&texts.get_untracked())));
        resting.set_value(Some(Timer::after(REST, ask)));
    });
    Effect::new(move |_| {
        if let Some(count) = counter.newest()
            && count.share >= 1.0
            && asked.get_value() == Some(count.id)
        {
            exact.set(Some(ExactTokens { tokens: count.tokens, is_current: true }));
        }
    });
}

fn tokens_words(count: u64) -> String {
    format!("{} {}", format_count(count), if count == 1 { "token" } else { "tokens" })
}

/// What is going on while there is no count yet.
fn progress_words() -> String {
    let counter = use_token_counter();
    match (counter.status(), counter.newest()) {
        (Counter::Loading, _) | (Counter::Running, None) => ", loading the counter".to_owned(),
        (Counter::Running, Some(count)) if count.share < 1.0 => format!(", counting: {:.0} %", count.share * 100.0),
        _ => String::new(),
    }
}

/// What is not known of `model`, or known to be otherwise.
fn doubt(model: &str) -> Option<String> {
    match models::encoding(model) {
        Encoding::O200k => None,
        Encoding::Cl100k => Some(format!("{model} counts in cl100k, an older encoding: its count differs.")),
        Encoding::Unknown => Some(format!("OpenAI has not published whether {model} counts in o200k: it may differ.")),
    }
}
