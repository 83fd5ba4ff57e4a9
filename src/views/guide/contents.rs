//! The table of contents, and the headings it leads to.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::state::use_guide;
use crate::components::{Glyph, Icon, VisuallyHidden};
use crate::platform::near::{Near, on_reader};
use crate::platform::{dom, location};

/// A section of the notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 1.
    Limits,
    /// 2.
    Setup,
    /// 3.
    Basic,
    /// 4.
    Tracking,
    /// 5.
    Handling,
    /// 6.
    Summary,
}

impl Section {
    const ALL: [Self; 6] = [Self::Limits, Self::Setup, Self::Basic, Self::Tracking, Self::Handling, Self::Summary];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Limits => "1. What are rate limits?",
            Self::Setup => "2. Set-up",
            Self::Basic => "3. A basic call and its usage",
            Self::Tracking => "4. Tracking usage over several calls",
            Self::Handling => "5. Handling rate limits",
            Self::Summary => "6. Summary and checklist",
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Setup => "setup",
            Self::Basic => "basic",
            Self::Tracking => "tracking",
            Self::Handling => "handling",
            Self::Summary => "summary",
        }
    }

    fn heading_id(self) -> String {
        format!("guide-{}", self.id())
    }

    fn address(self) -> String {
        format!("#/guide?section={}", self.id())
    }

    fn from_address(hash: &str) -> Option<Self> {
        let (_, wanted) = hash.split_once("section=")?;
        Self::ALL.into_iter().find(|section| wanted.split('&').next() == Some(section.id()))
    }
}

/// The heading of a section; the table of contents leads here.
#[component]
pub fn SectionHeading(section: Section) -> impl IntoView {
    view! { <h2 class="guide-heading" id=section.heading_id() tabindex="-1">{section.title()}</h2> }
}

/// Goes to the section that the address names, once the sections are there.
pub fn follow_address() {
    Effect::new(move || {
        if let Some(section) = Section::from_address(&location::hash()) {
            dom::focus(&section.heading_id());
        }
    });
}

/// Goes to a section and says so in the address; the sections are fetched where they are not there yet.
pub fn go_to(section: Section) {
    location::replace_hash(&section.address());
    dom::focus(&section.heading_id());
}

/// The place of the sections until they are there.
const REST: &str = "guide-rest";

/// Wants the sections once the reader comes near them, or the address names one.
pub fn want_when_near(wanted: RwSignal<bool>) {
    if Section::from_address(&location::hash()).is_some() {
        wanted.set(true);
    }
    if wanted.get_untracked() {
        return;
    }
    let watch = StoredValue::new_local(None);
    let want = move || {
        let _ = wanted.try_set(true);
    };
    // An effect: by then the place is on the page.
    Effect::new(move |_| {
        let watching = !wanted.get();
        watch.set_value(watching.then(|| (dom::element(REST).map(|rest| Near::watch(&rest, want)), on_reader(want))));
    });
    on_cleanup(move || {
        let _ = watch.try_update_value(Option::take);
    });
}

/// What is in the sections' place until they are there: their headings, so that those who go from heading to heading
/// come to them.
#[component]
pub fn Headings() -> impl IntoView {
    let others = Section::ALL.into_iter().filter(|section| *section != Section::Limits);
    view! {
        <div id=REST class="guide-headings">
            {others.map(|section| view! { <SectionHeading section=section /> }).collect_view()}
        </div>
    }
}

/// The table of contents, with a mark at each section that has been tried.
#[component]
pub fn Contents() -> impl IntoView {
    let guide = use_guide();
    let tried = move |section: Section| match section {
        Section::Limits => guide.first.is_done() || guide.provoke.is_done(),
        Section::Setup => guide.setup.is_done(),
        Section::Basic => guide.basic.is_done(),
        Section::Tracking => guide.tracking.is_done() && guide.headers.is_done(),
        Section::Handling => guide.provoke.is_done() && guide.backoff.is_done(),
        Section::Summary => false,
    };
    let item = move |section: Section| {
        let go = move |event: MouseEvent| {
            event.prevent_default();
            go_to(section);
        };
        view! {
            <li>
                <a href=section.address() on:click=go>{section.title()}</a>
                <Show when=move || tried(section)>
                    <span class="guide-tried"><Icon glyph=Glyph::Check /><VisuallyHidden>"tried"</VisuallyHidden></span>
                </Show>
            </li>
        }
    };
    view! {
        <nav class="guide-contents" aria-label="Guide contents">
            <p class="guide-contents-title">"On this page"</p>
            <ol>{Section::ALL.map(item).into_iter().collect_view()}</ol>
        </nav>
    }
}
