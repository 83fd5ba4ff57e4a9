use std::time::Duration;

use super::*;
use crate::base_url::BaseUrl;
use crate::key::ApiKey;

const KEY: &str = "sk-canary-0123456789";
const LIMIT: usize = 1_000_000;

fn connection() -> Connection {
    let base_url = BaseUrl::parse("https://api.openai.com/v1", "null").unwrap();
    Connection { base_url, key: Some(ApiKey::parse(KEY).unwrap().0), organization: None, project: None }
}

fn head(status: u16) -> Head {
    let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
    Head { status, headers, visibility: Visibility::Full, wall: UnixTime::from_secs(1), endpoint: Endpoint::Responses }
}

fn delta(text: &str) -> String {
    format!("data: {{\"type\":\"response.output_text.delta\",\"delta\":\"{text}\"}}\n\n")
}

const END: &str = "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n";

/// Pushes the chunks a millisecond apart; gives the names of the events, the text told, and what is wanted then.
fn push(receiver: &mut Receiver<'_>, chunks: &[&[u8]]) -> (Vec<String>, String, Received) {
    let (mut kinds, mut told, mut state) = (Vec::new(), String::new(), Received::Some);
    for (chunk, ms) in chunks.iter().zip(1..) {
        let at = Instant::from_origin(Duration::from_millis(ms));
        state = receiver.push(chunk, at, &mut |progress| {
            assert_eq!(progress.at(), at);
            let Progress::Event { kind, text, .. } = progress else { panic!("{progress:?}") };
            kinds.push(kind.to_owned());
            match text {
                TextChange::None => {}
                TextChange::More(more) => told.push_str(more),
                TextChange::Whole(whole) => whole.clone_into(&mut told),
            }
        });
        if state != Received::Some {
            break;
        }
    }
    (kinds, told, state)
}

#[test]
fn the_last_event_ends_it_and_what_follows_does_not_count() {
    let mut receiver = Receiver::new(None, Some("text/event-stream"), true, LIMIT);
    let stream = [delta("Hi"), END.to_owned(), delta(" late")].concat();
    let (kinds, told, state) = push(&mut receiver, &[stream.as_bytes(), b"data: more"]);
    assert_eq!((kinds.len(), told.as_str(), state), (2, "Hi", Received::All));
    let reply = receiver.finish(head(200), None).unwrap();
    assert_eq!(reply.response().unwrap().output_text(), "Hi");
}

#[test]
fn text_without_deltas_and_text_that_is_corrected_are_told() {
    for (stream, told) in [
        ("data: {\"type\":\"response.output_text.done\",\"text\":\"Whole\"}\n\n".to_owned(), "Whole"),
        (delta("Helo") + "data: {\"type\":\"response.output_text.done\",\"text\":\"Hello\"}\n\n", "Hello"),
        (delta("Hello") + "data: {\"type\":\"response.output_text.done\",\"text\":\"Hello\"}\n\n", "Hello"),
    ] {
        let connection = connection();
        let mut receiver = Receiver::new(Some(&connection), Some("text/event-stream"), true, LIMIT);
        assert_eq!(push(&mut receiver, &[stream.as_bytes(), END.as_bytes()]).1, told);
    }
}

#[test]
fn every_cut_keeps_the_text_and_says_what_happened() {
    for (cut, words) in [
        (None, "the stream ended before its last event"),
        (Some(Cut::Broken("network error".to_owned())), "the connection broke (network error)"),
        (Some(Cut::Silent(Duration::from_secs(60))), "nothing came for 1 min 00 s, so it was closed"),
        (Some(Cut::Late(Duration::from_secs(600))), "it was not complete after 10 min 00 s, so it was closed"),
        (
            Some(Cut::TooLarge(8 * 1024 * 1024)),
            "it is larger than 8.4 MB, so it was closed; of its raw text the beginning is kept",
        ),
        (Some(Cut::EventTooLong), "one of its events is larger than 1.0 MB, so it was closed"),
    ] {
        let mut receiver = Receiver::new(None, Some("text/event-stream"), true, LIMIT);
        push(&mut receiver, &[delta("A par").as_bytes()]);
        let reply = receiver.finish(head(200), cut.clone()).unwrap();
        let Content::Unreadable(why) = &reply.content else { panic!("{reply:?}") };
        assert_eq!(why.to_string(), format!("The answer broke off: {words}. The request may have been processed."));
        assert!(matches!(why, Unreadable::EndedEarly { text, .. } if text == "A par"), "{why:?}");
        assert_eq!(reply.wire.body(), delta("A par"));
        assert_eq!(reply.usage(), crate::responses::ReportedUsage::Missing);
    }
}

#[test]
fn what_is_too_large_is_cut_off() {
    let mut receiver = Receiver::new(None, Some("text/event-stream"), true, 100_000);
    let line = [b": ".to_vec(), vec![b'x'; 60_000], b"\n\n".to_vec()].concat();
    let (_, told, state) = push(&mut receiver, &[delta("Hi").as_bytes(), &line, &line]);
    assert_eq!((told.as_str(), state), ("Hi", Received::Cut(Cut::TooLarge(100_000))));
    let reply = receiver.finish(head(200), Some(Cut::TooLarge(100_000))).unwrap();
    assert_eq!(reply.wire.body().len(), KEPT_OF_TOO_LARGE);

    let mut receiver = Receiver::new(None, Some("text/event-stream"), true, usize::MAX);
    let event = [b"data: ".to_vec(), vec![b'x'; 1024 * 1024]].concat();
    let (kinds, told, state) = push(&mut receiver, &[delta("Hi").as_bytes(), &event]);
    assert_eq!((kinds.len(), told.as_str(), state), (2, "Hi", Received::Cut(Cut::EventTooLong)));
}

