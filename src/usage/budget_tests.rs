//! Budgets: what they count, when they are reached, what they say.

use super::budget::*;
use super::money::{Cost, Money};
use super::record::AnsweredBy;
use crate::time::UnixTime;
use proptest::prelude::*;

const CENT: i128 = 10_000_000_000;

fn usd(cents: i128) -> Money {
    Money::from_picodollars(cents * CENT)
}

fn live(cap: Cap) -> Budget {
    Budget { id: 1, api: AnsweredBy::Live, period: BudgetPeriod::Day, cap }
}

fn cost(cents: i128) -> Spent {
    Spent { cost: Cost { known: usd(cents), unknown_calls: 0 }, ..Spent::default() }
}

#[test]
fn thresholds_are_at_half_at_80_percent_and_at_all_of_it() {
    let budget = live(Cap::Usd(usd(500)));
    for (cents, level) in [
        (0, Level::Below),
        (249, Level::Below),
        (250, Level::Half),
        (399, Level::Half),
        (400, Level::MostOfIt),
        (499, Level::MostOfIt),
        (500, Level::Reached),
        (900, Level::Reached),
    ] {
        assert_eq!(budget.level(&cost(cents)), level, "{cents}");
    }
    assert_eq!(live(Cap::Calls(0)).level(&Spent::default()), Level::Reached);
}

#[test]
fn it_says_where_it_stands() {
    let budget = live(Cap::Usd(usd(500)));
    assert_eq!(budget.warning(&cost(400)), "80 % of today's budget: $4.00 of $5.00 (Live)");
    assert_eq!(budget.refusal(&cost(499)), None);
    let refusal = budget.refusal(&cost(502)).unwrap();
    assert!(
        refusal.starts_with("Today's budget (Live) is reached: $5.02 of $5.00. Nothing more is sent;"),
        "{refusal}"
    );
    assert!(is_by_budget(&refusal) && !is_by_budget("Rate limit reached for requests"));
    let calls = Budget { api: AnsweredBy::Simulated, period: BudgetPeriod::Session, ..live(Cap::Calls(1_200)) };
    let spent = Spent { calls: 600, ..Spent::default() };
    assert_eq!(calls.warning(&spent), "50 % of this session's budget: 600 of 1,200 calls (Simulated)");
}

#[test]
fn a_cap_is_read_exactly_as_it_is_typed() {
    assert_eq!(Unit::Usd.read("0.1"), Ok(Cap::Usd(usd(10))));
    assert_eq!(Unit::Tokens.read("2000000"), Ok(Cap::Tokens(2_000_000)));
    assert_eq!(Unit::Calls.read("1.5"), Err("Whole numbers only".to_owned()));
    assert_eq!(Unit::Usd.read("-1"), Err("At least 0".to_owned()));
    assert_eq!(Unit::Usd.read("1000000.01"), Err("At most $1000000.00".to_owned()));
    assert_eq!(Unit::Calls.read("many"), Err("Enter a number".to_owned()));
    for cap in [Cap::Usd(usd(12)), Cap::Tokens(7), Cap::Calls(0)] {
        assert_eq!(cap.unit().read(&cap.typed()), Ok(cap));
    }
    let budget = live(Cap::Usd(usd(500)));
    assert_eq!((budget.left(&cost(400)), budget.left_per_mille(&cost(400))), ("$1.00 of $5.00 left".to_owned(), 200));
    assert_eq!(budget.left_per_mille(&cost(600)), 0);
}

#[test]
fn what_it_cannot_see_is_said() {
    let unknown = Spent { cost: Cost { known: Money::ZERO, unknown_calls: 2 }, untold: 1, ..Spent::default() };
    let of = |cap| live(cap).not_counted(&unknown);
    assert!(of(Cap::Usd(usd(1))).unwrap().starts_with("2 calls more, their cost unknown"));
    assert!(of(Cap::Tokens(9)).unwrap().starts_with("1 call more, its tokens unknown"));
    assert_eq!(of(Cap::Calls(9)), None);
    assert_eq!(live(Cap::Usd(usd(1))).not_counted(&Spent::default()), None);
}

#[test]
fn an_estimate_is_held_against_what_is_left() {
    let budget = live(Cap::Usd(usd(500)));
    let planned = |cents| Planned { calls: 10, tokens: Some(100), cost: Some(usd(cents)) };
    let fits = budget.outlook(&cost(400), &planned(100));
    assert_eq!(
        (fits.may_exceed, fits.words.as_str()),
        (false, "At most $1.00 of $1.00 left of today's budget (Live).")
    );
    let over = budget.outlook(&cost(400), &planned(101));
    assert!(over.may_exceed && over.words.starts_with("At most $1.01, and $1.00 left of today's budget"), "{over:?}");
    let unknown = budget.outlook(&cost(400), &Planned { cost: None, ..planned(0) });
    assert!(unknown.may_exceed && unknown.words.contains("$1.00 left"), "{unknown:?}");
    assert!(!live(Cap::Calls(10)).outlook(&Spent::default(), &planned(0)).may_exceed);
    assert!(live(Cap::Tokens(99)).outlook(&Spent::default(), &planned(0)).may_exceed);
}

#[test]
fn days_and_months_are_utcs() {
    // 2026-11-27T23:59:59Z.
    let now = UnixTime::from_secs(1_795_823_999);
    assert_eq!(now.date(), (2026, 11, 27));
    // 2026-11-27 and 2026-11-01, at midnight.
    assert_eq!(BudgetPeriod::Day.began(now), Some(UnixTime::from_secs(1_795_737_600)));
    assert_eq!(BudgetPeriod::Month.began(now), Some(UnixTime::from_secs(1_793_491_200)));
    assert_eq!(BudgetPeriod::Session.began(now), None);
}

#[test]
fn the_first_budget_of_the_api_that_is_reached_refuses() {
    let budgets = [
        Budget { api: AnsweredBy::Simulated, ..live(Cap::Calls(1)) },
        Budget { period: BudgetPeriod::Month, ..live(Cap::Calls(100)) },
        live(Cap::Calls(10)),
    ];
    let spent = |period| Spent { calls: if period == BudgetPeriod::Month { 50 } else { 10 }, ..Spent::default() };
    assert!(refusal(&budgets, (AnsweredBy::Live, 0), spent).unwrap().starts_with("Today's budget (Live) is reached"));
    assert!(refusal(&budgets[..2], (AnsweredBy::Live, 0), spent).is_none());
}

proptest! {
    #[test]
    fn a_budget_outlives_a_reload(id in any::<u32>(), amount in any::<u64>(), kind in 0..3, period in 0usize..3) {
        let cap = match kind {
            0 => Cap::Usd(Money::from_picodollars(i128::from(amount))),
            1 => Cap::Tokens(amount),
            _ => Cap::Calls(amount),
        };
        let budget = Budget { id, period: BudgetPeriod::ALL[period], ..live(cap) };
        let json = serde_json::to_string(&[budget]).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Budget>>(&json).unwrap(), vec![budget]);
    }

    #[test]
    fn what_fits_what_is_left_never_ends_beyond_the_cap(cap in 0u64..10_000, spent in 0u64..10_000, more in 0u64..10_000) {
        let budget = live(Cap::Tokens(cap));
        let before = Spent { tokens: spent, ..Spent::default() };
        let planned = Planned { tokens: Some(more), ..Planned::default() };
        let outlook = budget.outlook(&before, &planned);
        prop_assert_eq!(outlook.may_exceed, more > cap.saturating_sub(spent));
    }
}
