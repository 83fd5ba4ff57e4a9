//! The document and the window: focus, title, keys, files.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, File, HtmlElement, InputEvent, KeyboardEvent, MouseEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};

use super::listener::window_target;
use super::{Listener, document};

/// The element with this `id`.
pub fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The element with this `id`, without what was in it.
pub fn emptied(id: &str) -> Option<HtmlElement> {
    let element = element(id)?;
    element.replace_children_with_node_0();
    Some(element)
}

/// The first element that matches `selector`.
fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok().flatten()
}

/// An element that is not on the page.
pub type Detached = HtmlElement;

/// An element to make something in that is shown once it is whole.
pub fn detached() -> Option<Detached> {
    document()?.create_element("div").ok()?.dyn_into().ok()
}

/// Puts what is in `whole` in the place of what the element with this `id` holds.
pub fn fill(id: &str, whole: &Detached) -> Option<()> {
    let place = emptied(id)?;
    while let Some(child) = whole.first_child() {
        place.append_child(&child).ok()?;
    }
    Some(())
}

/// Moves the focus to the element with this `id`; says whether there is one.
pub fn focus(id: &str) -> bool {
    element(id).is_some_and(|element| element.focus().is_ok())
}

/// The `id` of the element that an event is of.
pub fn id_of_target(event: &web_sys::Event) -> Option<String> {
    event.target()?.dyn_into::<Element>().ok().map(|element| element.id())
}

/// Whether an event is the input of what was pasted.
pub fn is_of_paste(event: &web_sys::Event) -> bool {
    event.dyn_ref::<InputEvent>().is_some_and(|event| event.input_type() == "insertFromPaste")
}

const HEADING: &str = "#view h1, [data-view=guide] .welcome h1";

/// Moves the focus to the view's heading, where what had it goes away.
pub fn focus_view() {
    // The landing view's stands in index.html, before the views.
    if let Some(heading) = first(HEADING).and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        let _ = heading.focus();
    }
}

/// Scrolls to the element with this `id`, unless its beginning is in sight.
pub fn reveal(id: &str) {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else { return };
    if !(0.0..window_height() * 0.6).contains(&element.get_bounding_client_rect().top()) {
        element.scroll_into_view();
    }
}

/// Scrolls by the least that brings the element with this `id` into sight, once what was changed is on the page.
pub fn bring_into_sight(id: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = element(id) {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Moves the focus to the element with this `id`, and the element to the top of what the bands leave free.
pub fn go_to(id: &str) {
    if focus(id)
        && let Some(element) = element(id)
    {
        // The focus alone would leave it wherever it came into sight.
        element.scroll_into_view();
    }
}

/// Scrolls the strip that matches `strip` to the side, and nothing else, so that the first element that matches `inner` is
/// as near to its middle as it can be.
pub fn centre_in_strip(strip: &str, inner: &str) {
    let (Some(strip), Some(inner)) = (first(strip), first(inner)) else { return };
    let (place, bounds) = (inner.get_bounding_client_rect(), strip.get_bounding_client_rect());
    let off = (place.left() + place.right() - bounds.left() - bounds.right()) / 2.0;
    #[allow(clippy::cast_possible_truncation)] // pixels of a screen
    strip.set_scroll_left(strip.scroll_left() + off as i32);
}

/// How far down the page is scrolled, in CSS pixels.
pub fn scroll_top() -> f64 {
    web_sys::window().and_then(|window| window.scroll_y().ok()).unwrap_or_default()
}

/// Scrolls the page to `top`, in CSS pixels.
pub fn scroll_to(top: f64) {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, top);
    }
}

/// Tells `callback` of each scrolling of the page.
pub fn on_scroll(callback: impl Fn() + 'static) -> Listener {
    Listener::new(window_target(), "scroll", move |_| callback())
}

/// How far below the window's top the element with this `id` begins, as a share of the window's height.
pub fn place_in_window(id: &str) -> Option<f64> {
    Some(element(id)?.get_bounding_client_rect().top() / window_height())
}

/// Whether a part of the first element that matches `selector` is in the window.
pub fn is_in_sight(selector: &str) -> bool {
    first(selector).is_some_and(|element| {
        let place = element.get_bounding_client_rect();
        place.height() > 0.0 && place.top() < window_height() && place.bottom() > 0.0
    })
}

/// Whether the window is large enough for a remark in its corner.
pub fn has_spare_corner() -> bool {
    matches_media("(min-width: 48rem) and (min-height: 40rem)")
}

fn window_height() -> f64 {
    web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or_default()
}

/// Sets the title of the page.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Tells the styles which view is shown, as `public/theme.js` does before the first paint.
pub fn set_view(name: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-view", name);
    }
}

/// Whether the browser believes it has a network; `true` proves nothing.
pub fn online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Whether a window is open over the page.
pub fn dialog_is_open() -> bool {
    finds("dialog[open]")
}

/// Whether a help or a menu is open over the page; no where the browser has none.
pub fn popover_is_open() -> bool {
    finds(":popover-open")
}

/// Whether there is an element that matches `selector`; no where the browser does not know the selector.
pub fn finds(selector: &str) -> bool {
    document().is_some_and(|document| document.query_selector(selector).is_ok_and(|found| found.is_some()))
}

/// Closes the element `id`, where it is open as a popover.
pub fn close_popover(id: &str) {
    if let Some(element) = element(id) {
        // Thrown where it is not open, or no popover: then there is nothing to close.
        let _ = element.hide_popover();
    }
}