#[test]
fn a_server_that_does_not_stream_is_read_all_the_same() {
    let body = r#"{"object":"response","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}"#;
    for chunks in [vec![body.as_bytes()], body.as_bytes().chunks(1).collect()] {
        let mut receiver = Receiver::new(None, Some("text/event-stream"), true, LIMIT);
        assert_eq!(push(&mut receiver, &chunks), (Vec::new(), String::new(), Received::Some));
        let reply = receiver.finish(head(200), None).unwrap();
        assert_eq!(reply.response().unwrap().output_text(), "Hi");
    }
    let mut receiver = Receiver::new(None, None, true, LIMIT);
    push(&mut receiver, &[&body.as_bytes()[..20]]);
    let Err(TransportError::CutOff { message, received }) =
        receiver.finish(head(200), Some(Cut::Silent(Duration::from_secs(60))))
    else {
        panic!("half an answer was read")
    };
    assert_eq!((message.as_str(), received.as_str()), ("nothing came for 1 min 00 s, so it was closed", &body[..20]));
}

#[test]
fn a_key_that_is_echoed_in_pieces_is_neither_told_nor_kept() {
    let connection = connection();
    let (first, second) = KEY.split_at(12);
    let named = format!("event: {KEY}\ndata: {{}}\n\n");
    let failed = format!("data: {{\"type\":\"error\",\"error\":{{\"message\":\"No {KEY}\"}}}}\n\n");
    // An event may be broken over lines, each with its own "data:".
    let broken = |piece: &str| delta(piece).replacen(',', ",\ndata: ", 1);
    let whole = [delta(first), delta(second)].concat();
    let over_lines = [broken(first), broken(second)].concat();
    for (pieces, end) in [(&whole, END), (&whole, ""), (&whole, failed.as_str()), (&over_lines, END), (&over_lines, "")]
    {
        let stream = [named.as_str(), &delta("It is "), pieces, &delta(" !"), end].concat();
        for size in [1, 5, stream.len()] {
            let mut receiver = Receiver::new(Some(&connection), Some("text/event-stream"), true, LIMIT);
            let chunks: Vec<_> = stream.as_bytes().chunks(size).collect();
            let (kinds, told, _) = push(&mut receiver, &chunks);
            let reply = receiver.finish(head(200), None).unwrap();
            let kept = format!("{kinds:?} {told} {reply:?} {}", reply.wire.body());
            assert!(!kept.contains(KEY) && !kept.contains(first) && !kept.contains(second), "{kept}");
            assert!(kept.contains("It is [key]"), "{kept}");
        }
    }
}

/// Two events of a kind, each at its own place in the answer.
fn at_two_places(kind: &str, name: &str, pieces: [&str; 2], places: [&str; 2]) -> String {
    let event = |piece: &str, place: &str| {
        format!("data: {{\"type\":\"response.output_text.{kind}\",{place},\"{name}\":\"{piece}\"}}\n\n")
    };
    event(pieces[0], places[0]) + &event(pieces[1], places[1])
}

#[test]
fn a_key_that_is_spelled_out_over_the_parts_of_an_answer_is_neither_told_nor_kept() {
    let connection = connection();
    let (first, second) = KEY.split_at(12);
    let pieces = [&*format!("x {first}"), &*format!("{second} y")];
    let items = ["\"output_index\":0", "\"output_index\":1"];
    let parts = ["\"output_index\":0,\"content_index\":0", "\"output_index\":0,\"content_index\":1"];
    for stream in [
        at_two_places("delta", "delta", pieces, items),
        at_two_places("delta", "delta", pieces, parts),
        at_two_places("done", "text", pieces, items),
        at_two_places("done", "text", pieces, parts),
    ] {
        for end in [END, "", "data: [DONE]\n\n"] {
            let stream = stream.clone() + end;
            let mut receiver = Receiver::new(Some(&connection), Some("text/event-stream"), true, LIMIT);
            let (_, told, _) = push(&mut receiver, &[stream.as_bytes()]);
            let reply = receiver.finish(head(200), None).unwrap();
            let kept = format!("{told} {reply:?} {}", reply.wire.body());
            assert!(!kept.contains(KEY) && !kept.contains(first) && !kept.contains(second), "{stream}{kept}");
            let words = reply.response().map(|response| response.output_text());
            assert!(words.is_none_or(|words| words == "x [key] y"), "{stream}");
        }
    }
    let part = |text: &str| serde_json::json!({"type": "output_text", "text": text});
    let message = serde_json::json!({"type": "message", "content": [part(pieces[0]), part(pieces[1])]});
    let body = serde_json::json!({"object": "response", "status": "completed", "output": [message]}).to_string();
    let mut receiver = Receiver::new(Some(&connection), Some("application/json"), false, LIMIT);
    receiver.push(body.as_bytes(), Instant::ORIGIN, &mut |_| {});
    let reply = receiver.finish(head(200), None).unwrap();
    assert_eq!(reply.response().unwrap().output_text(), "x [key] y");
    assert!(!reply.wire.body().contains(first) && !reply.wire.body().contains(second), "{}", reply.wire.body());
}
