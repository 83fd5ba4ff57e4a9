//! x
use crate::chart::{Lane, Place};
use leptos::prelude::*;
/// x
#[component]
pub fn Timeline(
    /// The rows.
    #[prop(into)]
    lanes: Signal<Vec<Lane>>,
    /// The time now, in seconds.
    #[prop(into)]
    now: Signal<f64>,
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The end of the time axis in seconds; grows in round steps with the lanes unless given.
    #[prop(optional, into)]
    span: Signal<Option<f64>>,
    /// A level of 0..=1 over time, drawn beneath, with its name.
    #[prop(optional, into)]
    level: Signal<Vec<(f64, f64)>>,
    /// What the level is.
    #[prop(optional, into)]
    level_name: Signal<Option<String>>,
    /// What a row is, in the singular.
    #[prop(default = "request")]
    row_name: &'static str,
    /// Called with the segment that is inspected.
    #[prop(optional, into)]
    on_select: Option<Callback<Option<Place>>>,
) -> impl IntoView {
    let _ = (lanes, now, label, span, level, level_name, row_name, on_select);
}
