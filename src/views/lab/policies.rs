//! Which policies are compared: those that have a name, and edited ones.

use leptos::prelude::*;

use super::policy_editor::{Draft, PolicyEditor};
use super::state::{Lab, use_lab};
use crate::components::{Button, ButtonKind, Checkbox, Choice, Select};
use crate::lab::{LabPolicy, MOST_POLICIES, PolicyChoice};

/// The policies side by side.
#[component]
pub fn PolicyList() -> impl IntoView {
    let lab = use_lab();
    let draft = RwSignal::new(None::<Draft>);
    let base = RwSignal::new("sluice".to_owned());
    let known = PolicyChoice::known();
    let options: Vec<Choice> = known.iter().map(|(id, name)| Choice::new(*id, *name)).collect();
    let edited = move || {
        lab.form.with(|form| {
            let policies = form.policies.iter().enumerate();
            let edited = policies.filter_map(|(place, choice)| match choice {
                PolicyChoice::Edited(policy) => Some((place, (**policy).clone())),
                PolicyChoice::Known(_) => None,
            });
            edited.collect::<Vec<_>>()
        })
    };
    let edit_copy = move |()| {
        if let Some(policy) = base.with_untracked(|id| PolicyChoice::of_id(id)).and_then(|choice| choice.policy()) {
            let policy = LabPolicy { name: format!("{}, edited", policy.name), ..policy };
            draft.set(Some(Draft { place: None, policy }));
        }
    };
    let own = move |(place, policy): (usize, LabPolicy)| {
        let name = policy.name.clone();
        let (of_edit, of_removal) = (format!("Edit {name}"), format!("Remove {name}"));
        let edit = move |()| draft.set(Some(Draft { place: Some(place), policy: policy.clone() }));
        view! {
            <li class="lab-own">
                <span>{name}</span>
                <Button kind=ButtonKind::Quiet label=Some(of_edit) on_click=edit>"Edit"</Button>
                <Button kind=ButtonKind::Quiet label=Some(of_removal) on_click=move |()| remove(lab, place)>"Remove"</Button>
            </li>
        }
    };
    view! {
        <fieldset class="lab-group">
            <legend>"Policies"</legend>
            <div class="lab-policies">
                {known.into_iter().map(|(id, name)| view! { <KnownPolicy id=id name=name /> }).collect_view()}
            </div>
            <ul class="lab-own-list" role="list">{move || edited().into_iter().map(own).collect_view()}</ul>
            <div class="lab-edit">
                <Select
                    label="A policy of your own, from"
                    options=Signal::derive(move || options.clone())
                    value=base
                    on_change=move |id| base.set(id)
                />
                <Button on_click=edit_copy>"Edit a copy"</Button>
            </div>
            <PolicyEditor draft=draft />
        </fieldset>
    }
}

#[component]
fn KnownPolicy(id: &'static str, name: &'static str) -> impl IntoView {
    let form = use_lab().form;
    let is_this = move |choice: &PolicyChoice| matches!(choice, PolicyChoice::Known(known) if known == id);
    let is_chosen = Memo::new(move |_| form.with(|form| form.policies.iter().any(is_this)));
    let choose = move |on: bool| {
        form.update(|form| {
            form.policies.retain(|choice| !is_this(choice));
            if on && form.policies.len() < MOST_POLICIES {
                // In the order in which they are offered, edited ones behind.
                let rank = |choice: &PolicyChoice| match choice {
                    PolicyChoice::Known(id) => PolicyChoice::known().iter().position(|(known, _)| known == id),
                    PolicyChoice::Edited(_) => None,
                };
                form.policies.extend(PolicyChoice::of_id(id));
                form.policies.sort_by_key(|choice| rank(choice).unwrap_or(usize::MAX));
            }
        });
    };
    view! { <Checkbox label=name checked=is_chosen on_change=choose /> }
}

fn remove(lab: Lab, place: usize) {
    let before = lab.form.get_untracked();
    lab.form.update(|form| {
        if place < form.policies.len() {
            form.policies.remove(place);
        }
    });
    let undo = move || lab.form.update(|form| form.policies.clone_from(&before.policies));
    lab.undos.tell("The policy is removed.", undo);
}
