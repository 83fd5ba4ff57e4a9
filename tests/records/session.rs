//! Session files: written and read again, and what is said of files that are none.

use proptest::collection::vec;
use proptest::prelude::*;
use sluice::export::json::JsonWriter;
use sluice::export::session::{Session, SessionFault, SessionReader, SessionWriter};
use sluice::redact::Redactor;

use super::arbitrary::call;
use super::{golden, making};

fn write(session: &Session) -> String {
    let redactor = Redactor::default();
    let making =
        sluice::export::json::Making { at: session.made_at, with_content: session.with_content, redactor: &redactor };
    let mut writer = SessionWriter::new(making);
    let lines: String = session.calls.iter().map(|call| writer.call(call)).collect();
    writer.head() + &lines + &writer.tail()
}

fn golden_file() -> String {
    let redactor = Redactor::default();
    write(&Session { made_at: making(&redactor, true).at, with_content: true, calls: golden::calls() })
}

proptest! {
    #[test]
    fn what_is_read_is_written_again_byte_for_byte(
        calls in vec(call(), 0..4), millis in 0u64..4_000_000_000_000, with_content in any::<bool>(), size in 1usize..40,
    ) {
        let made_at = sluice::time::UnixTime::from_epoch(std::time::Duration::from_millis(millis));
        let file = write(&Session { made_at, with_content, calls: calls.clone() });
        let session = Session::read(&file).unwrap();
        prop_assert_eq!(session.made_at, made_at);
        if with_content {
            prop_assert_eq!(&session.calls, &calls);
        }
        prop_assert_eq!(write(&session), file.clone());
        // In pieces of any size, over characters and escapes.
        let mut reader = SessionReader::default();
        file.as_bytes().chunks(size).try_for_each(|piece| reader.push(piece)).unwrap();
        prop_assert_eq!(reader.finish().unwrap(), session);
    }

    #[test]
    fn any_layout_is_read(calls in vec(call(), 0..3)) {
        let file = write(&Session { made_at: sluice::time::UnixTime::default(), with_content: true, calls: calls.clone() });
        // Its members are in the order of their names here: the calls first, the format after them.
        let value: serde_json::Value = serde_json::from_str(&file).unwrap();
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap(), format!("\u{feff} {file}\n\n")] {
            prop_assert_eq!(&Session::read(&text).unwrap().calls, &calls);
        }
    }

    #[test]
    fn a_file_cut_short_or_changed_is_an_error_and_no_panic(at in 0usize..9_000, byte in any::<u8>()) {
        let file = golden_file();
        let cut = file.get(..at.min(file.trim_end().len() - 1)).unwrap_or_default();
        prop_assert!(Session::read(cut).is_err());
        let mut bytes = file.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let mut reader = SessionReader::default();
        if reader.push(&bytes).is_ok() {
            let _ = reader.finish();
        }
    }
}

#[test]
fn a_json_export_is_a_session_too() {
    let redactor = Redactor::default();
    let mut writer = JsonWriter::new(making(&redactor, true));
    let lines: String = golden::calls().iter().map(|call| writer.call(call)).collect();
    let session = Session::read(&(writer.head() + &lines + &writer.tail())).unwrap();
    assert_eq!(session.calls, golden::calls());
}

#[test]
fn what_a_newer_sluice_adds_is_passed_over() {
    let text = golden_file().replacen("{\"format\"", "{\"title\":[\"calls\",{\"calls\":[1]}],\"format\"", 1);
    assert_eq!(Session::read(&text.replace("\"lane\"", "\"colour\":1,\"lane\"")).unwrap().calls, golden::calls());
}

