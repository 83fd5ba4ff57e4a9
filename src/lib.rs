//! Sluice: a playground for OpenAI rate limits.
//!
//! The domain modules are pure: no browser, no clock of their own. They meet the world through the
//! ports [`clock`], [`random`] and [`transport`]; the page is one adapter, the tests another.
//!
//! | layer | modules |
//! |---|---|
//! | domain | [`time`], [`random`], [`responses`], [`rate_limit`], [`base_url`], [`key`], [`redact`], [`reply`], [`retry`], [`models`], [`usage`], [`simulator`], [`export`], [`diagnosis`] |
//! | picture and text | [`chart`], [`format`], [`highlight`], [`glossary`] |
//! | ports | [`clock`], [`transport`], [`client`], [`idle`] |
//! | runs | [`run`], [`notebook`], [`explain`], [`share`], [`presets`], [`course`] |
//! | page (wasm only) | `platform`, `state`, `components`, `run_view`, `views`, `app` |

#[cfg(target_arch = "wasm32")]
pub mod app;
pub mod base_url;
pub mod chart;
pub mod client;
pub mod clock;
#[cfg(target_arch = "wasm32")]
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
pub mod models;
pub mod notebook;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod presets;
pub mod random;
pub mod rate_limit;
pub mod redact;
pub mod reply;
pub mod responses;
pub mod retry;
pub mod run;
#[cfg(target_arch = "wasm32")]
pub mod run_view;
pub mod share;
pub mod simulator;
#[cfg(target_arch = "wasm32")]
pub mod state;
pub mod time;
pub mod transport;
pub mod usage;
#[cfg(target_arch = "wasm32")]
pub mod views;
