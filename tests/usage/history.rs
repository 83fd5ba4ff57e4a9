//! What is kept comes back as it was, call by call and in whole, and nothing of a key with it.

use std::rc::Rc;

use proptest::prelude::*;
use sluice::clock::VirtualClock;
use sluice::key::ApiKey;
use sluice::redact::Redactor;
use sluice::retry::Preset;
use sluice::run::KeptContent;
use sluice::run::history::{CALLS_TOGETHER, History, HistoryError};
use sluice::store::{MemoryStore, Store};
use sluice::usage::{AnsweredBy, CallRecord, Ledger, LedgerRow, Prices};

use super::runs::{TODAY, Trouble};
use super::totals::trouble;

type Memory = MemoryStore<Rc<[u8]>>;

fn run<T>(future: impl Future<Output = T>) -> T {
    VirtualClock::default().run(future).expect("it ends")
}

async fn keep(history: &History<Memory>, calls: &[CallRecord]) {
    for some in calls.chunks(CALLS_TOGETHER) {
        history.keep(some, &Redactor::default()).await.unwrap();
    }
}

async fn read(history: &History<Memory>) -> Ledger {
    let (mut ledger, mut reader) = (Ledger::default(), history.rows().await.unwrap());
    while let Some(page) = reader.next().await.unwrap() {
        assert_eq!(page.unreadable, []);
        page.rows.into_iter().for_each(|row| ledger.put_kept(row));
    }
    ledger
}

