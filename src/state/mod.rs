//! The page's state: contexts that views share. Views meet here and nowhere else.

pub mod accounts;
pub mod activity;
pub mod announcer;
pub mod api;
pub mod attempts;
pub mod budgets;
pub mod collector;
pub mod explain;
pub mod frequent;
pub mod key_life;
pub mod ledger;
pub mod limits;
pub mod locked_origin;
pub mod notices;
pub mod persisted;
pub mod prices;
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

/// Provide every context that is there from the start, once, at the root of the page; in this order, each in a task of its
/// own, since the browser compiles what it has not run before.
pub const PROVIDE: [fn(); 3] = [provide_first, provide_counts, provide_session];

fn provide_first() {
    provide_context(Root(Owner::current().unwrap_or_default()));
    provide_context(ticker::Ticker::start());
    provide_context(announcer::Announcer::new());
    provide_context(secrets::Secrets::new());
    provide_context(notices::Notices::new());
    provide_context(undo::Undos::new());
    provide_context(shortcuts::Shortcuts::new());
}

fn provide_counts() {
    let ticker = ticker::use_ticker();
    provide_context(accounts::Accounts::new(ticker));
    provide_context(limits::Limits::new(ticker));
    provide_context(tokens::TokenCounter::new());
    provide_context(activity::Activity::new());
}

fn provide_session() {
    provide_context(session::Session::new());
    provide_context(route::Route::new());
    provide_context(explain::ExplainDraft::new());
    provide_context(key_life::KeyLife::begin());
}
