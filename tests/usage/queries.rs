//! What of the ledger is looked at, and in what order.

use sluice::retry::Class;
use sluice::time::UnixTime;
use sluice::usage::{
    AnsweredBy, CallId, Ledger, LedgerRow, MadeIn, OverTime, Period, Prices, Query, RowAnswer, SortBy, Stands, Tier,
};

const NOW: UnixTime = UnixTime::from_secs(1_795_740_000);

fn row(number: u128, ago_secs: u64, model: &str, label: &str) -> LedgerRow {
    LedgerRow {
        id: CallId::new(0xabcd_0000_0000_0000_0000_0000_0000_0000 + number),
        run: "r".into(),
        lane: 0,
        made_in: MadeIn::Burst,
        api: AnsweredBy::Simulated,
        server: "simulated".into(),
        key_alias: None,
        model: model.into(),
        answered_by: None,
        label: label.into(),
        queued_at_micros: (NOW.as_secs() - ago_secs) * 1_000_000,
        duration_micros: Some(1_000 * u64::try_from(number).unwrap()),
        waited_micros: 0,
        attempts: 1,
        failed_attempts: 0,
        unknown_outcomes: 0,
        answer: RowAnswer::None,
        tier: Tier::Standard,
        status: Some(200),
        class: Some(Class::Success),
        stands: Stands::Succeeded,
        place: None,
    }
}

fn ledger() -> Ledger {
    let usage = |input_tokens, output_tokens| {
        RowAnswer::Usage(sluice::responses::Usage {
            input_tokens,
            output_tokens,
            total_tokens: input_tokens + output_tokens,
            ..Default::default()
        })
    };
    let mut ledger = Ledger::default();
    for row in [
        LedgerRow { answer: usage(100, 10), ..row(1, 30, "gpt-5-nano", "Request 1") },
        LedgerRow {
            answer: usage(5, 900),
            attempts: 3,
            failed_attempts: 2,
            api: AnsweredBy::Live,
            server: "https://api.openai.com/v1".into(),
            key_alias: Some("Team Blue".into()),
            ..row(2, 1_800, "gpt-4o", "Łódź 2")
        },
        LedgerRow {
            stands: Stands::Stopped,
            status: Some(429),
            made_in: MadeIn::Batch,
            ..row(3, 7_200, "gpt-5-nano", "line-000003")
        },
        LedgerRow { stands: Stands::Running, duration_micros: None, ..row(4, 90_000, "o3", "Request 4") },
    ] {
        ledger.put(row);
    }
    ledger
}

fn found(query: &Query) -> Vec<u32> {
    query.places(ledger().rows(), &Prices::default(), NOW)
}

#[test]
fn periods_end_now() {
    for (period, places) in [
        (Period::Minute, vec![0]),
        (Period::Hour, vec![0, 1]),
        (Period::Day, vec![0, 1, 2]),
        (Period::Week, vec![0, 1, 2, 3]),
        (Period::All, vec![0, 1, 2, 3]),
    ] {
        assert_eq!(found(&Query { period, ..Query::default() }), places, "{period:?}");
    }
}

#[test]
fn each_filter_picks_what_it_says() {
    let all = Query::default;
    assert_eq!(found(&Query { api: Some(AnsweredBy::Live), ..all() }), [1]);
    assert_eq!(found(&Query { made_in: Some(MadeIn::Batch), ..all() }), [2]);
    assert_eq!(found(&Query { model: Some("gpt-5-nano".into()), ..all() }), [0, 2]);
    assert_eq!(found(&Query { key_alias: Some("Team Blue".into()), ..all() }), [1]);
    assert_eq!(found(&Query { key_alias: Some(String::new()), ..all() }), [0, 2, 3]);
    assert_eq!(found(&Query { stands: Some(Stands::Running), ..all() }), [3]);
    assert!(all().is_all() && !Query { search: "x".into(), ..all() }.is_all());
}

#[test]
fn a_search_finds_all_its_words_in_any_case() {
    for (search, places) in [
        ("request", vec![0, 3]),
        ("REQUEST 4", vec![3]),
        ("łódź", vec![1]),
        ("ŁÓDŹ gpt-4O", vec![1]),
        ("team", vec![1]),
        ("openai.com", vec![1]),
        ("429", vec![2]),
        ("42", vec![]),
        ("abcd0000000000000000000000000003", vec![2]),
        ("failed", vec![2]),
        ("burst nano", vec![0]),
        ("nothing of it", vec![]),
        ("  ", vec![0, 1, 2, 3]),
    ] {
        assert_eq!(found(&Query { search: search.into(), ..Query::default() }), places, "{search}");
    }
}

#[test]
fn each_column_sorts_both_ways() {
    for (sort_by, ascending) in [
        (SortBy::Time, vec![3, 2, 1, 0]),
        (SortBy::Call, vec![2, 0, 3, 1]),
        (SortBy::Model, vec![1, 0, 2, 3]),
        (SortBy::Result, vec![3, 0, 1, 2]),
        (SortBy::Attempts, vec![0, 2, 3, 1]),
        (SortBy::Duration, vec![3, 0, 1, 2]),
        (SortBy::Input, vec![2, 3, 1, 0]),
        (SortBy::Output, vec![2, 3, 0, 1]),
        // 100 × 0.05 + 10 × 0.40 = 9; 5 × 2.50 + 900 × 10 = 9,012.5 micro-dollars.
        (SortBy::Cost, vec![2, 3, 0, 1]),
    ] {
        let mut descending = ascending.clone();
        descending.reverse();
        assert_eq!(found(&Query { sort_by, ascending: true, ..Query::default() }), ascending, "{sort_by:?}");
        assert_eq!(found(&Query { sort_by, ascending: false, ..Query::default() }), descending, "{sort_by:?}");
    }
}