fn a_run(seed: u64, calls: usize) -> Trouble {
    Trouble {
        seed,
        calls,
        rpm: 100,
        streams: false,
        faults: 0,
        preset: Preset::Notebook,
        stopped_after: None,
        keeps: KeptContent::Bodies,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn another_page_reads_what_this_one_kept(troubles in prop::collection::vec(trouble(), 1..4)) {
        let store = Memory::new();
        let here = History::new(store.clone(), 1);
        let mut ledger = Ledger::default();
        let mut all = Vec::new();
        run(async {
            for trouble in &troubles {
                let calls = trouble.run().calls;
                keep(&here, &calls).await;
                for call in &calls {
                    ledger.put(LedgerRow::of(call));
                }
                all.extend(calls);
            }
            let there = History::new(store, 2);
            let read = read(&there).await;
            for row in read.rows() {
                let kept = there.call(row.place.as_ref().unwrap()).await.unwrap();
                let mut call = all.iter().rev().find(|call| call.id == row.id).unwrap().clone();
                // Whose account it was is told to nobody.
                for (name, value) in call.attempts.iter_mut().flat_map(|attempt| &mut attempt.headers) {
                    if name == "openai-organization" {
                        *value = "[organization]".into();
                    }
                }
                assert_eq!(kept, call);
                assert_eq!(LedgerRow { place: None, ..row.clone() }, LedgerRow::of(&call));
            }
            let prices = Prices::default();
            assert_eq!(read.totals(&prices, |_| true).summary(), ledger.totals(&prices, |_| true).summary());
        });
    }
}

#[test]
fn what_is_deleted_is_gone_at_once_and_can_be_brought_back_until_it_is_purged() {
    run(async {
        let store = Memory::new();
        let (here, other_tab) = (History::new(store.clone(), 1), History::new(store.clone(), 2));
        // Seeds that 3 divides are live.
        keep(&here, &a_run(3, 2).run().calls).await;
        keep(&here, &a_run(4, 3).run().calls).await;
        keep(&other_tab, &a_run(6, 1).run().calls).await;
        assert_eq!(read(&here).await.rows().len(), 6);
        let hidden = here.hide(Some(AnsweredBy::Live)).await.unwrap();
        let left = read(&other_tab).await;
        assert_eq!(left.rows().len(), 3);
        assert!(left.rows().iter().all(|row| row.api == AnsweredBy::Simulated));
        assert!(here.bring_back(&hidden).await.unwrap());
        assert_eq!(read(&other_tab).await.rows().len(), 6);
        let hidden = here.hide(None).await.unwrap();
        // What comes after is kept, in either tab.
        keep(&here, &a_run(5, 1).run().calls).await;
        keep(&other_tab, &a_run(9, 1).run().calls).await;
        here.purge(None).await.unwrap();
        assert!(!here.bring_back(&hidden).await.unwrap(), "it said that all was there");
        let kept: Vec<String> = store.list().await.unwrap().into_iter().map(|journal| journal.id).collect();
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert_eq!(read(&here).await.rows().len(), 1);
    });
}

#[test]
fn what_is_older_than_it_may_be_is_deleted() {
    run(async {
        let history = History::new(Memory::new(), 1);
        let mut calls = a_run(4, 2).run().calls;
        calls[0].queued_at_micros -= 86_400_000_000 * 3;
        for call in &calls {
            keep(&history, std::slice::from_ref(call)).await;
        }
        history.purge(Some(TODAY)).await.unwrap();
        let read = read(&history).await;
        assert_eq!(read.rows().iter().map(|row| row.id).collect::<Vec<_>>(), [calls[1].id]);
    });
}

#[test]
fn a_key_is_never_kept() {
    let key = "sk-proj-Zk3hV9qLw2XtY8bNc5RmPd7FgJs4Ta6U";
    let redactor = Redactor::new(Some(&ApiKey::parse(key).unwrap().0));
    let mut calls = a_run(4, 1).run().calls;
    let call = &mut calls[0];
    call.label = format!("my {key}");
    call.key_alias = Some(key.into());
    call.request = Some(serde_json::json!({ "input": [{ "content": format!("Bearer {key}") }] }));
    call.attempts[0].headers.push(("x-echo".into(), key.into()));
    call.attempts[0].body = Some(format!("{{\"echo\":\"{key}\"}}"));
    call.attempts[0].outcome.as_mut().unwrap().message = format!("Incorrect API key provided: {key}");
    run(async {
        let store = Memory::new();
        let kept = History::new(store.clone(), 1).keep(&calls, &redactor).await.unwrap();
        for journal in store.list().await.unwrap() {
            for record in store.read(&journal.id, 0, 10).await.unwrap() {
                assert!(!record.contains(&key[8..]), "{}: {record}", journal.id);
            }
        }
        assert!(!kept.told.contains(&key[8..]));
    });
}

#[test]
fn a_damaged_record_hides_no_other_and_is_named() {
    run(async {
        let store = Memory::new();
        let history = History::new(store.clone(), 1);
        keep(&history, &a_run(4, 1).run().calls).await;
        let rows = store.list().await.unwrap().into_iter().find(|journal| journal.id.starts_with("rows/")).unwrap().id;
        let newer = r#"{"version":7,"api":"live","record":0,"names":[],"rows":[],"more":1}"#;
        store.append(&rows, vec!["{".into(), newer.into()]).await.unwrap();
        keep(&history, &a_run(5, 1).run().calls).await;
        let mut reader = history.rows().await.unwrap();
        let page = reader.next().await.unwrap().unwrap();
        assert_eq!(page.rows.len(), 2);
        let words: Vec<String> = page.unreadable.iter().map(ToString::to_string).collect();
        assert!(words[0].contains("is damaged") && words[0].contains(&rows), "{}", words[0]);
        assert!(words[1].contains("newer version of this page (format 7)"), "{}", words[1]);
        assert!(matches!(page.unreadable[0], HistoryError::Unreadable { .. }));
    });
}

#[test]
fn a_hundred_thousand_rows_are_short() {
    let calls = a_run(4, 30).run().calls;
    let rows: Vec<LedgerRow> = calls.iter().map(LedgerRow::of).collect();
    let text = sluice::usage::write_rows(AnsweredBy::Simulated, &rows, 0);
    assert!(text.len() / rows.len() < 200, "{} bytes a row", text.len() / rows.len());
}
