//! The table of contents, and the headings it leads to.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::state::{Guide, use_guide};
use crate::components::{Glyph, Icon};
pub use crate::course::Section;
use crate::platform::near::{Near, on_reader};
use crate::platform::{dom, location};
use crate::state::shortcuts::while_here;

#[component]
fn Heading(section: Section) -> impl IntoView {
    view! { <h2 class="guide-heading" id=section.heading_id() tabindex="-1">{section.title()}</h2> }
}

/// The heading of a section, where the table of contents leads, and what is to be expected of it.
#[component]
pub fn SectionHeading(section: Section) -> impl IntoView {
    let questions = match section.questions().len() {
        1 => "1 question".to_owned(),
        count => format!("{count} questions"),
    };
    view! {
        <Heading section=section />
        <p class="guide-minutes num">{format!("about {} min, {questions}", section.minutes())}</p>
    }
}

/// The end of a section: how far it is, and the way to the next.
#[component]
pub fn SectionEnd(section: Section) -> impl IntoView {
    let guide = use_guide();
    let course = guide.course;
    let progress = move || course.steps().progress(section).map(|words| format!("This section: {words}."));
    let next = section.next().map(|next| {
        let go = move |event: MouseEvent| {
            event.prevent_default();
            go_to(guide, next);
        };
        view! {
            <a class="guide-next-link" href=next.address() on:click=go>
                {format!("Next: {}", next.title())}
                <Icon glyph=Glyph::Arrow />
            </a>
        }
    });
    view! {
        <p class="guide-next">
            {next}
            <span class="guide-aside num">{progress}</span>
        </p>
    }
}

/// Goes to the section that the address names, once the sections are there.
pub fn follow_address() {
    let followed = use_guide().followed;
    let follow = move |hash: &str| {
        if let Some(section) = Section::from_address(hash) {
            followed.set_value(Some(section));
            // After the view's own place, which the route finds again.
            request_animation_frame(move || dom::go_to(&section.heading_id()));
        }
    };
    Effect::new(move || {
        let hash = location::hash();
        // Come back to, the Guide is as far down as it was left.
        if Section::from_address(&hash) != followed.get_value() {
            follow(&hash);
        }
    });
    while_here(location::on_hash_change(move |hash| follow(&hash)));
}

/// Goes to a section and says so in the address; the sections are fetched where they are not there yet.
pub fn go_to(guide: Guide, section: Section) {
    // Sections that come later follow the address by themselves.
    if dom::element(REST).is_none() {
        guide.followed.set_value(Some(section));
    }
    location::replace_hash(&section.address());
    dom::go_to(&section.heading_id());
}

/// The place of the sections until they are there.
const REST: &str = "guide-rest";

/// Wants the sections once the reader comes near them, or the address names one.
pub fn want_when_near(wanted: RwSignal<bool>) {
    let want_named = move |hash: &str| {
        if Section::from_address(hash).is_some() {
            let _ = wanted.try_set(true);
        }
    };
    want_named(&location::hash());
    if wanted.get_untracked() {
        return;
    }
    while_here(location::on_hash_change(move |hash| want_named(&hash)));
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
            {others.map(|section| view! { <Heading section=section /> }).collect_view()}
        </div>
    }
}

/// The section that is read: the last whose heading is in the upper half of the window, or above it.
fn section_read() -> RwSignal<Option<Section>> {
    let read = RwSignal::new(None);
    let look = move || {
        let is_reached =
            |section: &Section| dom::place_in_window(&section.heading_id()).is_some_and(|place| place < 0.5);
        let section = Section::ALL.into_iter().rev().find(is_reached);
        if read.try_get_untracked() != Some(section) {
            let _ = read.try_set(section);
        }
    };
    while_here(dom::on_scroll(look));
    read
}

/// The table of contents, with how far each section and the whole course are.
#[component]
pub fn Contents() -> impl IntoView {
    let guide = use_guide();
    let course = guide.course;
    let is_read = section_read();
    let item = move |section: Section| {
        let go = move |event: MouseEvent| {
            event.prevent_default();
            go_to(guide, section);
        };
        let is_current = Memo::new(move |_| is_read.get() == Some(section));
        let progress = Memo::new(move |_| course.steps().progress(section));
        let finished = Memo::new(move |_| course.steps().finished(section));
        view! {
            <li>
                <a href=section.address() on:click=go aria-current=move || is_current.get().then_some("true")>{section.title()}</a>
                <Show when=move || progress.with(Option::is_some)>
                    <span class="guide-progress num" class:is-done=move || finished.get()>
                        <Show when=move || finished.get()><Icon glyph=Glyph::Check /></Show>
                        {move || progress.get()}
                    </span>
                </Show>
            </li>
        }
    };
    let minutes: u32 = Section::ALL.iter().map(|section| section.minutes()).sum();
    view! {
        <nav class="guide-contents" aria-label="Guide contents">
            <p class="guide-contents-title num">{format!("The course: about {minutes} min")}</p>
            <ol>{Section::ALL.map(item).into_iter().collect_view()}</ol>
            <p class="guide-aside num">{move || course.steps().words()}</p>
        </nav>
    }
}
