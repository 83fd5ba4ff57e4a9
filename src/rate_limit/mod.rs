//! Rate limits: what headers and 429 texts say of them, and the arithmetic of the bucket behind them.

pub mod arithmetic;
pub mod dates;
pub mod duration;
mod headers;
mod message;
mod snapshot;

pub use headers::{
    Dialect, DocumentedHeader, Field, LimitTrio, RateLimitHeaders, ReplyHeaders, RetryAfter, Visibility, documented,
};
pub use message::{LimitReached, LimitScope, LimitWindow};
pub use snapshot::{Knowledge, LimitSnapshot, Reading};
