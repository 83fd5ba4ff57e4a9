//! Judges, one a kind of case, and what they share.

mod limits;
mod outcomes;
mod pasted;
mod responses;
mod sessions;
pub mod sse;

pub use pasted::pasted;
use serde_json::{Map, Value};
use sluice::rate_limit::dates::parse_rfc3339;
use sluice::responses::json;
use sluice::time::UnixTime;

/// Members of `expected` that are for people.
const FOR_PEOPLE: [&str; 7] = ["must_not", "note", "hint", "reference", "why", "formula", "prefer"];

/// The clock of a case that names none: Fri, 29 Sep 2023 16:26:37 GMT.
const DEFAULT_NOW: u64 = 1_696_004_797;

/// One case.
pub struct Case {
    pub id: String,
    pub kind: String,
    pub input: Value,
    pub expected: Map<String, Value>,
}

impl Case {
    pub fn read(text: &str) -> Result<Self, String> {
        let value = json::parse(text).map_err(|why| why.to_string())?;
        let text = |name: &str| value[name].as_str().map(str::to_owned).ok_or_else(|| format!("it has no {name}"));
        let expected = value["expected"].as_object().cloned().ok_or("it expects nothing")?;
        Ok(Self { id: text("id")?, kind: text("kind")?, input: value["input"].clone(), expected })
    }

    pub fn now(&self) -> UnixTime {
        let iso = self.input["now_iso"].as_str().map(|text| parse_rfc3339(text).expect("now_iso is an instant"));
        iso.unwrap_or_else(|| UnixTime::from_secs(self.input["now_epoch"].as_u64().unwrap_or(DEFAULT_NOW)))
    }

    /// What is expected: each member's name, and the values that are right.
    pub fn expectations(&self) -> impl Iterator<Item = (&str, Vec<&Value>)> {
        self.expected.iter().filter(|(name, _)| !FOR_PEOPLE.contains(&name.as_str())).map(|(name, value)| {
            match (name.strip_suffix("_acceptable"), value) {
                (Some(name), Value::Array(values)) => (name, values.iter().collect()),
                _ => (name.as_str(), vec![value]),
            }
        })
    }
}

/// Finds what the engine makes of a case, by the expected member's name and value.
pub type Judge = Box<dyn Fn(&str, &Value) -> Finding>;

/// What a judge found for one expected member.
pub enum Finding {
    /// The value; it is compared with what is expected.
    Is(Value),
    /// Several values of which any may be expected.
    AnyOf(Vec<Value>),
    /// It was checked on the spot.
    Checked(Result<(), String>),
    /// No judge knows the member.
    Unknown,
}

/// All faults of a case; none where it is answered rightly.
pub fn judge(case: &Case) -> Vec<String> {
    let find: Judge = match case.kind.as_str() {
        "duration" => limits::durations(case),
        "headers" => limits::headers(case),
        "retry_after" | "error" => outcomes::outcome(case),
        "response" => responses::response(case),
        "accounting" => sessions::accounting(case),
        "enforcement" => sessions::enforcement(case),
        "request" => sessions::request(case),
        "sse" => sse::sse(case),
        "export" => sessions::export(case),
        other => return vec![format!("unknown kind {other}")],
    };
    judge_by(case, &find)
}

/// The faults that are left where `find` says what the engine makes of the case.
pub fn judge_by(case: &Case, find: &Judge) -> Vec<String> {
    let mut faults = Vec::new();
    let mut judged = 0;
    for (name, accepted) in case.expectations() {
        judged += 1;
        let first = accepted.first().copied().unwrap_or(&Value::Null);
        let found = match find(name, first) {
            Finding::Is(value) => vec![value],
            Finding::AnyOf(values) => values,
            Finding::Checked(Ok(())) => continue,
            Finding::Checked(Err(fault)) => {
                faults.push(format!("{name}: {fault}"));
                continue;
            }
            Finding::Unknown => {
                faults.push(format!("{name} is expected, and no judge knows what that is"));
                continue;
            }
        };
        if !found.iter().any(|found| accepted.iter().any(|accepted| agrees(accepted, found))) {
            faults.push(format!(
                "{name}: expected {}, found {}",
                shown(&accepted),
                shown(&found.iter().collect::<Vec<_>>())
            ));
        }
    }
    if judged == 0 {
        faults.push("nothing was judged".to_owned());
    }
    faults
}

fn shown(values: &[&Value]) -> String {
    let texts: Vec<String> = values.iter().map(|value| value.to_string().chars().take(300).collect()).collect();
    texts.join(" or ")
}

/// Equal, numbers within rounding; of objects only the members that are expected.
pub fn agrees(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(_), Value::Number(_)) => {
            let (expected, found) = (expected.as_f64().unwrap(), found.as_f64().unwrap());
            (expected - found).abs() <= 1e-6_f64.max(expected.abs() * 1e-9)
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len() && expected.iter().zip(found).all(|(expected, found)| agrees(expected, found))
        }
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(name, value)| agrees(value, found.get(name).unwrap_or(&Value::Null)))
        }
        // "1 or null": any of the alternatives.
        (Value::String(text), _) if text.contains(" or ") && !found.is_string() => {
            text.split(" or ").any(|one| serde_json::from_str::<Value>(one.trim()).is_ok_and(|one| agrees(&one, found)))
        }
        _ => expected == found,
    }
}

/// The headers of an input, as a transport delivers them.
pub fn pairs(headers: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    headers
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect::<Vec<_>>(),
            value => vec![(name.clone(), text(value))],
        })
        .collect()
}

/// The text of an input's body.
pub fn body(input: &Value) -> String {
    if let Some(text) = input["body_text"].as_str() {
        return text.to_owned();
    }
    if let Some(text) = input["body_base64"].as_str() {
        return String::from_utf8_lossy(&base64(text)).into_owned();
    }
    input.get("body").map(Value::to_string).unwrap_or_default()
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut out) = (0u32, 0u32, Vec::new());
    for value in text.chars().filter_map(|character| ALPHABET.find(character)) {
        held = held << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    out
}
