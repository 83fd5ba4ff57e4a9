//! Pacing: when the next request may go, under limits that nobody has told beforehand.
//!
//! [`Pacer`] is a state machine without a clock: it is told of requests, answers and the time, and says which request
//! goes now or when to ask again. It learns each limit from what answers tell of it:
//!
//! - from headers: limit, remaining and reset give level, rate and the most that is let through at once;
//! - from the text of a 429: its wait is the exact distance to the level that the request needed;
//! - where neither is told, from how many requests at a time the server takes ([`FlightWindow`]).
//!
//! What was told of one answer is true of the moment at which its request was decided on. The requests that went after
//! it are then replayed on top.
//!
//! A request is admitted, and departs some time after that: a batch writes it down first. What it is known by is when it
//! departed, and in which order ([`Pacer::depart`]); what was learned in between may hold it back.

mod calibration;
mod cost;
mod draws;
mod flight_window;
mod learn;
mod limit_model;
mod pacer;
mod queue;
mod rate_meter;
mod settings;
mod view;

pub use calibration::Calibration;
pub use cost::RequestCost;
pub use flight_window::FlightWindow;
pub use learn::Told;
pub use pacer::{Pacer, Settlement, Step};
pub use queue::Ticket;
pub use settings::{LimitHint, PacedLimit, PacingSettings};
pub use view::{LimitKnowledge, LimitView, PacerView, WaitsFor};
