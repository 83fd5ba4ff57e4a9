//! Sluice: a playground for OpenAI rate limits.
//!
//! The domain modules are pure: no browser, no clock of their own. They meet the world through the
//! ports [`clock`], [`random`], [`transport`] and [`store`]; the page is one adapter, the tests another.
//!
//! | layer | modules |
//! |---|---|
//! | domain | [`time`], [`random`], [`responses`], [`rate_limit`], [`base_url`], [`key`], [`redact`], [`reply`], [`retry`], [`pacing`], [`models`], [`usage`], [`simulator`], [`export`], [`diagnosis`], [`batch`] |
//! | picture and text | [`chart`], [`format`], [`highlight`], [`glossary`] |
//! | ports | [`clock`], [`transport`], [`store`], [`admission`], [`client`], [`idle`] |
//! | runs | [`run`], [`lab`], [`notebook`], [`explain`], [`share`], [`presets`], [`course`] |
//! | page (wasm only) | `platform`, `state`, `components`, `run_view`, `views`, `app` |

pub mod admission;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod app;
pub mod base_url;
pub mod batch;
pub mod chart;
pub mod client;
pub mod clock;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod components;
pub mod course;
pub mod diagnosis;
pub mod explain;
pub mod export;
pub mod format;
pub mod glossary;
pub mod highlight;
pub mod idle;
pub mod key;
pub mod lab;
pub mod models;
pub mod notebook;
pub mod pacing;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod platform;
pub mod presets;
pub mod random;
pub mod rate_limit;
pub mod redact;
pub mod reply;
pub mod responses;
pub mod retry;
pub mod run;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod run_view;
pub mod share;
pub mod simulator;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod state;
pub mod store;
pub mod time;
pub mod transport;
pub mod usage;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod views;
