//! The API that answers: the simulated one or a live one, behind the same transport.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock::ScaledClock;
use crate::diagnosis::Situation;
use crate::platform::PageTime;
use crate::random::Rng;
use crate::reply::Reply;
use crate::transport::fetch::FetchTransport;
use crate::transport::simulated::SimulatedTransport;
use crate::transport::{ApiRequest, Progress, Transport, TransportError};

/// The page's clock; only the simulated API's can run faster than life.
pub type PageClock = ScaledClock<PageTime>;

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

/// The server behind a live API, as far as it matters for what a page can read of it.
#[derive(Debug, Clone)]
pub struct LiveServer {
    /// What is known of it beforehand.
    pub situation: Arc<Situation>,
    // One for the whole session, whichever copy it is asked of.
    answered: Arc<AtomicBool>,
}

impl LiveServer {
    /// A server that has not answered yet.
    pub fn new(situation: Situation) -> Self {
        Self { situation: Arc::new(situation), answered: Arc::default() }
    }

    /// Notes that it gave an answer that can be read.
    pub fn has_answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Whether it has given an answer that can be read, since it was connected.
    pub fn answered_before(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
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
    /// The server behind it; `None` for the simulated one.
    pub server: Option<LiveServer>,
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
