//! The prompt cache: a long prompt that comes again is read from it in part.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::responses::CreateResponse;
use crate::time::Instant;

/// The least prompt that is cached, and the steps it is cached in (OpenAI's prompt-caching guide, 2024 to 2026).
const LEAST_TOKENS: u64 = 1_024;
const STEP: u64 = 128;
/// How long an unused prompt stays (the guide: 5 to 10 minutes of inactivity).
const KEPT: Duration = Duration::from_secs(600);

/// When each long prompt was last seen, by a hash of its model and text.
#[derive(Debug, Clone, Default)]
pub(super) struct PromptCache {
    seen: BTreeMap<u64, Instant>,
}

impl PromptCache {
    /// How many tokens of this prompt come from the cache, and keeps the prompt for the next time.
    pub(super) fn read_through(&mut self, request: &CreateResponse, input_tokens: u64, now: Instant) -> u64 {
        if input_tokens < LEAST_TOKENS {
            return 0;
        }
        self.seen.retain(|_, at| now.saturating_since(*at) <= KEPT);
        let text = request.input.text();
        let hash = fnv1a([&request.model, request.instructions.as_deref().unwrap_or_default(), &text]);
        // The last token is never cached: something must be left to read.
        self.seen.insert(hash, now).map_or(0, |_| (input_tokens - 1) / STEP * STEP)
    }
}

/// FNV-1a, the same on every platform and in every version of Rust.
fn fnv1a(texts: [&str; 3]) -> u64 {
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::responses::Input;

    #[test]
    fn a_long_prompt_is_cached_for_a_while() {
        let mut cache = PromptCache::default();
        let long = CreateResponse { input: Input::Text("word ".repeat(1_000)), ..CreateResponse::default() };
        let at = |seconds| Instant::from_origin(Duration::from_secs(seconds));
        assert_eq!(cache.read_through(&long, 1_256, at(0)), 0);
        assert_eq!(cache.read_through(&long, 1_256, at(10)), 1_152);
        assert_eq!(cache.read_through(&long, 1_256, at(1_000)), 0);
        assert_eq!(cache.read_through(&long, 1_023, at(1_001)), 0);
    }
}
