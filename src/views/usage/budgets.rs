//! Budgets: how much may be spent, and where that stands.

use leptos::prelude::*;

use crate::components::{
    Button, ButtonKind, Choice, EmptyState, Glyph, Meter, Panel, Reading, Select, TextField, Tone, unique_id,
};
use crate::platform::dom;
use crate::state::budgets::{Budgets, use_budgets};
use crate::usage::{AnsweredBy, Budget, BudgetPeriod, Cap, Level, Money, Unit};

const APIS: [AnsweredBy; 2] = [AnsweredBy::Simulated, AnsweredBy::Live];

/// The budgets, each with what is left of it, and the fields for another one.
#[component]
pub fn BudgetsPanel() -> impl IntoView {
    let budgets = use_budgets();
    let id = unique_id("budgets");
    let focus_id = StoredValue::new(id.clone());
    let has_some = Memo::new(move |_| !budgets.list().is_empty());
    // The button that had the focus goes away with its budget.
    let left = Callback::new(move |()| {
        focus_id.with_value(|id| dom::focus(id));
    });
    view! {
        <div role="group" aria-label="Budgets" id=id tabindex="-1">
            <Panel title="Budgets">
                <p class="muted">
                    "A budget is a hard stop: once it is reached, nothing more is sent to its API, by any view of this tab. What is in flight then goes on and counts, so that it can be exceeded by that much and no more; in calls it is kept to the call, but for a batch's. Calls are answered ones and those of unknown outcome; refusals cost nothing. Days and months are those of UTC."
                </p>
                <Show
                    when=move || has_some.get()
                    fallback=|| {
                        view! {
                            <EmptyState text="No budget yet: nothing is held back. One for Live keeps a forgotten loop from spending more than you meant; one for Simulated lets you see how that looks." />
                        }
                    }
                >
                    <ul class="budget-list" role="list">
                        <For each=move || budgets.list() key=|budget| budget.id let:budget>
                            <BudgetItem id=budget.id on_gone=left />
                        </For>
                    </ul>
                </Show>
                <AddBudget />
            </Panel>
        </div>
    }
}

/// The budget of that id as it is now, tracked.
fn budget_of(budgets: Budgets, id: u32) -> Option<Budget> {
    budgets.list().into_iter().find(|budget| budget.id == id)
}

#[component]
fn BudgetItem(id: u32, on_gone: Callback<()>) -> impl IntoView {
    let budgets = use_budgets();
    let budget = Memo::new(move |_| budget_of(budgets, id));
    let spent = Memo::new(move |_| budget.get().map(|budget| (budget, budgets.spent_of(&budget))));
    let is_known = Memo::new(move |_| budget.get().is_some_and(|budget| budgets.is_known(budget.period)));
    let words = move |read: fn(&Budget, &crate::usage::Spent) -> String| {
        Signal::derive(move || spent.get().map_or_else(String::new, |(budget, spent)| read(&budget, &spent)))
    };
    let reading = move || {
        let (budget, spent) = spent.get().filter(|_| is_known.get())?;
        Some(Reading::new(f64::from(budget.left_per_mille(&spent)), 1_000.0))
    };
    let level = Memo::new(move |_| spent.get().map(|(budget, spent)| budget.level(&spent)).unwrap_or_default());
    let note = move || {
        if !is_known.get() {
            return Some("The history is still being read.".to_owned());
        }
        let reached = (level.get() == Level::Reached).then_some("Reached: nothing more is sent. ");
        let unseen = spent.get().and_then(|(budget, spent)| budget.not_counted(&spent));
        let words = [reached.unwrap_or_default(), unseen.as_deref().unwrap_or_default()].concat();
        (!words.is_empty()).then_some(words)
    };
    let is_edited = RwSignal::new(false);
    let name = move || budget.get().map_or_else(String::new, |budget| budget.name());
    let remove = move |()| {
        if let Some(budget) = budget.get_untracked() {
            budgets.remove(budget);
            on_gone.run(());
        }
    };
    let save = Callback::new(move |budget: Budget| {
        budgets.change(Budget { id, ..budget });
        is_edited.set(false);
        on_gone.run(());
    });
    view! {
        <li class="budget-item" class:budget-reached=move || level.get() == Level::Reached>
            <Meter
                label=Signal::derive(move || format!("Left of {}", name()))
                reading=Signal::derive(reading)
                text=words(Budget::left)
                tone=Tone::Tokens
                note=Signal::derive(note)
                source=Signal::derive(move || {
                    spent.get().map(|(budget, spent)| format!("{} spent", budget.standing(&spent)))
                })
            />
            <div class="budget-buttons">
                <Button
                    label=Signal::derive(move || Some(format!("Change {}", name())))
                    on_click=move |()| is_edited.update(|edited| *edited = !*edited)
                >
                    "Change"
                </Button>
                <Button
                    icon=Glyph::Close
                    label=Signal::derive(move || Some(format!("Remove {}", name())))
                    on_click=remove
                >
                    "Remove"
                </Button>
            </div>
            <Show when=move || is_edited.get()>
                {move || budget.get_untracked().map(|budget| view! { <BudgetFields from=budget button="Save budget" on_done=save /> })}
            </Show>
        </li>
    }
}

