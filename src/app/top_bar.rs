//! The top band: name, which API answers, the model, the theme, and the views.

use leptos::context::Provider;
use leptos::prelude::*;

use super::parts;
use super::share::ShareOpen;
use super::window::OnceWanted;
use crate::clock::Clock;
use crate::components::{Button, ButtonKind, Choice, Combobox, Glyph, Icon, InTurn, Intent, RadioGroup, Shortcut};
use crate::models;
use crate::platform::clock::BrowserClock;
use crate::platform::dom;
use crate::platform::theme::Theme;
use crate::state::api::ApiSource;
use crate::state::locked_origin;
use crate::state::route::View;
use crate::state::session::use_session;
use crate::state::shortcuts::use_shortcuts;

/// The id of what is a menu where there is no room for it.
const MORE: &str = "topbar-more";

/// The top band.
#[component]
pub fn TopBar() -> impl IntoView {
    let session = use_session();
    let connection_open = session.connection_open;
    let share_open = RwSignal::new(false);
    let help_open = use_shortcuts().help_open;
    // What opens a window closes the menu it was in: the focus comes back to the menu's button then.
    let open = move |window: RwSignal<bool>| {
        dom::close_popover(MORE);
        window.set(true);
    };
    let is_live = move || session.source.get() == ApiSource::Live;
    // The page was reloaded to reach an address that was confirmed in Connection: it goes on there.
    if locked_origin::was_confirmed() {
        connection_open.set(true);
    }
    let choose_source = move |value: String| {
        let live = value == ApiSource::Live.name();
        session.source.set(if live { ApiSource::Live } else { ApiSource::Simulated });
        // Live without a connection can do nothing: lead straight to where one is made.
        if live && session.connection.with_untracked(Option::is_none) {
            connection_open.set(true);
        }
    };
    let sources =
        || [ApiSource::Simulated, ApiSource::Live].map(|source| Choice::new(source.name(), source.name())).to_vec();
    view! {
        <header class="topbar" class:topbar-live=is_live>
            <a class="brand" href=View::Guide.href() aria-label="Sluice, to the guide">
                <Mark />
                "Sluice"
            </a>
            <div class="topbar-controls">
                <InTurn>
                    <RadioGroup
                        label="API"
                        options=Signal::derive(sources)
                        value=Signal::derive(move || session.source.get().name().to_owned())
                        on_change=choose_source
                        segmented=true
                    />
                </InTurn>
                <InTurn>
                    <Intent of=parts::connection_dialog()>
                        <Button icon=Glyph::Plug on_click=move |()| connection_open.set(true)>"Connection"</Button>
                    </Intent>
                    <ForgetKey />
                </InTurn>
                <button type="button" class="button button-quiet button-square topbar-menu" aria-label="More" title="More" popovertarget=MORE>
                    <Icon glyph=Glyph::More />
                </button>
                // A menu on a narrow page, a part of the band on a wide one.
                <div class="topbar-more" id=MORE popover="auto">
                    <InTurn>
                        <ModelPicker />
                        <Intent of=parts::share_dialog()>
                            <Button kind=ButtonKind::Quiet icon=Glyph::Share on_click=move |()| open(share_open)>"Share"</Button>
                        </Intent>
                        <ThemeButton />
                        <Intent of=parts::help_dialog()>
                            <Button
                                kind=ButtonKind::Quiet
                                icon=Glyph::Help
                                shortcut=Shortcut::Help
                                reason=Signal::stored(Some("Keys and terms".to_owned()))
                                on_click=move |()| open(help_open)
                            >
                                "Help"
                            </Button>
                        </Intent>
                    </InTurn>
                </div>
            </div>
        </header>
        <InTurn last=true>
            <OnceWanted
                wanted=connection_open
                view=parts::connection_dialog()
                what="Connection"
                on_failure=move |()| connection_open.set(false)
            />
            <Provider value=ShareOpen(share_open)>
                <OnceWanted
                    wanted=share_open
                    view=parts::share_dialog()
                    what="Share"
                    on_failure=move |()| share_open.set(false)
                />
            </Provider>
        </InTurn>
    }
}

/// There while a key is in use, on every view.
#[component]
fn ForgetKey() -> impl IntoView {
    let session = use_session();
    let label = Memo::new(move |_| session.connection.with(|to| to.as_ref().and_then(|to| to.key_label.clone())));
    move || {
        label.get().map(|label| {
            view! {
                <Button kind=ButtonKind::Quiet label=Some(format!("Forget key {label}")) on_click=move |()| session.forget_key()>
                    "Forget " <span class="num">{label.clone()}</span>
                </Button>
            }
        })
    }
}

/// A gate half open, with water to its left: the mark of public/favicon.svg.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path class="brand-gate" d="M3 2v12M13 2v12M3 3.5h10M5.5 3.5V9h5V3.5" />
            <path class="brand-water" d="M3 12.5c1.7 0 1.7-1 3.3-1s1.7 1 3.4 1 1.6-1 3.3-1" />
        </svg>
    }
}

#[component]
fn ModelPicker() -> impl IntoView {
    let session = use_session();
    let options =
        move || session.models().into_iter().map(|entry| Choice::new(entry.id.clone(), entry.id)).collect::<Vec<_>>();
    let hint = move || shutdown_notice(&session.model());
    view! {
        <Combobox
            label="Default model"
            options=Signal::derive(options)
            value=Signal::derive(move || session.model())
            on_input=move |model: String| session.model_signal(session.source.get_untracked()).set(model)
            hint=Signal::derive(hint)
            inline=true
        />
    }
}

/// When a model stops answering, said where it is chosen.
fn shutdown_notice(model: &str) -> Option<String> {
    models::facts(model)?.shutdown_date.map(|date| models::ending(date, true, BrowserClock.wall()))
}

#[component]
fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(Theme::read());
    let next = move |()| {
        let following = match theme.get_untracked() {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        };
        following.apply();
        theme.set(following);
    };
    let name = move || match theme.get() {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    view! {
        <Button
            kind=ButtonKind::Quiet
            icon=Glyph::Moon
            label=Signal::derive(move || Some(format!("Theme: {}", name())))
            on_click=next
        >
            <span class="topbar-theme">"Theme: "</span>{name}
        </Button>
    }
}
