//! The page's state: contexts that views share. Views meet here and nowhere else.

pub mod accounts;
pub mod activity;
pub mod announcer;
pub mod api;
pub mod explain;
pub mod key_life;
pub mod limits;
pub mod locked_origin;
pub mod notices;
pub mod persisted;
pub mod route;
pub mod run;
pub mod secrets;
pub mod session;
pub mod shortcuts;
pub mod ticker;
pub mod tokens;
pub mod undo;

use leptos::prelude::{Owner, expect_context, provide_context, use_context};

/// What lives as long as the page.
#[derive(Debug, Clone)]
struct Root(Owner);

/// A context that `provide` provides, at the root of the page, when it is first used: its code need not be there before.
pub fn when_used<T: Clone + 'static>(provide: fn()) -> T {
    use_context().unwrap_or_else(|| {
        expect_context::<Root>().0.with(provide);
        expect_context()
    })
}

/// Provides every context that is there from the start, once, at the root of the page.
pub fn provide_all() {
    provide_context(Root(Owner::current().unwrap_or_default()));
    let ticker = ticker::Ticker::start();
    provide_context(ticker);
    provide_context(announcer::Announcer::new());
    provide_context(secrets::Secrets::new());
    provide_context(notices::Notices::new());
    provide_context(undo::Undos::new());
    provide_context(shortcuts::Shortcuts::new());
    provide_context(accounts::Accounts::new());
    provide_context(limits::Limits::new());
    provide_context(tokens::TokenCounter::new());
    provide_context(activity::Activity::new());
    provide_context(session::Session::new());
    provide_context(route::Route::new());
    provide_context(explain::ExplainDraft::new());
    provide_context(key_life::KeyLife::begin());
}
