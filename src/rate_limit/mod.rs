//! Rate limits: what headers and 429 texts say of them, and the arithmetic of the bucket behind them.

pub mod arithmetic;
pub mod bucket;
pub mod dates;
pub mod duration;
mod headers;
mod implied;
mod inferred;
mod limiter;
mod message;
mod providers;
mod shown;
mod snapshot;
mod window;

pub use bucket::TokenBucket;
pub(crate) use headers::leading_number;
pub use headers::{
    Dialect, DocumentedHeader, Field, LimitTrio, RateLimitHeaders, ReplyHeaders, RetryAfter, ValueRead, Visibility,
    documented, is_about_limits, meaning, meaning_with_window, read_value,
};
pub use implied::{ImpliedWindow, TokenKind};
pub use limiter::{Algorithm, LimitReading, Limiter, Quota, Refusal};
pub use message::{LimitReached, LimitScope, LimitWindow};
pub use providers::Provider;
pub use shown::{Shown, expose_line, exposes_headers, shown, why_hidden};
pub use snapshot::{Knowledge, LimitSnapshot, Reading, Remainder, per};
pub use window::{FixedWindow, SlidingWindow};