#[test]
fn stretches_hold_all_that_was_used_and_each_once() {
    let ledger = ledger();
    let micros = |ago: u64| (NOW.as_secs() - ago) * 1_000_000;
    let over = OverTime::of(ledger.rows(), &Prices::default(), (micros(7_200), micros(0)), 4);
    assert_eq!((over.from_micros, over.length_micros), (micros(7_200), 1_800_000_000));
    let calls: Vec<u64> = over.stretches.iter().map(|stretch| stretch.calls).collect();
    // Two hours ago; 30 minutes ago, which begins the last stretch; 30 seconds ago. A day ago is outside.
    assert_eq!(calls, [1, 0, 0, 2]);
    let last = over.stretches[3];
    assert_eq!((last.attempts, last.wasted, last.input_tokens, last.output_tokens), (4, 2, 105, 910));
    assert_eq!(last.cost.picodollars(), 9_000_000 + 9_012_500_000);
    // A moment alone is one stretch.
    let moment = OverTime::of(ledger.rows(), &Prices::default(), (micros(30), micros(30)), 10);
    assert_eq!(moment.stretches.iter().map(|stretch| stretch.calls).sum::<u64>(), 1);
}

#[test]
fn what_is_kept_takes_the_place_of_nothing_newer() {
    let first = LedgerRow { stands: Stands::Stopped, attempts: 2, ..row(1, 30, "gpt-5-nano", "#1") };
    let taken_up = LedgerRow { stands: Stands::Succeeded, attempts: 3, ..first.clone() };
    let running = LedgerRow { stands: Stands::Running, attempts: 2, ..first.clone() };
    let mut ledger = Ledger::default();
    ledger.put(taken_up.clone());
    ledger.put_kept(first.clone());
    ledger.put_kept(running.clone());
    assert_eq!(ledger.get(first.id), Some(&taken_up));
    // The other way round the newer one comes in.
    let mut ledger = Ledger::default();
    ledger.put_kept(first.clone());
    ledger.put_kept(taken_up.clone());
    assert_eq!((ledger.rows().len(), ledger.get(first.id)), (1, Some(&taken_up)));
    ledger.put(LedgerRow { id: CallId::new(7), ..running.clone() });
    ledger.put_kept(LedgerRow { id: CallId::new(7), ..taken_up });
    assert_eq!(ledger.get(CallId::new(7)).map(|row| row.stands), Some(Stands::Running));
}

#[test]
fn the_model_that_answered_has_its_price_first() {
    let usage = sluice::responses::Usage { input_tokens: 10, output_tokens: 5, total_tokens: 15, ..Default::default() };
    let of_alias = LedgerRow {
        answer: RowAnswer::Usage(usage),
        answered_by: Some("gpt-5-nano-2025-08-07".into()),
        ..row(1, 30, "auto", "#1")
    };
    let prices = Prices::default();
    // 10 × 50,000 + 5 × 400,000 picodollars.
    assert_eq!(of_alias.cost(&prices).known.picodollars(), 2_500_000);
    let mut ledger = Ledger::default();
    ledger.put(of_alias.clone());
    ledger.put(LedgerRow { id: CallId::new(9), answered_by: Some("nobody-knows".into()), ..of_alias });
    let cost = ledger.totals(&prices, |_| true).summary().cost;
    assert_eq!((cost.known.picodollars(), cost.unknown_calls), (2_500_000, 1));
}

#[test]
fn a_ledger_knows_what_its_calls_are_told_apart_by() {
    let live = |id: u128, alias: Option<&str>| LedgerRow {
        id: CallId::new(id),
        api: AnsweredBy::Live,
        key_alias: alias.map(Into::into),
        ..row(1, 30, "o3", "#1")
    };
    let mut ledger = Ledger::default();
    assert!(!ledger.has_calls_of(AnsweredBy::Simulated) && !ledger.has_calls_of(AnsweredBy::Live));
    let rows =
        [row(1, 30, "gpt-5-nano", "#1"), row(2, 31, "", "#2"), live(3, None), live(4, Some("work")), live(5, None)];
    for row in rows {
        ledger.put(row);
    }
    assert_eq!(ledger.models().collect::<Vec<_>>(), ["gpt-5-nano", "o3"]);
    assert_eq!(ledger.key_names().collect::<Vec<_>>(), [None, Some("work")]);
    assert!(ledger.has_calls_of(AnsweredBy::Simulated) && ledger.has_calls_of(AnsweredBy::Live));
    // What is deleted leaves no name behind.
    assert_eq!(ledger.take(|row| row.api == AnsweredBy::Live).len(), 3);
    assert_eq!(ledger.models().collect::<Vec<_>>(), ["gpt-5-nano"]);
    assert_eq!(ledger.key_names().count(), 0);
    assert!(!ledger.has_calls_of(AnsweredBy::Live));
}
