//! Opening a link: its settings are filled in and told, and can be taken back. Nothing runs.

use leptos::prelude::*;

use super::address::{AddressQuestion, AskedAddress};
use super::{shown, told};
use crate::platform::{Listener, location};
use crate::share::{Field, Opened, Problem, SharedSettings, is_link, place_of, query_holds_key, read};
use crate::state::api::ApiSource;
use crate::state::explain::use_explain;
use crate::state::notices::{Notice, use_notices};
use crate::state::session::{ScenarioChoice, Session, use_session};
use crate::views::{batch, burst, lab, request};

/// The link that the address holds, taken out of it before anything else reads the address.
#[derive(Debug, Clone, Copy)]
pub struct IncomingLink(RwSignal<Option<Incoming>>);

/// As it stood in the address; what reads it is fetched first.
#[derive(Debug, Clone)]
struct Incoming {
    fragment: String,
    query_had_key: bool,
}

impl Incoming {
    fn read(self) -> Opened {
        let opened = read(&self.fragment);
        let mut opened = opened.unwrap_or_else(|| Opened { address: self.fragment, ..Opened::default() });
        if self.query_had_key && !opened.problems.contains(&Problem::Key) {
            opened.problems.insert(0, Problem::Key);
        }
        opened
    }
}

impl IncomingLink {
    /// Takes the link out of the address now, and out of each one that comes later. Call it before the routes begin.
    pub fn intercept() -> Self {
        let incoming = Self(RwSignal::new(None));
        incoming.take();
        let listener: Listener = location::on_hash_change(move |_| incoming.take());
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || {
            let _ = listener.try_update_value(Option::take);
        });
        incoming
    }

    fn take(self) {
        let query = location::query();
        let had_key = !query.is_empty() && query_holds_key(&query);
        if had_key {
            location::drop_query();
        }
        let fragment = location::hash();
        let is_link = is_link(&fragment);
        if is_link {
            location::replace_hash(&place_of(&fragment));
        }
        if is_link || had_key {
            let _ = self.0.try_set(Some(Incoming { fragment, query_had_key: had_key }));
        }
    }

    /// Whether there is one, tracked.
    pub fn is_there(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Forgets it.
    pub fn drop(self) {
        self.0.set(None);
    }
}

/// Fills in what a link says, and asks about an address in it.
#[component]
pub fn OpenedLink() -> impl IntoView {
    let incoming: IncomingLink = expect_context();
    let (session, notices) = (use_session(), use_notices());
    let fill_in = filler();
    let asked = RwSignal::new(None::<AskedAddress>);
    Effect::new(move |_| {
        incoming.0.track();
        // Taken out: what it may hold is kept nowhere once it is read.
        let taken = incoming.0.try_update_untracked(Option::take).flatten();
        let Some(opened) = taken.map(Incoming::read) else { return };
        let view = opened.address.trim_start_matches("#/").trim_end_matches('/').to_owned();
        let mut lines: Vec<String> = opened.problems.iter().map(ToString::to_string).collect();
        let settings = opened.settings;
        if location::is_framed() && !settings.is_empty() {
            lines.push("Another page holds this one in a frame, so nothing of the link was used.".to_owned());
            return notices.tell(notice(lines, &SharedSettings::default(), None));
        }
        untrack(|| {
            let undo = fill_in(&view, &settings);
            if settings.get(Field::Source) == Some("live") && session.source.get_untracked() != ApiSource::Live {
                lines.push(
                    "It was made for a live API. A link does not switch to one: choose Live above if you want it."
                        .to_owned(),
                );
            }
            let mut address = None;
            match settings.get(Field::BaseUrl).map(|address| (address, AskedAddress::of(session, address))) {
                Some((text, Ok(question))) => {
                    address = Some((text.to_owned(), question.is_some()));
                    asked.set(question);
                }
                Some((_, Err(why))) => lines.push(format!("Base URL: the link's address was not used. {why}")),
                None => {}
            }
            let is_filled_in = settings.iter().any(|(field, _)| field != Field::BaseUrl);
            if is_filled_in || !lines.is_empty() {
                let undo = is_filled_in.then_some(undo);
                let has_key = opened.problems.contains(&Problem::Key);
                let mut notice = Notice { is_warning: has_key, ..notice(lines, &settings, undo) };
                notice
                    .values
                    .extend(address.map(|(text, is_asked)| (Field::BaseUrl.label(), address_words(&text, is_asked))));
                notices.tell(notice);
            }
        });
    });
    view! { <AddressQuestion asked=asked /> }
}

