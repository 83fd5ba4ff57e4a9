//! What the keys mean on a timeline that has the focus.

use crate::chart::steps::Step;

/// What a key asks for.
pub(super) enum Meaning {
    /// Inspect another segment.
    Step(Step),
    /// Open what is inspected.
    Open,
    /// See a shorter time.
    ZoomIn,
    /// See a longer time.
    ZoomOut,
    /// See all of it.
    Whole,
    /// Move by this share of what is seen.
    Pan(f64),
}

/// What `key` asks for, if anything.
pub(super) fn meaning(key: &str, shift: bool) -> Option<Meaning> {
    Some(match key {
        "ArrowLeft" if shift => Meaning::Pan(-0.25),
        "ArrowRight" if shift => Meaning::Pan(0.25),
        "ArrowLeft" => Meaning::Step(Step::Earlier),
        "ArrowRight" => Meaning::Step(Step::Later),
        "ArrowUp" => Meaning::Step(Step::Up),
        "ArrowDown" => Meaning::Step(Step::Down),
        "Home" => Meaning::Step(Step::First),
        "End" => Meaning::Step(Step::Last),
        "Enter" => Meaning::Open,
        "+" | "=" => Meaning::ZoomIn,
        "-" | "_" => Meaning::ZoomOut,
        "0" => Meaning::Whole,
        _ => return None,
    })
}
