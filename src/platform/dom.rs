//! The document and the window: focus, title, keys, files.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, File, HtmlElement, KeyboardEvent, MouseEvent};

use super::listener::window_target;
use super::{Listener, document};

/// The element with this `id`.
pub fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element with this `id`; says whether there is one.
pub fn focus(id: &str) -> bool {
    element(id).is_some_and(|element| element.focus().is_ok())
}

/// Moves the focus to the view's heading, where what had it goes away.
pub fn focus_view() {
    let heading = document().and_then(|document| document.query_selector("main h1").ok().flatten());
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        let _ = heading.focus();
    }
}

/// Scrolls to the element with this `id`, unless its beginning is in sight.
pub fn reveal(id: &str) {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else { return };
    let height = web_sys::window().and_then(|window| window.inner_height().ok()?.as_f64()).unwrap_or_default();
    if !(0.0..height * 0.6).contains(&element.get_bounding_client_rect().top()) {
        element.scroll_into_view();
    }
}

/// Sets the title of the page.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
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
    let query = web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok());
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
pub struct FileError(String);

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
