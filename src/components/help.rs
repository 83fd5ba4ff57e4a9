//! What a term means, where it stands.

use leptos::prelude::*;

use super::{Glyph, Icon, VisuallyHidden, unique_id};
use crate::platform::dom;

/// What there is to say of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpText {
    /// The term.
    pub term: &'static str,
    /// What it means.
    pub text: &'static str,
    /// Where there is more.
    pub href: String,
}

/// Where the parts of the page look up what their labels mean; provide one as a context.
#[derive(Debug, Clone, Copy)]
pub struct HelpBook(pub fn(&str) -> Option<HelpText>);

/// A button beside a label that tells what it means; nothing where the [`HelpBook`] has nothing on it.
pub fn help_beside(label: &str) -> Option<AnyView> {
    let help = look_up(label)?;
    let is_or_are = if help.term.ends_with("tokens") || help.term == "calls" { "are" } else { "is" };
    let name = format!("What {is_or_are} {}?", help.term);
    // Its name is its content, not a label: who looks for what the term labels finds the field alone.
    let face = move |()| view! { <Icon glyph=Glyph::Help /><VisuallyHidden>{name}</VisuallyHidden> }.into_any();
    Some(popover(help, None, "help", face))
}

/// A label that tells what it means when it is pressed; the label alone where the [`HelpBook`] has nothing on it.
pub(super) fn help_on(label: Signal<String>) -> AnyView {
    let text = move || label.get();
    match look_up(&label.get_untracked()) {
        Some(help) => {
            let name = format!("What is {}?", label.get_untracked().to_ascii_lowercase());
            popover(help, Some(name), "term", move |()| text.into_any())
        }
        None => text.into_any(),
    }
}

fn look_up(label: &str) -> Option<HelpText> {
    use_context::<HelpBook>().and_then(|book| book.0(label))
}

/// The browser opens and closes it, one at a time; Escape gives the focus back.
fn popover(help: HelpText, name: Option<String>, class: &'static str, face: impl FnOnce(()) -> AnyView) -> AnyView {
    let id = unique_id("help");
    // Filled when first asked for: there are many, and few are read.
    let is_asked = RwSignal::new(false);
    let (term, place) = (help.term, id.clone());
    let body = move || {
        let place = place.clone();
        is_asked.get().then(|| {
            view! {
                <p class="help-term">{help.term}</p>
                <p>{help.text}</p>
                <p><a href=help.href.clone() on:click=move |_| dom::close_popover(&place)>"More in the Guide"</a></p>
            }
        })
    };
    // In a frame of another site, what is there with `autofocus` from the start is complained about.
    view! {
        <button type="button" class=class aria-label=name popovertarget=id.clone() on:click=move |_| is_asked.set(true)>
            {face(())}
        </button>
        <div id=id class="help-text" popover="auto" role="dialog" aria-label=move || is_asked.get().then_some(term) tabindex="-1" autofocus=move || is_asked.get()>
            {body}
        </div>
    }
    .into_any()
}
