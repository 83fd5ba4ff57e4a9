//! A canvas in pixels of the page, sharp on every screen, and the colours that style sheets give.

use std::cell::Cell;

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::document;

/// A canvas that is drawn on in CSS pixels; edges of rectangles fall on the screen's own.
#[derive(Debug)]
pub struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    scale: Cell<f64>,
    size: Cell<(f64, f64)>,
}

/// What areas are filled with.
#[derive(Debug, Clone, Copy)]
pub enum Fill<'a> {
    /// A CSS colour.
    Colour(&'a str),
    /// A drawing, repeated.
    Tiles(&'a Tiles),
}

/// A drawing to be repeated.
#[derive(Debug)]
pub struct Tiles(CanvasPattern);

/// Where a text stands to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Canvas {
    /// The canvas `element`; `None` where the browser has no more memory for it.
    pub fn of(element: HtmlCanvasElement) -> Option<Self> {
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { element, context, scale: Cell::new(1.0), size: Cell::new((0.0, 0.0)) })
    }

    /// A canvas that is not in the page, of `width` by `height` on a screen of `scale` pixels a CSS pixel.
    pub fn aside(width: f64, height: f64, scale: f64) -> Option<Self> {
        let canvas = Self::of(document()?.create_element("canvas").ok()?.dyn_into().ok()?)?;
        canvas.resize(width, height, scale);
        Some(canvas)
    }

    /// Gives it a size; what was drawn is gone.
    pub fn resize(&self, width: f64, height: f64, scale: f64) {
        self.scale.set(scale);
        self.size.set((width, height));
        let pixels = |length: f64| {
            // A screen's pixels: far below where the cast would saturate.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let pixels = (length * scale).round().max(1.0) as u32;
            pixels
        };
        self.element.set_width(pixels(width));
        self.element.set_height(pixels(height));
    }

    /// Makes it fit `width` by `height` at `scale`, only where it does not yet.
    pub fn fit(&self, width: f64, height: f64, scale: f64) {
        let same = |one: f64, other: f64| (one - other).abs() < 0.01;
        let (old_width, old_height) = self.size.get();
        if !(same(old_width, width) && same(old_height, height) && same(self.scale.get(), scale)) {
            self.resize(width, height, scale);
        }
    }

    /// Empties it.
    pub fn clear(&self) {
        let (width, height) = (f64::from(self.element.width()), f64::from(self.element.height()));
        self.context.clear_rect(0.0, 0.0, width, height);
    }

    /// Fills what follows with `fill`.
    pub fn fill(&self, fill: Fill<'_>) {
        match fill {
            Fill::Colour(colour) => self.context.set_fill_style_str(colour),
            Fill::Tiles(tiles) => self.context.set_fill_style_canvas_pattern(&tiles.0),
        }
    }

    /// How opaque what follows is, from 0 to 1.
    pub fn opacity(&self, opacity: f64) {
        self.context.set_global_alpha(opacity);
    }

    /// Fills a rectangle; it is at least one pixel of the screen wide and high.
    pub fn rect(&self, x: f64, y: f64, width: f64, height: f64) {
        let scale = self.scale.get();
        let (left, top) = ((x * scale).round(), (y * scale).round());
        let (right, bottom) = (((x + width) * scale).round(), ((y + height) * scale).round());
        self.context.fill_rect(left, top, (right - left).max(1.0), (bottom - top).max(1.0));
    }

    /// Keeps what follows within a rectangle, until [`Canvas::unclip`].
    pub fn clip(&self, x: f64, y: f64, width: f64, height: f64) {
        let scale = self.scale.get();
        self.context.save();
        self.context.begin_path();
        self.context.rect((x * scale).round(), (y * scale).round(), (width * scale).round(), (height * scale).round());
        self.context.clip();
    }

    /// Ends [`Canvas::clip`].
    pub fn unclip(&self) {
        self.context.restore();
    }

    /// Draws a line through `points`, `width` wide.
    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>, width: f64, colour: &str) {
        self.path(points);
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width * self.scale.get());
        self.context.set_line_cap("round");
        self.context.set_line_join("round");
        self.context.stroke();
    }

    /// Fills the area within `points`.
    pub fn area(&self, points: impl IntoIterator<Item = (f64, f64)>) {
        self.path(points);
        self.context.fill();
    }

    /// Fills a circle.
    pub fn circle(&self, x: f64, y: f64, radius: f64) {
        let scale = self.scale.get();
        self.context.begin_path();
        let _ = self.context.arc(x * scale, y * scale, radius * scale, 0.0, std::f64::consts::TAU);
        self.context.fill();
    }

    /// Frames a rectangle with a broken line `width` wide.
    pub fn dashed(&self, (x, y, w, h): (f64, f64, f64, f64), width: f64, colour: &str) {
        let scale = self.scale.get();
        let _ = self.context.set_line_dash(&js_sys::Array::of1(&(3.0 * scale).into()));
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width * scale);
        let half = |value: f64| (value * scale).round() + if width * scale % 2.0 < 1.5 { 0.5 } else { 0.0 };
        self.context.stroke_rect(half(x), half(y), (w * scale).round().max(1.0), (h * scale).round().max(1.0));
        let _ = self.context.set_line_dash(&js_sys::Array::new());
    }

    fn path(&self, points: impl IntoIterator<Item = (f64, f64)>) {
        let scale = self.scale.get();
        self.context.begin_path();
        for (x, y) in points {
            self.context.line_to(x * scale, y * scale);
        }
    }

    /// The face of what is written from now on, `size` pixels high: a CSS font without its size.
    pub fn font(&self, weight: u16, size: f64, family: &str) {
        self.context.set_font(&format!("{weight} {}px {family}", size * self.scale.get()));
        self.context.set_text_baseline("middle");
    }

    /// Writes a text, its middle at the height `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, anchor: Anchor) {
        self.context.set_text_align(match anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        let scale = self.scale.get();
        let _ = self.context.fill_text(text, (x * scale).round(), (y * scale).round());
    }

    /// Draws another canvas with its middle at a point.
    pub fn stamp(&self, other: &Self, x: f64, y: f64) {
        let scale = self.scale.get();
        let (width, height) = (f64::from(other.element.width()), f64::from(other.element.height()));
        let (left, top) = ((x * scale - width / 2.0).round(), (y * scale - height / 2.0).round());
        let _ = self.context.draw_image_with_html_canvas_element(&other.element, left, top);
    }

    /// Draws another canvas over a rectangle, its pixels as they are.
    pub fn stretch(&self, other: &Self, (x, y, width, height): (f64, f64, f64, f64)) {
        let scale = self.scale.get();
        self.context.set_image_smoothing_enabled(false);
        let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &other.element,
            (x * scale).round(),
            (y * scale).round(),
            width * scale,
            height * scale,
        );
    }

    /// Replaces what it shows with pixels of red, green, blue and opacity, `width` of them in a row.
    pub fn pixels(&self, pixels: &[u8], width: u32) {
        if self.element.width() != width {
            self.element.set_width(width);
        }
        let height = u32::try_from(pixels.len()).unwrap_or(0) / 4 / width.max(1);
        if self.element.height() != height {
            self.element.set_height(height.max(1));
        }
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height) {
            let _ = self.context.put_image_data(&image, 0.0, 0.0);
        }
    }

    /// This drawing, to be repeated on `on`.
    pub fn tiles(&self, on: &Self) -> Option<Tiles> {
        on.context.create_pattern_with_html_canvas_element(&self.element, "repeat").ok().flatten().map(Tiles)
    }

    /// The screen's pixels in a CSS pixel, as it was last resized for.
    pub fn scale(&self) -> f64 {
        self.scale.get()
    }
}

