//! The exported programs in Rust against the retry loop's own waits (`tests/exported/golden.json`), and two of them as
//! they are, as processes.

mod patched;
mod server;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use server::Server;

/// Its name, and its call: whether it brings a response.
type Program = (&'static str, fn() -> bool);

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

fn golden() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn the_programs_wait_as_the_engine_does() {
    let golden = golden();
    assert_eq!(PROGRAMS.len(), 12);
    for (program, succeeds) in PROGRAMS {
        let (policy, _) = program.rsplit_once('.').unwrap();
        for (name, trace) in golden["traces"][policy].as_object().unwrap() {
            let server = Server::start(golden["answers"][name].clone());
            let draws = numbers(&trace["draws"]).into_iter().map(|draw| draw / 32768.0).collect();
            patched::begin(server.url.clone(), golden["wall"].as_u64().unwrap(), draws);
            assert_eq!(succeeds(), trace["succeeded"].as_bool().unwrap(), "{program}: {name}");
            let (waits, expected) = (patched::slept(), numbers(&trace["waits"]));
            assert_eq!((waits.len(), server.requests()), (expected.len(), expected.len() + 1), "{program}: {name}");
            for (wait, expected) in waits.iter().zip(expected) {
                assert!((wait.as_secs_f64() - expected).abs() < 1e-6, "{program}: {name}: {wait:?}, not {expected} s");
            }
        }
    }
}

fn run(program: &str, answers: &str) -> Output {
    let server = Server::start(golden()["answers"][answers].clone());
    Command::new(program).env("OPENAI_BASE_URL", server.url).env("OPENAI_API_KEY", "sk-simulated").output().unwrap()
}

#[test]
fn a_program_runs_as_it_is() {
    for program in [env!("CARGO_BIN_EXE_sluice-rust"), env!("CARGO_BIN_EXE_sluice-backon")] {
        let answered = run(program, "answered at once");
        assert!(answered.status.success(), "{answered:?}");
        assert!(String::from_utf8_lossy(&answered.stdout).starts_with("[simulated]"), "{answered:?}");
        let refused = run(program, "no credit");
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("insufficient_quota"), "{refused:?}");
    }
}
