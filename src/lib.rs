//! Sluice: a playground for OpenAI rate limits.
//!
//! The domain modules are pure: no browser, no clock of their own. They meet the world through the
//! ports [`clock`], [`random`] and [`transport`]; the page is one adapter, the tests another.
