//! What of the ledger is looked at.

use leptos::prelude::*;

use super::state::use_usage;
use crate::components::{Button, ButtonKind, Choice, Glyph, Select, TextField};
use crate::usage::{AnsweredBy, Ledger, MadeIn, Period, Query, Stands};

/// The value of a choice that leaves nothing out.
const ALL: &str = "";
/// Stands for the calls whose key has no name: a name is never blank.
const UNNAMED: &str = " ";

/// The filters.
#[component]
pub fn Filters() -> impl IntoView {
    let usage = use_usage();
    let picked = move |read: fn(&Query) -> String| Signal::derive(move || usage.query.with(read));
    let periods = || Period::ALL.map(|period| Choice::new(period.name(), period.name())).to_vec();
    let apis = || {
        let of = |api: AnsweredBy| Choice::new(api.name(), api.name());
        vec![Choice::new(ALL, "Simulated and live"), of(AnsweredBy::Simulated), of(AnsweredBy::Live)]
    };
    let views = || {
        let named = MadeIn::ALL.map(|made_in| Choice::new(made_in.name(), made_in.name()));
        std::iter::once(Choice::new(ALL, "All views")).chain(named).collect::<Vec<_>>()
    };
    let results = || {
        let named = Stands::ALL.map(|stands| Choice::new(stands.name(), stands.name()));
        std::iter::once(Choice::new(ALL, "All results")).chain(named).collect::<Vec<_>>()
    };
    let is_all = Signal::derive(move || usage.query.with(Query::is_all));
    let look_at_all = move |()| {
        usage.look_at(|query| {
            *query = Query { sort_by: query.sort_by, ascending: query.ascending, ..Query::default() };
        });
    };
    view! {
        <div class="usage-filters" role="search" aria-label="Calls">
            <Select
                label="Period"
                options=Signal::derive(periods)
                value=picked(|query| query.period.name().to_owned())
                on_change=move |name: String| {
                    let period = Period::ALL.into_iter().find(|period| period.name() == name).unwrap_or_default();
                    usage.look_at(|query| query.period = period);
                }
            />
            <Select
                label="API of calls"
                options=Signal::derive(apis)
                value=picked(|query| query.api.map_or(ALL, AnsweredBy::name).to_owned())
                on_change=move |name: String| {
                    let api = [AnsweredBy::Simulated, AnsweredBy::Live].into_iter().find(|api| api.name() == name);
                    usage.look_at(|query| query.api = api);
                }
            />
            <Select
                label="Made in"
                options=Signal::derive(views)
                value=picked(|query| query.made_in.map_or(ALL, MadeIn::name).to_owned())
                on_change=move |name: String| {
                    let made_in = MadeIn::ALL.into_iter().find(|made_in| made_in.name() == name);
                    usage.look_at(|query| query.made_in = made_in);
                }
            />
            <ByName />
            <Select
                label="Result"
                options=Signal::derive(results)
                value=picked(|query| query.stands.map_or(ALL, Stands::name).to_owned())
                on_change=move |name: String| {
                    let stands = Stands::ALL.into_iter().find(|stands| stands.name() == name);
                    usage.look_at(|query| query.stands = stands);
                }
            />
            <TextField
                label="Search calls"
                placeholder=Some("name, model, status, id".to_owned())
                value=picked(|query| query.search.clone())
                on_input=move |search: String| usage.look_at(|query| query.search = search)
            />
            <Button kind=ButtonKind::Quiet icon=Glyph::Reset disabled=is_all on_click=look_at_all>
                "Show all"
            </Button>
        </div>
    }
}

/// The filters by what calls are named after: as many as the ledger has.
#[component]
fn ByName() -> impl IntoView {
    let usage = use_usage();
    let picked = move |read: fn(&Query) -> String| Signal::derive(move || usage.query.with(read));
    let models = Memo::new(move |_| usage.with_ledger(|ledger| ledger.models().map(str::to_owned).collect::<Vec<_>>()));
    let models = move || {
        let named = models.get().into_iter().map(|model| Choice::new(model.clone(), model));
        std::iter::once(Choice::new(ALL, "All models")).chain(named).collect::<Vec<_>>()
    };
    let key_names =
        |ledger: &Ledger| ledger.key_names().map(|key| key.unwrap_or(UNNAMED).to_owned()).collect::<Vec<_>>();
    let keys = Memo::new(move |_| usage.with_ledger(key_names));
    let key_choices = move || {
        let label = |key: &str| if key == UNNAMED { "Key without a name".to_owned() } else { key.to_owned() };
        let named = keys.get().into_iter().map(|key| Choice::new(key.clone(), label(&key)));
        std::iter::once(Choice::new(ALL, "All keys")).chain(named).collect::<Vec<_>>()
    };
    let has_keys = Memo::new(move |_| keys.with(|keys| !keys.is_empty()));
    view! {
            <Select
                label="Model of calls"
                options=Signal::derive(models)
                value=picked(|query| query.model.clone().unwrap_or_default())
                on_change=move |model: String| usage.look_at(|query| query.model = (model != ALL).then_some(model))
            />
            <Show when=move || has_keys.get()>
                <Select
                    label="Key"
                    options=Signal::derive(key_choices)
                    value=picked(|query| match query.key_alias.as_deref() {
                        None => ALL.to_owned(),
                        Some("") => UNNAMED.to_owned(),
                        Some(alias) => alias.to_owned(),
                    })
                    on_change=move |key: String| {
                        usage.look_at(|query| query.key_alias = (key != ALL).then(|| key.trim().to_owned()));
                    }
                />
            </Show>
    }
}