#[test]
fn errors_say_what_is_wrong_where_and_what_to_do() {
    let file = golden_file();
    let read = |text: &str| Session::read(text).unwrap_err().to_string();
    let head = r#"{"format":"sluice-session","version":1,"made_at":"2026-11-26T09:30:00.123Z","#;
    let with = |calls: &str| format!("{head}\"calls\":{calls}}}");
    for (text, said) in [
        (String::new(), "The file is empty. Choose a session file or a JSON export that Sluice wrote."),
        (" \r\n".into(), "The file is empty."),
        ("id,started\n".into(), "it does not begin as JSON in UTF-8 does. Choose"),
        ("[1]".into(), "it does not begin as JSON in UTF-8 does"),
        ("{}".into(), "it is JSON that names no format"),
        (r#"{"format":"other","version":1}"#.into(), "its format is another program's"),
        (r#"{"log":{"version":"1.2","entries":[]}}"#.into(), "it is a HAR file, which Explain reads"),
        (r#"{"resourceSpans":[]}"#.into(), "it holds OpenTelemetry traces"),
        ("{\"id\":1}\n{\"id\":2}\n".into(), "more than one JSON document stands in it, as in JSON lines"),
        (
            file.replacen("\"version\":1", "\"version\":2", 1),
            "This file is of version 2, and this page reads versions up to 1",
        ),
        (
            file.replacen("\"version\":1", "\"version\":0", 1),
            "\"version\" cannot be read: it is no whole number above zero",
        ),
        (file.replacen("2026-11-26T", "26 Nov ", 1), "\"made_at\" cannot be read: it is no date and time"),
        (with("{}"), "\"calls\" cannot be read: it is no list"),
        (with("[,]"), "not valid JSON at line 1, column 86: a call is missing before this"),
        (with("[5]"), "Call 1 of the file cannot be read, at line 1, column 86: invalid type: integer `5`"),
        (file.replacen("\"lane\":1", "\"lane\":-1", 1), "Call 2 of the file cannot be read, at line 3, column "),
        (
            file.replacen("\"made_in\":\"burst\"", "\"made_in\":\"oven\"", 1),
            "Call 1 of the file cannot be read, at line 2, column ",
        ),
        (file.replacen("\"made_in\":\"burst\"", "\"made_in\":\"oven\"", 1), "unknown variant `oven`"),
        (
            file.replacen("},\n{", "}\n{", 1),
            "Call 1 of the file cannot be read, at line 3, column 1: trailing characters",
        ),
        (
            file.replacen("\"00000000000000000000000000000001\"", "\"1\"", 1),
            "a call's id is 32 hexadecimal digits, not all zero",
        ),
        (file[..file.len() - 60].into(), "It was cut short or changed; fetch it again"),
        (file[..40].into(), "the file ends before its last bracket"),
        (with(&format!("[{}]", "[".repeat(1_000))), "It was cut short or changed"),
        (with(&format!("[{}{}]", "[".repeat(1_000), "]".repeat(1_000))), "Call 1 of the file cannot be read"),
    ] {
        let found = read(&text);
        assert!(found.contains(said), "{text:.200}\n  {found}\n  {said}");
    }
    // A newer file is known before its calls are, which may be of another shape.
    let newer = file.replacen("\"version\":1", "\"version\":7", 1).replace("\"lane\"", "\"track\"");
    assert_eq!(Session::read(&newer), Err(SessionFault::Newer { version: 7, known: 1 }));
}

#[test]
fn sizes_are_bounded() {
    let mut reader = SessionReader::default();
    let head = br#"{"format":"sluice-session","version":1,"made_at":"2026-11-26T09:30:00.123Z","calls":[{"id":""#;
    reader.push(head).unwrap();
    let long = vec![b'a'; 33 * 1024 * 1024];
    assert!(matches!(reader.push(&long), Err(SessionFault::CallTooLong { number: 1, most: 32, .. })));
    let mut reader = SessionReader::default();
    reader.push(b"{\"other\":\"").unwrap();
    assert!(matches!(reader.push(&long), Err(SessionFault::OtherFile { found: "it holds too much beside calls" })));
}
