//! `index.html` offers the presets before the program is there, as plain links: they are the very same.

use sluice::presets::Preset;

const PAGE: &str = include_str!("../index.html");

#[test]
fn the_links_of_the_welcome_are_the_presets_in_their_order() {
    let links: Vec<_> = PAGE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("<li><a href=\""))
        .map(|line| line.split("</strong>").next().unwrap_or_default().replace("&amp;", "&"))
        .collect();
    let expected = Preset::ALL
        .map(|preset| format!("{}\" data-preset=\"{}\"><strong>{}", preset.href(), preset.id(), preset.name()));
    assert_eq!(links, expected);
}
