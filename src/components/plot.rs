//! Lines and bars over an axis, with a sentence that says the same, and a table of the same numbers.

use leptos::prelude::*;

use super::{Disclosure, WideTable, unique_id};

/// The picture's box; it is stretched to the space there is.
pub const WIDTH: f64 = 600.0;
/// Its height.
pub const HEIGHT: f64 = 140.0;

/// What is drawn: SVG paths in a box of [`WIDTH`] by [`HEIGHT`], each in the colour of its class, and the axes in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlotPicture {
    /// Class and path of each shape, the lowest first.
    pub shapes: Vec<(&'static str, String)>,
    /// The value at the upper edge, with its unit.
    pub top: String,
    /// Values along the axis, evenly spaced from its beginning to its end, with their unit.
    pub along: Vec<String>,
}

/// From so many letters on, not every value along an axis has room.
const LONG: usize = 12;

/// A colour's meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlotKey {
    /// The class of its shapes.
    pub class: &'static str,
    /// What it is.
    pub name: String,
}

impl PlotKey {
    /// A class and what it is.
    pub fn new(class: &'static str, name: impl Into<String>) -> Self {
        Self { class, name: name.into() }
    }
}

/// The same numbers in rows, units in the heads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlotTable {
    /// The heads.
    pub heads: Vec<String>,
    /// The rows; the first cell of each names it.
    pub rows: Vec<Vec<String>>,
}

/// A plot.
#[component]
pub fn Plot(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// What it shows, in a sentence.
    #[prop(into)]
    summary: Signal<String>,
    /// What is drawn.
    #[prop(into)]
    picture: Signal<PlotPicture>,
    /// The same as a table; made when it is opened.
    #[prop(into)]
    table: Signal<PlotTable>,
    /// What the colours mean.
    #[prop(optional, into)]
    keys: Signal<Vec<PlotKey>>,
) -> impl IntoView {
    let id = unique_id("plot");
    let labelled = id.clone();
    let is_open = RwSignal::new(false);
    let key = |key: PlotKey| view! { <li class=format!("plot-key {}", key.class)>{key.name}</li> };
    let shape = |(class, path): (&'static str, String)| view! { <path class=class d=path></path> };
    let rows = move || if is_open.get() { table.get() } else { PlotTable::default() };
    let has_long = move || picture.with(|picture| picture.along.iter().any(|value| value.chars().count() > LONG));
    let grid = format!(
        "M0 {y}H{WIDTH}M{a} 0V{HEIGHT}M{b} 0V{HEIGHT}M{c} 0V{HEIGHT}",
        y = HEIGHT / 2.0,
        a = WIDTH / 4.0,
        b = WIDTH / 2.0,
        c = WIDTH * 0.75
    );
    view! {
        <div class="plot-cell">
        <figure class="plot" aria-labelledby=labelled>
            <div class="plot-head">
                <h3 id=id>{move || title.get()}</h3>
                <ul class="plot-keys" role="list">{move || keys.get().into_iter().map(key).collect_view()}</ul>
            </div>
            <span class="plot-top num muted">{move || picture.with(|picture| picture.top.clone())}</span>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=move || summary.get()>
                <path class="plot-grid" d=grid></path>
                {move || picture.with(|picture| picture.shapes.clone().into_iter().map(shape).collect_view())}
            </svg>
            <div class="plot-along num muted" class:plot-along-dates=has_long aria-hidden="true">
                {move || picture.with(|picture| picture.along.iter().map(|value| view! { <span>{value.clone()}</span> }).collect_view())}
            </div>
            <figcaption class="num">{move || summary.get()}</figcaption>
        </figure>
        <Disclosure summary="As a table" open=is_open on_toggle=move |now| is_open.set(now)>
            <WideTable label=Signal::derive(move || format!("{} as a table", title.get())) class="plot-table">
                {move || as_table(rows())}
            </WideTable>
        </Disclosure>
        </div>
    }
}

fn as_table(table: PlotTable) -> impl IntoView {
    let head = |(place, text): (usize, String)| view! { <th scope="col" class:num=place != 0>{text}</th> };
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        let name = cells.next().unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{name}</th>
                {cells.map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}
            </tr>
        }
    };
    view! {
        <table class="table">
            <thead>
                <tr>{table.heads.into_iter().enumerate().map(head).collect_view()}</tr>
            </thead>
            <tbody>{table.rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
