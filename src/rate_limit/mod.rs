//! Rate limits: what headers and 429 texts say of them, and the arithmetic of the bucket behind them.

pub mod duration;
mod headers;
mod message;
mod snapshot;

pub use headers::{Dialect, Field, LimitTrio, RateLimitHeaders, ReplyHeaders, RetryAfter, Visibility};
pub use message::{LimitReached, LimitScope, LimitWindow};
pub use snapshot::{Knowledge, LimitSnapshot, Reading};
