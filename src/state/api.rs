//! The API that answers: the simulated one or a live one, behind the same transport.

use std::cell::RefCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::clock::ScaledClock;
use crate::platform::clock::BrowserClock;
use crate::random::Rng;
use crate::reply::Reply;
use crate::transport::fetch::FetchTransport;
use crate::transport::simulated::SimulatedTransport;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

/// The page's clock; only the simulated API's can run faster than life.
pub type PageClock = ScaledClock<BrowserClock>;

/// Which API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ApiSource {
    /// The one inside the page.
    Simulated,
    /// One over HTTP.
    Live,
}

impl ApiSource {
    /// The name people read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulated => "Simulated",
            Self::Live => "Live",
        }
    }
}

/// An API as it was when work began: a later change of the source does not touch it.
#[derive(Clone)]
pub struct Api {
    /// Which it is.
    pub source: ApiSource,
    /// Sends its requests.
    pub transport: Rc<PageTransport>,
    /// Its time.
    pub clock: PageClock,
    /// The name of its own scenario, where it is not the session's API: a lesson's limits are not the session's.
    pub lesson: Option<&'static str>,
    /// Draws its clients' jitter.
    pub random: Rc<RefCell<Rng>>,
}

/// Either transport.
pub enum PageTransport {
    /// Into the page's own simulator.
    Simulated(SimulatedTransport<PageClock>),
    /// Over HTTP.
    Live(FetchTransport<PageClock>),
}

impl Transport for PageTransport {
    async fn send_observed(
        &self,
        request: &ApiRequest,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Reply, TransportError> {
        match self {
            Self::Simulated(transport) => transport.send_observed(request, observe).await,
            Self::Live(transport) => transport.send_observed(request, observe).await,
        }
    }
}
