//! Sluice: a playground for OpenAI rate limits.
//!
//! The domain modules are pure: no browser, no clock of their own. They meet the world through the
//! ports [`clock`], [`random`] and [`transport`]; the page is one adapter, the tests another.
//!
//! | layer | modules |
//! |---|---|
//! | domain | [`time`], [`random`], [`responses`], [`rate_limit`], [`reply`], [`retry`], [`models`], [`usage`], [`simulator`], [`run`] |
//! | ports | [`clock`], [`transport`], [`client`] |
//! | page (wasm only) | `platform`, `state`, `components`, `views`, `app` |

pub mod client;
pub mod clock;
pub mod export;
pub mod models;
pub mod notebook;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod random;
pub mod rate_limit;
pub mod reply;
pub mod responses;
pub mod retry;
pub mod run;
pub mod simulator;
pub mod time;
pub mod transport;
pub mod usage;
