//! Holds the direction of dependencies: domain ← ports ← runs ← platform ← state ← components ← views ← app, main.
//! It reads the text of `src/`, so it also judges what is compiled for wasm32 only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test fails by panicking

use std::fs;
use std::path::{Path, PathBuf};

/// Top-level modules by layer, lowest first. A module may use its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &["time", "random"],
    &[
        "responses",
        "rate_limit",
        "reply",
        "retry",
        "models",
        "pacing",
        "usage",
        "simulator",
        "export",
        "base_url",
        "batch",
        "diagnosis",
        "chart",
        "format",
        "highlight",
        "glossary",
        "key",
        "redact",
    ],
    &["transport", "clock", "store", "admission", "client", "idle"],
    &["run", "lab", "notebook", "course", "explain", "share", "presets"],
    &["platform"],
    &["state"],
    &["components"],
    &["run_view"],
    &["views"],
    &["app"],
];

/// Crates of the browser's own interfaces, and all that what is below `platform` must not know.
const BROWSER: &[&str] = &["web_sys", "js_sys", "gloo", "gloo_net", "gloo_timers"];
const PAGE: &[&str] =
    &["leptos", "wasm_bindgen", "wasm_bindgen_futures", "web_sys", "js_sys", "gloo", "gloo_net", "gloo_timers"];

struct Source {
    /// Below `src/`, with forward slashes, e.g. `views/burst.rs`.
    path: String,
    /// Without comments, so that words in prose do not count.
    code: String,
}

impl Source {
    /// The top-level module: `views` for `views/burst.rs`, `client` for `client.rs` and `client_tests.rs`.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs").trim_end_matches("_tests")
    }

    /// The module below the top level: `burst` for `views/burst.rs` and `views/burst/form.rs`.
    fn part(&self) -> Option<&str> {
        self.path.split('/').nth(1).map(|part| part.trim_end_matches(".rs"))
    }

    /// Top-level modules of this crate that the code names, as `crate::module` or `crate::{module, …}`.
    fn uses(&self) -> Vec<&str> {
        members(&self.code, "crate::")
    }

    /// The one adapter below `platform` that speaks to the browser.
    fn is_fetch(&self) -> bool {
        self.module() == "transport" && self.part() == Some("fetch")
    }

    fn mentions(&self, name: &str) -> bool {
        words(&self.code).any(|word| word == name)
    }
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names that follow `prefix`, through one level of braces.
fn members<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let preceded = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            _ if preceded => {}
            None => found.extend(words(rest).next().filter(|name| rest.starts_with(name))),
            Some(group) => found.extend(group_members(group)),
        }
    }
    found
}

/// The first name of each item of a brace group whose opening brace is already read.
fn group_members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.extend(words(&group[start..at]).next());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: name, code: without_comments(&text) });
            }
        }
    }
    assert!(found.len() > 2, "no sources below {}", root.display());
    found
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.map(|line| line.split(" // ").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn refuse(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn every_module_has_a_layer() {
    let unknown: Vec<_> = sources()
        .iter()
        .filter(|source| !["lib", "main", "bin"].contains(&source.module()) && layer(source.module()).is_none())
        .map(|source| source.path.clone())
        .collect();
    refuse("give the module its place in LAYERS of tests/layers.rs", &unknown);
}

#[test]
fn modules_use_only_their_own_layer_and_those_below() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some(own) = layer(source.module()) else { continue };
        for used in source.uses() {
            if layer(used).is_some_and(|other| other > own) {
                broken.push(format!("src/{} uses crate::{used}", source.path));
            }
        }
    }
    refuse("dependencies point downward only", &broken);
}

#[test]
fn what_is_below_platform_knows_nothing_of_the_page() {
    let mut broken = Vec::new();
    for source in sources() {
        if source.is_fetch() || layer(source.module()).is_none_or(|own| Some(own) >= layer("platform")) {
            continue;
        }
        broken.extend(
            PAGE.iter().filter(|name| source.mentions(name)).map(|name| format!("src/{}: {name}", source.path)),
        );
    }
    refuse("the engine compiles and tests natively", &broken);
}

#[test]
fn only_platform_and_the_fetch_transport_touch_the_browser() {
    let mut broken = Vec::new();
    for source in sources() {
        if source.is_fetch() || ["platform", "main"].contains(&source.module()) {
            continue;
        }
        broken.extend(
            BROWSER.iter().filter(|name| source.mentions(name)).map(|name| format!("src/{}: {name}", source.path)),
        );
    }
    refuse("browser interfaces are wrapped in platform, once", &broken);
}

#[test]
fn components_know_nothing_of_rate_limits() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.module() == "components") {
        for name in ["rate_limit", "retry", "simulator"] {
            if source.uses().contains(&name) {
                broken.push(format!("src/{} uses crate::{name}", source.path));
            }
        }
    }
    refuse("components take plain values", &broken);
}

#[test]
fn views_do_not_know_each_other() {
    let sources = sources();
    let views: Vec<_> = sources.iter().filter(|source| source.module() == "views").collect();
    let mut broken = Vec::new();
    for source in &views {
        let Some(own) = source.part().filter(|part| *part != "mod") else { continue };
        for used in members(&source.code, "views::") {
            if used != own && views.iter().any(|view| view.part() == Some(used)) {
                broken.push(format!("src/{} uses views::{used}", source.path));
            }
        }
    }
    refuse("views meet in state", &broken);
}

#[test]
fn names_are_found_in_paths_and_groups() {
    assert_eq!(members("use crate::retry::Policy; my_crate::x", "crate::"), ["retry"]);
    assert_eq!(
        members("use crate::{clock::{Clock, Sleep}, time::Millis,\n    run};", "crate::"),
        ["clock", "time", "run"]
    );
    assert_eq!(without_comments("let a = 1; // web_sys\n/// js_sys\nlet b = 2;"), "let a = 1;\n\nlet b = 2;");
}
