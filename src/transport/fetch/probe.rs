//! The requests of Test connection: GETs of the models, counted nowhere.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::http::RequestBuilder;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReferrerPolicy, RequestCache, RequestCredentials, RequestMode};

use super::{AbortOnDrop, Connection, FetchLimits, FetchTransport};
use crate::clock::Clock;
use crate::diagnosis::{Answer, Probe};
use crate::transport::{ApiRequest, Transport};

/// How long one probe may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(15);

impl<C: Clock + Clone> FetchTransport<C> {
    /// Sends one request of Test connection: of the connection's headers only those that `probe` names.
    pub async fn probe(&self, probe: Probe) -> Answer {
        let whole = &self.connection;
        let only = |name: &str| Connection {
            base_url: whole.base_url.clone(),
            key: whole.key.clone().filter(|_| name == "authorization"),
            organization: whole.organization.clone().filter(|_| name == "openai-organization"),
            project: whole.project.clone().filter(|_| name == "openai-project"),
        };
        let connection = match probe {
            Probe::NoCors => return self.reach().await,
            Probe::Whole => whole.clone(),
            Probe::Bare => only(""),
            Probe::Alone(name) => only(name),
        };
        let limits = FetchLimits { timeout: PROBE_TIMEOUT, ..FetchLimits::default() };
        let transport = Self::new(connection, self.clock.clone()).with_limits(limits);
        let result = transport.send(&ApiRequest::ListModels).await;
        Answer::of(&result, is_offline(), whole.base_url.host_for_display())
    }

    /// Whether anything answers: a request without headers whose answer is not to be read.
    async fn reach(&self) -> Answer {
        let (Some(window), Ok(abort)) = (web_sys::window(), AbortOnDrop::new()) else {
            return Answer::NotSent("This is not a page.".to_owned());
        };
        // Redirects are followed: the Fetch standard fails a no-cors request that would refuse them, and this one
        // carries nothing.
        let request = RequestBuilder::new(&self.connection.url(&ApiRequest::ListModels))
            .mode(RequestMode::NoCors)
            .credentials(RequestCredentials::Omit)
            .cache(RequestCache::NoStore)
            .referrer_policy(ReferrerPolicy::NoReferrer)
            .abort_signal(Some(&abort.signal()))
            .build();
        let request: web_sys::Request = match request {
            Ok(request) => request.into(),
            Err(error) => return Answer::NotSent(error.to_string()),
        };
        let deadline = self.clock.now() + PROBE_TIMEOUT;
        let fetched = pin!(JsFuture::from(window.fetch_with_request(&request)));
        let late = pin!(self.clock.sleep_until(deadline));
        match select(fetched, late).await {
            Either::Left((Ok(_), _)) => Answer::Reached,
            Either::Left((Err(_), _)) => Answer::Nothing { is_offline: is_offline() },
            Either::Right(_) => Answer::Late,
        }
    }
}

fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}
