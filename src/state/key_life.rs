//! How long the key stays: idle time, a page that is put away, and the tab's session storage where a person asks for it.

use leptos::prelude::*;

use super::activity::{Activity, use_activity};
use super::notices::{Notices, use_notices};
use super::persisted::persisted_text;
use super::session::{Session, kept_key_is_there, use_session};
use super::ticker::use_ticker;
use crate::idle::{IdleLimit, IdleWatch};
use crate::platform::clock::BrowserClock;
use crate::platform::lazy::lazy_fn;
use crate::platform::{dom, visibility};

/// The key's life on this page.
#[derive(Debug, Clone, Copy)]
pub struct KeyLife {
    limit: RwSignal<String>,
    idle: StoredValue<IdleWatch>,
    session: Session,
    activity: Activity,
    notices: Notices,
}

impl KeyLife {
    /// Watches over the key from now on, and takes up one that this tab has kept over a reload.
    pub fn begin() -> Self {
        let life = Self {
            limit: persisted_text("key-idle-limit", IdleLimit::default().id()),
            idle: StoredValue::new(IdleWatch::start(&BrowserClock)),
            session: use_session(),
            activity: use_activity(),
            notices: use_notices(),
        };
        if kept_key_is_there() {
            life.take_up(false);
        }
        let presses = dom::on_press(move || life.idle.set_value(IdleWatch::start(&BrowserClock)));
        let put_away = visibility::on_put_away(move || life.session.put_key_away());
        let brought_back = visibility::on_brought_back(move || life.back());
        let listeners = StoredValue::new_local(Some((presses, put_away, brought_back)));
        on_cleanup(move || {
            let _ = listeners.try_update_value(Option::take);
        });
        let ticker = use_ticker();
        Effect::new(move |_| {
            ticker.track();
            life.look();
        });
        life
    }

    /// The limit, tracked.
    pub fn limit(self) -> IdleLimit {
        self.limit.with(|id| IdleLimit::from_id(id)).unwrap_or_default()
    }

    /// Chooses another limit.
    pub fn set_limit(self, limit: IdleLimit) {
        self.limit.set(limit.id().to_owned());
    }

    fn look(self) {
        let limit = untrack(|| self.limit());
        let is_running = self.activity.is_running_untracked();
        let is_over = self.idle.try_update_value(|idle| idle.is_over(&BrowserClock, limit, is_running));
        if is_over != Some(true) {
            return;
        }
        self.idle.set_value(IdleWatch::start(&BrowserClock));
        let had_key = self.session.has_key();
        self.session.forget_idle_key();
        if had_key {
            self.notices.warn(
                "The key was forgotten",
                format!(
                    "Nothing happened here for {}. Results and settings are kept; give the key again to go on.",
                    limit.name()
                ),
            );
        }
    }

    fn back(self) {
        if kept_key_is_there() {
            self.take_up(true);
        } else {
            self.tell_of_lost_key();
        }
    }

    fn take_up(self, is_back: bool) {
        self.notices.do_later("The key that this tab keeps", take_up(self, is_back), RwSignal::new(false));
    }

    fn tell_of_lost_key(self) {
        if self.session.lost_key_when_put_away() {
            self.notices.warn(
                "The key was forgotten",
                "You left this page and came back. Results and settings are kept; give the key again to go on.",
            );
        }
    }
}

lazy_fn! {
    /// Takes up the connection that this tab has kept; where there is none any more, tells of a key that was lost.
    fn take_up(life: KeyLife, is_back: bool) in kept {
        if !life.session.take_up_kept_key() && is_back {
            life.tell_of_lost_key();
        }
    }
}

/// The key's life.
pub fn use_key_life() -> KeyLife {
    expect_context()
}
