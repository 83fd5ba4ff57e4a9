//! Sluice: a playground for OpenAI rate limits.
//!
//! The domain modules are pure: no browser, no clock of their own. They meet the world through the
//! ports [`clock`], [`random`] and [`transport`]; the page is one adapter, the tests another.
//!
//! | layer | modules |
//! |---|---|
//! | domain | [`time`], [`random`], [`responses`], [`rate_limit`], [`key`], [`redact`], [`reply`], [`base_url`], [`retry`], [`models`], [`usage`], [`simulator`], [`run`] |
//! | picture and text | [`chart`], [`format`], [`highlight`] |
//! | ports | [`clock`], [`transport`], [`client`] |
//! | page (wasm only) | `platform`, `state`, `components`, `views`, `app` |

pub mod base_url;
pub mod chart;
pub mod client;
pub mod clock;
#[cfg(target_arch = "wasm32")]
pub mod components;
pub mod format;
pub mod highlight;
pub mod key;
pub mod models;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod random;
pub mod rate_limit;
pub mod redact;
pub mod reply;
pub mod responses;
pub mod retry;
pub mod run;
pub mod simulator;
pub mod time;
pub mod transport;
pub mod usage;
