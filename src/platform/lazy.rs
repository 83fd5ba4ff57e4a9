//! Code that is fetched when it is first needed.
//!
//! The release build is cut into parts at the functions that are declared here (`build.rs` sets `cfg(split)`,
//! `scripts/split.mjs` cuts). What such a function alone needs is in the file of its part; what several need is in a
//! file that they share. In every other build the code is simply there, and nothing has to be fetched.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt as _;
use leptos::prelude::AnyView;

/// What is on its way, or there.
pub type Fetching<T> = Pin<Box<dyn Future<Output = Result<T, NotFetched>>>>;

/// A part of the page that could not be fetched; the next try starts afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFetched(String);

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(split)]
impl From<leptos::wasm_split::SplitLoaderError> for NotFetched {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self(why())
    }
}

// The boot script fetches every file of the page, and keeps the reason why the last one failed.
#[cfg(split)]
fn why() -> String {
    let files = js_sys::Reflect::get(&js_sys::global(), &"sluiceFiles".into());
    let why = files.and_then(|files| js_sys::Reflect::get(&files, &"problem".into()));
    why.ok().and_then(|why| why.as_string()).unwrap_or_else(|| "the file could not be fetched".to_owned())
}

/// A view in a part of its own.
#[derive(Clone, Copy)]
pub struct LazyView {
    /// Fetches its code, where it is not there yet, and makes the view; at once where the code is there.
    pub make: fn() -> Fetching<AnyView>,
    /// Only fetches its code.
    pub fetch: fn() -> Fetching<()>,
}

impl LazyView {
    /// Fetches its code ahead of its use; what goes wrong is told when it is used.
    pub fn prefetch(self) {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = (self.fetch)().await;
        });
    }

    /// The view, where its code is there; `None` where it is not.
    pub fn now(self) -> Option<AnyView> {
        (self.make)().now_or_never().and_then(Result::ok)
    }
}

impl fmt::Debug for LazyView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LazyView")
    }
}

/// Declares a view whose code is in the part `$part`: `lazy_view! { pub fn burst in burst = view! { … }.into_any(); }`
macro_rules! lazy_view {
    ($(#[$meta:meta])* $visible:vis fn $name:ident in $part:ident = $view:expr;) => {
        $(#[$meta])*
        $visible const fn $name() -> $crate::platform::lazy::LazyView {
            #[cfg(split)]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible, preload(fetch))]
            fn $name() -> Result<leptos::prelude::AnyView, $crate::platform::lazy::NotFetched> {
                Ok($view)
            }
            #[cfg(not(split))]
            #[allow(clippy::unused_async)]
            async fn $name() -> Result<leptos::prelude::AnyView, $crate::platform::lazy::NotFetched> {
                Ok($view)
            }
            #[cfg(not(split))]
            #[allow(clippy::unused_async)]
            async fn fetch() -> Result<(), $crate::platform::lazy::NotFetched> {
                Ok(())
            }
            $crate::platform::lazy::LazyView {
                make: || Box::pin($name()),
                fetch: || Box::pin(async { fetch().await.map_err(Into::into) }),
            }
        }
    };
}

/// Declares a function whose code is in the part `$part`; calling it fetches what is not there yet.
macro_rules! lazy_fn {
    ($(#[$meta:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),*) in $part:ident $body:block) => {
        $(#[$meta])*
        $visible fn $name($($argument: $type),*) -> $crate::platform::lazy::Fetching<()> {
            #[cfg(split)]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
            fn $name($($argument: $type),*) -> Result<(), $crate::platform::lazy::NotFetched> {
                $body;
                Ok(())
            }
            #[cfg(not(split))]
            #[allow(clippy::unused_async)]
            async fn $name($($argument: $type),*) -> Result<(), $crate::platform::lazy::NotFetched> {
                $body;
                Ok(())
            }
            Box::pin($name($($argument),*))
        }
    };
}

pub(crate) use {lazy_fn, lazy_view};
