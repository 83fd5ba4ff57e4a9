//! What the browser's own connections mean for the pacer.

use leptos::prelude::*;

use super::state::Batch;
use crate::pacing::PacingSettings;
use crate::platform::protocol;
use crate::run::batch_form::BatchForm;
use crate::state::api::ApiSource;

/// Connections that a browser opens to an origin over HTTP/1.1.
pub(super) const CONNECTIONS: usize = 6;

impl Batch {
    /// What the pacer keeps to. Over HTTP/1.1 no more requests are let out than the browser sends at a time: what waits in
    /// the browser cannot be called back by Pause, and would be of unknown outcome after a reload.
    pub(super) fn pacing(self) -> PacingSettings {
        let mut pacing = self.form.with_untracked(BatchForm::pacing);
        if untrack(|| self.has_six_connections()) {
            pacing.max_in_flight = pacing.max_in_flight.min(CONNECTIONS);
            pacing.initial_in_flight = pacing.initial_in_flight.min(CONNECTIONS);
        }
        pacing
    }

    /// Whether answers come over HTTP/1.1, tracked: browsers speak nothing newer without encryption, and with it they tell
    /// where they may.
    pub(super) fn has_six_connections(self) -> bool {
        if self.session.source.get() != ApiSource::Live {
            return false;
        }
        let origin = self.session.connection.with(|connection| connection.as_ref().map(|of| of.origin.clone()));
        origin.is_some_and(|origin| {
            origin.starts_with("http:")
                || protocol::of_answers_from(&origin).is_some_and(|version| version.starts_with("http/1"))
        })
    }
}
