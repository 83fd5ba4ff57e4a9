//! The session's key: forgetting it everywhere, and keeping it in this tab where a person asks for that.

use leptos::prelude::*;

use super::super::api::PageTransport;
use super::Session;
use crate::platform::location;
use crate::platform::storage::{self, StorageError};
use crate::transport::fetch::Connection;
use crate::transport::kept;

/// Where this tab's session storage holds the connection.
const KEPT: &str = "connection";

impl Session {
    /// Whether a key is in use, as of now.
    pub fn has_key(self) -> bool {
        self.connection.with_untracked(|summary| summary.as_ref().is_some_and(|summary| summary.key_label.is_some()))
    }

    /// Forgets the key everywhere: live runs are stopped, what they brought stays.
    pub fn forget_key(self) {
        drop_kept_key();
        self.keeps_key.set(false);
        self.let_go();
    }

    /// Keeps the key in this tab's session storage from now on, or no longer.
    ///
    /// # Errors
    /// Where the browser does not store it; then it stays in memory alone.
    pub fn keep_key(self, keeps: bool) -> Result<(), StorageError> {
        self.keeps_key.set(keeps);
        drop_kept_key();
        let live = self.inner.with_value(|inner| inner.live.clone());
        match live.as_deref() {
            Some(PageTransport::Live(transport)) if keeps => self.store(transport.connection()),
            _ => Ok(()),
        }
    }

    /// Takes up the connection that this tab has kept; says whether there was one.
    pub fn take_up_kept_key(self) -> bool {
        let kept = storage::read_session(KEPT).and_then(|text| kept::read(&text, &location::origin()));
        // Another page could lay something over this one.
        let Some(connection) = kept.filter(|_| !location::is_framed()) else { return false };
        // A page locked to another address since must not send it anywhere: what is kept is of no use, and goes.
        if self.connect(connection).is_err() {
            drop_kept_key();
            return false;
        }
        self.keeps_key.set(true);
        true
    }

    /// The page is left and may be brought back: its memory holds no key until then.
    pub fn put_key_away(self) {
        let has_key = self.has_key();
        self.inner.update_value(|inner| inner.was_put_away = has_key);
        if has_key {
            self.let_go();
        } else {
            self.tell_forgotten();
        }
    }

    /// As [`Session::forget_key`], but a connection that has none stays.
    pub fn forget_idle_key(self) {
        if self.has_key() {
            self.forget_key();
        } else {
            self.tell_forgotten();
        }
    }

    /// Whether a key was forgotten when the page was left; told once.
    pub fn lost_key_when_put_away(self) -> bool {
        self.inner.try_update_value(|inner| std::mem::take(&mut inner.was_put_away)).unwrap_or(false)
    }

    pub(super) fn keep_if_asked(self, connection: &Connection) {
        if self.keeps_key.get_untracked() {
            let _ = self.store(connection);
        }
    }

    fn store(self, connection: &Connection) -> Result<(), StorageError> {
        if connection.key.is_none() {
            drop_kept_key();
            return Ok(());
        }
        let stored = storage::write_session(KEPT, &kept::write(connection));
        if stored.is_err() {
            self.keeps_key.set(false);
        }
        stored
    }

    fn let_go(self) {
        self.activity.stop_live();
        // Before the redactor forgets the key, which may have to be found where it was typed.
        self.tell_forgotten();
        self.disconnect();
    }

    // For what was given and is not in use: fields, a .env that was read.
    fn tell_forgotten(self) {
        self.forgotten.update(|times| *times = times.wrapping_add(1));
    }
}

/// Whether this tab has kept a key over a reload, or something in its place.
pub fn kept_key_is_there() -> bool {
    storage::read_session(KEPT).is_some()
}

/// Empties this tab's session storage of a key.
pub fn drop_kept_key() {
    storage::remove_session(KEPT);
}