#[component]
fn AddBudget() -> impl IntoView {
    let budgets = use_budgets();
    // As the last one that was added: who comes back for another does not find it for another API.
    let last = untrack(|| budgets.list()).pop();
    let unused = Budget { id: 0, api: AnsweredBy::Live, period: BudgetPeriod::Day, cap: Cap::Usd(Money::ZERO) };
    let first = Budget { id: 0, ..last.unwrap_or(unused) };
    let add = Callback::new(move |budget: Budget| budgets.add(budget.api, budget.period, budget.cap));
    view! { <BudgetFields from=first button="Add budget" is_new=true on_done=add /> }
}

/// The fields of a budget, and the button that takes them.
#[component]
fn BudgetFields(
    from: Budget,
    button: &'static str,
    #[prop(optional)] is_new: bool,
    on_done: Callback<Budget>,
) -> impl IntoView {
    let (api, period, unit) = (RwSignal::new(from.api), RwSignal::new(from.period), RwSignal::new(from.cap.unit()));
    let first = if is_new { String::new() } else { from.cap.typed() };
    let amount = RwSignal::new(first.clone());
    let error = RwSignal::new(None::<String>);
    let amount_id = unique_id("budget-amount");
    let focus_id = amount_id.clone();
    let done = move |()| match unit.get_untracked().read(&amount.get_untracked()) {
        Ok(cap) => {
            error.set(None);
            amount.set(first.clone());
            on_done.run(Budget { id: from.id, api: api.get_untracked(), period: period.get_untracked(), cap });
        }
        Err(wrong) => {
            error.set(Some(wrong));
            dom::focus(&focus_id);
        }
    };
    view! {
        <div class="budget-fields" role="group" aria-label=if is_new { "New budget" } else { "This budget" }>
            <Select
                label="Budget for"
                options=choices(APIS, AnsweredBy::name)
                value=Signal::derive(move || api.get().name().to_owned())
                on_change=move |name: String| choose(api, APIS, AnsweredBy::name, &name)
            />
            <Select
                label="Budget period"
                options=choices(BudgetPeriod::ALL, BudgetPeriod::name)
                value=Signal::derive(move || period.get().name().to_owned())
                on_change=move |name: String| choose(period, BudgetPeriod::ALL, BudgetPeriod::name, &name)
            />
            <TextField
                label="Budget amount"
                id=amount_id
                value=amount
                error=error
                on_input=move |text| {
                    amount.set(text);
                    error.set(None);
                }
            />
            <Select
                label="Counted in"
                options=choices(Unit::ALL, Unit::name)
                value=Signal::derive(move || unit.get().name().to_owned())
                on_change=move |name: String| choose(unit, Unit::ALL, Unit::name, &name)
            />
            <Button kind=ButtonKind::Primary on_click=done>{button}</Button>
        </div>
    }
}

fn choices<T, const N: usize>(all: [T; N], name: impl Fn(T) -> &'static str) -> Vec<Choice> {
    all.into_iter().map(name).map(|name| Choice::new(name, name)).collect()
}

fn choose<T: Copy + Send + Sync + 'static, const N: usize>(
    into: RwSignal<T>,
    all: [T; N],
    name_of: impl Fn(T) -> &'static str,
    name: &str,
) {
    if let Some(one) = all.into_iter().find(|one| name_of(*one) == name) {
        into.set(one);
    }
}
