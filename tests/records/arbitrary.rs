//! Any call there can be.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};
use sluice::responses::Usage;
use sluice::retry::{Class, ServerWait, StopReason, WaitSource};
use sluice::usage::{
    AnsweredBy, AttemptRecord, CallId, CallRecord, CountsAs, EndRecord, MadeIn, OutcomeRecord, PlannedWait,
    ResponseFacts,
};
use std::time::Duration;

/// Texts with all that a format may stumble over.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9 -]{0,12}", "[\\\\\",;='+@\t\r\n\u{a0}＝\u{2028}é😀{}\\[\\]:\u{0}]{0,8}", "\\PC{0,12}"]
}

fn micros() -> impl Strategy<Value = u64> {
    prop_oneof![0..120_000_000u64, Just(0), Just(9_007_199_254_740_991)]
}

fn class() -> impl Strategy<Value = Class> {
    prop_oneof![
        Just(Class::Success),
        Just(Class::RateLimit),
        Just(Class::Quota),
        Just(Class::Server),
        Just(Class::Opaque),
        Just(Class::Unknown),
        Just(Class::NotSent),
        Just(Class::Unreadable),
    ]
}

fn source() -> impl Strategy<Value = WaitSource> {
    prop_oneof![Just(WaitSource::RetryAfterMs), Just(WaitSource::Message), Just(WaitSource::Backoff)]
}

fn server_wait() -> impl Strategy<Value = ServerWait> {
    prop_oneof![
        (any::<u32>(), source())
            .prop_map(|(nanos, source)| ServerWait::For { wait: Duration::from_nanos(nanos.into()), source }),
        (1u32..999, source())
            .prop_map(|(seconds, source)| ServerWait::Astronomic { seconds: f64::from(seconds) * 1e19, source }),
    ]
}

fn outcome() -> impl Strategy<Value = OutcomeRecord> {
    (class(), option::of(100u16..600), option::of(text()), text(), option::of(server_wait())).prop_map(
        |(class, status, code, message, asked_wait)| OutcomeRecord { class, status, code, message, asked_wait },
    )
}

fn counts_as() -> impl Strategy<Value = CountsAs> {
    let usage = (0u64..1 << 40, 0u64..1 << 40).prop_map(|(input_tokens, output_tokens)| Usage {
        input_tokens,
        output_tokens,
        total_tokens: input_tokens + output_tokens,
        cached_tokens: input_tokens / 2,
        reasoning_tokens: output_tokens / 3,
        cache_write_tokens: 0,
    });
    prop_oneof![
        usage.prop_map(CountsAs::Usage),
        Just(CountsAs::NoUsage),
        text().prop_map(CountsAs::InvalidUsage),
        Just(CountsAs::Failed),
        Just(CountsAs::Unknown)
    ]
}

fn facts() -> impl Strategy<Value = ResponseFacts> {
    (option::of(text()), option::of(text()), text(), option::of(text()), option::of(text())).prop_map(
        |(id, model, status, incomplete_reason, service_tier)| ResponseFacts {
            id,
            model,
            status,
            incomplete_reason,
            service_tier,
        },
    )
}

fn wait() -> impl Strategy<Value = PlannedWait> {
    (micros(), micros(), option::of(micros()), source(), option::of(micros()), 0usize..3, any::<u32>()).prop_map(
        |(started_micros, planned_micros, ended_micros, source, asked_micros, layer, outer_attempt)| PlannedWait {
            started_micros,
            planned_micros,
            ended_micros,
            source,
            asked_micros,
            layer,
            outer_attempt,
        },
    )
}

fn attempt() -> impl Strategy<Value = AttemptRecord> {
    let times = (micros(), option::of(micros()), option::of(micros()), any::<u32>());
    let said = (option::of(outcome()), option::of(counts_as()), option::of(facts()), option::of(text()));
    let headers =
        vec((prop_oneof![Just("x-request-id".to_owned()), Just("content-type".to_owned()), text()], text()), 0..3);
    (times, said, headers, any::<bool>(), option::of(wait())).prop_map(
        |((started_micros, ended_micros, first_token_micros, outer_attempt), said, headers, hides_headers, wait)| {
            let (outcome, counts_as, response, body) = said;
            AttemptRecord {
                started_micros,
                ended_micros,
                first_token_micros,
                outer_attempt,
                outcome,
                counts_as,
                response,
                headers,
                hides_headers,
                body,
                wait,
            }
        },
    )
}

fn end() -> impl Strategy<Value = EndRecord> {
    prop_oneof![
        Just(EndRecord::Succeeded),
        Just(EndRecord::Stopped(StopReason::NotRetried)),
        any::<u32>().prop_map(|max_attempts| EndRecord::Stopped(StopReason::AttemptsUsed { max_attempts })),
        server_wait().prop_map(EndRecord::Asked),
        any::<bool>().prop_map(|was_in_flight| EndRecord::Cancelled { was_in_flight }),
    ]
}

fn request() -> impl Strategy<Value = Value> {
    (text(), any::<i64>(), 0u32..2_000).prop_map(
        |(input, seed, temperature)| json!({ "input": input, "seed": seed, "temperature": f64::from(temperature) / 1_000.0 }),
    )
}

/// Any call.
pub fn call() -> impl Strategy<Value = CallRecord> {
    let who = (any::<u128>().prop_map(CallId::new), "[0-9a-f]{16}", any::<u32>(), 0usize..5, any::<bool>());
    let texts = (text(), option::of(text()), text(), text());
    let times = (micros(), option::of(micros()), vec(micros(), 0..2));
    (who, texts, times, vec(attempt(), 0..4), option::of(end()), option::of(request())).prop_map(
        |((id, run, lane, made_in, is_live), texts, times, attempts, end, request)| CallRecord {
            id,
            run,
            lane,
            made_in: MadeIn::ALL[made_in],
            api: if is_live { AnsweredBy::Live } else { AnsweredBy::Simulated },
            server: texts.0,
            key_alias: texts.1,
            model: texts.2,
            label: texts.3,
            queued_at_micros: times.0,
            attempts,
            ended_micros: times.1,
            end,
            resumed_micros: times.2,
            request,
        },
    )
}