/// The screen's pixels in a CSS pixel.
pub fn pixel_ratio() -> f64 {
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    if ratio.is_finite() { ratio.clamp(0.5, 4.0) } else { 1.0 }
}

/// How much larger than usual the reader has texts: 1 where the root's are 16 pixels high.
pub fn text_zoom() -> f64 {
    let root = document().and_then(|document| document.document_element());
    let size = root.and_then(|root| computed(&root, "font-size").trim_end_matches("px").parse::<f64>().ok());
    size.map_or(1.0, |size| (size / 16.0).clamp(0.5, 4.0))
}

/// The text colours of an element's children, as the style sheets compute them.
pub fn colours(parent: &web_sys::Element) -> Vec<String> {
    let children = parent.children();
    (0..children.length()).filter_map(|index| Some(computed(&children.item(index)?, "color"))).collect()
}

/// The typefaces that an element's text is set in.
pub fn typefaces(element: &web_sys::Element) -> String {
    computed(element, "font-family")
}

fn computed(element: &web_sys::Element, property: &str) -> String {
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok().flatten());
    style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
}

/// Red, green and blue of a computed colour such as `rgb(12, 34, 56)`.
pub fn channels(colour: &str) -> [u8; 3] {
    let mut numbers = colour
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|part| part.split('.').next()?.parse::<u8>().ok());
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}
