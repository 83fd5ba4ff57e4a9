//! Rate limits: what headers and 429 texts say of them, and the arithmetic of the bucket behind them.

pub mod arithmetic;
pub mod bucket;
pub mod dates;
pub mod duration;
mod headers;
mod limiter;
mod message;
mod shown;
mod snapshot;
mod window;

pub use bucket::TokenBucket;
pub use headers::{
    Dialect, DocumentedHeader, Field, LimitTrio, RateLimitHeaders, ReplyHeaders, RetryAfter, Visibility, documented,
};
pub use limiter::{Algorithm, LimitReading, Limiter, Quota, Refusal};
pub use message::{LimitReached, LimitScope, LimitWindow};
pub use shown::{ImpliedWindow, Shown, exposes_headers, shown, why_hidden};
pub use snapshot::{Knowledge, LimitSnapshot, Reading};
pub use window::{FixedWindow, SlidingWindow};