/// The name of the key that goes with Enter on this machine.
pub fn command_key() -> &'static str {
    let platform = web_sys::window().and_then(|window| window.navigator().platform().ok()).unwrap_or_default();
    if ["Mac", "iPhone", "iPad"].iter().any(|apple| platform.starts_with(apple)) { "⌘" } else { "Ctrl" }
}

/// What had the focus, to give it back.
#[derive(Debug, Clone, Default)]
pub struct FocusMark(Option<HtmlElement>);

impl FocusMark {
    /// What has the focus now.
    pub fn here() -> Self {
        Self(document().and_then(|document| document.active_element()?.dyn_into().ok()))
    }

    /// Gives the focus back; to the view where what had it is gone.
    pub fn restore(&self) {
        let is_back = self
            .0
            .as_ref()
            .is_some_and(|element| element.is_connected() && element.tag_name() != "BODY" && element.focus().is_ok());
        if !is_back {
            focus_view();
        }
    }
}

/// Tells `callback` the value of `attribute` of each link that is followed in this window and has it; what it takes on
/// itself, the browser does not do.
pub fn on_link_with(attribute: &'static str, callback: impl Fn(&str) -> bool + 'static) -> Listener {
    Listener::new(window_target(), "click", move |event| {
        let Ok(event) = event.dyn_into::<MouseEvent>() else { return };
        // With a key it is to be opened elsewhere, or copied.
        let is_plain = event.button() == 0
            && !(event.ctrl_key()
                || event.meta_key()
                || event.shift_key()
                || event.alt_key()
                || event.default_prevented());
        let target = event.target().filter(|_| is_plain).and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest(&format!("a[{attribute}]")).ok().flatten());
        if let Some(value) = link.and_then(|link| link.get_attribute(attribute))
            && callback(&value)
        {
            event.prevent_default();
        }
    })
}

/// Whether the user asks for less motion.
pub fn prefers_reduced_motion() -> bool {
    matches_media("(prefers-reduced-motion: reduce)")
}

fn matches_media(query: &str) -> bool {
    let query = web_sys::window().and_then(|window| window.match_media(query).ok());
    query.flatten().is_some_and(|query| query.matches())
}

/// A key that was pressed.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // the browser's own flags
pub struct KeyPress {
    /// What it types (`a`, `?`) or its name (`Enter`, `Escape`, `ArrowUp`).
    pub key: String,
    /// Control was held.
    pub ctrl: bool,
    /// Command or the Windows key was held.
    pub meta: bool,
    /// Shift was held.
    pub shift: bool,
    /// Alt or Option was held.
    pub alt: bool,
    /// It repeats, since the key is held down.
    pub repeat: bool,
    /// The focus is where people type: shortcuts of a single letter must not fire.
    pub typing: bool,
    /// The focus is on a list of choices, or a field with one: Escape may be meant for the list.
    pub choosing: bool,
    event: KeyboardEvent,
}

impl KeyPress {
    /// Control or Command was held.
    pub const fn command(&self) -> bool {
        self.ctrl || self.meta
    }

    /// Keeps the browser from doing what it would do with this key.
    pub fn prevent_default(&self) {
        self.event.prevent_default();
    }
}

/// Tells `callback` of each key pressed anywhere in the page, but for those that compose a character
/// and those that something has handled already.
pub fn on_key(callback: impl Fn(KeyPress) + 'static) -> Listener {
    Listener::new(window_target(), "keydown", move |event| {
        // Some password managers send plain events of this name.
        let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
        if event.is_composing() || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        callback(KeyPress {
            key: event.key(),
            ctrl: event.ctrl_key(),
            meta: event.meta_key(),
            shift: event.shift_key(),
            alt: event.alt_key(),
            repeat: event.repeat(),
            typing: target.as_ref().is_some_and(is_typed_in),
            choosing: target.is_some_and(|target| target.tag_name() == "SELECT" || target.has_attribute("list")),
            event,
        });
    })
}

/// Tells `callback` of each key and each button that is pressed in the page, whatever comes of it.
pub fn on_press(callback: impl Fn() + Clone + 'static) -> [Listener; 2] {
    ["keydown", "pointerdown"].map(|event| {
        let callback = callback.clone();
        Listener::new(window_target(), event, move |_| callback())
    })
}

fn is_typed_in(element: &Element) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(
            element.get_attribute("type").unwrap_or_default().to_ascii_lowercase().as_str(),
            "button" | "checkbox" | "radio" | "range" | "submit" | "reset" | "file" | "color"
        ),
        _ => element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable),
    }
}

/// Why a file could not be read, in the browser's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The browser could not read the file ({0}). Nothing was changed: choose it again.")]
pub struct FileError(pub(super) String);

impl FileError {
    /// The reason alone, in the browser's words.
    pub fn reason(&self) -> &str {
        &self.0
    }
}

/// Reads a file as UTF-8, a byte-order mark removed, what is not UTF-8 as U+FFFD.
///
/// The whole text is held in memory: look at the file's size first.
///
/// # Errors
/// Where the file has gone, changed or may not be read.
pub async fn read_text_file(file: File) -> Result<String, FileError> {
    let text = JsFuture::from(file.text()).await.map_err(|thrown| FileError(super::message_of(&thrown)))?;
    text.as_string().ok_or_else(|| FileError("it gave no text".to_owned()))
}