/// What takes a link's settings over, for the view at a path; it gives what takes them back.
pub fn filler() -> impl Fn(&str, &SharedSettings) -> Callback<()> + Copy + 'static {
    let (session, explain) = (use_session(), use_explain());
    let openers = (request::opener(), burst::opener(), batch::opener(), lab::opener());
    move |view, settings| {
        let of_session = fill_in_session(session, settings, view);
        let of_view = match (view, settings.get(Field::Text)) {
            ("request", _) => Some(openers.0(settings)),
            ("burst", _) => Some(openers.1(settings)),
            ("batch", _) => Some(openers.2(settings)),
            ("lab", _) => Some(openers.3(settings)),
            ("explain", Some(text)) => {
                let before = explain.text.get_untracked();
                explain.text.set(text.to_owned());
                Some(Callback::new(move |()| explain.text.set(before.clone())))
            }
            _ => None,
        };
        Callback::new(move |()| {
            of_session.run(());
            if let Some(undo) = of_view {
                undo.run(());
            }
        })
    }
}

fn notice(lines: Vec<String>, settings: &SharedSettings, undo: Option<Callback<()>>) -> Notice {
    let values = told(settings);
    let title = match (values.is_empty(), lines.is_empty()) {
        (true, _) => "This link changed nothing",
        (false, true) => "Filled in from a link; nothing was sent",
        (false, false) => "Filled in from a link, but not all of it; nothing was sent",
    };
    Notice { id: 0, title: title.to_owned(), is_warning: false, lines, values, undo }
}

/// The address of a link, and what becomes of it: a link alone changes none.
fn address_words(address: &str, is_asked: bool) -> String {
    let what = if is_asked { "yours to decide, in the window that asked" } else { "in use already" };
    format!("{} ({what})", shown(Field::BaseUrl, address))
}

/// Takes over what concerns the whole page; gives what takes it back.
fn fill_in_session(session: Session, settings: &SharedSettings, view: &str) -> Callback<()> {
    let before = (session.source.get_untracked(), session.scenario.get_untracked(), session.seed());
    let pace = session.speed.get_untracked();
    let models = [ApiSource::Simulated, ApiSource::Live].map(|source| session.model_signal(source).get_untracked());
    let is_live = settings.get(Field::Source) == Some("live");
    if settings.get(Field::Source) == Some("simulated") {
        session.source.set(ApiSource::Simulated);
    }
    // Request has a model of its own.
    if let Some(model) = settings.get(Field::Model).filter(|_| view != "request") {
        let source = if is_live { ApiSource::Live } else { session.source.get_untracked() };
        session.model_signal(source).set(model.to_owned());
    }
    if let Some(asked) = settings.number(Field::Speed).flatten() {
        session.speed.set(asked);
    }
    let choice = scenario(settings, &before.1);
    let seed = settings.number(Field::Seed).flatten();
    let is_simulator_changed = seed.is_some() || choice != before.1;
    if is_simulator_changed {
        session.simulate(choice, seed.unwrap_or(before.2));
    }
    Callback::new(move |()| {
        let (source, choice, seed) = before.clone();
        session.source.set(source);
        if is_simulator_changed {
            session.simulate(choice, seed);
        }
        session.speed.set(pace);
        session.simulated_model.set(models[0].clone());
        session.live_model.set(models[1].clone());
    })
}

fn scenario(settings: &SharedSettings, before: &ScenarioChoice) -> ScenarioChoice {
    let mut choice = match settings.get(Field::Scenario) {
        // Limits were changed of the other scenario.
        Some(id) => ScenarioChoice { id: id.to_owned(), rpm: None, tpm: None, rpd: None, tpd: None },
        None => before.clone(),
    };
    for (field, limit) in [
        (Field::Rpm, &mut choice.rpm),
        (Field::Tpm, &mut choice.tpm),
        (Field::Rpd, &mut choice.rpd),
        (Field::Tpd, &mut choice.tpd),
    ] {
        if let Some(value) = settings.number(field) {
            *limit = value;
        }
    }
    choice
}
