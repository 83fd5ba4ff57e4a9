//! The dialog that makes a link.

use leptos::prelude::*;

use super::shown;
use crate::components::{Callout, CalloutKind, Checkbox, CodeBlock, Dialog};
use crate::platform::location;
use crate::share::{Field, SharedSettings, link};
use crate::state::api::ApiSource;
use crate::state::explain::use_explain;
use crate::state::route::use_route;
use crate::state::session::use_session;
use crate::views::{batch, burst, lab, request};

/// Whether the dialog is open.
#[derive(Debug, Clone, Copy)]
pub struct ShareOpen(pub RwSignal<bool>);

/// The dialog "Share these settings".
#[component]
pub fn ShareDialog() -> impl IntoView {
    let ShareOpen(open) = expect_context();
    let (session, route, explain) = (use_session(), use_route(), use_explain());
    let with_prompt = RwSignal::new(false);
    let of_view = (request::sharer(), burst::sharer(), batch::sharer(), lab::sharer());
    let path = move || route.get().href().trim_start_matches("#/");
    let all = Memo::new(move |_| {
        let mut settings = SharedSettings::default();
        // Nothing is gathered while nobody looks.
        if open.get() {
            of_session(session, &mut settings);
            match path() {
                "request" => of_view.0(&mut settings),
                "burst" => of_view.1(&mut settings),
                "batch" => of_view.2(&mut settings),
                "lab" => of_view.3(&mut settings),
                "explain" => settings.set(Field::Text, explain.text.get()),
                _ => {}
            }
        }
        settings
    });
    let has_prompt =
        Memo::new(move |_| all.with(|all| all.iter().any(|(field, text)| field.is_written() && !text.is_empty())));
    let shared = Memo::new(move |_| {
        let all = all.get();
        if with_prompt.get() {
            all
        } else {
            all.without(Field::Prompt).without(Field::Instructions).without(Field::Text)
        }
    });
    let made = Memo::new(move |_| {
        let fragment = session.secrets().with(|redactor| shared.with(|shared| link(path(), shared, redactor)));
        fragment.map(|fragment| location::page_address() + &fragment).map_err(|why| why.to_string())
    });
    // What the link holds, not what the fields hold: a key is in none.
    let contents = move || {
        let (in_link, touched) = session.secrets().with(|redactor| shared.with(|shared| shared.without_keys(redactor)));
        let item = |(field, text): (Field, &str)| {
            let note = touched.contains(&field).then_some(" (a key was taken out)");
            view! { <li>{field.label()}": "<bdi>{shown(field, text)}</bdi>{note}</li> }
        };
        let is_told = |(field, text): &(Field, &str)| field.is_of(path()) && !text.is_empty();
        in_link.iter().filter(is_told).map(item).collect_view()
    };
    view! {
        <Dialog title="Share these settings" open=open on_close=move |()| open.set(false)>
            <div class="stack">
                <Show when=move || has_prompt.get()>
                    <Checkbox
                        label=Signal::derive(move || {
                            if path() == "explain" { "Include the text" } else { "Include the prompt" }.to_owned()
                        })
                        checked=with_prompt
                        on_change=move |include| with_prompt.set(include)
                        hint=Signal::derive(move || {
                            let what = if path() == "explain" { "" } else { "Instructions included. " };
                            Some(format!("{what}Whoever gets the link can read it."))
                        })
                    />
                </Show>
                {move || match made.get() {
                    Ok(link) => view! { <CodeBlock code=link label="link" wrap=true /> }.into_any(),
                    Err(why) => view! { <Callout kind=CalloutKind::Warn title="No link was made" alert=true><p>{why}</p></Callout> }.into_any(),
                }}
                <p>"It is in the part of the address that browsers send to no server. Opening it fills in the fields and runs nothing."</p>
                <p><strong>"It has:"</strong></p>
                <ul class="share-contents">{contents}</ul>
                <p><strong>"It has not: "</strong>"your key, organization, project, results, or anything sent or received."</p>
            </div>
        </Dialog>
    }
}

fn of_session(session: crate::state::session::Session, settings: &mut SharedSettings) {
    settings.set(Field::Model, session.model());
    match session.source.get() {
        ApiSource::Simulated => {
            settings.set(Field::Source, "simulated");
            let choice = session.scenario.get();
            let limit = |limit: Option<u64>| limit.map(|limit| limit.to_string()).unwrap_or_default();
            settings.set(Field::Scenario, choice.id);
            for (field, value) in
                [(Field::Rpm, choice.rpm), (Field::Tpm, choice.tpm), (Field::Rpd, choice.rpd), (Field::Tpd, choice.tpd)]
            {
                settings.set(field, limit(value));
            }
            settings.set(Field::Seed, session.seed().to_string());
            settings.set(Field::Speed, session.speed.get().to_string());
        }
        ApiSource::Live => {
            settings.set(Field::Source, "live");
            // A path on this page's own origin says nothing to others.
            let connection = session.connection.get().filter(|connection| !connection.same_origin);
            if let Some(connection) = connection {
                settings.set(Field::BaseUrl, connection.base_url);
            }
        }
    }
}
